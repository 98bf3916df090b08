"""The DCGAN of the TensorFlow tutorial (https://www.tensorflow.org/tutorials/generative/dcgan), for square images.

At 32×32 RGB and width 64 these are the tutorial's networks, adapted to three channels. Initial weights are Keras's
defaults.
"""

import keras
from keras import layers


def generator(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    start = image_size // 4
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(start * start * 4 * width, use_bias=False)(latents)
    x = layers.LeakyReLU(0.3)(layers.BatchNormalization()(x))
    x = layers.Reshape((start, start, 4 * width))(x)
    for channels, strides in ((2 * width, 1), (width, 2)):
        x = layers.Conv2DTranspose(channels, 5, strides, padding="same", use_bias=False)(x)
        x = layers.LeakyReLU(0.3)(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(3, 5, 2, padding="same", use_bias=False)(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for channels in (width, 2 * width):
        x = layers.Conv2D(channels, 5, 2, padding="same")(x)
        x = layers.Dropout(0.3)(layers.LeakyReLU(0.3)(x))
    logits = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")
