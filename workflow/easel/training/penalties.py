"""Penalties that regularise a discriminator, in float32 whatever the networks' precision."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.training import augmentation

Critic = Callable[[tf.Tensor], tf.Tensor]
"""Images float32 (B, H, W, C) -> outputs float32 (B, n), whose first column is the logits."""


def gradient_norms(critic: Critic, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """A critic's outputs, float32 (B, n), and the squared norm of each logit's gradient at its image, float32 (B,)."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        outputs = critic(images)
        logits = outputs[:, :1]
    gradients = tf.cast(tape.gradient(logits, images), tf.float32)  # (B, H, W, C)
    return outputs, tf.reduce_sum(gradients**2, axis=[1, 2, 3])


def gradient_penalty(critic: Critic, real: tf.Tensor, fake: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """E (‖∇D(x)‖ − 1)² between real and generated images (Gulrajani et al. 2017, arXiv 1704.00028, equation 3).

    uniforms: float32 (B,) in 0..1, the position of each x on the line from a generated image to a real one.
    """
    share = uniforms[:, None, None, None]
    _, squared = gradient_norms(critic, share * real + (1.0 - share) * fake)
    return tf.reduce_mean((tf.sqrt(squared + 1e-12) - 1.0) ** 2)


def zero_centred(squared_norms: tf.Tensor) -> tf.Tensor:
    """½ E ‖∇D(x)‖²: R1 at real images, R2 at generated ones (Mescheder et al. 2018, arXiv 1801.04406, equations 9
    and 10)."""
    return 0.5 * tf.reduce_mean(squared_norms)


CONSISTENCY_UNIFORMS = 3
"""Random numbers that an image needs for `altered`."""


def altered(images: tf.Tensor, uniforms: tf.Tensor, mirror: bool) -> tf.Tensor:
    """Images (B, H, W, C) moved by up to an eighth of the side and, if asked for, mirrored with probability 1/2: what
    bCR expects a discriminator to overlook. uniforms: float32 (B, CONSISTENCY_UNIFORMS)."""
    images = augmentation.translation(images, uniforms[:, :2])
    if not mirror:
        return images
    return tf.where(uniforms[:, 2, None, None, None] < 0.5, tf.reverse(images, [2]), images)


class LeCam(keras.layers.Layer):
    """E (D(x) − α_fake)² + E (D(G(z)) − α_real)² (Tseng et al. 2021, arXiv 2104.03310, equation 3).

    α are moving averages of the mean logits of real and of generated images.
    """

    decay = 0.99  # the paper's

    def __init__(self):
        super().__init__(dtype="float32", name="lecam")
        self.real, self.fake = (
            self.add_weight(name=name, shape=(), initializer="zeros", trainable=False, aggregation="only_first_replica")
            for name in ("real", "fake")
        )
        self.built = True

    def call(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        """The penalty of logits, each float32 (B, 1)."""
        return tf.reduce_mean((real - self.fake) ** 2) + tf.reduce_mean((fake - self.real) ** 2)

    def follow(self, real: tf.Tensor, fake: tf.Tensor) -> None:
        """Move the averages towards mean logits, each ()."""
        for average, now in ((self.real, real), (self.fake, fake)):
            average.assign(self.decay * average + (1.0 - self.decay) * now)
