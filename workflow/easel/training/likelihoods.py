"""Negative log-likelihoods of images given a decoder's output, in nats per image, mean over the batch.

Each takes images and the decoder's output, both float32 (B, H, W, C) in -1..1, and returns a scalar, up to the
constants that its docstring names. `easel.metrics.elbo` has the same likelihoods with all constants, image by image.
"""

import math
from collections.abc import Callable
from functools import partial

import tensorflow as tf

from easel.config.presets import Vae

LEVEL = 2 / 255  # the distance of two 8-bit pixel levels on the scale -1..1


def likelihood_of(settings: Vae) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The negative log-likelihood that a preset names: (images, decoded) -> ()."""
    if settings.likelihood == "discretised_logistic":
        return partial(discretised_logistic, scale=settings.scale)
    return {"bernoulli": bernoulli, "gaussian": gaussian, "laplace": laplace}[settings.likelihood]


def bernoulli(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of pixels and decoded pixels, both mapped to 0..1 and taken as probabilities.

    It is not a likelihood of real-valued pixels, but the customary loss for them. The decoder's probabilities are
    clipped 1e-6 from 0 and 1, where the logarithm is not finite.
    """
    target, probability = (images + 1.0) / 2.0, tf.clip_by_value((decoded + 1.0) / 2.0, 1e-6, 1.0 - 1e-6)
    return _per_image(-target * tf.math.log(probability) - (1.0 - target) * tf.math.log(1.0 - probability))


def gaussian(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Half the squared error: a Gaussian of unit variance without its constant, ½ log 2π per value."""
    return 0.5 * _per_image((images - decoded) ** 2)


def laplace(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """The absolute error: a Laplace distribution of unit scale without its constant, log 2 per value."""
    return _per_image(tf.abs(images - decoded))


def discretised_logistic(images: tf.Tensor, decoded: tf.Tensor, scale: float) -> tf.Tensor:
    """A logistic distribution discretised to 8-bit levels, with no constant left out (Kingma et al. 2016, arXiv
    1606.04934, section 6.2; Salimans et al. 2017, arXiv 1701.05517, equation 2, with one component).

    A level x has the mass σ(a) - σ(b) with a = (x + w/2 - μ) / s, b = (x - w/2 - μ) / s and w = 2/255; levels 0 and 255
    have all the mass beyond them, too. s is `scale`, in units of -1..1. In float32 the difference is computed as

        log(σ(a) - σ(b)) = log σ(a) + log σ(-b) + log(1 - exp(-w / s)).
    """
    above = (images + LEVEL / 2 - decoded) / scale
    below = (images - LEVEL / 2 - decoded) / scale
    left, right = tf.math.log_sigmoid(above), tf.math.log_sigmoid(-below)
    between = left + right + math.log(-math.expm1(-LEVEL / scale))
    half = LEVEL / 2  # in float32, levels 0 and 255 are only nearly -1 and 1
    return _per_image(-tf.where(images < half - 1.0, left, tf.where(images > 1.0 - half, right, between)))


def _per_image(nats: tf.Tensor) -> tf.Tensor:
    """Sum over each image of nats (B, H, W, C), mean over the batch: ()."""
    return tf.reduce_mean(tf.reduce_sum(nats, axis=[1, 2, 3]))
