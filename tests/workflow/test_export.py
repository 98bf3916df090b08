"""Exporting runs: only what asks for it, nothing trained again, and files that work without Easel."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from helpers.tiny_study import TINY, Checkout

from easel.images import load_png

EXPORTING = TINY.replace("draw_every: 4}", "draw_every: 4, export: [onnx, litert, png]}").replace(
    "ema_decay: 0.9}", "ema_decay: 0.9, export: [onnx]}"
)


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    """The finished study, two of whose runs are exported."""
    copy = finished.copy(tmp_path_factory.mktemp("exported") / "tiny")
    exported = Checkout(copy.folder, EXPORTING)
    assert exported.jobs("export") == {"export_run": 2}
    done = exported.snakemake("export")
    assert done.returncode == 0, done.stdout
    return exported


def test_the_folders_hold_what_was_asked_for(exported):
    runs = exported / "results/tiny"
    assert {file.name for file in (runs / "dcgan/seed-0/export").iterdir() if file.name[0] != "."} == {
        "README.md", "generator.keras", "generator.onnx", "generator.tflite", "png", "samples.png"
    }  # fmt: skip
    assert {file.name for file in (runs / "vae_gan/seed-0/export").iterdir() if file.name[0] != "."} == {
        "README.md", "generator.keras", "encoder.keras", "generator.onnx", "encoder.onnx", "samples.png"
    }  # fmt: skip
    assert not (runs / "vae/seed-0/export").exists()


def test_the_record_states_the_difference_from_keras(exported):
    for run, files in (("dcgan", 2), ("vae_gan", 2)):
        record = json.loads((exported / f"results/tiny/{run}/seed-0/export.json").read_text())
        assert len(record["files"]) == files
        for entry in record["files"]:
            assert entry["compared"] == 100
            assert entry["largest_difference"] <= 1e-5


def test_the_pictures_are_the_judged_samples(exported):
    run = exported / "results/tiny/dcgan/seed-0"
    with np.load(run / "samples.npz") as samples:
        images = samples["images"]
    files = sorted((run / "export/png").glob("*.png"))
    np.testing.assert_array_equal([load_png(file) for file in files], images)


def test_the_programs_of_the_card_run_without_easel(exported):
    folder = exported / "results/tiny/dcgan/seed-0/export"
    programs = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    of_litert = "from ai_edge_litert.interpreter import Interpreter"  # not installed; TensorFlow has the same
    programs = [
        each.replace(of_litert, "import tensorflow\nInterpreter = tensorflow.lite.Interpreter") for each in programs
    ]
    assert len(programs) == 3
    drawn = []
    for program in programs:
        (folder.parent / "program.py").write_text(f"{program}\nnp.save('../pictures.npy', pictures)\n")
        subprocess.run([sys.executable, "-I", "../program.py"], cwd=folder, check=True, capture_output=True)
        drawn.append(np.load(folder.parent / "pictures.npy").astype(int))
    assert drawn[0].shape == (16, 32, 32, 3)
    for other in drawn[1:]:
        assert np.abs(drawn[0] - other).max() <= 1  # levels of 255


def test_another_licence_only_exports_again(exported):
    other = Checkout(exported.folder, f"{EXPORTING}license: mit\n")
    assert other.jobs("export") == {"export_run": 2}
    Checkout(exported.folder, EXPORTING)
    assert exported.jobs("export") == {}


def test_the_manifest_covers_the_folder(exported):
    done = exported.snakemake()
    assert done.returncode == 0, done.stdout
    manifest = json.loads((exported / "results/tiny/manifest.json").read_text())
    exports = {path for path, output in manifest["outputs"].items() if output["rule"] == "export_run"}
    assert {"tiny/dcgan/seed-0/export.json", "tiny/dcgan/seed-0/export/png/00099.png"} <= exports
    assert "tiny/vae_gan/seed-0/export" in manifest["folders"]
