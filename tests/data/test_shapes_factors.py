"""Factors measured from pixels are those that were drawn, and coverage tells which of them a generator has dropped."""

import numpy as np
import pytest

from easel.data import shapes, shapes_factors
from easel.data.shapes_factors import RANGES, TOLERANCES, Coverage, coverage, measure

CIRCULAR = ("hue", "background")


@pytest.fixture(scope="module")
def drawn():
    (images, _), factors = shapes.draw("test", 3_000, 3)
    return images, factors


@pytest.fixture(scope="module")
def measured(drawn):
    return measure(drawn[0])


def errors(name, measured, true):
    difference = measured[name] - true[name]
    return np.abs((difference + 180) % 360 - 180 if name in CIRCULAR else difference)


@pytest.mark.parametrize("name", RANGES)
def test_measured_factors_are_those_that_were_drawn(drawn, measured, name):
    found = errors(name, measured, drawn[1])
    assert found.shape == (3_000,)
    assert measured[name].dtype == np.float64
    assert found.max() <= TOLERANCES[name]  # and no NaN
    typical = {"label": 0, "hue": 0.1, "size": 0.001, "x": 0.01, "y": 0.01, "rotation": 0, "background": 0.25}
    assert np.median(found) <= typical[name]


def test_at_the_ends_of_the_ranges():
    """The largest shapes in the corners of where they may be, the smallest ones, and hues just left and right of 0."""
    ends = {
        name: np.array(values)
        for name, values in {
            "hue": [0.0, 359.9, 0.1, 180.0], "background": [359.9, 0.0, 90.0, 0.1], "size": [0.78, 0.78, 0.5, 0.5],
            "x": [2.0, -2.0, 2.0, -2.0], "y": [2.0, -2.0, -2.0, 2.0], "rotation": [25, -25, 25, -25],
        }.items()
    }  # fmt: skip
    for label, (name, outline) in enumerate(shapes.OUTLINES.items()):
        true = ends | {"label": np.full(4, label)}
        if name in ("disc", "ring"):
            true["rotation"] = np.zeros(4, np.int64)
        found = measure(shapes.render(outline, true))
        assert all((errors(factor, found, true) <= TOLERANCES[factor]).all() for factor in RANGES), name


def test_some_grain_does_no_harm(drawn):
    images, true = drawn
    grain = np.random.default_rng(0).normal(0, 6, images[:500].shape)
    found = measure(np.clip(images[:500] + grain, 0, 255).astype(np.uint8))
    assert (found["label"] == true["label"][:500]).all()
    allowed = {"hue": 4, "size": 0.012, "x": 0.2, "y": 0.2, "rotation": 6, "background": 10}
    for name, most in allowed.items():
        assert errors(name, found, {name: true[name][:500]}).max() <= most


def test_an_image_is_measured_independently_of_the_others(drawn, measured):
    some = measure(drawn[0][1490:1510])
    for name in RANGES:
        np.testing.assert_allclose(some[name], measured[name][1490:1510], rtol=1e-9)


def noise(random):
    return random.integers(0, 256, (100, 32, 32, 3))


def flat(random):
    return np.broadcast_to(random.integers(0, 256, (100, 1, 1, 3)), (100, 32, 32, 3))


def greys(random):
    return np.broadcast_to(np.linspace(0, 255, 100).astype(int)[:, None, None, None], (100, 32, 32, 3))


def patches(random):
    return np.kron(random.integers(0, 256, (100, 4, 4, 3)), np.ones((1, 8, 8, 1), int))


def stripes(random):
    return np.broadcast_to(255 * (np.arange(32) // 4 % 2)[None, :, None, None], (100, 32, 32, 3))


@pytest.mark.parametrize("kind", [noise, flat, greys, patches, stripes])
def test_an_image_without_a_shape_has_no_factors(kind):
    found = measure(kind(np.random.default_rng(0)).astype(np.uint8))
    for name in ("label", "size", "x", "y", "rotation", "background"):
        assert np.isnan(found[name]).all(), name
    assert not np.isinf(found["hue"]).any()


def test_no_images():
    found = measure(np.empty((0, 32, 32, 3), np.uint8))
    assert {name: values.shape for name, values in found.items()} == dict.fromkeys(RANGES, (0,))


def test_classes_differ_by_more_than_the_worst_accepted_fit():
    bank = shapes_factors.templates()
    square = (bank.values**2).sum(axis=1)
    misfit = (square[:, None] - 2 * bank.values @ bank.values.T + square) / square
    assert misfit[bank.label[:, None] != bank.label].min() > shapes_factors.WORST_FIT


# --- coverage ------------------------------------------------------------------------------------------


def test_other_images_of_the_dataset_cover_it(measured):
    for name, found in coverage(measure(shapes.draw("train", 3_000, 3)[0].images), measured).items():
        assert (found.reached, found.reached_by_real, found.outside, found.unmeasurable) == (1, 1, 0, 0), name
        assert found.total_variation < 0.07


def test_dropped_modes_are_missed(drawn, measured):
    """Only the first three classes, left of the middle, with hues of the first quarter."""
    images, true = drawn
    kept = images[(true["label"] < 3) & (true["x"] < 0) & (true["hue"] < 90)]
    found = coverage(measure(kept), measured)
    assert found["label"].reached == 0.3
    assert found["x"].reached == 0.5
    assert found["hue"].reached == 0.25
    assert found["label"].total_variation == pytest.approx(0.7, abs=0.1)
    assert found["hue"].total_variation == pytest.approx(0.75, abs=0.1)
    assert found["label"].reached_by_real == 1


def made_up(**changes):
    return {name: np.full(4, float(low)) for name, (low, _) in RANGES.items()} | changes


def test_coverage_by_hand():
    """Four bins of x, each one pixel wide."""
    samples = made_up(x=np.array([-2.1, -1.5, 7.0, np.nan]))  # the first is in the range but for the tolerance
    real = made_up(x=np.array([-1.5, -0.5, 0.5, 0.6, 1.5]))  # the last is one too many
    assert coverage(samples, real, bins=4)["x"] == Coverage(
        reached=0.25,
        reached_by_real=0.75,
        total_variation=(1 + 1 + 2 + 0 + 2) / 8,  # of four bins, and of what has none
        outside=1,
        unmeasurable=1,
    )


def test_nothing_in_common():
    found = coverage(made_up(x=np.full(4, np.nan)), made_up(x=np.zeros(4)))
    assert found["x"].total_variation == 1
    assert found["y"].total_variation == 0


def test_coverage_of_nothing():
    with pytest.raises(ValueError, match="no images"):
        coverage({name: np.empty(0) for name in RANGES}, made_up())
