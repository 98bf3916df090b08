"""The GAN objective: a generator against a discriminator."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import Gan
from easel.training import augmentation, penalties, replicas, spectral_norm
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

    sampler = "generator"

    def __init__(self, build: Callable[[str], keras.Model], settings: Gan, schedule: Schedule):
        self.settings, self.rare_every, steps = settings, settings.n_dis, schedule.last
        self.loss = ADVERSARIAL[settings.loss]
        self.generator = build("generator")
        self.discriminator = build("discriminator")
        rate = settings.discriminator_learning_rate or settings.learning_rate
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimizers = {
            "generator": adam(settings, settings.learning_rate, max(1, steps // settings.n_dis), self.generator),
            "discriminator": adam(settings, rate, steps, self.discriminator),
        }
        self.lecam = penalties.LeCam() if settings.lecam else None
        self.state = {"lecam": self.lecam} if self.lecam else {}
        self.penalised = any((settings.gradient_penalty, settings.r1, settings.r2, settings.lecam))
        self.metrics = (
            "generator_loss", "discriminator_loss",
            *(["real_accuracy", "fake_accuracy"] if self.loss.boundary is not None else []),
            *(["penalty"] if self.penalised else []),
            *(["classification"] if settings.aux_classifier_weight else []),
        )  # fmt: skip

    def step(self, batch: Batch, rare: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see the package's docstring. rare: whether the generator learns, too."""
        for network in self.networks.values():
            spectral_norm.iterate(network)
        with tf.GradientTape() as generator_tape, tf.GradientTape() as discriminator_tape:
            fake = self.generator(told(batch.latents, batch.drawn_labels), training=True)
            # A pass each. Batch normalisation would mix them; and through one pass over both together the generator's
            # gradient would be taken for real images, too, for nothing: on a CPU that takes a third longer.
            # Of the 16 chances the first 8 change real images, the next 7 generated ones; the last is the penalty's.
            real, real_slopes = self._judge(batch.images, batch.labels, batch.chances[:, :8], self.settings.r1)
            drawn, drawn_slopes = self._judge(fake, batch.drawn_labels, batch.chances[:, 8:], self.settings.r2)
            real_logits, fake_logits = real[:, :1], drawn[:, :1]
            generator_loss = self.loss.generator(real_logits, fake_logits)
            discriminator_loss = self.loss.discriminator(real_logits, fake_logits)
            penalty = self._penalty(batch, fake, real_logits, fake_logits, real_slopes, drawn_slopes)
            real_classification, classification = self._classification(batch, real, drawn)
            generator_scaled = self.optimizers["generator"].scale_loss(
                generator_loss + self.settings.aux_classifier_weight * classification
            )
            discriminator_scaled = self.optimizers["discriminator"].scale_loss(
                discriminator_loss + penalty + self.settings.aux_classifier_weight * real_classification
            )
        if rare:
            self._update("generator", generator_tape, generator_scaled)
        self._update("discriminator", discriminator_tape, discriminator_scaled)
        if self.lecam:
            self.lecam.follow(*replicas.mean([tf.reduce_mean(real_logits), tf.reduce_mean(fake_logits)]))
        recognised = [] if self.loss.boundary is None else accuracies(real_logits, fake_logits, self.loss.boundary)
        return [
            generator_loss, discriminator_loss, *recognised,
            *([penalty] if self.penalised else []),
            *([classification] if self.settings.aux_classifier_weight else []),
        ]  # fmt: skip

    def _critic(self, labels: tf.Tensor | None, chances: tf.Tensor) -> penalties.Critic:
        """The discriminator as a function of images alone, which it sees augmented."""

        def critic(images: tf.Tensor) -> tf.Tensor:
            seen = augmentation.augment(images, chances[:, : augmentation.CHANCES], self.settings.augment)
            return self.discriminator(told(seen, labels), training=True)

        return critic

    def _judge(
        self, images: tf.Tensor, labels: tf.Tensor | None, chances: tf.Tensor, with_slopes: float
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """What the discriminator says and, where they are wanted, the squared lengths of its logits' gradients."""
        critic = self._critic(labels, chances)
        return penalties.with_slopes(critic, images) if with_slopes else (critic(images), None)

    def _penalty(
        self,
        batch: Batch,
        fake: tf.Tensor,
        real_logits: tf.Tensor,
        fake_logits: tf.Tensor,
        real_slopes: tf.Tensor | None,
        fake_slopes: tf.Tensor | None,
    ) -> tf.Tensor:
        """The regularisers of the discriminator, weighted and added up: float32 ()."""
        settings, total = self.settings, tf.zeros([])
        if settings.gradient_penalty:
            critic = self._critic(batch.labels, batch.chances[:, :8])
            between = penalties.gradient_penalty(critic, batch.images, tf.stop_gradient(fake), batch.chances[:, 15])
            total += settings.gradient_penalty * between
        if settings.r1:
            total += settings.r1 * penalties.zero_centred(real_slopes)
        if settings.r2:
            total += settings.r2 * penalties.zero_centred(fake_slopes)
        if settings.lecam:
            total += settings.lecam * self.lecam(real_logits, fake_logits)
        return total

    def _classification(self, batch: Batch, real: tf.Tensor, drawn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The cross-entropy (nats) of the classes of real images and of those that generated ones were to be of, by the
        discriminator's outputs, float32 (B, 1 + classes): it learns from the former, the generator from the latter.
        (Odena et al. 2017, arXiv 1610.09585, equation 3, let the discriminator learn from both.)"""
        if not self.settings.aux_classifier_weight:
            return tf.zeros([]), tf.zeros([])
        errors = (
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels, said[:, 1:])
            for labels, said in ((batch.labels, real), (batch.drawn_labels, drawn))
        )
        return tuple(tf.reduce_mean(each) for each in errors)

    def _update(self, name: str, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        variables = self.networks[name].trainable_variables
        replicas.apply(self.optimizers[name], tape.gradient(loss, variables), variables)


def told(inputs: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor | list[tf.Tensor]:
    """What a network is given: latents or images and, if it is told them, their classes."""
    return inputs if labels is None else [inputs, labels]
