"""Likelihoods: how badly a decoder's output explains an image, in nats per image, mean over the batch.

Each takes images and what the decoder gives, both float32 (B, H, W, C) in -1..1, and is a negative log-likelihood, up
to the constants that its docstring names. `easel.metrics.elbo` has the same ones exactly, image by image.
"""

import math
from collections.abc import Callable
from functools import partial

import tensorflow as tf

from easel.config.presets import Vae

LEVEL = 2 / 255  # between two levels of an 8-bit pixel, on the scale -1..1


def likelihood_of(settings: Vae) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The negative log-likelihood that a preset asks for."""
    if settings.likelihood == "discretised_logistic":
        return partial(discretised_logistic, scale=settings.scale)
    return {"bernoulli": bernoulli, "gaussian": gaussian, "laplace": laplace}[settings.likelihood]


def bernoulli(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of pixels taken as probabilities, against the decoder's as probabilities.

    Both are brought to 0..1. Not a likelihood of real-valued pixels, but the customary loss for them. The decoder's are
    kept 1e-6 away from 0 and 1, where the logarithm has no value.
    """
    target, chance = (images + 1.0) / 2.0, tf.clip_by_value((decoded + 1.0) / 2.0, 1e-6, 1.0 - 1e-6)
    return _per_image(-target * tf.math.log(chance) - (1.0 - target) * tf.math.log(1.0 - chance))


def gaussian(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Half the squared error: a Gaussian of unit variance without its constant, ½ log 2π for each value."""
    return 0.5 * _per_image((images - decoded) ** 2)


def laplace(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """The absolute error: a Laplace distribution of unit scale without its constant, log 2 for each value."""
    return _per_image(tf.abs(images - decoded))


def discretised_logistic(images: tf.Tensor, decoded: tf.Tensor, scale: float) -> tf.Tensor:
    """Nats of 8-bit levels under a logistic distribution, whose mass is gathered at the levels; without any constant
    left out (Kingma et al. 2016, arXiv 1606.04934, section 6.2; Salimans et al. 2017, arXiv 1701.05517, equation 2,
    with one component).

    A level x has the mass σ(a) - σ(b) with a = (x + w/2 - μ) / s, b = (x - w/2 - μ) / s and w = 2/255; levels 0 and 255
    have all that lies beyond them, too. s: `scale`, on the scale -1..1. The difference would vanish in float32; but

        log(σ(a) - σ(b)) = log σ(a) + log σ(-b) + log(1 - exp(-w / s)).
    """
    above = (images + LEVEL / 2 - decoded) / scale
    below = (images - LEVEL / 2 - decoded) / scale
    left, right = tf.math.log_sigmoid(above), tf.math.log_sigmoid(-below)
    between = left + right + math.log(-math.expm1(-LEVEL / scale))
    half = LEVEL / 2  # images have gone through float32: levels 0 and 255 are nearly -1 and 1
    return _per_image(-tf.where(images < half - 1.0, left, tf.where(images > 1.0 - half, right, between)))


def _per_image(nats: tf.Tensor) -> tf.Tensor:
    """Summed over each image, mean over the batch."""
    return tf.reduce_mean(tf.reduce_sum(nats, axis=[1, 2, 3]))
