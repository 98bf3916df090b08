"""VAE-GAN (Larsen et al. 2016, arXiv 1512.09300, table 1), adapted from 64×64 to the image's size.

At width 32: encoder 64-128-256 and 1024, discriminator 32-128-192-256 and 512, both halving the resolution three times;
decoder 256 at 8×8, whatever the image's size, then 128-32 for 32×32, or the paper's 256-128-32 for 64×64. Starting at
4×4 it reconstructs worse in the same time. Larger images add stages at the fine end, with half as many channels each
(`stages`).
"""

from collections.abc import Sequence

import keras
from keras import layers

from easel.models.stages import full_size, resolutions, thinned


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for size in reversed(_halved(image_size)):
        channels = _channels(size, image_size, width, (1, 2, 4, 8))
        x = layers.Conv2D(channels, 5, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dense(32 * width, use_bias=False)(layers.Flatten()(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    start, *finer = resolutions(image_size, 8)
    x = layers.Dense(start * start * 8 * width, use_bias=False)(latents)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((start, start, 8 * width))(x)
    for size in finer:
        channels = _channels(size, image_size, width, (1, 4, 8))
        x = layers.Conv2DTranspose(channels, 5, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 5, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real, and to the
    features float32 (B, ...) of the last convolution, which the reconstruction error compares."""
    images = keras.Input((image_size, image_size, 3), name="images")
    sizes, multiples = (*_halved(image_size), image_size), (1, 4, 6, 8)
    coarsest, *others, first = (_channels(size, image_size, width, multiples) for size in sizes)
    x = layers.ReLU()(layers.Conv2D(first, 5, padding="same")(images))
    for channels in reversed(others):
        x = layers.Conv2D(channels, 5, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(coarsest, 5, 2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    features = layers.Activation("linear", dtype="float32", name="features")(x)
    x = layers.Dense(16 * width, use_bias=False)(layers.Flatten()(layers.ReLU()(x)))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model(images, [logits, features], name="discriminator")


def _halved(image_size: int) -> list[int]:
    """The resolutions of encoder and discriminator, from the coarsest: 4, 8 and 16 at 32×32, 8, 16 and 32 at 64×64."""
    return resolutions(image_size, full_size(image_size) // 8)[:-1]


def _channels(size: int, image_size: int, width: int, multiples: Sequence[int]) -> int:
    """Channels at a resolution: multiples[i] · width where the images' (64×64, of larger ones) is halved i times."""
    full = full_size(image_size)
    return multiples[(full // size).bit_length() - 1] * width if size <= full else thinned(width, size)
