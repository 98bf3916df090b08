"""Deep convolutional GAN (Radford et al. 2016, arXiv 1511.06434): strided 4×4 convolutions, batch normalisation.

Initial weights are from N(0, 0.02), batch normalisation's scales from N(1, 0.02), as in the paper's code. Layers before
a batch normalisation have no bias, which it would subtract again.
"""

import keras
from keras import layers
from keras.initializers import RandomNormal

from easel.models.stages import channels_at, resolutions


def generator(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    start, *finer = resolutions(image_size)
    channels = channels_at(start, image_size, width)
    x = layers.Dense(start * start * channels, use_bias=False, kernel_initializer=RandomNormal(0, 0.02))(latents)
    x = _norm(layers.Reshape((start, start, -1))(x))
    x = layers.ReLU()(x)
    for size in finer:
        channels = channels_at(size, image_size, width)
        x = layers.Conv2DTranspose(
            channels, 4, 2, padding="same", use_bias=False, kernel_initializer=RandomNormal(0, 0.02)
        )(x)
        x = layers.ReLU()(_norm(x))
    x = layers.Conv2D(3, 3, padding="same", kernel_initializer=RandomNormal(0, 0.02))(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    *coarser, finest = resolutions(image_size)
    channels = channels_at(finest, image_size, width)
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=RandomNormal(0, 0.02))(images)
    x = layers.LeakyReLU(0.2)(x)
    for size in reversed(coarser):
        channels = channels_at(size, image_size, width)
        x = layers.Conv2D(channels, 4, 2, padding="same", use_bias=False, kernel_initializer=RandomNormal(0, 0.02))(x)
        x = layers.LeakyReLU(0.2)(_norm(x))
    logits = layers.Dense(1, dtype="float32", kernel_initializer=RandomNormal(0, 0.02))(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")


def _norm(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.BatchNormalization(gamma_initializer=RandomNormal(1.0, 0.02))(x)
