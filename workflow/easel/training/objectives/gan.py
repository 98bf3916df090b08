"""The GAN objective: a generator against a discriminator."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import Gan
from easel.training import replicas
from easel.training.batches import Batch
from easel.training.losses import ADVERSARIAL, accuracies
from easel.training.objectives import Sampling
from easel.training.optimizers import adam
from easel.training.schedule import Schedule


class Objective(Sampling):
    """Both networks learn from one forward pass, as in the TensorFlow tutorial: the generator's gradient goes
    through the discriminator as it was before its own update. A step is one batch of the discriminator; the
    generator takes part in every `n_dis`-th.
    """

    metrics = ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy")
    sampler = "generator"

    def __init__(self, build: Callable[[str], keras.Model], settings: Gan, schedule: Schedule):
        self.settings, steps = settings, schedule.last
        self.loss = ADVERSARIAL[settings.loss]
        self.generator = build("generator")
        self.discriminator = build("discriminator")
        rate = settings.discriminator_learning_rate or settings.learning_rate
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimizers = {
            "generator": adam(settings, settings.learning_rate, max(1, steps // settings.n_dis), self.generator),
            "discriminator": adam(settings, rate, steps, self.discriminator),
        }

    def step(self, batch: Batch) -> list[tf.Tensor]:
        """Train on one batch; see the package's docstring."""
        real = batch.images
        with tf.GradientTape() as generator_tape, tf.GradientTape() as discriminator_tape:
            fake = self.generator(batch.latents, training=True)
            # A pass each. Batch normalisation would mix them; and through one pass over both together the generator's
            # gradient would be taken for real images, too, for nothing: on a CPU that takes a third longer.
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            generator_loss = self.loss.generator(fake_logits)
            discriminator_loss = self.loss.discriminator(real_logits, fake_logits)
            generator_scaled = self.optimizers["generator"].scale_loss(generator_loss)
            discriminator_scaled = self.optimizers["discriminator"].scale_loss(discriminator_loss)
        takes_part = self.settings.n_dis == 1 or (batch.step + 1) % self.settings.n_dis == 0
        self._update("generator", generator_tape, generator_scaled, takes_part)
        self._update("discriminator", discriminator_tape, discriminator_scaled)
        return [generator_loss, discriminator_loss, *accuracies(real_logits, fake_logits, self.loss.boundary)]

    def _update(self, name: str, tape: tf.GradientTape, loss: tf.Tensor, when: bool | tf.Tensor = True) -> None:
        variables = self.networks[name].trainable_variables
        replicas.apply(self.optimizers[name], tape.gradient(loss, variables), variables, when)
