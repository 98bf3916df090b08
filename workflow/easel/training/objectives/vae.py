"""The VAE objective: the negative evidence lower bound (Kingma & Welling 2014, arXiv 1312.6114, equation 10)."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import Vae
from easel.training import replicas
from easel.training.batches import Batch
from easel.training.divergences import kl_from_standard_normal
from easel.training.likelihoods import likelihood_of
from easel.training.optimizers import adam
from easel.training.priors import Autoencoding
from easel.training.schedule import Schedule


class Objective(Autoencoding):
    """Encoder and decoder minimise reconstruction + beta · KL, both in nats per image.

    beta rises from 0 over the epochs of `warm_up` (Sønderby et al. 2016, arXiv 1602.02282, section 2.3). A latent
    dimension costs at least `free_bits` nats, so that a smaller KL divergence gains nothing (Kingma et al. 2016,
    arXiv 1606.04934, equation 15, with a group for each dimension).
    """

    metrics = ("loss", "reconstruction", "kl")

    def __init__(self, build: Callable[[str], keras.Model], settings: Vae, schedule: Schedule):
        super().__init__(settings)
        self.settings = settings
        self.warm_up = settings.warm_up * schedule.per_epoch  # steps
        self.encoder = build("encoder")
        self.decoder = build("decoder")
        self.likelihood = likelihood_of(settings)
        self.networks = {"encoder": self.encoder, "decoder": self.decoder}
        self.optimizers = {"vae": adam(settings, settings.learning_rate, schedule.last, self.encoder, self.decoder)}

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see `ObjectiveBase`."""
        with tf.GradientTape() as tape:
            mean, log_variance = self.encoder(batch.images, training=True)
            decoded = self.decoder(mean + tf.exp(0.5 * log_variance) * batch.noise, training=True)
            reconstruction = self.likelihood(batch.images, decoded)
            kl = kl_from_standard_normal(mean, log_variance)
            loss = reconstruction + self.beta(batch.step) * tf.reduce_sum(tf.maximum(kl, self.settings.free_bits))
            scaled = self.optimizers["vae"].scale_loss(loss)
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        replicas.apply(self.optimizers["vae"], tape.gradient(scaled, variables), variables)
        return [loss, reconstruction, tf.reduce_sum(kl)]

    def beta(self, step: tf.Tensor) -> tf.Tensor | float:
        """The weight of the KL divergence at a step, int32 ()."""
        if not self.warm_up:
            return self.settings.beta
        return self.settings.beta * tf.minimum(1.0, tf.cast(step, tf.float32) / self.warm_up)
