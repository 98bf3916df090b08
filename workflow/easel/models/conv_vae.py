"""A convolutional VAE of four strided convolutions, with the networks of Ghosh et al. 2020 (arXiv 1903.12436).

At width 128: encoder 128-256-512-1024, decoder 1024 at 8×8, then 512 and 256 for 32×32, and one more, 128, for 64×64.
Larger images add stages at the fine end, with half as many channels each (`stages`).
"""

import keras
from keras import layers

from easel.models.stages import channels_at, full_size, resolutions, thinned


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for size in reversed(resolutions(image_size, full_size(image_size) // 8)):  # before it is halved
        x = layers.Conv2D(channels_at(size, image_size, width), 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Flatten()(x)
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    start, *finer = resolutions(image_size, 8)
    x = layers.Reshape((start, start, 8 * width))(layers.Dense(start * start * 8 * width)(latents))
    for size in finer:
        channels = thinned(max(1, 8 * start // size) * width, size)
        x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 4, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")
