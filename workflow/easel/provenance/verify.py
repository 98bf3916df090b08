"""Check a study's files against its manifest.json.

python -m easel.provenance.verify results/quickstart
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from easel.provenance import hardware
from easel.provenance.manifest import files_in
from easel.provenance.manifest_file import CHECKSUM, NAME, Manifest, checksum_of, read_manifest
from easel.runtime import receipts
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.files import hashing_threads, sha256
from easel.runtime.surroundings import open_standard_streams
from easel.tracking import fingerprint as fingerprints
from easel.tracking.fingerprint import ROOT


class Difference(NamedTuple):
    """A file that differs from the manifest, and how."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def differences(study: Path, manifest: Manifest) -> Iterator[Difference]:
    """Yield every file that is missing or changed, or lies in a folder of the manifest without being listed in it.

    study: the study's folder in the results folder. Files are hashed while the differences are consumed.
    """
    results, outputs = study.parent, manifest.outputs
    if (study / CHECKSUM).exists() and (study / CHECKSUM).read_bytes() != checksum_of(study / NAME).encode():
        yield Difference(str(study / NAME), f"changed, or {CHECKSUM} was: it has another checksum")
    with (
        ThreadPoolExecutor(hashing_threads()) as pool,
        Progress(len(outputs), "files", f"verify {study.name}") as progress,
    ):
        found = pool.map(lambda path: check(results / path, outputs[path].sha256), outputs)
        for path, what in zip(outputs, found, strict=True):
            progress.update(1)
            if what:
                yield Difference(str(results / path), what)
    for folder in manifest.folders:
        for file in files_in(results / folder):
            path = file.relative_to(results).as_posix()
            if path not in outputs and path != folder:
                yield Difference(str(file), "not in the manifest")
    for path in manifest.absent:
        if (results / path).exists():
            yield Difference(str(results / path), "did not exist when the manifest was written")


def differences_elsewhere(study: Path, manifest: Manifest) -> Iterator[Difference]:
    """Yield changed files that are no outputs of the manifest: trainings' state, and what was made later (crate.zip).

    They may be missing: a longer training replaces its state, and deleting it saves space.
    """
    results = study.parent
    expected = {path: file.sha256 for path, file in manifest.state.items()}
    known = manifest.outputs.keys() | {f"{study.name}/{name}" for name in (NAME, CHECKSUM)}
    expected |= {path: file.sha256 for path, file in receipts.read_all(results, study).items() if path not in known}
    there = [path for path in expected if (results / path).exists()]
    with ThreadPoolExecutor(hashing_threads()) as pool:
        for path, what in zip(there, pool.map(lambda path: check(results / path, expected[path]), there), strict=True):
            if what:
                yield Difference(str(results / path), what)


def check(file: Path, expected: str) -> str:
    """The problem with a file; "" if its SHA-256 is as expected."""
    try:
        found = sha256(file)
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return (
        "" if found == expected else f"changed: expected {expected[: receipts.SHORT]}, found {found[: receipts.SHORT]}"
    )


def notes(manifest: Manifest) -> list[str]:
    """Differences in code and packages from the manifest; the outputs can be correct all the same."""
    code = [
        file if (ROOT / file).is_file() else f"{file} (gone)"
        for file, mark in manifest.code.items()
        if file.endswith(".py") and fingerprint(ROOT / file) != mark
    ]
    here = hardware.versions()
    packages = [
        f"{name} {here.get(name, '(gone)')}, was {version}"
        for name, version in manifest.versions.items()
        if here.get(name) != version
    ]
    return [
        f"note: different {what} here: {'; '.join(of)}" for what, of in (("code", code), ("packages", packages)) if of
    ]


def fingerprint(file: Path) -> str:
    """A Python file's fingerprint; "" if it is missing or not valid Python."""
    try:
        return fingerprints.read(file)[0]
    except (OSError, ValueError, SyntaxError):
        return ""


def main(arguments: list[str] | None = None) -> int:
    """Check one study: print a line per difference and a summary. Returns the exit code, 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m easel.provenance.verify", description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, help="the study's folder, such as results/quickstart")
    study = parser.parse_args(arguments).study
    if study.name in ("", ".."):
        study = study.resolve()  # its name and the folder above it are needed
    try:
        manifest = read_manifest(study)
    except EaselError as error:
        print(error, file=sys.stderr)
        return 1
    found, total = [*differences(study, manifest), *differences_elsewhere(study, manifest)], len(manifest.outputs)
    for line in (*found, *notes(manifest)):
        print(line)
    if found:
        print(f"{study}: {len(found)} differences from {NAME} in {total} files, made {manifest.made}")
        return 1
    print(f"{study}: all {total} files match {NAME}, made {manifest.made}")
    return 0


if __name__ == "__main__":
    open_standard_streams()
    sys.exit(main())
