"""R3GAN (Huang et al. 2024, arXiv 2501.05441, section 3), reduced: residual networks without normalisation, the
discriminator a mirror image of the generator.

A block is a 1×1, a 3×3 and a 1×1 convolution with LeakyReLUs between them. It starts as the identity: its last
convolution at 0, the others scaled down as in Fix-up (Zhang et al. 2019, arXiv 1901.09321). Between resolutions there
are bilinear resampling and a 1×1 convolution. Reductions: one block per resolution (the paper has two); `width`
channels at full resolution and twice as many at each halving, up to eight times (the paper has 768 everywhere); 3×3
convolutions of one group and as many channels (the paper has 96 groups and twice as many). A dense layer makes the
first 4×4 image, and another the logits, where the paper has a learned basis. Images end in a tanh.
"""

import math

import keras
from keras import layers
from keras.initializers import VarianceScaling

from easel.models.stages import channels_at, resolutions

SLOPE = 0.2  # of the LeakyReLUs


def generator(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    first, *finer = channels = _stages(image_size, width)
    size = resolutions(image_size)[0]
    x = layers.Dense(size * size * first, use_bias=False, kernel_initializer=_scaled(1.0))(latents)
    x = _block(layers.Reshape((size, size, first))(x), len(channels))
    for count in finer:
        x = _linear(x, count)  # before the upsampling: the same result for a quarter of the work
        x = _block(layers.UpSampling2D(interpolation="bilinear")(x), len(channels))
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(_linear(x, 3)), name="generator")


def discriminator(image_size: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to logits float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    *coarser, finest = channels = _stages(image_size, width)
    x = _block(_linear(images, finest), len(channels))
    for count in reversed(coarser):
        x = layers.AveragePooling2D(2)(x)  # equals bilinear interpolation at exactly half the size
        x = _block(_linear(x, count), len(channels))
    logits = layers.Dense(1, use_bias=False, kernel_initializer=_scaled(1.0), dtype="float32")(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")


def _stages(image_size: int, width: int) -> list[int]:
    """Channels at each resolution, from 4×4 (or 6×6) up to the image's."""
    return [min(8 * width, channels_at(size, image_size, width)) for size in resolutions(image_size)]


def _block(x: keras.KerasTensor, blocks: int) -> keras.KerasTensor:
    """A residual block, (B, H, W, C) to the same shape. blocks: number of blocks in the network."""
    channels = x.shape[-1]
    # Fix-up's L^(-1 / (2m - 2)) for branches of m = 3 layers, times the gain that keeps a LeakyReLU's variance.
    variance = 2.0 / (1.0 + SLOPE**2) / math.sqrt(blocks)
    y = layers.LeakyReLU(SLOPE)(layers.Conv2D(channels, 1, kernel_initializer=_scaled(variance))(x))
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=_scaled(variance))(y)
    y = layers.LeakyReLU(SLOPE)(y)
    return layers.Add()([x, layers.Conv2D(channels, 1, use_bias=False, kernel_initializer="zeros")(y)])


def _linear(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """A 1×1 convolution, (B, H, W, C) to (B, H, W, channels)."""
    return layers.Conv2D(channels, 1, use_bias=False, kernel_initializer=_scaled(1.0))(x)


def _scaled(variance: float) -> keras.Initializer:
    """Initial weights from N(0, variance / fan-in)."""
    return VarianceScaling(variance, "fan_in", "untruncated_normal")
