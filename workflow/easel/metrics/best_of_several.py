"""Is the best of several groups the best? Tests and intervals that allow for having chosen it from the data.

The best of k equal groups beats some other "significantly" far more often than one pair does, because it was not named
before the data were seen. Every comparison with it is one of all k (k - 1) / 2 pairs, so it is corrected for all.
benchmarks/verdicts.py counts how often equal groups get a winner.
"""

import numpy as np

from easel.metrics import intervals


def paired_p(values: np.ndarray) -> np.ndarray:
    """The p of Student's paired t-test, two-sided, of each two of k groups: (k, k), NaN where there is no test.

    values: (k, n), the n-th values of two groups being a pair; NaN where a group has none.
    """
    return intervals.paired(values[:, None], values[None]).p


def welch_p(values: np.ndarray) -> np.ndarray:
    """The same of Welch's t-test, which pairs nothing."""
    return intervals.welch(values[:, None], values[None]).p


def holm(p: np.ndarray) -> np.ndarray:
    """p-values (m,) corrected for their number by Holm's step-down procedure; NaN, of a test not done, stays NaN.

    The probability of a corrected p ≤ α for any true hypothesis is at most α, however the tests depend on each other
    (Holm 1979, Scandinavian Journal of Statistics 6, 65-70).
    """
    p = np.asarray(p, np.float64)
    done = np.flatnonzero(~np.isnan(p))
    order = done[np.argsort(p[done], kind="stable")]
    corrected = np.full(len(p), np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return corrected


def against_best(p: np.ndarray, best: int) -> np.ndarray:
    """The corrected p (k,) of the best group's lead over each other; NaN where there was no test, and for itself.

    p: (k, k), symmetric, of each pair's two-sided test, NaN where there was none. best: the group with the best mean.

    The correction is Holm's over all pairs, with one exception. That the best leads over every other group is a single
    claim, true only if each of its k - 1 tests is; it needs no correction (an intersection-union test: Berger 1982,
    Technometrics 24, 295-300), and two-sided tests allow for either of two equal groups being the best. So no p is
    above the largest one of the best group's own.
    """
    k = len(p)
    pairs = np.triu_indices(k, 1)
    corrected = np.full((k, k), np.nan)
    corrected[pairs] = holm(p[pairs])
    corrected.T[pairs] = corrected[pairs]
    own = np.delete(p[best], best)
    lead_over_all = own.max(initial=0.0)  # NaN if one was not tested: then nothing is said of all
    return corrected[best] if np.isnan(lead_over_all) else np.minimum(corrected[best], lead_over_all)


def level_from_best(level: float, k: int) -> float:
    """The level of each interval of the best group's k - 1 differences, so that on average `level` of them are right.

    The differences are k - 1 of k (k - 1) / 2, selected by the data, so a fraction 2 / k of the errors is allowed
    (the false coverage rate of Benjamini & Yekutieli 2005, Journal of the American Statistical Association 100, 71-81).
    """
    return 1.0 - (1.0 - level) * 2.0 / max(k, 2)
