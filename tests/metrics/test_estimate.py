"""Kinds of uncertainty."""

from easel.metrics.estimate import Bootstrap, SpreadOverSplits, is_standard_error


def test_the_spread_of_parts_is_no_standard_error():
    assert is_standard_error(Bootstrap.kind)
    assert not is_standard_error(SpreadOverSplits.kind)
    assert not is_standard_error("a kind of another version")


def test_an_uncertainty_has_its_value_and_its_details():
    assert Bootstrap(0.8, resamples=20).as_json() == {"kind": "bootstrap", "value": 0.8, "resamples": 20}
