"""VAE-GAN (Larsen et al. 2016, arXiv 1512.09300, table 1), adapted from 64×64 to the image's size.

At width 32: encoder 64-128-256 and 1024, discriminator 32-128-192-256 and 512, both halving the resolution three times;
decoder 256 at 8×8, whatever the image's size, then 128-32 for 32×32, or the paper's 256-128-32 for 64×64. Starting at
4×4 it reconstructs worse in the same time.
"""

import math

import keras
from keras import layers


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for channels in (2 * width, 4 * width, 8 * width):
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
    x = layers.Dense(8 * 8 * 8 * width, use_bias=False)(latents)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((8, 8, 8 * width))(x)
    doublings = round(math.log2(image_size / 8))
    for channels in (8 * width, 4 * width, width)[-doublings:]:
        x = layers.Conv2DTranspose(channels, 5, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 5, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real, and to the
    features float32 (B, ...) of the last convolution, which the reconstruction error compares."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = layers.ReLU()(layers.Conv2D(width, 5, padding="same")(images))
    for channels in (4 * width, 6 * width):
        x = layers.Conv2D(channels, 5, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(8 * width, 5, 2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    features = layers.Activation("linear", dtype="float32", name="features")(x)
    x = layers.Dense(16 * width, use_bias=False)(layers.Flatten()(layers.ReLU()(x)))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model(images, [logits, features], name="discriminator")
