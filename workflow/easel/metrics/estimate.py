"""An estimate: a metric's value, and its uncertainty with the method that the uncertainty was estimated by."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from easel.runtime.records import Record


@dataclass(frozen=True)
class Uncertainty(Record):
    """The uncertainty of a value, in the value's unit; each subclass is one way to estimate it."""

    family: ClassVar = "uncertainties"
    is_standard_error: ClassVar[bool] = True
    """False for the spread of parts of the samples: several times the error of the mean, so no interval follows."""

    value: float


@dataclass(frozen=True)
class Bootstrap(Uncertainty, kind="bootstrap"):
    """Standard deviation of the value over resamples of the images, drawn with replacement."""

    resamples: int


@dataclass(frozen=True)
class ClassBootstrap(Uncertainty, kind="class_bootstrap"):
    """A bootstrap within each class, combined for the mean over these classes."""

    resamples: int
    """of each class"""


@dataclass(frozen=True)
class StandardError(Uncertainty, kind="standard_error"):
    """Standard deviation over images, divided by the square root of their number."""


@dataclass(frozen=True)
class DeLong(Uncertainty, kind="delong"):
    """Standard error of an area under the ROC curve (DeLong, DeLong & Clarke-Pearson 1988)."""


@dataclass(frozen=True)
class InterceptError(Uncertainty, kind="intercept_error"):
    """Standard error of a regression's intercept, over subsets of several sizes."""

    sizes: int


@dataclass(frozen=True)
class InterceptErrorAndBootstrap(Uncertainty, kind="intercept_error_and_bootstrap"):
    """The same, and a bootstrap over the images that all subsets share, added in quadrature."""

    sizes: int


@dataclass(frozen=True)
class SpreadOverSplits(Uncertainty, kind="spread_over_splits"):
    """Standard deviation over disjoint parts of the images."""

    is_standard_error: ClassVar = False

    splits: int


@dataclass(frozen=True)
class SpreadOverSubsets(Uncertainty, kind="spread_over_subsets"):
    """Standard deviation over random subsets of the images."""

    is_standard_error: ClassVar = False

    subsets: int
    size: int
    """images in each subset"""


class Estimate(NamedTuple):
    """A metric's value and its uncertainty."""

    value: float
    uncertainty: Uncertainty | None
    """None where there are too few images to estimate it."""


def standard_error(uncertainty: Mapping[str, Any] | None) -> float:
    """The standard error that an uncertainty as JSON is, so that an interval follows from it; NaN if it is none."""
    if uncertainty is None or not any(
        each.kind == uncertainty["kind"] and each.is_standard_error for each in Uncertainty.kinds()
    ):
        return math.nan
    return float(uncertainty["value"])
