"""The content of manifest.json."""

import hashlib
import os

from easel.provenance import git
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
        "rule": "train_run", "sha256": hashlib.sha256(b"weights").hexdigest(), "bytes": 7,
        "made": "2023-11-14T22:13:20+00:00",
    }  # fmt: skip
    assert outputs["tiny/vae/seed-0/snapshots/step-000004.keras"]["rule"] == "train_autoencoder"


def test_folders_and_absent_outputs(finished):
    manifest = finished.build()
    assert manifest["folders"] == [
        f"tiny/{run}/seed-0/{folder}" for run in ("dcgan", "vae") for folder in ("snapshots", "progress")
    ]
    assert manifest["absent"] == ["datasets/tiny_shapes/archive.tar.gz"]


def test_the_configuration_is_resolved(finished):
    configuration = finished.build()["configuration"]
    assert configuration["datasets"] == {
        "tiny_shapes": {"format": "shapes", "train_images": 256, "test_images": 64, "seed": 0}
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
        "versions": {"keras": "3.15.1"},
    }  # fmt: skip


def test_the_call_and_the_commit(finished):
    assert finished.build()["command"] == "snakemake --cores 2"
    assert finished.build(command=None)["command"] is None
    assert finished.build()["git"] == git.describe(ROOT)
