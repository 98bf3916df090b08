"""Training images of each class."""

import re

import numpy as np
import pytest
from helpers.page_text import text_of

from easel.images import save_png
from easel.report import cells as report
from easel.report.figures import image_grids
from easel.report.figures.training_images import mixed_training_images, source_caption
from easel.texts import languages

DOTS = {"classes": ["a"], "name": "dots", "source": {"kind": "drawn", "seed": 0}}


def test_missing_picture_gives_none(tmp_path):
    assert image_grids.picture(tmp_path / "a.png", "black") is None
    assert report.training_examples(tmp_path, DOTS) is None


def test_training_examples_are_grouped_by_class(tmp_path):
    images = np.repeat(np.arange(6, dtype=np.uint8) * 40, 4 * 4 * 3).reshape(6, 4, 4, 3)
    np.save(tmp_path / "train_images.npy", images)
    np.save(tmp_path / "train_labels.npy", np.array([0, 1, 0, 1, 0, 0]))
    got = report.training_examples(tmp_path, {"classes": ["even", "odd", "never"]})
    assert re.findall(r' alt="([^"]+)"', got) == ["4 training images of class even", "2 training images of class odd"]


def test_many_classes_or_large_images_show_fewer_examples(tmp_path):
    np.save(tmp_path / "train_images.npy", np.zeros((200, 64, 64, 3), np.uint8))
    np.save(tmp_path / "train_labels.npy", np.arange(200) % 10)
    got = report.training_examples(tmp_path, {"classes": [f"class {i}" for i in range(10)]})
    assert set(re.findall(r' alt="(\d+) training', got)) == {"4"}


def test_a_mixture_has_every_class_in_turn_and_is_spread_over_each(tmp_path):
    """Class 0 has images 0 to 7, class 1 only 8 and 9."""
    np.save(tmp_path / "train_images.npy", np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1).repeat(3, axis=3))
    np.save(tmp_path / "train_labels.npy", np.arange(10) // 8)
    for n, expected in ((2, [0, 8]), (6, [0, 8, 2, 9, 4, 6]), (20, [0, 8, 1, 9, *range(2, 8)])):
        assert mixed_training_images(tmp_path, n)[:, 0, 0, 0].tolist() == expected


def test_preview_replaces_missing_arrays(tmp_path):
    save_png(tmp_path / "preview.png", np.zeros((6, 8, 3), np.uint8))
    got = report.training_examples(tmp_path, DOTS)
    assert 'alt="Training images of dots"' in got
    assert text_of(got) == "Drawn by Easel with seed 0."


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"kind": "drawn", "seed": 1234}, "Drawn by Easel with seed 1234."),
        ({"kind": "archives", "sha256": {"b.gz": "0", "a.gz": "1"}}, "Read from a.gz and b.gz."),
        ({"kind": "folder", "folder": "birds", "pictures": 2014}, "2,014 pictures from the folder birds."),
        (
            {
                "kind": "folder",
                "folder": "birds",
                "pictures": 9,
                "splits": {"train": ["train"], "test": ["test", "val"]},
            },
            "9 pictures from the folder birds: its train for training, its test and val for testing.",
        ),
    ],
)
def test_each_kind_of_source_has_a_caption_in_every_language(source, words):
    caption = source_caption(source)
    assert caption == words
    assert len(set(caption.plain.values())) == len(languages())
