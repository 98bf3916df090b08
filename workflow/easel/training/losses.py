"""Adversarial losses. Logits are float32 (B, 1), high if the discriminator classifies an image as real.

Each loss is a pair of functions of (real logits, fake logits), for the discriminator and for the generator, that
return a scalar to minimise.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf


class Adversarial(NamedTuple):
    """One adversarial loss."""

    discriminator: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    generator: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    boundary: float | None
    """The logit at which real and fake are equally likely; None if only differences of logits have a meaning, so that
    a single image cannot be classified."""
    pairs: bool = False
    """True if the logit of each real image is compared with that of a generated one, of its own class if there are
    classes (as in the code of R3GAN, Huang et al. 2024, arXiv 2501.05441)."""


def cross_entropy(logits: tf.Tensor, real: bool) -> tf.Tensor:
    """Mean binary cross-entropy (nats) of logits against one label for all."""
    labels = tf.ones_like(logits) if real else tf.zeros_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


ADVERSARIAL = {
    # Goodfellow et al. 2014 (arXiv 1406.2661): section 3, with the generator's non-saturating form.
    "non_saturating": Adversarial(
        lambda real, fake: cross_entropy(real, True) + cross_entropy(fake, False),
        lambda real, fake: cross_entropy(fake, True),
        boundary=0.0,
    ),
    # Mao et al. 2017 (arXiv 1611.04076): equation 9, real is 1 and fake is 0.
    "least_squares": Adversarial(
        lambda real, fake: 0.5 * (tf.reduce_mean((real - 1.0) ** 2) + tf.reduce_mean(fake**2)),
        lambda real, fake: 0.5 * tf.reduce_mean((fake - 1.0) ** 2),
        boundary=0.5,
    ),
    # Lim & Ye 2017 (arXiv 1705.02894): equations 4 and 5.
    "hinge": Adversarial(
        lambda real, fake: tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(tf.nn.relu(1.0 + fake)),
        lambda real, fake: -tf.reduce_mean(fake),
        boundary=0.0,
    ),
    # Arjovsky et al. 2017 (arXiv 1701.07875): equation 2. A critic's logits have no boundary between real and fake.
    "wasserstein": Adversarial(
        lambda real, fake: tf.reduce_mean(fake) - tf.reduce_mean(real),
        lambda real, fake: -tf.reduce_mean(fake),
        boundary=None,
    ),
    # Jolicoeur-Martineau 2019 (arXiv 1807.00734): equations 3 and 4, each real image paired with a generated one.
    "relativistic": Adversarial(
        lambda real, fake: cross_entropy(real - fake, True),
        lambda real, fake: cross_entropy(fake - real, True),
        boundary=None,
        pairs=True,
    ),
}


def accuracies(real: tf.Tensor, fake: tf.Tensor, boundary: float) -> tuple[tf.Tensor, tf.Tensor]:
    """The fractions of real and of fake images that the discriminator classifies correctly, each () in 0..1."""
    return (
        tf.reduce_mean(tf.cast(real > boundary, tf.float32)),
        tf.reduce_mean(tf.cast(fake < boundary, tf.float32)),
    )
