"""The VAE objective: the negative evidence lower bound (Kingma & Welling 2014, arXiv 1312.6114, equation 10)."""

from collections.abc import Callable
from typing import ClassVar

import keras
import tensorflow as tf

from easel.config.presets import Vae
from easel.training import replicas
from easel.training.batches import Batch
from easel.training.divergences import kl_from_standard_normal
from easel.training.optimizers import adam


class Objective:
    """Encoder and decoder under reconstruction + beta · KL, both in nats per image."""

    metrics = ("loss", "reconstruction", "kl")
    sampler = "decoder"
    state: ClassVar = {}
    rare_every = 1

    def __init__(self, build: Callable[[str], keras.Model], settings: Vae, steps: int):
        self.settings = settings
        self.encoder = build("encoder")
        self.decoder = build("decoder")
        self.error = {"bernoulli": bernoulli, "gaussian": gaussian}[settings.likelihood]
        self.networks = {"encoder": self.encoder, "decoder": self.decoder}
        self.optimizers = {"vae": adam(settings, settings.learning_rate, steps, self.encoder, self.decoder)}

    def step(self, batch: Batch, rare: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see the package's docstring."""
        real = batch.images
        with tf.GradientTape() as tape:
            mean, log_variance = self.encoder(real, training=True)
            decoded = self.decoder(mean + tf.exp(0.5 * log_variance) * batch.noise, training=True)
            reconstruction = self.error(real, decoded)
            kl = kl_from_standard_normal(mean, log_variance)
            loss = reconstruction + self.settings.beta * kl
            scaled = self.optimizers["vae"].scale_loss(loss)
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        replicas.apply(self.optimizers["vae"], tape.gradient(scaled, variables), variables)
        return [loss, reconstruction, kl]


def bernoulli(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Cross-entropy (nats per image) of pixels taken as probabilities, against the decoder's as probabilities.

    Both are float32 (B, H, W, C) in -1..1 and brought to 0..1. Not a likelihood of real-valued pixels, but the
    customary loss for them. The decoder's are kept 1e-6 away from 0 and 1, where the logarithm has no value.
    """
    target, chance = (images + 1.0) / 2.0, tf.clip_by_value((decoded + 1.0) / 2.0, 1e-6, 1.0 - 1e-6)
    nats = -target * tf.math.log(chance) - (1.0 - target) * tf.math.log(1.0 - chance)
    return tf.reduce_mean(tf.reduce_sum(nats, axis=[1, 2, 3]))


def gaussian(images: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Half the squared error, summed per image: nats of a unit-variance Gaussian without its constant.

    Both are float32 (B, H, W, C) in -1..1.
    """
    return 0.5 * tf.reduce_mean(tf.reduce_sum((images - decoded) ** 2, axis=[1, 2, 3]))
