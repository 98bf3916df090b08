"""Samples next to their nearest training images."""

import numpy as np

from easel.evaluation.nearest_pairs import most_suspicious, picture
from easel.evaluation.rows import Nearest


def test_closest_pairs_come_first_with_each_training_image_once():
    found = Nearest(np.array([0.4, 0.1, 0.3, 0.2, 0.9]), np.array([7, 5, 5, 6, 8]))
    pairs = most_suspicious(found, held_out=np.array([0.15, 0.25, 0.5, 1.0]), pairs=3)
    assert [(pair["sample"], pair["training_image"]) for pair in pairs] == [(1, 5), (3, 6), (0, 7)]
    assert [pair["nearer_than_held_out"] for pair in pairs] == [1.0, 0.75, 0.5]
    assert [pair["distance"] for pair in pairs] == [0.1, 0.2, 0.4]


def cell(sheet: np.ndarray, row: int, column: int) -> np.ndarray:
    return sheet[6 * row : 6 * row + 4, 6 * column : 6 * column + 4]


def test_each_sample_is_above_its_training_image():
    samples = np.repeat(np.arange(30, dtype=np.uint8), 48).reshape(30, 4, 4, 3)
    train = 255 - samples
    for count in (20, 13, 4):
        pairs = [{"sample": i, "training_image": 29 - i} for i in range(count)]
        sheet = picture(pairs, samples, train)
        for i in range(count):
            row, column = 2 * (i // 10), i % 10
            assert (cell(sheet, row, column) == i).all()
            assert (cell(sheet, row + 1, column) == 255 - (29 - i)).all()
