"""Metrics of classes of some images."""

import numpy as np
import pytest
from helpers.pixels_judge import Pixels

from easel.data.shapes import CLASSES, draw
from easel.evaluation.by_class import ByClass, SingularClassCovariance


@pytest.fixture(scope="module")
def drawn():
    return draw("train", 300, seed=9)[0]


def by_class(images, labels, known) -> ByClass:
    return ByClass(Pixels().outputs(images), labels, known)


def test_metrics_of_classes_and_their_reference(drawn, known):
    found = {name: (estimate.value, against) for name, estimate, against in by_class(*drawn, known).measurements()}
    assert found["class_tv_distance"][0] == pytest.approx(0, abs=1e-9)
    assert found["class_coverage"][0] == 1
    assert found["intra_class_fid"][0] > 0
    assert {against for _, against in found.values()} == {("train", 600)}


def test_class_accuracy_compares_requested_and_predicted_classes(drawn, known):
    asked = np.where(np.arange(300) < 60, (drawn.labels + 1) % 10, drawn.labels)
    measured = ByClass(Pixels().outputs(drawn.images), drawn.labels, known, asked).measurements()
    (accuracy,) = (each for name, *each in measured if name == "class_accuracy")
    assert accuracy[0].value == pytest.approx(0.8)
    assert accuracy[0].uncertainty.value == pytest.approx(np.sqrt(0.8 * 0.2 / 300))
    assert accuracy[1] == (None, None)  # it is compared with no images


def test_a_missing_class_lowers_coverage_and_has_no_fid(drawn, known):
    some = drawn.labels < 7
    found = {
        name: estimate.value
        for name, estimate, _ in by_class(drawn.images[some], drawn.labels[some], known).measurements()
    }
    assert "intra_class_fid" not in found  # a mean over fewer classes would reward dropping them
    assert found["class_coverage"] == pytest.approx(0.7)
    assert found["class_tv_distance"] == pytest.approx(0.3)


def test_table_has_counts_and_first_images(drawn, known):
    some = drawn.labels < 7
    table = by_class(drawn.images[some], drawn.labels[some], known).table(CLASSES)
    assert table["names"] == list(CLASSES)
    assert table["samples"] == [30] * 7 + [0] * 3
    assert table["expected"] == [21.0] * 10
    assert [value is None for value in table["fid"]] == [False] * 7 + [True] * 3
    labels = drawn.labels[some]
    assert [len(first) for first in table["first"]] == [10] * 7 + [0] * 3
    assert all((labels[first] == label).all() for label, first in enumerate(table["first"]))
    assert table["first"][labels[0]][0] == 0


def test_swapped_classes_change_only_intra_class_fid(drawn, known):
    right = by_class(*drawn, known)
    swapped = by_class(drawn.images, (drawn.labels + 1) % 10, known)
    assert swapped.intra_class.mean.value > 2 * right.intra_class.mean.value
    imbalance = [next(measured.measurements())[1].value for measured in (right, swapped)]
    assert imbalance[0] == pytest.approx(imbalance[1])
    assert np.isfinite(swapped.intra_class.values).all()


def test_a_rare_class_makes_a_caveat(drawn, known):
    assert by_class(*drawn, known).caveats() == {}
    few = np.concatenate([np.flatnonzero(drawn.labels == label)[:12] for label in range(10)])
    said = by_class(drawn.images[few], drawn.labels[few], known).caveats()
    assert said == {"intra_class_fid": SingularClassCovariance(12, 16)}
