"""Pictures that a study names one by one: which they are, and how they will be prepared."""

import hashlib
import json
from pathlib import Path

from PIL import Image

from easel.config.datasets import Folder, Shapes
from easel.data.named_pictures import describe_or_recall, preparation


def save(file: Path, colour=(200, 10, 10)) -> str:
    Image.new("RGB", (60, 40), colour).save(file)
    return str(file)


def test_how_pictures_are_prepared():
    assert preparation(Shapes(format="shapes")) == {
        "image_size": 32, "fit": "crop", "filter": "lanczos", "background": [255, 255, 255], "max_pixels": 50_000_000,
    }  # fmt: skip
    folder = {"format": "folder", "path": "birds", "image_size": 64, "background": [0, 0, 0]}
    of_folder = preparation(Folder(**folder, fit="pad", max_pixels=100))
    assert (of_folder["image_size"], of_folder["fit"], of_folder["background"]) == (64, "pad", [0, 0, 0])
    assert of_folder["max_pixels"] == 100
    assert preparation(Folder(**folder, fit="random_crop"))["fit"] == "crop"


def test_a_picture_is_known_by_its_content(tmp_path):
    file, kept = tmp_path / "a.png", tmp_path / "kept.json"
    path = save(file)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    assert describe_or_recall([path], kept) == {"a.png": checksum}
    file.rename(tmp_path / "moved.png")
    assert describe_or_recall([path], kept) == {"a.png": checksum}, "out of reach"
    assert describe_or_recall([path], tmp_path / "never.json") == {"a.png": ""}
    save(file, colour=(0, 0, 0))
    changed = describe_or_recall([path], kept)["a.png"]
    assert changed not in ("", checksum)
    assert json.loads(kept.read_text()) == {path: changed}
    (tmp_path / "folder").mkdir()
    elsewhere = save(tmp_path / "folder/a.png", colour=(0, 0, 0))
    assert describe_or_recall([elsewhere], kept) == {"a.png": changed}, "its folder does not count"
    assert describe_or_recall([path, elsewhere], kept) == {"a.png": changed, "a.png (2)": changed}
