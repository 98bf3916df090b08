"""A study's folder with little in it, and its manifest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from easel.provenance.manifest import build, write
from easel.runtime.files import read_json, write_json
from easel.study.load import Study, load_study
from easel.tracking.fingerprint import ROOT, code_of

STUDY = """\
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
runs:
  dcgan: {preset: dcgan, epochs: 2}
  vae:   {preset: vae}
"""
TRAINED = {
    "device": {"kind": "cpu", "name": "EPYC", "threads": 2},
    "precision": "float32",
    "fingerprints": {"state": "9f2c", "data": "5be0", "code": {"scripts/train_run.py": "1f0e9d8c7b6a"}},
    "versions": {"keras": "3.15.1"},
    "settings": {"width": 64},
}


@dataclass
class Finished:
    """results/: a dataset and two trained runs, and the manifest."""

    study: Study
    results: Path
    rules: dict[str, Any]
    code: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.results / "tiny"

    def build(self, command: str | None = "snakemake --cores 2") -> dict[str, Any]:
        return build(self.study, self.rules, self.code, command, self.results)

    def write(self, **changes: Any) -> None:
        """Write manifest.json, with some of its keys changed."""
        write(self.build() | changes, self.folder / "manifest.json")

    def manifest(self) -> dict[str, Any]:
        return read_json(self.folder / "manifest.json")


@pytest.fixture
def finished(tmp_path) -> Finished:
    file = tmp_path / "tiny.yaml"
    file.write_text(STUDY)
    results = tmp_path / "results"
    dataset, runs = results / "datasets/tiny_shapes", [results / f"tiny/{run}/seed-0" for run in ("dcgan", "vae")]
    for folder in (dataset, *(run / part for run in runs for part in ("snapshots", "progress"))):
        folder.mkdir(parents=True)
    write_json(dataset / "dataset.json", {"name": "tiny_shapes", "arrays": {"train_images.npy": "0" * 64}})
    (dataset / "train_images.npy").write_bytes(b"images")
    for run in runs:
        write_json(run / "train.json", TRAINED)
        (run / "generator.keras").write_bytes(b"weights")
        (run / "snapshots/step-000004.keras").write_bytes(b"early weights")
        (run / "snapshots/.snakemake_timestamp").touch()
        (run / "state/9f2c").mkdir(parents=True)
        (run / "state/9f2c/checkpoint-000000004.npz").write_bytes(b"everything")
    code = code_of("download.py")
    rules = {
        "download": {"code": [], "outputs": [f"{dataset}/archive.tar.gz"]},
        "prepare": {"code": list(code), "outputs": [f"{dataset}/dataset.json", f"{dataset}/train_images.npy"]},
    }
    trained, sampled = (
        [f"{run}/{name}" for run in runs for name in names]
        for names in (("train.json", "snapshots", "progress"), ("generator.keras",))
    )
    rules |= {
        "train_run": {"code": list(code), "outputs": trained},
        "sample": {"code": list(code), "outputs": sampled},
    }
    study = load_study({"study": str(file)}, ROOT)
    made = Finished(study, results, rules, code)
    made.write()
    return made
