"""A judge that was trained elsewhere is checked before the first job, if its file is at hand."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from helpers import onnx_networks
from helpers.studies import message

from easel.config.datasets import SHAPES
from easel.config.judges.onnx import OnnxSettings
from easel.judges.fetched import check_fetched
from easel.runtime.files import sha256, write_json
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]
PICTURES = "datasets:\n  own: {format: folder, path: pictures}\ndataset: own\n"
CHECKSUM = "ab" * 32
ARCHIVE = f"datasets:\n  own: {{format: cifar10_binary, path: a.tar.gz, sha256: {CHECKSUM}}}\ndataset: own\n"


@pytest.fixture
def check(tmp_path):
    """A function that checks a study on a dataset, with the judge in `pets.keras`."""

    def write_and_check(dataset="dataset: shapes\n", checksum="", source="path: pets.keras"):
        checksum = checksum or sha256(tmp_path / "pets.keras")
        (tmp_path / "mine.yaml").write_text(
            f"{dataset}runs:\n  a: {{preset: vae}}\njudge: ours\n"
            f"judges:\n  ours: {{kind: classifier, {source}, sha256: {checksum}}}\n"
        )
        study = load_study({"study": str(tmp_path / "mine.yaml")}, ROOT)
        return check_fetched(study, tmp_path / "results", tmp_path)

    return write_and_check


def fill(folder: Path, *classes: str) -> None:
    """A folder of pictures by class, by their names."""
    for name in classes:
        (folder / name).mkdir(parents=True)
        for index in range(30):
            (folder / name / f"{index}.png").write_text(f"{name} {index}")


def test_a_judge_of_this_dataset(check, pets):
    pets(dataset="shapes", classes=list(SHAPES))
    check()


def test_another_checksum(check, pets, tmp_path):
    found = sha256(pets(classes=list(SHAPES)))
    assert message(check, "dataset: shapes\n", CHECKSUM) == (
        f"mine.yaml: judges.ours: sha256: {tmp_path}/pets.keras has the SHA-256 {found}, expected {CHECKSUM}. Get the "
        "file again; or, if it is the one you mean, correct 'sha256'"
    )


def test_classes_of_another_dataset(check, pets, tmp_path):
    pets()
    assert message(check) == (
        f"mine.yaml: judges.ours: {tmp_path}/pets.keras knows the 2 classes cats, dogs of 'pets', and the dataset has "
        "the 10 classes disc, ring, square, triangle, star, heart, cross, crescent, arrow, clover. Use the file of a "
        "judge of this dataset, or leave out 'urls', 'path' and 'sha256', so that a judge is trained here"
    )


def test_the_same_classes_in_another_order(check, pets):
    pets(classes=sorted(SHAPES))
    assert "knows the 10 classes arrow, clover, crescent" in message(check)


def test_classes_that_differ_after_those_that_are_named(check, pets, tmp_path):
    classes = [f"pet{number}" for number in range(10, 24)]
    fill(tmp_path / "pictures", *classes)
    pets(classes=[*classes[:-1], "unicorn"])
    said = "pet21, …; class 14 is 'unicorn' for the judge and 'pet23' in the dataset. Use the file"
    assert said in message(check, PICTURES)


def test_images_of_another_size(check, pets):
    pets(classes=list(SHAPES), image_shape=[64, 64, 3])
    assert "pets.keras judges images of 64 × 64 × 3, and the dataset's are of 32 × 32 × 3. Use" in message(check)


def test_the_classes_of_a_folder(check, pets, tmp_path):
    """One of which no picture can be decoded may not be there in the end, but a class cannot come to it."""
    pets()
    fill(tmp_path / "pictures", "cats", "dogs", "empty")
    check(PICTURES)
    pets(classes=["cats", "fish"])
    assert "knows the 2 classes cats, fish of 'pets', and the dataset has the 3 classes cats, dogs, empty" in message(
        check, PICTURES
    )


def test_an_archive_tells_its_classes_once_it_is_prepared(check, pets, tmp_path):
    pets()
    (tmp_path / "a.tar.gz").touch()
    check(ARCHIVE)
    record = {"image_shape": [32, 32, 3], "classes": ["a", "b"], "source": {"sha256": {"any": CHECKSUM}}}
    (tmp_path / "results/datasets/own").mkdir(parents=True)
    splits = {split: {"images": 40} for split in ("train", "test")}
    write_json(tmp_path / "results/datasets/own/dataset.json", {**record, "splits": splits})
    assert "and the dataset has the 2 classes a, b" in message(check, ARCHIVE)


def test_a_file_that_is_no_judge(check, tmp_path):
    (tmp_path / "pets.keras").write_text("weights")
    assert message(check) == (
        f"mine.yaml: judges.ours: {tmp_path}/pets.keras is no .keras file (File is not a zip file). Expected the "
        "classifier.keras of a judge that Easel trained, from results/judges/<dataset>/<judge>/"
    )


def test_a_file_that_was_fetched_from_an_address(check, pets, tmp_path):
    checksum, source = sha256(pets()), "urls: [https://example.org/judge.keras]"
    check(checksum=checksum, source=source)
    fetched = tmp_path / f"results/judges/classifier-{checksum[:12]}.keras"
    fetched.parent.mkdir(parents=True)
    shutil.copyfile(tmp_path / "pets.keras", fetched)
    assert f"judges.ours: {fetched} knows the 2 classes" in message(check, "dataset: shapes\n", checksum, source)


# --- a feature extractor in an ONNX file ---------------------------------------------------------------


@pytest.fixture
def extractor(tmp_path):
    """A function that checks a study with a judge in `vit.onnx`, of 16 × 16 pixels."""
    onnx_networks.write(tmp_path / "vit.onnx", shape=("batch", 3, 16, 16))

    def write_and_check(settings="image_size: 16", checksum=""):
        checksum = checksum or sha256(tmp_path / "vit.onnx")
        (tmp_path / "mine.yaml").write_text(
            "dataset: shapes\nruns:\n  a: {preset: vae}\njudge: vit\n"
            f"judges:\n  vit: {{kind: onnx, path: vit.onnx, sha256: {checksum}, {settings}}}\n"
        )
        study = load_study({"study": str(tmp_path / "mine.yaml")}, ROOT)
        return check_fetched(study, tmp_path / "results", tmp_path)

    return write_and_check


def test_a_feature_extractor(extractor):
    extractor()


def test_a_feature_extractor_that_does_not_fit(extractor, tmp_path):
    file, found = tmp_path / "vit.onnx", sha256(tmp_path / "vit.onnx")
    assert message(extractor, "image_size: 16", CHECKSUM) == (
        f"mine.yaml: judges.vit: sha256: {file} has the SHA-256 {found}, expected {CHECKSUM}. Get the file again; or, "
        "if it is the one you mean, correct 'sha256'"
    )
    assert message(extractor, "output: embedding") == (
        f"mine.yaml: judges.vit: {file}: takes images of 16 × 16 pixels, and 'image_size' is 224; set image_size: 16"
    )
    assert message(extractor, "image_size: 16, output: embedding") == (
        f"mine.yaml: judges.vit: {file}: has no output 'embedding'; it has features"
    )
    file.write_text("weights")
    assert message(extractor) == f"mine.yaml: judges.vit: {file}: is no ONNX file, or is damaged or cut short"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("image_size: small", "judges.vit.image_size: should be a whole number; found 'small'"),
        ("mean: 0.5", "judges.vit.mean: should be a list; found 0.5; write [0.5]"),
        ("std: [1, 0, 1]", "judges.vit.std[1]: should be greater than 0; found 0"),
        ("outputs: a", "judges.vit.outputs: unknown key; did you mean 'output'?"),
        ("urls: [https://example.org/a]", "judges.vit: an ONNX file needs either 'urls' or 'path', and not both"),
    ],
)
def test_settings_of_a_feature_extractor(extractor, tmp_path, settings, said):
    assert message(extractor, settings) == f"{tmp_path}/mine.yaml: {said}"


def test_an_extractor_is_looked_at_until_it_has_been_made(extractor, tmp_path):
    """It takes a second for a large file, whenever Snakemake starts."""
    assert "set image_size: 16" in message(extractor, "batch_size: 8")
    settings = OnnxSettings(kind="onnx", path="vit.onnx", sha256=sha256(tmp_path / "vit.onnx"), batch_size=8)
    record = tmp_path / "results/judges/shapes/vit/onnx.json"
    record.parent.mkdir(parents=True)
    write_json(record, {"settings": settings.model_dump()})
    extractor("batch_size: 8")
    assert "set image_size: 16" in message(extractor, "batch_size: 9")


def test_a_missing_package(extractor, monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else find_spec(name))
    assert message(extractor) == (
        "mine.yaml: judges.vit: kind: onnx needs onnx and onnxruntime; onnxruntime is not installed. Install Easel's "
        "extra 'export' (pip install --editable '.[export]'), or use another judge"
    )
