"""The evidence lower bound of a variational autoencoder, term by term and image by image, in float64.

    log p(x) ≥ E_q(z|x)[log p(x|z)] - KL(q(z|x) ‖ p(z))        (Kingma & Welling 2014, arXiv 1312.6114, equation 3)

Images and means, the decoder's outputs, are (N, H, W, C) on the scale -1..1. The weight beta that some objectives give
the KL divergence is not part of the bound.
"""

import numpy as np

LEVEL = 2 / 255
"""The step between two levels of an 8-bit pixel, on the scale -1..1."""
CLIPPED = 1e-6
"""The smallest distance of a probability from 0 and 1, as in the objective."""


def gaussian(images: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Log-density (nats per image, (N,)) of images under independent Gaussians of unit variance."""
    squares = ((images.astype(np.float64) - means) ** 2).sum(axis=(1, 2, 3))
    return -0.5 * squares - 0.5 * np.log(2 * np.pi) * images[0].size


def laplace(images: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Log-density (nats per image, (N,)) of images under independent Laplace distributions of unit scale."""
    return -np.abs(images.astype(np.float64) - means).sum(axis=(1, 2, 3)) - np.log(2) * images[0].size


def discretised_logistic(images: np.ndarray, means: np.ndarray, scale: float) -> np.ndarray:
    """Log-probability (nats per image, (N,)) of 8-bit levels under independent logistic distributions (Salimans et al.
    2017, arXiv 1701.05517, equation 2, with one component).

    A level's probability is the logistic's mass in the bin of width 2 / 255 around it; levels 0 and 255 have all that
    lies beyond them, too. So the probabilities of all levels add up to 1, and the bound divided by
    -dimensions · log 2 is bits per dimension as they are published. scale: of the logistic, on the scale -1..1.
    """
    images, means = images.astype(np.float64), means.astype(np.float64)
    above, below = (images + LEVEL / 2 - means) / scale, (images - LEVEL / 2 - means) / scale
    above[images > 1 - LEVEL / 2] = np.inf
    below[images < LEVEL / 2 - 1] = -np.inf
    # σ(a) - σ(b) = σ(a) σ(-b) (1 - exp(b - a)), which keeps its digits in the tails.
    nats = -np.logaddexp(0, -above) - np.logaddexp(0, below) + np.log(-np.expm1(below - above))
    return nats.sum(axis=(1, 2, 3))


def bernoulli(images: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Expected log-likelihood (nats per image, (N,)) of binary pixels: 1 with an image's value, brought to 0..1, as
    the probability, under independent Bernoullis with the means, brought to 0..1.

    The cross-entropy x log p + (1 - x) log(1 - p) is no likelihood of a value x between 0 and 1: over those it does
    not integrate to 1 (Loaiza-Ganem & Cunningham 2019, arXiv 1907.06845). But it is linear in x, and so the mean of
    log-likelihoods over binary images b with E[b] = x. With it, the bound holds for their mean log p(b), whatever b
    the posterior was given.
    """
    values = (images.astype(np.float64) + 1) / 2
    chance = np.clip((means.astype(np.float64) + 1) / 2, CLIPPED, 1 - CLIPPED)
    return (values * np.log(chance) + (1 - values) * np.log1p(-chance)).sum(axis=(1, 2, 3))


def kl_divergence(mean: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    """KL divergence (nats per image, (N,)) of the posterior N(mean, variance), both (N, D), from N(0, 1).

    Kingma & Welling 2014, appendix B.
    """
    return kl_of_latents(mean, log_variance).sum(axis=1)


def kl_of_latents(mean: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    """The share of each latent in `kl_divergence`: nats, (N, D)."""
    mean, log_variance = mean.astype(np.float64), log_variance.astype(np.float64)
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def bits_per_dimension(log_density: np.ndarray, dimensions: int) -> np.ndarray:
    """Bits for each of an image's values (`dimensions` = H · W · C), of log-densities of 8-bit images, in nats per
    image, on the scale -1..1.

    A level k lies at 2 k / 255 - 1 and stands for the bin of width w = 2 / 255 around it. Its probability is the
    integral of the density over the bin, which is the density at k times w as long as the density is nearly straight
    within it; so log P = log p + dimensions · log w, and

        bits = -(log p / dimensions + log w) / log 2.

    For a Gaussian of unit variance the two differ by w²/24 · ((x - mean)² - 1) nats per dimension: by less than 8e-6.
    Levels 0 and 255 get a bin like the others, and what the Gaussian has beyond them is lost: bits are never too few.
    """
    return -(log_density / dimensions + np.log(LEVEL)) / np.log(2)
