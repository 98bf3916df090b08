"""Components of a metric's variance over seeds: what retraining adds to what other samples of one network would.

A value of one seed varies with its training and with its samples, and the two variances add. Their sum is seen over
seeds; that of samples is known from the standard error of each value. The difference is the variance of trainings: the
analysis-of-variance estimator of a one-way random model (Searle, Casella & McCulloch 1992, Variance Components, 3.6),
with the variance within a group estimated from the samples of each network in place of several sets of them.

All networks are sampled at the same latents. What a set of latents does to every network alike is in neither component.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri


class Spread(NamedTuple):
    """Standard deviations of a metric's value, in its unit; NaN where unknown."""

    total: float
    """Over seeds."""
    sampling: float
    """Over sets of samples of one network."""
    training: float
    """Over trainings, without the part of their samples; 0 where samples alone vary as much as values over seeds do."""
    low: float
    """The lower bound of the interval of `training`; NaN of several groups."""
    high: float
    """The upper bound."""
    share: float
    """The fraction of the total variance that is from training."""


def spread(values: Sequence[Sequence[float]], errors: Sequence[Sequence[float]], level: float = 0.95) -> Spread:
    """The components of the spread over seeds, averaged over groups of values (seeds,), whose means may differ.

    errors: of each value, its standard error over samples; NaN if unknown. Groups with one value tell the sampling
    variance only, and only if no group has two.

    Variances are averaged, so they need not be equal. The interval is that of the total variance (χ²), less the
    sampling variance, whose own uncertainty is far smaller; it is clipped at 0. Several groups have none: runs share
    seeds, so their variances may be large together, by an unknown degree.
    """
    several = [i for i, group in enumerate(values) if len(group) > 1]
    used = several or list(range(len(values)))
    sampling = float(np.mean([np.mean(np.square(errors[i])) for i in used])) if used else np.nan
    if not several:
        return Spread(np.nan, float(np.sqrt(sampling)), np.nan, np.nan, np.nan, np.nan)
    total = float(np.mean([np.var(values[i], ddof=1) for i in several]))
    low = high = np.nan
    if len(several) == 1:
        freedom = len(values[several[0]]) - 1
        low, high = (total * freedom / chdtri(freedom, tail) for tail in ((1 - level) / 2, (1 + level) / 2))
    training, low, high = (float(np.maximum(each - sampling, 0.0)) for each in (total, low, high))
    share = training / total if total > 0.0 else np.nan
    return Spread(sqrt(total), sqrt(sampling), sqrt(training), sqrt(low), sqrt(high), share)
