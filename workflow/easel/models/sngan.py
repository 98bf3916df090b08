"""The convolutional networks of SN-GAN (Miyato et al. 2018, arXiv 1802.05957, table 3): DCGAN's generator and a
discriminator without normalisation layers, for spectral normalisation or a gradient penalty.

At 32×32 and width 64 the discriminator has 64, 128, 128, 256, 256, 512 and 512 channels, as in the paper's code.
"""

import keras
from keras import layers

from easel.models import dcgan
from easel.models.stages import channels_at, resolutions


def generator(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    return dcgan.generator(image_size, latent_dim, width)


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    *coarser, finest = resolutions(image_size)
    x = layers.LeakyReLU(0.1)(layers.Conv2D(channels_at(finest, image_size, width), 3, padding="same")(images))
    for size in reversed(coarser):
        channels = channels_at(size, image_size, width)
        x = layers.LeakyReLU(0.1)(layers.Conv2D(channels, 4, 2, padding="same")(x))
        x = layers.LeakyReLU(0.1)(layers.Conv2D(channels, 3, padding="same")(x))
    logits = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")
