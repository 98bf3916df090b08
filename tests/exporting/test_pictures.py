"""Samples as a folder of PNG files."""

import csv

import numpy as np

from easel.exporting import pictures
from easel.images import load_png

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), np.uint8)


def test_pictures_have_the_samples_bits_under_their_numbers(tmp_path):
    pictures.write(IMAGES, tmp_path / "png")
    names = [f"{number:05}.png" for number in range(12)]
    assert sorted(file.name for file in (tmp_path / "png").iterdir()) == names
    for name, image in zip(names, IMAGES, strict=True):
        np.testing.assert_array_equal(load_png(tmp_path / "png" / name), image)


def test_a_table_names_the_classes(tmp_path):
    pictures.write(IMAGES, tmp_path / "png", np.arange(12) % 2, ["a disc", "rüng"])
    with open(tmp_path / "png/metadata.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[:2] == [
        {"file_name": "00000.png", "label": "0", "class": "a disc"},
        {"file_name": "00001.png", "label": "1", "class": "rüng"},
    ]
    assert len(rows) == 12


def test_names_sort_in_the_order_of_the_samples(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "DIGITS", 1)
    pictures.write(IMAGES, tmp_path / "png")
    names = sorted(file.name for file in (tmp_path / "png").iterdir())
    assert names[:2] + names[-1:] == ["00.png", "01.png", "11.png"]
