"""How sure a comparison is: the spread, and the seeds that would settle it, in comparison.json."""

import math

import numpy as np
import pytest

from easel.evaluation.protocol import seeds_needed, spread_of

BOOTSTRAP = {"kind": "bootstrap", "value": 1.0, "resamples": 20}
SPLITS = {"kind": "spread_over_splits", "value": 1.0, "splits": 10}


def rows(*values: float, uncertainty: dict | None = BOOTSTRAP) -> dict[int, dict]:
    return {seed: {"value": value, "uncertainty": uncertainty} for seed, value in enumerate(values)}


def test_the_spread_is_parted_into_training_and_sampling():
    found = spread_of([rows(10.0, 12.0, 14.0)])
    assert (found["total"], found["sampling"], found["share"]) == pytest.approx((2.0, 1.0, 0.75))
    assert found["training"] == pytest.approx(3**0.5)


@pytest.mark.parametrize("uncertainty", [None, SPLITS])
def test_without_a_standard_error_samples_are_unknown(uncertainty):
    found = spread_of([rows(10.0, 12.0, uncertainty=uncertainty)])
    assert found == {"total": pytest.approx(2**0.5), **dict.fromkeys(("sampling", "training", "low", "high", "share"))}


def test_one_seed_leaves_trainings_unknown():
    assert spread_of([rows(10.0)]) == {
        "sampling": 1.0, **dict.fromkeys(("total", "training", "low", "high", "share"))
    }  # fmt: skip


def test_more_seeds_are_counted_from_those_that_both_have():
    values = np.array([[0.0, 0.2, 0.1, math.nan], [1.5, 0.3, 0.9, 1.0], [1.0, math.nan, math.nan, math.nan]])
    first, second, third = seeds_needed(values, best=0)
    assert first is None
    assert third is None
    assert second["total"] == second["more"] + 3
    assert second["low"] <= second["total"] <= second["high"]
    assert second["power"] == 0.8


def test_noise_and_one_seed_have_no_number():
    assert seeds_needed(np.array([[0.0, 0.0, 0.0], [0.01, 1.0, -1.0]]), best=0) == [None, None]
    assert seeds_needed(np.array([[0.0], [1.0]]), best=0) == [None, None]
