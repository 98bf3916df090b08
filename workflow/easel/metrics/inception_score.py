"""Inception score (Salimans et al. 2016, arXiv 1606.03498), for the logits of any classifier."""

import numpy as np
from scipy.special import log_softmax, logsumexp

from easel.metrics.arrays import checked
from easel.metrics.estimate import Estimate, SpreadOverSplits


def inception_score(logits: np.ndarray, splits: int = 10, seed: int = 0) -> Estimate:
    """exp(E KL(p(y|x) ‖ p(y))) of logits (n, classes): between 1 and the number of classes, the mean over splits.

    The images are shuffled first, because images in the order of their classes would have splits of one class; p(y) is
    that of a split. The uncertainty is the standard deviation over splits, as it is commonly reported; None for one
    split. Fewer images than splits are split into single images, whose score is 1.
    """
    logits = checked(logits, 1, "logits")
    n = len(logits)
    splits = min(splits, n)
    log_p = log_softmax(np.asarray(logits, np.float64), axis=1)[np.random.default_rng(seed).permutation(n)]
    scores = [_score(part) for part in np.split(log_p, [i * n // splits for i in range(1, splits)])]
    spread = SpreadOverSplits(float(np.std(scores)), splits) if splits > 1 else None
    return Estimate(float(np.mean(scores)), spread)


def _score(log_p: np.ndarray) -> float:
    """exp(E KL) of log p(y|x), (n, classes)."""
    log_marginal = logsumexp(log_p, axis=0) - np.log(len(log_p))
    return float(np.exp(np.sum(np.exp(log_p) * (log_p - log_marginal)) / len(log_p)))
