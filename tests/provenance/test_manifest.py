"""The content of manifest.json."""

import hashlib
import os
from pathlib import Path

import pytest

from easel.provenance import git
from easel.provenance.manifest import build
from easel.provenance.manifest_file import checksums
from easel.runtime import receipts
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256
from easel.tracking.fingerprint import ROOT


def test_every_file_with_its_hash_its_rule_and_its_time(finished):
    os.utime(finished.folder / "dcgan/seed-0/generator.keras", (1_700_000_000, 1_700_000_000))
    outputs = finished.build()["outputs"]
    assert sorted(outputs) == [
        "datasets/tiny_shapes/dataset.json", "datasets/tiny_shapes/train_images.npy",
        "tiny/dcgan/seed-0/generator.keras", "tiny/dcgan/seed-0/snapshots/step-000004.keras",
        "tiny/dcgan/seed-0/train.json", "tiny/vae/seed-0/generator.keras",
        "tiny/vae/seed-0/snapshots/step-000004.keras", "tiny/vae/seed-0/train.json",
    ]  # fmt: skip
    assert outputs["tiny/dcgan/seed-0/generator.keras"] == {
        "rule": "sample", "sha256": hashlib.sha256(b"weights").hexdigest(), "bytes": 7,
        "made": "2023-11-14T22:13:20+00:00",
    }  # fmt: skip
    assert outputs["tiny/vae/seed-0/snapshots/step-000004.keras"]["rule"] == "train_run"


def test_folders_and_absent_outputs(finished):
    manifest = finished.build()
    assert manifest["folders"] == [
        f"tiny/{run}/seed-0/{folder}" for run in ("dcgan", "vae") for folder in ("snapshots", "progress")
    ]
    assert manifest["absent"] == ["datasets/tiny_shapes/archive.tar.gz"]


def test_the_state_of_trainings(finished):
    assert finished.build()["state"].keys() == {
        f"tiny/{run}/seed-0/state/9f2c/checkpoint-000000004.npz" for run in ("dcgan", "vae")
    }


def test_a_file_that_is_not_as_its_step_wrote_it_is_refused(finished, monkeypatch):
    """Else an edited score would be certified. The next Snakemake makes it again, whatever its time."""
    monkeypatch.chdir(finished.results.parent)
    results = Path("results")
    (results / ".snakemake").mkdir()
    files = [results / "tiny/dcgan/seed-0" / name for name in ("generator.keras", "train.json")]
    receipts.write(results, files)
    rules = {"train_run": {"code": [], "outputs": list(map(str, files))}}
    build(finished.study, rules, {}, None, results)
    files[0].write_bytes(b"wEights")
    receipts.take_times(results, files)
    assert receipts.altered(results, files) == {}
    with pytest.raises(EaselError, match=r"^results/tiny/dcgan/seed-0/generator\.keras: not as its step wrote it"):
        build(finished.study, rules, {}, None, results)
    assert receipts.altered(results, files) == {str(files[0]): [str(files[0])]}


def test_a_deleted_file_is_not_refused(finished, monkeypatch):
    monkeypatch.chdir(finished.results.parent)
    results = Path("results")
    (results / ".snakemake").mkdir()
    output = "results/tiny/dcgan/seed-0/snapshots"
    receipts.write(results, [output])
    (results / "tiny/dcgan/seed-0/snapshots/step-000004.keras").unlink()
    build(finished.study, {"train_run": {"code": [], "outputs": [output]}}, {}, None, results)


def test_the_checksum_of_the_manifest_is_in_the_form_of_sha256sum(finished):
    line = (finished.folder / "manifest.sha256").read_text()
    assert line == f"{sha256(finished.folder / 'manifest.json')}  manifest.json\n"


def test_its_checksums_are_read_again(finished):
    known = checksums(finished.folder)
    assert known.keys() == finished.build()["outputs"].keys()
    assert known["tiny/vae/seed-0/generator.keras"].sha256 == hashlib.sha256(b"weights").hexdigest()
    (finished.folder / "manifest.json").write_text("{")
    assert checksums(finished.folder) == {}


def test_the_configuration_is_resolved(finished):
    configuration = finished.build()["configuration"]
    assert configuration["datasets"] == {
        "tiny_shapes": {"format": "shapes", "mirrorable": True, "train_images": 256, "test_images": 64, "seed": 0}
    }
    assert configuration["judges"]["classifier"]["width"] == 32
    assert (configuration["runs"]["dcgan"]["epochs"], configuration["runs"]["dcgan"]["preset"]) == (2, "dcgan")
    assert configuration["runs"]["vae"]["beta"] == 1
    assert configuration["study"]["runs"] == ["dcgan", "vae"]


def test_code_data_and_records_of_trainings(finished):
    manifest = finished.build()
    assert manifest["code"] == finished.code
    assert manifest["rules"]["train_run"] == list(finished.code)
    assert manifest["data"] == {"tiny_shapes": {"train_images.npy": "0" * 64}}
    assert manifest["trainings"]["tiny/vae/seed-0"] == {
        "device": {"kind": "cpu", "name": "EPYC", "threads": 2}, "precision": "float32",
        "fingerprints": {"state": "9f2c", "data": "5be0", "code": {"scripts/train_run.py": "1f0e9d8c7b6a"}},
        "versions": {"keras": "3.15.1"}, "start": None,
    }  # fmt: skip


def test_the_call_and_the_commit(finished):
    assert finished.build()["command"] == "snakemake --cores 2"
    assert finished.build(command=None)["command"] is None
    assert finished.build()["git"] == git.describe(ROOT)
