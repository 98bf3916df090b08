"""The GAN objective: a generator against a discriminator."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from easel.config.base import resolved_flip
from easel.config.presets import Gan
from easel.images import per_call, to_float
from easel.training import ada, augmentation, image_statistics, penalties, replicas, spectral_norm
from easel.training.batches import Batch
from easel.training.losses import ADVERSARIAL, accuracies
from easel.training.objectives import Networks, ObjectiveBase
from easel.training.optimizers import adam
from easel.training.schedule import Schedule

Numbers = tuple[tf.Tensor, tf.Tensor | None]
"""What augments a batch of images: uniforms for DiffAugment, float32 (B, 7 or 8), and for ADA, (B, ada.UNIFORMS)."""

ASKED, FULL = (
    256,
    32,
)  # images of so many pixels a side that the discriminator is asked about at a time; fewer of larger


class Objective(ObjectiveBase):
    """Both networks learn from one forward pass, as in the TensorFlow tutorial: the generator's gradient goes through
    the discriminator as it was before its own update. A step is one batch of the discriminator; the generator is
    updated in every `n_dis`-th.
    """

    sampler, has_logits = "generator", True

    def __init__(self, build: Callable[[str], keras.Model], settings: Gan, schedule: Schedule):
        self.settings, self.generator_every, steps = settings, settings.n_dis, schedule.last
        self.loss = ADVERSARIAL[settings.loss]
        # Each generated image is compared with a real one, or mixed with it, and so has to be of the same class.
        self.pairs = self.loss.pairs or settings.gradient_penalty > 0.0
        self.generator = build("generator")
        self.discriminator = build("discriminator")
        rate = settings.discriminator_learning_rate or settings.learning_rate
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimizers = {
            "generator": adam(settings, settings.learning_rate, max(1, steps // settings.n_dis), self.generator),
            "discriminator": adam(settings, rate, steps, self.discriminator),
        }
        self.lecam = penalties.LeCam() if settings.lecam else None
        self.ada = ada.Ada(settings.ada_target, settings.ada_images) if "ada" in settings.augment else None
        self.state = {layer.name: layer for layer in (self.lecam, self.ada) if layer}
        # Of the further uniforms those of ADA come first, then those of bCR: for real images, then for generated ones.
        self.ada_uniforms = 2 * ada.UNIFORMS if self.ada else 0
        self.further_uniforms = self.ada_uniforms + (2 * penalties.CONSISTENCY_UNIFORMS if settings.bcr else 0)
        self.penalised = any((settings.gradient_penalty, settings.r1, settings.r2, settings.lecam, settings.bcr))
        self.metrics = (
            "generator_loss", "discriminator_loss",
            *(["real_accuracy", "fake_accuracy"] if self.loss.boundary is not None else []),
            *(["penalty"] if self.penalised else []),
            *(["classification"] if settings.aux_classifier_weight else []),
            *(["augment_probability"] if self.ada else []),
        )  # fmt: skip

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see `ObjectiveBase`. update_generator: whether the generator learns in this step, too."""
        if self.pairs:
            batch = batch._replace(sampled_labels=batch.labels)
        for network in self.networks.values():
            spectral_norm.iterate(network)
        with (
            tf.GradientTape() as generator_tape,
            tf.GradientTape() as discriminator_tape,
            spectral_norm.shared_kernels(self.discriminator),
        ):
            fake = self.generator(condition_inputs(batch.latents, batch.sampled_labels), training=True)
            # A pass each for real and generated images. Batch normalisation would mix them; and in one pass over both
            # the generator's gradient would also be computed for real images, to no use: a third slower on a CPU.
            for_real, for_fake = self._numbers(batch)
            real_outputs, real_norms = self._discriminate(
                batch.images, batch.labels, for_real, with_norms=bool(self.settings.r1)
            )
            fake_outputs, fake_norms = self._discriminate(
                fake, batch.sampled_labels, for_fake, with_norms=bool(self.settings.r2)
            )
            real_logits, fake_logits = real_outputs[:, :1], fake_outputs[:, :1]
            generator_loss = self.loss.generator(real_logits, fake_logits)
            discriminator_loss = self.loss.discriminator(real_logits, fake_logits)
            penalty = self._penalty(batch, fake, real_logits, fake_logits, real_norms, fake_norms)
            real_classification, classification = self._classification(batch, real_outputs, fake_outputs)
            generator_scaled = self.optimizers["generator"].scale_loss(
                generator_loss + self.settings.aux_classifier_weight * classification
            )
            discriminator_scaled = self.optimizers["discriminator"].scale_loss(
                discriminator_loss + penalty + self.settings.aux_classifier_weight * real_classification
            )
        if update_generator:
            self._update("generator", generator_tape, generator_scaled)
        self._update("discriminator", discriminator_tape, discriminator_scaled)
        if self.lecam:
            self.lecam.follow(*replicas.mean([tf.reduce_mean(real_logits), tf.reduce_mean(fake_logits)]))
        if self.ada:
            (sign,) = replicas.mean([tf.reduce_mean(tf.sign(real_logits - self.loss.boundary))])
            self.ada.follow(sign, self.settings.batch_size)
        correct = [] if self.loss.boundary is None else accuracies(real_logits, fake_logits, self.loss.boundary)
        return [
            generator_loss, discriminator_loss, *correct,
            *([penalty] if self.penalised else []),
            *([classification] if self.settings.aux_classifier_weight else []),
            *([tf.convert_to_tensor(self.ada.probability)] if self.ada else []),
        ]  # fmt: skip

    def fit(self, network: Networks, images: np.ndarray, labels: np.ndarray | None, seed: int, quick: bool) -> None:
        """Match the generator's statistics to the training images, if asked for; not for a progress picture."""
        if self.settings.match_statistics and not quick:
            image_statistics.match(network("generator"), images, labels, seed)

    def mean_logit(self, images: np.ndarray, labels: np.ndarray | None) -> float:
        """See `ObjectiveBase`."""
        logits, together = [], per_call(ASKED, images.shape[1], FULL)
        for start in range(0, len(images), together):
            some = slice(start, start + together)
            classes = None if labels is None else tf.constant(labels[some], tf.int64)
            seen = condition_inputs(tf.constant(to_float(images[some])), classes)
            logits.append(self.discriminator(seen, training=False)[:, 0])
        return float(np.mean(np.concatenate(logits), dtype=np.float64))

    def _numbers(self, batch: Batch) -> tuple[Numbers, Numbers]:
        """The random numbers that augment the real images of a batch, and the generated ones."""
        # Of the 16 uniforms 8 augment real images, the next 7 generated ones, and the penalty has the last.
        of_real, of_fake = batch.uniforms[:, :8], batch.uniforms[:, 8:]
        of_ada = batch.further_uniforms
        if not self.ada or of_ada is None:
            return (of_real, None), (of_fake, None)
        return (of_real, of_ada[:, : ada.UNIFORMS]), (of_fake, of_ada[:, ada.UNIFORMS : self.ada_uniforms])

    def _augmented(self, images: tf.Tensor, numbers: Numbers) -> tf.Tensor:
        """Images as the discriminator sees them."""
        uniforms, of_ada = numbers
        images = augmentation.augment(images, uniforms[:, : augmentation.UNIFORMS], self.settings.augment)
        return self.ada(images, of_ada) if self.ada else images

    def _critic(self, labels: tf.Tensor | None, numbers: Numbers) -> penalties.Critic:
        """The discriminator as a function of images, which it sees augmented, with labels and random numbers fixed."""

        def critic(images: tf.Tensor) -> tf.Tensor:
            return self.discriminator(condition_inputs(self._augmented(images, numbers), labels), training=True)

        return critic

    def _discriminate(
        self, images: tf.Tensor, labels: tf.Tensor | None, numbers: Numbers, with_norms: bool
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """The discriminator's outputs and, if asked for, the squared norms of its logits' gradients."""
        critic = self._critic(labels, numbers)
        return penalties.gradient_norms(critic, images) if with_norms else (critic(images), None)

    def _penalty(
        self,
        batch: Batch,
        fake: tf.Tensor,
        real_logits: tf.Tensor,
        fake_logits: tf.Tensor,
        real_norms: tf.Tensor | None,
        fake_norms: tf.Tensor | None,
    ) -> tf.Tensor:
        """The weighted sum of the discriminator's penalties: float32 ()."""
        settings, total = self.settings, tf.zeros([])
        if settings.gradient_penalty:
            critic = self._critic(batch.labels, self._numbers(batch)[0])
            between = penalties.gradient_penalty(critic, batch.images, tf.stop_gradient(fake), batch.uniforms[:, 15])
            total += settings.gradient_penalty * between
        if settings.r1:
            total += settings.r1 * penalties.zero_centred(real_norms)
        if settings.r2:
            total += settings.r2 * penalties.zero_centred(fake_norms)
        if self.lecam:
            total += settings.lecam * self.lecam(real_logits, fake_logits)
        if settings.bcr:
            total += settings.bcr * self._inconsistency(batch, fake, real_logits, fake_logits)
        return total

    def _inconsistency(
        self, batch: Batch, fake: tf.Tensor, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> tf.Tensor:
        """The squared distances of logits of images as the discriminator sees them and of these once more altered, on
        real and on generated images (Zhao et al. 2021, arXiv 2002.04724, algorithm 1): float32 ()."""
        _, altering = tf.split(batch.further_uniforms, [self.ada_uniforms, -1], axis=1)
        for_real, for_fake = tf.split(altering, 2, axis=1)
        total = tf.zeros([])
        for images, labels, numbers, uniforms, logits in (
            (batch.images, batch.labels, self._numbers(batch)[0], for_real, real_logits),
            (fake, batch.sampled_labels, self._numbers(batch)[1], for_fake, fake_logits),
        ):
            seen = penalties.altered(self._augmented(images, numbers), uniforms, resolved_flip(self.settings.flip))
            others = self.discriminator(condition_inputs(seen, labels), training=True)[:, :1]
            total += tf.reduce_mean((logits - others) ** 2)
        return total

    def _classification(
        self, batch: Batch, real_outputs: tf.Tensor, fake_outputs: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The auxiliary classifier's cross-entropies (nats) on real and on generated images, each ().

        real_outputs, fake_outputs: the discriminator's, float32 (B, 1 + classes). The discriminator learns from the
        first, the generator from the second. (In Odena et al. 2017, arXiv 1610.09585, equation 3, the discriminator
        learns from both.)
        """
        if not self.settings.aux_classifier_weight:
            return tf.zeros([]), tf.zeros([])
        real, fake = (
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels, outputs[:, 1:])
            for labels, outputs in ((batch.labels, real_outputs), (batch.sampled_labels, fake_outputs))
        )
        return tf.reduce_mean(real), tf.reduce_mean(fake)

    def _update(self, name: str, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        variables = self.networks[name].trainable_variables
        replicas.apply(self.optimizers[name], tape.gradient(loss, variables), variables)


def condition_inputs(inputs: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor | list[tf.Tensor]:
    """The inputs of a network: latents or images and, if it is conditional, their classes, int64 (B,)."""
    return inputs if labels is None else [inputs, labels]
