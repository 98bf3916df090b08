"""A study's results in one file."""

import os
import zipfile

import pytest

from easel.notebook.archive import pack
from easel.runtime.errors import EaselError

KEPT = ("report.html", "comparison.csv", "vae/seed-0/report.html", "vae/seed-0/generator.keras",
        "vae/seed-0/encoder.keras", "vae/seed-0/samples.png", "vae/seed-0/export/onnx/generator.onnx")  # fmt: skip
LEFT = ("vae/seed-0/samples.npz", "vae/seed-0/state/abc/checkpoint-1.npz", "vae/seed-0/progress/step-1.png",
        "vae/seed-0/snapshots/step-1.keras")  # fmt: skip


@pytest.fixture
def study(tmp_path):
    for name in (*KEPT, *LEFT):
        file = tmp_path / "birds" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path / "birds"


def test_the_report_and_the_networks_are_packed(study, tmp_path):
    os.utime(study / "report.html", (0, 0))
    with zipfile.ZipFile(pack(study, tmp_path / "birds.zip")) as packed:
        assert sorted(packed.namelist()) == sorted(f"birds/{name}" for name in KEPT)


def test_a_full_disk_leaves_no_half_of_an_archive(study, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", fail)
    with pytest.raises(EaselError, match=r"birds.zip cannot be written: No space left on device$"):
        pack(study, tmp_path / "birds.zip")
    assert not (tmp_path / "birds.zip").exists()
