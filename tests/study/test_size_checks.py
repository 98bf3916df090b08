"""A study that could only fail in a job, as its dataset is too small, is refused before the first."""

from pathlib import Path

import numpy as np
import pytest
from helpers.studies import CONDITIONAL, SHA256, message

from easel.runtime.files import write_json
from easel.study import size_checks
from easel.study.load import load_study
from easel.study.size_checks import check_sizes

FEW = "datasets:\n  few: {format: shapes, train_images: 203, test_images: 51}\ndataset: few\nruns:\n"
OWN = "datasets:\n  own: {format: folder, path: pictures, test_fraction: 0.6}\ndataset: own\njudge: inception\nruns:\n"
LOCAL = f"datasets:\n  local: {{format: cifar10_binary, path: a.tar.gz, sha256: {SHA256}}}\ndataset: local\nruns:\n"
SMALL = {"image_shape": [32, 32, 3], "classes": ["a", "b"], "splits": {s: {"images": 40} for s in ("train", "test")}}


@pytest.fixture
def check(root, tmp_path):
    """Load a study and check its sizes."""

    def write_and_check(text):
        (tmp_path / "mine.yaml").write_text(text)
        return check_sizes(load_study({"study": str(tmp_path / "mine.yaml")}, root), tmp_path / "results", tmp_path)

    return write_and_check


def fill(folder: Path, count: int) -> None:
    """A folder of files whose names are pictures'."""
    folder.mkdir(parents=True)
    for index in range(count):
        (folder / f"{index}.png").write_text(str(index))


def prepared(tmp_path, checksum=SHA256):
    """The archive, and the record of what was made of one."""
    (tmp_path / "a.tar.gz").touch()
    (tmp_path / "results/datasets/local").mkdir(parents=True)
    write_json(tmp_path / "results/datasets/local/dataset.json", SMALL | {"source": {"sha256": {"any": checksum}}})


def test_batches_of_more_images_than_there_are(check):
    check(FEW + "  a: {preset: vae, batch_size: 203}\n")
    assert message(
        check, FEW + "  a: {preset: vae, batch_size: 204}\n  b: {preset: dcgan, batch_size: [2, 900]}\n"
    ) == (
        "mine.yaml: runs.a: batch_size is 204, but 'few' has 203 training images; set batch_size to 203 or less\n"
        "mine.yaml: runs.b-batch_size-900: batch_size is 900, but 'few' has 203 training images; set batch_size to 203 "
        "or less"
    )


def test_a_folder_of_few_pictures(check, tmp_path):
    fill(tmp_path / "pictures", 30)
    check(OWN + "  a: {preset: vae, batch_size: 20}\n")
    assert message(check, OWN + "  a: {preset: vae, batch_size: 21}\n") == (
        "mine.yaml: runs.a: batch_size is 21, but 'own' has at most 20 training images; set batch_size to 20 or less"
    )


def test_a_folder_of_too_few_pictures(check, tmp_path):
    fill(tmp_path / "pictures", 19)
    assert message(check, OWN + "  a: {preset: vae}\n") == (
        f"mine.yaml: dataset: the folder {tmp_path}/pictures has 19 different pictures; it takes 20, 10 for "
        "training and 10 for testing. Add pictures"
    )


def test_a_fraction_that_leaves_too_few_pictures_for_testing(check, tmp_path):
    fill(tmp_path / "pictures", 60)
    said = message(check, OWN.replace("0.6", "0.1") + "  a: {preset: vae, batch_size: 2}\n")
    assert said == (
        "mine.yaml: dataset: with a test_fraction of 0.1, 4 of the 60 different pictures in "
        f"{tmp_path}/pictures are for testing; it takes 10. Set test_fraction to 0.183, or add pictures"
    )
    check(OWN.replace("0.6", "0.183") + "  a: {preset: vae, batch_size: 2}\n")


def test_a_fraction_that_leaves_too_few_pictures_for_training(check, tmp_path):
    fill(tmp_path / "pictures", 60)
    said = message(check, OWN.replace("0.6", "0.95") + "  a: {preset: vae, batch_size: 2}\n")
    assert " of the 60 different pictures in " in said
    assert "pictures are for training; it takes 10. Set test_fraction to " in said
    fitting = said.partition("test_fraction to ")[2].split(",")[0]
    check(OWN.replace("0.6", fitting) + "  a: {preset: vae, batch_size: 2}\n")


def test_a_fraction_of_many_pictures_that_leaves_too_few(check, tmp_path):
    fill(tmp_path / "pictures", size_checks.FEW + 100)
    assert "pictures are for testing; it takes 10. Set" in message(
        check, OWN.replace("0.6", "0.01") + "  a: {preset: vae, batch_size: 2}\n"
    )


def test_a_prepared_folder_is_refused_before_it_would_be_lost(check, tmp_path):
    """By another fraction, or with other pictures. One that is out of reach keeps what was prepared from it."""
    for name in ("a", "b"):
        fill(tmp_path / "pictures" / name, 30)
    prepared_folder = tmp_path / "results/datasets/own"
    prepared_folder.mkdir(parents=True)
    write_json(prepared_folder / "dataset.json", SMALL)
    names = [f"{name}/{index}.png" for name in ("a", "b") for index in range(30)]
    write_json(prepared_folder / ".contents.json", {"files": {name: [1, 1, ""] for name in names}})
    run = "  a: {preset: vae, batch_size: 2}\n"
    check(OWN + run)
    assert "are for testing; it takes 10" in message(check, OWN.replace("0.6", "0.01") + run)
    for file in (tmp_path / "pictures/a").iterdir():
        file.unlink()
    size_checks.listing_of.cache_clear()
    check(OWN.replace("0.6", "0.01") + run)
    (tmp_path / "pictures/a").rmdir()
    assert "are for testing; it takes 10" in message(check, OWN.replace("0.6", "0.01") + run)


def test_folders_that_are_splits_of_too_few_pictures(check, tmp_path):
    for name, count in (("train/a", 30), ("train/b", 9), ("test/a", 3), ("test/b", 2)):
        fill(tmp_path / "pictures" / name, count)
    text = OWN.replace(", test_fraction: 0.6", "")
    assert message(check, text + "  a: {preset: vae, batch_size: 40}\n") == (
        f"mine.yaml: dataset: {tmp_path}/pictures has 5 pictures in its folders for testing; it takes 10. Add "
        "pictures\n"
        "mine.yaml: runs.a: batch_size is 40, but 'own' has at most 39 training images; set batch_size to 39 or less"
    )


def test_a_folder_that_is_out_of_reach_is_no_small_one(check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/datasets/own").mkdir(parents=True)
    write_json(tmp_path / "results/datasets/own/dataset.json", SMALL)
    check(OWN + "  a: {preset: vae, batch_size: 40}\n")


def test_external_samples_of_another_form(check, tmp_path):
    theirs = FEW + "  a: {preset: vae, batch_size: 20}\n  theirs: {kind: external, path: %s}\n"
    np.save(tmp_path / "right.npy", np.zeros((3, 32, 32, 3), np.uint8))
    check(theirs % "right.npy")
    np.save(tmp_path / "large.npy", np.zeros((3, 64, 64, 3), np.uint8))
    said = message(check, theirs % "large.npy")
    assert said.startswith(
        f"mine.yaml: runs.theirs.path: {tmp_path}/large.npy is uint8 (3, 64, 64, 3); expected uint8 "
    )
    (tmp_path / "none.npz").write_bytes(b"PK")
    assert "none.npz: cannot be read as a NumPy .npz file" in message(check, theirs % "none.npz")


def test_a_prepared_archive_tells_its_size_and_classes(check, tmp_path):
    prepared(tmp_path)
    check(LOCAL + f"  a: {{{CONDITIONAL}, batch_size: 40, sampling: {{label: b}}}}\n")
    assert message(check, LOCAL + f"  a: {{{CONDITIONAL}, batch_size: 41, sampling: {{label: frog}}}}\n") == (
        "mine.yaml: runs.a: batch_size is 41, but 'local' has 40 training images; set batch_size to 40 or less\n"
        "mine.yaml: runs.a: sampling.label: 'local' has no class 'frog'; there are a, b"
    )


def test_a_record_of_another_archive_tells_nothing(check, tmp_path):
    prepared(tmp_path, SHA256.replace("0", "1"))
    check(LOCAL + "  a: {preset: vae, batch_size: 41}\n")


def test_a_model_with_more_blocks_than_latents(check, tmp_path):
    check(FEW + "  a: {preset: biggan, batch_size: 2, latent_dim: 4}\n")
    assert message(check, FEW + "  a: {preset: biggan, batch_size: 2, latent_dim: 3}\n") == (
        "mine.yaml: runs.a: latent_dim is 3, but model biggan needs at least 4 for images of 32 × 32 pixels; "
        "set latent_dim to 4 or more"
    )
    fill(tmp_path / "pictures", 30)
    larger = OWN.replace("path: pictures", "path: pictures, image_size: 64")
    preset = "preset: biggan, conditional: false, batch_size: 2, latent_dim: 4"
    assert "needs at least 5 for images of 64 × 64 pixels" in message(check, larger + f"  a: {{{preset}}}\n")


def test_a_size_that_a_model_is_not_made_for(check, tmp_path):
    """With one line for a run, before the first job."""
    fill(tmp_path / "pictures", 30)
    run = "  a: {{preset: {}, batch_size: 2, epochs: 1}}\n"

    def of(size):
        return OWN.replace("path: pictures", f"path: pictures, image_size: {size}")

    assert message(check, of(128) + run.format("tutorial_dcgan")) == (
        "mine.yaml: runs.a: model tutorial_dcgan makes images of 32, 48, 64 or 96 pixels a side, not of 128; set the "
        "dataset's image_size to one of these, or use another preset"
    )
    assert message(check, of(96) + run.format("vq_vae")) == (
        "mine.yaml: runs.a: latent_dim is 64, a grid of 8 × 8 codes, to which images of 96 × 96 pixels cannot be "
        "halved; set latent_dim to 9, 36 or 144"
    )
    for size, preset in ((96, "tutorial_dcgan"), (96, "vq_vae, latent_dim: 144"), (256, "vq_vae"), (256, "dcgan")):
        check(of(size) + run.format(preset))


def test_packages_that_an_export_needs(check, monkeypatch):
    few = FEW + "  a: {preset: vae, batch_size: 20}\n"
    monkeypatch.setattr(size_checks.importlib.util, "find_spec", lambda name: name == "onnx" or None)
    check(few + "export: [litert, png]\n")
    assert message(check, few + "export: [png, onnx]\n") == (
        "mine.yaml: export: onnx needs onnx, onnxruntime and tf2onnx; onnxruntime and tf2onnx are not installed. "
        "Install Easel's extra 'export' (pip install --editable '.[export]'), or leave onnx out"
    )
    monkeypatch.undo()
    check(few + "export: [litert, png, onnx]\n")
