"""Truncation of latents (Brock et al. 2019, arXiv 1809.11096, section 3.1), and what of a network has to follow it.

Two parts of a network expect latents from all of N(0, 1). The first number of a generator with a fitted mixture chooses
the component; it is truncated within its component, so that every component keeps its weight. And the moving statistics
of batch normalisation are those of whole latents: under truncated ones, which are shorter, activations would be too
weak, and images worse instead of clearer. They are computed anew (`easel.models.batch_statistics`).
"""

import numpy as np
from scipy.special import ndtr, ndtri

from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after its start-up messages are caught)

MIXTURE, INTERVALS = "mixture", "intervals"  # the names of these layers in a generator (easel.training.priors)


def truncated(points: np.ndarray, threshold: float, intervals: np.ndarray | None = None) -> np.ndarray:
    """Samples of N(0, 1), (N, D), mapped to the normal distribution truncated at ± threshold: float32 (N, D).

    The paper resamples a number until it is within the threshold. Here it is mapped to the same quantile of the same
    truncated distribution,

        z → Φ⁻¹(Φ(-t) + Φ(z) (Φ(t) - Φ(-t))),

    so that images of the same latents can be compared across thresholds.

    intervals: see `mixture_intervals`. With them, u = Φ(z₁) chooses the component k with cₖ ≤ u < cₖ + πₖ, and the
    number that is truncated is e₁ = Φ⁻¹((u - cₖ) / πₖ), the component's own; z₁ itself can be beyond the threshold.
    """
    points = points.astype(np.float64)
    low, high = ndtr(-threshold), ndtr(threshold)
    within = np.clip(ndtri(low + (high - low) * ndtr(points)), -threshold, threshold)
    if intervals is not None:
        starts, shares = intervals.T
        u = ndtr(points[:, 0])
        component = np.searchsorted(starts, u, side="right") - 1
        own = (u - starts[component]) / shares[component]
        within[:, 0] = ndtri(starts[component] + shares[component] * (low + (high - low) * own))
    return within.astype(np.float32)


def mixture_intervals(generator: keras.Model) -> np.ndarray | None:
    """The intervals of Φ(z₁) in which a generator's first latent number chooses each component of its fitted mixture:
    float64 (components, 2), where each begins and how long it is; None of a generator without a mixture."""
    mixtures = [layer for layer in generator.layers if layer.name == MIXTURE]
    if not mixtures:
        return None
    intervals = mixtures[0].get_layer(INTERVALS).get_weights()[0].astype(np.float64)
    # Components that are never chosen are stored as intervals that begin at 1.
    return intervals[intervals[:, 0] < 1.0]
