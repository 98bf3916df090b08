"""The manifest of a finished study, and verifying files against it."""

import base64
import json
import os
import shutil
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from easel.provenance import verify
from easel.runtime import receipts

UNDECLARED = {".snakemake", "state", "tensorboard", "logs", "benchmarks"}
OF_ALL_STUDIES = "report.html"
"""In results/: their list, which is no output of any."""


@pytest.fixture
def manifest(finished):
    return json.loads((finished / "results/tiny/manifest.json").read_text())


@contextmanager
def put_back(file: Path):
    """Restore a file in the end, with its times."""
    aside = file.with_name(f"{file.name}.aside")
    about = file.stat()
    aside.write_bytes(file.read_bytes())
    try:
        yield
    finally:
        os.replace(aside, file)
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


def said(finished, capsys) -> tuple[int, list[str]]:
    code = verify.main([str(finished / "results/tiny")])
    return code, capsys.readouterr().out.splitlines()


def test_the_manifest_covers_every_file(finished, manifest):
    """A new rule whose outputs the manifest omits fails here."""
    results = finished / "results"
    files = {file.relative_to(results) for file in results.rglob("*") if file.is_file()}
    files = {file.as_posix() for file in files if not UNDECLARED & set(file.parts) and file.name[0] != "."}
    assert manifest["outputs"].keys() == files - {
        "tiny/manifest.json", "tiny/manifest.sha256", "tiny/crate.zip", OF_ALL_STUDIES
    }  # fmt: skip
    assert manifest["absent"] == []
    for path, rule in {
        "datasets/tiny_shapes/train_images.npy": "draw_shapes",
        "judges/tiny_shapes/tiny_judge/classifier.keras": "make_classifier",
        "tiny/dcgan/seed-0/snapshots/step-000008.keras": "train_run",
        "tiny/vae/seed-0/snapshots/step-000004-encoder.keras": "train_run",
        "tiny/dcgan/seed-0/generator.keras": "sample",
        "tiny/vae/seed-0/generator.keras": "sample_autoencoder",
        "tiny/vae/seed-0/reconstructions.png": "sample_autoencoder",
        "tiny/report.html": "report_study",
    }.items():
        assert manifest["outputs"][path]["rule"] == rule


def test_the_manifest_records_command_settings_data_and_code(finished, manifest):
    assert manifest["command"].startswith("snakemake --snakefile ")
    assert manifest["command"].endswith(f" --cores 2 --config study={finished.study}")
    assert manifest["configuration"]["runs"]["dcgan"]["epochs"] == 2
    assert (
        manifest["data"]["tiny_shapes"]
        == json.loads((finished / "results/datasets/tiny_shapes/dataset.json").read_text())["arrays"]
    )
    models = {rule: [file for file in code if "/models/" in file] for rule, code in manifest["rules"].items()}
    assert models["train_run"] == [
        f"workflow/easel/models/{name}.py"
        for name in ("__init__", "batch_statistics", "dcgan", "stages", "vae", "vae_gan")
    ]
    assert models["sample"] == [f"workflow/easel/models/{name}.py" for name in ("__init__", "batch_statistics")]
    assert {file for code in manifest["rules"].values() for file in code} <= manifest["code"].keys()
    assert set(manifest["trainings"]) == {f"tiny/{run}/seed-0" for run in ("dcgan", "vae", "vae_gan")}


def test_a_finished_study_verifies(finished, capsys):
    code, (line,) = said(finished, capsys)
    assert (code, "files match manifest.json" in line) == (0, True)


def test_a_flipped_bit_is_found_in_every_file(finished, manifest, tmp_path, capsys):
    """By verify, even if the file kept its times; by the next Snakemake if it did not, and is an output."""
    results = shutil.copytree(finished / "results", tmp_path / "results")
    unlisted = UNDECLARED - {"state"}
    files = {file for file in results.rglob("*") if file.is_file() and not unlisted & set(file.parts)}
    files = {file for file in files if file.stat().st_size and not file.name.startswith(".")}
    files.remove(results / OF_ALL_STUDIES)
    for file in files - {results / "tiny/manifest.json"}:  # its checksum is flipped instead
        data, about = bytearray(file.read_bytes()), file.stat()
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert verify.main([str(results / "tiny")]) == 1
    found = {line.partition(": ")[0] for line in capsys.readouterr().out.splitlines() if line.startswith(str(results))}
    assert found >= set(map(str, files - {results / "tiny/manifest.sha256"}))

    for file in files:
        os.utime(file)
    made = [results / path for path in [*manifest["outputs"], *manifest["folders"]]]
    altered = {file for files in receipts.altered(results, made).values() for file in files}
    assert altered == {str(results / path) for path in manifest["outputs"]}


def test_an_edited_score_is_made_again_and_not_certified(finished):
    file = finished / "results/tiny/dcgan/seed-0/metrics.json"
    with put_back(file):
        file.write_text(file.read_text().replace('"value": ', '"value": 0', 1))
        assert finished.jobs() == {"evaluate": 1, "compare": 1, "report_run": 1, "report_study": 1, "write_manifest": 1}


def test_a_deleted_file_is_reported_and_reruns_no_training(finished, capsys):
    """It may have been deleted to save space; ask for it by name to get it back."""
    file = finished / "results/tiny/dcgan/seed-0/generator.keras"
    with put_back(file):
        file.unlink()
        code, (line, _) = said(finished, capsys)
        assert finished.jobs() == {}
    assert (code, line) == (1, f"{file}: missing")


def test_a_commit_alone_reruns_nothing(finished, manifest):
    """The commit is not among the params that Snakemake records."""
    name = base64.urlsafe_b64encode(b"results/tiny/manifest.json").decode()
    record = json.loads((finished / f"results/.snakemake/metadata/{name}").read_text())
    assert record["rule"] == "write_manifest"
    assert (manifest["git"]["commit"] or "no commit") not in json.dumps(record)


def test_the_crate_is_packed_on_request_only(finished):
    assert finished.jobs("crate") == {"pack_crate": 1}
    done = finished.snakemake("crate")
    assert done.returncode == 0, done.stdout
    file = finished / "results/tiny/crate.zip"
    with zipfile.ZipFile(file) as crate:
        assert crate.testzip() is None
        assert "results/tiny/report.html" in crate.namelist()
    file.unlink()
    assert finished.jobs() == {}
