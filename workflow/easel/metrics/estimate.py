"""A number, and how far it is to be trusted."""

from typing import NamedTuple


class Estimate(NamedTuple):
    """What a metric found."""

    value: float
    uncertainty: float | None
    """as `kind` says; None where there is too little to tell it from"""
    kind: str
    """what the uncertainty is, in words, such as "bootstrap standard deviation, 20 resamples" """
