"""Metrics of classes."""

import numpy as np
import pytest

from easel.metrics import fid
from easel.metrics.class_metrics import class_accuracy, class_coverage, class_tv_distance, intra_class_fid, shares
from easel.metrics.estimate import Bootstrap, StandardError

EVEN = np.full(10, 0.1)


def test_shares():
    found = shares(np.array([0, 0, 2, 1]), 4)
    assert found.dtype == np.float64
    assert found.tolist() == [0.5, 0.25, 0.25, 0.0]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 4]), "labels must be from 0 to 3, found 0 to 4"),
        (np.array([-1, 0]), "found -1 to 0"),
        (np.array([0.0, 1.0]), "must be integers"),
        (np.zeros((2, 2), int), r"shape \(n,\)"),
        (np.array([], int), r"found int64 \(0,\)"),
    ],
)
def test_bad_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        shares(labels, 4)


@pytest.mark.parametrize("reference", [[0.5, 0.4], [1.5, -0.5], [[1.0]]])
def test_bad_shares_are_refused(reference):
    with pytest.raises(ValueError, match="one number per class, at least 0, with sum 1"):
        class_tv_distance(np.zeros(5, int), reference)


def test_class_tv_distance():
    assert class_tv_distance(np.arange(100) % 10, EVEN).value == pytest.approx(0.0, abs=1e-15)
    assert class_tv_distance(np.zeros(100, int), EVEN).value == pytest.approx(0.9)
    assert class_tv_distance(np.zeros(100, int), [0.0, 1.0]).value == 1.0
    assert class_tv_distance(np.arange(100) % 5, EVEN).value == pytest.approx(0.5)


def test_class_tv_distance_of_a_fair_sample(random):
    found = [class_tv_distance(random.integers(10, size=1_000), EVEN).value for _ in range(300)]
    assert np.mean(found) == pytest.approx(10 * np.sqrt(0.1 * 0.9 / (2 * np.pi * 1_000)), rel=0.05)


def test_uncertainty_of_class_tv_distance(random):
    uneven = np.array([0.4, 0.3, 0.2, 0.1])
    found = [class_tv_distance(random.choice(4, 500, p=uneven), np.full(4, 0.25)) for _ in range(200)]
    assert np.mean([each.uncertainty.value for each in found]) == pytest.approx(
        np.std([each.value for each in found]), rel=0.2
    )


def test_class_coverage():
    assert class_coverage(np.arange(100) % 10, EVEN).value == 1.0
    assert class_coverage(np.arange(100) % 4, EVEN) == (
        pytest.approx(0.4),
        Bootstrap(pytest.approx(0.0, abs=1e-12), 1_000),
    )
    # 1 % is a tenth of the share, and drawn; what the reference does not have is not asked for.
    assert class_coverage(np.array([0] * 99 + [1]), EVEN).value == pytest.approx(0.2)
    assert class_coverage(np.array([0] * 995 + [1] * 5), EVEN).value == pytest.approx(0.1)
    assert class_coverage(np.zeros(9, int), [1.0, 0.0]).value == 1.0


def test_class_accuracy():
    found = class_accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]))
    assert found == (0.75, StandardError(pytest.approx(np.sqrt(0.75 * 0.25 / 4))))
    for labels, wanted in (([0], [0, 1]), ([], [])):
        with pytest.raises(ValueError, match="every image needs a wanted class"):
            class_accuracy(np.array(labels), np.array(wanted))


def test_coverage_is_uncertain_near_the_threshold():
    assert 0.02 < class_coverage(np.array([0] * 99 + [1]), EVEN).uncertainty.value < 0.06


@pytest.fixture
def labelled(random):
    """Features (900, 6) and labels of three classes."""
    labels = np.arange(900) % 3
    return 4.0 * np.eye(6)[labels] + random.normal(size=(900, 6)), labels


def test_intra_class_fid(labelled, random):
    reference, labels = labelled
    samples = np.roll(reference, 3, axis=0) + random.normal(size=reference.shape)
    found = intra_class_fid(samples, labels, reference, labels, 3)
    inside = [samples[labels == each] for each in range(3)], [reference[labels == each] for each in range(3)]
    expected = [fid.frechet_distance(*fid.statistics(a), *fid.statistics(b)) for a, b in zip(*inside, strict=True)]
    assert found.values == pytest.approx(np.array(expected), rel=1e-9)
    assert found.mean.value == pytest.approx(np.mean(expected), rel=1e-9)
    assert (found.mean.uncertainty.kind, found.mean.uncertainty.resamples) == ("class_bootstrap", 14)


def test_swapped_classes_raise_intra_class_fid(labelled):
    """All together are right, so that FID is 0."""
    features, labels = labelled
    found = intra_class_fid(features, (labels + 1) % 3, features, labels, 3)
    assert fid.frechet_distance(*fid.statistics(features), *fid.statistics(features)) < 1e-6
    assert found.values.min() > 30.0


def test_uncertainty_of_the_mean(random):
    labels = np.arange(200) % 2
    reference = random.normal(size=(200, 3))
    found = [intra_class_fid(0.5 + random.normal(size=(200, 3)), labels, reference, labels, 2).mean for _ in range(60)]
    assert np.mean([each.uncertainty.value for each in found]) == pytest.approx(
        np.std([each.value for each in found]), rel=0.3
    )


def test_classes_of_fewer_than_two_have_no_value(labelled):
    features, labels = labelled
    few = np.concatenate([np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)[:1]])
    found = intra_class_fid(features[few], labels[few], features, labels, 4)
    assert np.isnan(found.values).tolist() == [False, True, True, True]
    assert found.mean.value == found.values[0]
    assert np.isfinite(found.mean.uncertainty.value)


def test_no_class_at_all(labelled):
    features, labels = labelled
    found = intra_class_fid(features[:3], labels[:3], features, labels, 3)
    assert np.isnan(found.mean.value)
    assert found.mean.uncertainty is None


def test_every_image_needs_a_label(labelled):
    features, labels = labelled
    with pytest.raises(ValueError, match="found 900 images and 899 labels"):
        intra_class_fid(features, labels[1:], features, labels, 3)
