"""Kinds of uncertainty."""

import math

from easel.metrics.estimate import Bootstrap, SpreadOverSplits, standard_error


def test_the_spread_of_parts_is_no_standard_error():
    assert standard_error(Bootstrap(0.8, resamples=20).as_json()) == 0.8
    for none in (None, SpreadOverSplits(0.8, splits=10).as_json(), {"kind": "a kind of another version", "value": 0.8}):
        assert math.isnan(standard_error(none))


def test_an_uncertainty_has_its_value_and_its_details():
    assert Bootstrap(0.8, resamples=20).as_json() == {"kind": "bootstrap", "value": 0.8, "resamples": 20}
