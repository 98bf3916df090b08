"""Receipts: the files that each step wrote, with their SHA-256, so that a file that changes later is noticed.

The receipt of an output is `<results>/.snakemake/written/<output>.json`. It lists the file that is the output, or the
files in it if it is a folder, with paths relative to the results folder, so that results can be moved. Files whose name
begins with a dot do not count.

- A job compares the bytes of its inputs with their receipts before it starts, and writes receipts of its outputs.
- Snakemake's main process compares sizes and times, and the bytes where those differ.

An output without a receipt, or with a damaged one, is taken as it is, or as the manifest of the study lists it. So is
everything in results without a folder `.snakemake`, as when a script was called by hand.
"""

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from easel.runtime.errors import EaselError
from easel.runtime.files import hashing_threads, sha256, write_json

SHORT = 12
"""Digits of a hash in messages."""


@dataclass(frozen=True)
class Written:
    """A file as its step wrote it."""

    sha256: str
    bytes: int
    mtime_ns: int | None
    """When it was last seen to be as it was written; 0 if never, None if a job has found that it is not."""


Receipt = dict[str, Written]
"""The files of one output, by their paths in the results folder."""

RECEIPT = TypeAdapter(Receipt)


def write(results: Path, outputs: Iterable[str | Path]) -> None:
    """Write a receipt for each output of a job that has ended well."""
    if not (results / ".snakemake").is_dir():
        return
    for output in outputs:
        files = files_in(Path(output))
        digests = digests_of(files)
        found = {}
        for file in files:
            about = file.stat()
            found[file.relative_to(results).as_posix()] = Written(digests[file], about.st_size, about.st_mtime_ns)
        save(results, output, found)


def check(results: Path, inputs: Iterable[str | Path]) -> None:
    """Compare each input of a job with the receipt of the step that wrote it.

    Raises EaselError for the first file that is missing or differs. The next Snakemake will notice it, too, even if
    its size and time are those of the receipt.
    """
    receipts = {str(path): read(results, path) for path in inputs}
    digests = digests_of([results / file for receipt in receipts.values() for file in receipt])
    for output, receipt in receipts.items():
        for file, written in receipt.items():
            if (found := digests[results / file]) != written.sha256:
                suspect(results, output, file)
                raise EaselError(message(results / file, written.sha256, found))


def message(file: Path, expected: str, found: str) -> str:
    """One line about a file that is not as its step wrote it. found: its SHA-256; "" if it cannot be read."""
    now = f"expected SHA-256 {expected[:SHORT]}…, found {found[:SHORT]}…" if found else "it is gone, or cannot be read"
    return f"{file}: not as its step wrote it: {now}. Run the same command again; it makes this file again."


def altered(
    results: Path,
    outputs: Iterable[str | Path],
    known: Callable[[], Receipt] = dict,  # what stands in for receipts that are missing: the files of a manifest
) -> dict[str, list[str]]:
    """The outputs that are not as their steps wrote them, each with the files that differ.

    Only files whose size or time differs are read. If their bytes are the same, the receipt takes the new times, unless
    a job has written a new one meanwhile. A file that was deleted does not count, unless a job has missed it.
    """
    known = cache(known)
    before = {str(output): read(results, output) for output in outputs}
    found = {output: receipt or part_of(known, results, output) for output, receipt in before.items()}
    doubtful = {
        output: {file: written for file, written in receipt.items() if not looks_the_same(results / file, written)}
        for output, receipt in found.items()
    }
    to_read = [results / file for files in doubtful.values() for file in files]
    if (gigabytes := sum(file.stat().st_size for file in to_read if file.is_file()) / 1e9) > 1:
        print(f"Easel: comparing {gigabytes:.0f} GB of results that have new times.", file=sys.stderr)
    digests = digests_of(to_read)
    wrong = {}
    for output, files in doubtful.items():
        if differing := [file for file, written in files.items() if digests[results / file] != written.sha256]:
            wrong[output] = [str(results / file) for file in differing]
        elif files and read(results, output) == before[output]:  # reading gigabytes may have taken minutes
            with suppress(EaselError):  # read-only results are compared again next time
                save(results, output, with_present_times(results, found[output]))
    return wrong


def part_of(known: Callable[[], Receipt], results: Path, output: str | Path) -> Receipt:
    """What is known of an output that has no receipt; nothing if the output does not exist."""
    if not os.path.exists(output):
        return {}
    inside = Path(output).relative_to(results)
    return {file: written for file, written in known().items() if Path(file).is_relative_to(inside)}


def looks_the_same(file: Path, written: Written) -> bool:
    """True if a file has the size and time of its receipt, or if it was deleted."""
    try:
        about = file.stat()
    except OSError:
        return written.mtime_ns is not None
    return (about.st_size, about.st_mtime_ns) == (written.bytes, written.mtime_ns)


def take_times(results: Path, outputs: Iterable[str | Path]) -> None:
    """Put the present times of outputs into their receipts: of files that are known to be as they were written."""
    for output in outputs:
        if receipt := read(results, output):
            with suppress(EaselError):  # a receipt with old times is compared by its bytes
                save(results, output, with_present_times(results, receipt))


def with_present_times(results: Path, receipt: Receipt) -> Receipt:
    """A receipt with the present times of its files; of deleted ones as they are."""
    now = dict(receipt)
    for file, written in receipt.items():
        with suppress(FileNotFoundError):
            now[file] = replace(written, mtime_ns=(results / file).stat().st_mtime_ns)
    return now


def suspect(results: Path, output: str | Path, file: str) -> None:
    """Have the next Snakemake read a file of an output, whatever its size and time. file: its path in `results`."""
    receipt = read(results, output)
    if file in receipt:
        with suppress(EaselError):  # the caller says what matters more: that the file was changed
            save(results, output, receipt | {file: replace(receipt[file], mtime_ns=None)})


def read(results: Path, output: str | Path) -> Receipt:
    """The receipt of an output; empty if there is none, or if it is damaged."""
    try:
        return RECEIPT.validate_json(place_of(results, output).read_bytes())
    except (OSError, ValueError):  # pydantic's error is a ValueError, and so is that of a path outside `results`
        return {}


def read_all(results: Path, folder: Path) -> Receipt:
    """The receipts of all outputs in a folder of `results`, as one. Damaged ones are left out."""
    places = results / ".snakemake" / "written"
    found: Receipt = {}
    for place in (places / folder.relative_to(results)).rglob("*.json"):
        found |= read(results, results / place.relative_to(places).with_suffix(""))
    return found


def save(results: Path, output: str | Path, receipt: Receipt) -> None:
    """Write the receipt of an output. Raises EaselError if that is not possible."""
    place = place_of(results, output)
    try:
        write_json(place, {file: asdict(written) for file, written in receipt.items()})
    except OSError as error:
        raise EaselError(f"{place}: this receipt cannot be written: {error.strerror}") from None


def place_of(results: Path, output: str | Path) -> Path:
    """The file of an output's receipt."""
    return results / ".snakemake" / "written" / f"{Path(output).relative_to(results)}.json"


def files_in(output: Path) -> list[Path]:
    """The output itself, or the sorted files in it if it is a folder; none if it does not exist."""
    if output.is_dir():
        return sorted(file for file in output.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [output] if output.is_file() else []


def digests_of(files: Iterable[Path]) -> dict[Path, str]:
    """The SHA-256 of each file, "" where it cannot be read. Several are hashed in parallel."""

    def digest(file: Path) -> str:
        try:
            return sha256(file)
        except OSError:
            return ""

    files = list(files)
    if len(files) < 2:
        return {file: digest(file) for file in files}
    with ThreadPoolExecutor(hashing_threads()) as pool:
        return dict(zip(files, pool.map(digest, files), strict=True))
