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
    assert found["predicted_class_fid"][0] > 0
    assert "intra_class_fid" not in found  # no class was requested
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
    assert "predicted_class_fid" not in found  # a mean over fewer classes would reward dropping them
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


def test_swapped_classes_change_only_the_fid_within_classes(drawn, known):
    right = by_class(*drawn, known)
    swapped = by_class(drawn.images, (drawn.labels + 1) % 10, known)
    means = [each.within["predicted_class_fid"].mean.value for each in (right, swapped)]
    assert means[1] > 2 * means[0]
    imbalance = [next(measured.measurements())[1].value for measured in (right, swapped)]
    assert imbalance[0] == pytest.approx(imbalance[1])
    assert np.isfinite(swapped.within["predicted_class_fid"].values).all()


def test_a_rare_class_makes_a_caveat(drawn, known):
    assert by_class(*drawn, known).caveats() == {}
    few = np.concatenate([np.flatnonzero(drawn.labels == label)[:12] for label in range(10)])
    said = by_class(drawn.images[few], drawn.labels[few], known).caveats()
    assert said == {"predicted_class_fid": SingularClassCovariance(12, 16)}


def test_a_generator_that_ignores_its_label_has_a_bad_intra_class_fid(drawn, known):
    """Its samples are good of the classes that the judge sees in them, but not of those that were requested."""
    seen = Pixels().outputs(drawn.images)
    ignored = np.random.default_rng(0).permutation(drawn.labels)
    honest, deaf = (ByClass(seen, drawn.labels, known, wanted) for wanted in (drawn.labels, ignored))
    values = [{name: each.value for name, each, _ in found.measurements()} for found in (honest, deaf)]
    assert values[0]["intra_class_fid"] == values[0]["predicted_class_fid"] == values[1]["predicted_class_fid"]
    assert values[1]["intra_class_fid"] > 2 * values[0]["intra_class_fid"]
    assert deaf.table(CLASSES)["fid_by"] == "requested"
    assert deaf.table(CLASSES)["fid"] == deaf.within["intra_class_fid"].values.tolist()
    assert by_class(*drawn, known).table(CLASSES)["fid_by"] == "predicted"


def test_the_rarest_class_is_that_of_each_grouping(drawn, known):
    few = np.concatenate([np.flatnonzero(drawn.labels == label)[:12] for label in range(10)])
    wanted = np.roll(drawn.labels, 1)
    wanted[few[:5]] = 3
    found = ByClass(Pixels().outputs(drawn.images), drawn.labels, known, np.where(wanted == 3, 4, wanted))
    assert found.caveats() == {"intra_class_fid": SingularClassCovariance(0, 16)}
