"""The VAE-GAN objective (Larsen et al. 2016, arXiv 1512.09300, algorithm 1)."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import VaeGan
from easel.training import replicas
from easel.training.batches import Batch
from easel.training.divergences import kl_from_standard_normal
from easel.training.likelihoods import gaussian
from easel.training.losses import accuracies, cross_entropy
from easel.training.optimizers import adam
from easel.training.priors import Autoencoding
from easel.training.schedule import Schedule


class Objective(Autoencoding):
    """The encoder minimises KL + reconstruction, the decoder reconstruction_weight · reconstruction + adversarial loss,
    and the discriminator the adversarial loss on real images against reconstructions and samples.

    The reconstruction error is half the squared distance in the discriminator's features, in nats per image, plus
    `pixel_weight` times the same of pixels.
    """

    metrics = ("reconstruction", "kl", "generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy")

    def __init__(self, build: Callable[[str], keras.Model], settings: VaeGan, schedule: Schedule):
        super().__init__(settings)
        self.settings = settings
        self.encoder = build("encoder")
        self.decoder = build("decoder")
        self.discriminator = build("discriminator")
        self.networks = {"encoder": self.encoder, "decoder": self.decoder, "discriminator": self.discriminator}
        self.optimizers = {
            name: adam(settings, settings.learning_rate, schedule.last, network)
            for name, network in self.networks.items()
        }

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see `ObjectiveBase`."""
        real = batch.images
        with tf.GradientTape(persistent=True) as tape:
            mean, log_variance = self.encoder(real, training=True)
            decoded = self.decoder(mean + tf.exp(0.5 * log_variance) * batch.noise, training=True)
            sampled = self.decoder(batch.latents, training=True)
            # A pass each: batch normalisation over all three together would let an extreme batch of samples shrink
            # the features of the others, and with them the reconstruction error.
            real_logits, real_features = self.discriminator(real, training=True)
            decoded_logits, decoded_features = self.discriminator(decoded, training=True)
            sample_logits, _ = self.discriminator(sampled, training=True)
            reconstruction = gaussian(real_features, decoded_features)
            if self.settings.pixel_weight:
                reconstruction += self.settings.pixel_weight * gaussian(real, decoded)
            kl = tf.reduce_sum(kl_from_standard_normal(mean, log_variance))
            real_error = cross_entropy(real_logits, True)
            fake_error = 0.5 * (cross_entropy(decoded_logits, False) + cross_entropy(sample_logits, False))
            fooled = 0.5 * (cross_entropy(decoded_logits, True) + cross_entropy(sample_logits, True))
            discriminator_loss = real_error + fake_error
            losses = {
                "encoder": kl + reconstruction,
                "decoder": self.settings.reconstruction_weight * reconstruction + fooled,
                "discriminator": discriminator_loss,
            }
            scaled = {name: self.optimizers[name].scale_loss(loss) for name, loss in losses.items()}
        decoder_learns, discriminator_learns = self._balance(*replicas.mean([real_error, fake_error]))
        learns = {"encoder": True, "decoder": decoder_learns, "discriminator": discriminator_learns}
        for name, network in self.networks.items():
            variables = network.trainable_variables
            replicas.apply(self.optimizers[name], tape.gradient(scaled[name], variables), variables, learns[name])
        real_accuracy, fake_accuracy = accuracies(
            real_logits, tf.concat([decoded_logits, sample_logits], axis=0), boundary=0.0
        )
        return [reconstruction, kl, fooled, discriminator_loss, real_accuracy, fake_accuracy]

    def _balance(self, real_error: tf.Tensor, fake_error: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Two booleans (): the decoder learns in this step; the discriminator learns in this step.

        A side that is too far ahead pauses until the other has caught up; never do both.
        """
        low = self.settings.equilibrium - self.settings.margin
        high = self.settings.equilibrium + self.settings.margin
        discriminator_ahead = tf.logical_or(real_error < low, fake_error < low)
        decoder_ahead = tf.logical_or(real_error > high, fake_error > high)
        both = tf.logical_and(discriminator_ahead, decoder_ahead)
        return (
            tf.logical_or(both, tf.logical_not(decoder_ahead)),
            tf.logical_or(both, tf.logical_not(discriminator_ahead)),
        )
