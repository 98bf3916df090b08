"""The residual networks of SN-GAN (Miyato et al. 2018, arXiv 1802.05957, table 4) and, if conditional, of the
projection GAN (Miyato & Koyama 2018, arXiv 1802.05637): class-conditional batch normalisation and a projection
discriminator.

At 32×32 and width 128 these are the papers' networks: 256 channels in the generator, 128 in the discriminator. At 64×64
each has one block more, with as many channels, and at 128×128 and 256×256 others, with half as many each. Initial
weights are Keras's default, Glorot & Bengio's (Xavier).
"""

from functools import partial

import keras
from keras import layers

from easel.models.blocks import (
    class_batch_norm,
    down_block,
    labels_input,
    network,
    projection_logits,
    sum_pooled,
    up_block,
)
from easel.models.stages import resolutions, thinned


def generator(image_size: int, latent_dim: int, width: int, classes: int) -> keras.Model:
    """Latents float32 (B, latent_dim) and, if conditional, labels int32 (B,) to images float32
    (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input() if classes else None
    start, *finer = resolutions(image_size)
    x = layers.Reshape((start, start, 2 * width))(layers.Dense(start * start * 2 * width)(latents))
    for size in finer:
        x = up_block(x, thinned(2 * width, size), partial(class_batch_norm, labels=labels, classes=classes))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same")(x)
    return network(latents, labels, layers.Activation("tanh", dtype="float32")(x), "generator")


def discriminator(image_size: int, width: int, classes: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 and, if conditional, labels int32 (B,) to logits
    float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    labels = labels_input() if classes else None
    x = images
    for size in reversed(resolutions(image_size, 8)[1:]):  # before it is halved
        x = down_block(x, thinned(width, size), first=x is images)
    for _ in range(2):
        x = down_block(x, width, down=False)
    features = sum_pooled(layers.ReLU()(x))
    logits = layers.Dense(1, dtype="float32")(features)
    return network(images, labels, projection_logits(logits, features, labels, classes), "discriminator")
