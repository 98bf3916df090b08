"""The inception score against torch-fidelity, and where its limits are known."""

import numpy as np
import pytest

from easel.metrics.inception_score import inception_score


def test_torch_fidelity(compared_logits):
    logits, expected = compared_logits
    found = inception_score(logits)
    assert found.value == pytest.approx(expected["mean"], rel=1e-9)
    assert found.uncertainty.value == pytest.approx(expected["std"], rel=1e-9)
    assert (found.uncertainty.kind, found.uncertainty.splits) == ("spread_over_splits", 10)


def test_sure_and_varied_is_the_number_of_classes():
    """In the order of the classes, too: a split of one class would score 1."""
    logits = 1e3 * np.repeat(np.eye(5), 2_000, axis=0)
    assert inception_score(logits).value == pytest.approx(5.0, rel=0.01)


@pytest.mark.parametrize("logits", [np.zeros((50, 5)), 1e3 * np.eye(5)[np.zeros(50, int)]], ids=["unsure", "one class"])
def test_unsure_or_of_one_class_is_1(logits):
    assert inception_score(logits).value == pytest.approx(1.0, abs=1e-12)


def test_huge_logits_do_not_overflow():
    found = inception_score(np.array([[1e30, 0.0], [0.0, 1e30]] * 50), splits=1)
    assert found.value == pytest.approx(2.0)
    assert found.uncertainty is None


def test_fewer_images_than_splits_are_finite(random):
    assert inception_score(random.normal(size=(3, 5))).value == pytest.approx(1.0)
    assert inception_score(random.normal(size=(1, 5))).value == pytest.approx(1.0)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="logits must be at least 1, found 0"):
        inception_score(np.zeros((0, 5)))
    with pytest.raises(ValueError, match="logits must be finite"):
        inception_score(np.full((5, 5), np.nan))
