"""A convolutional VAE of four strided convolutions, with the networks of Ghosh et al. 2020 (arXiv 1903.12436).

At width 128: encoder 128-256-512-1024, decoder 1024 at 8×8, then 512 and 256 for 32×32, and one more, 128, for 64×64.
"""

import keras
from keras import layers


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for channels in (width, 2 * width, 4 * width, 8 * width):
        x = layers.Conv2D(channels, 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Flatten()(x)
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Reshape((8, 8, 8 * width))(layers.Dense(8 * 8 * 8 * width)(latents))
    size, channels = 8, 8 * width
    while size < image_size:
        size, channels = 2 * size, channels // 2
        x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 4, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")
