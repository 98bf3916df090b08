"""VQ-VAE (van den Oord et al. 2017, arXiv 1711.00937, section 4.1), and a recurrent prior over its codes.

Strided convolutions reduce the image to a grid with one position per latent number (64 make 8×8), followed by two
residual blocks; the decoder mirrors them. The paper's prior is a PixelCNN; a recurrent one can be sampled as one
network.
"""

from math import isqrt

import keras
from keras import layers, ops

from easel.models.stages import full_size, thinned


def encoder(image_size: int, latent_dim: int, width: int, code_dim: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to features float32 (B, latent_dim, code_dim), in
    row-major order of the grid."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for size in _sizes(image_size, latent_dim):
        x = layers.Conv2D(_channels(size, image_size, width), 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(2 * width, 3, padding="same")(x)
    x = _residual(_residual(x, width), width)
    x = layers.Conv2D(code_dim, 1)(layers.ReLU()(x))
    # Normalised to the spread of the initial codebook, so that many of its entries are used from the start.
    x = layers.BatchNormalization()(x)
    features = layers.Reshape((latent_dim, code_dim), dtype="float32")(x)
    return keras.Model(images, features, name="encoder")


def codebook(latent_dim: int, codes: int, code_dim: int) -> keras.Model:
    """Codes int32 (B, latent_dim) in 0..codes - 1 to their entries, float32 (B, latent_dim, code_dim)."""
    chosen = keras.Input((latent_dim,), dtype="int32", name="codes")
    start = keras.initializers.RandomNormal(0, 1)
    entries = layers.Embedding(codes, code_dim, embeddings_initializer=start, dtype="float32", name="entries")
    return keras.Model(chosen, entries(chosen), name="codebook")


def decoder(image_size: int, latent_dim: int, width: int, code_dim: int) -> keras.Model:
    """Entries float32 (B, latent_dim, code_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    entries = keras.Input((latent_dim, code_dim), name="entries")
    side = isqrt(latent_dim)
    x = layers.Reshape((side, side, code_dim))(entries)
    x = layers.Conv2D(2 * width, 3, padding="same")(x)
    x = layers.ReLU()(_residual(_residual(x, width), width))
    for size in reversed(_sizes(image_size, latent_dim)):
        x = layers.Conv2DTranspose(_channels(size, image_size, width), 4, 2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same")(x)
    return keras.Model(entries, layers.Activation("tanh", dtype="float32")(x), name="decoder")


def prior(latent_dim: int, width: int, codes: int) -> keras.Model:
    """Codes int32 (B, latent_dim) to logits float32 (B, latent_dim, codes): each position's, given the codes before.

    The inputs of a position are the code to its left, the code above, the position's index and, through the GRU's
    state, all codes before. The extra entry `codes` stands for positions outside the grid.
    """
    chosen = keras.Input((latent_dim,), dtype="int32", name="codes")
    left, above = (
        ops.concatenate([ops.full_like(chosen[:, :by], codes), chosen[:, :-by]], axis=1)  # a GPU cannot pad integers
        for by in (1, isqrt(latent_dim))
    )
    position = ops.cumsum(ops.ones_like(chosen), axis=1) - 1
    x = layers.Add()([
        layers.Embedding(codes + 1, 4 * width, name="left")(left),
        layers.Embedding(codes + 1, 4 * width, name="above")(above),
        layers.Embedding(latent_dim, 4 * width, name="position")(position),
    ])  # fmt: skip
    # Without cuDNN, whose kernels XLA cannot compile.
    x = layers.GRU(4 * width, return_sequences=True, use_cudnn=False, name="memory")(x)
    return keras.Model(chosen, layers.Dense(codes, dtype="float32", name="logits")(x), name="prior")


def _sizes(image_size: int, latent_dim: int) -> list[int]:
    """The side lengths after each halving of the image, down to the grid's."""
    halvings = (image_size // isqrt(latent_dim)).bit_length() - 1
    return [image_size >> halving for halving in range(1, halvings + 1)]


def _channels(size: int, image_size: int, width: int) -> int:
    """Channels at half the images' resolution: `width`, and twice as many below; of images of 128×128 and more, `width`
    at 32×32 and fewer beyond."""
    return thinned(width, 2 * size) if 2 * size >= full_size(image_size) else 2 * width


def _residual(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    """A residual block of a 3×3 and a 1×1 convolution; x has 2 · width channels."""
    y = layers.Conv2D(width // 2, 3, padding="same", activation="relu")(layers.ReLU()(x))
    return layers.Add()([x, layers.Conv2D(2 * width, 1)(y)])
