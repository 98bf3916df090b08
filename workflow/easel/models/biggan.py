"""BigGAN (Brock et al. 2019, arXiv 1809.11096, appendix B), in its authors' reduction for small images.

Every block of the generator is conditioned on an embedding of the class, which all blocks share, and on a part of the
latents of its own. (Spectral normalisation of the generator includes that embedding; in the authors' code it does not.)
Both networks have self-attention at 16×16 and orthogonal initial weights. At 32×32 the published networks for CIFAR-10
have width 96 (StudioGAN): four times that in the generator, twice in the discriminator.
"""

from functools import partial
from itertools import pairwise

import keras
from keras import layers

from easel.models.blocks import (
    attended,
    conditional_batch_norm,
    down_block,
    labels_input,
    network,
    projection_logits,
    sum_pooled,
    up_block,
)
from easel.runtime.errors import EaselError

SHARED = 128  # length of a class embedding
ATTENDED = 16  # resolution of the self-attention


def generator(image_size: int, latent_dim: int, width: int, classes: int) -> keras.Model:
    """Latents float32 (B, latent_dim) and, if conditional, labels int32 (B,) to images float32
    (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input() if classes else None
    embedding = layers.Embedding(classes, SHARED, embeddings_initializer="orthogonal")(labels) if classes else None
    first, *others = _parts(latents, (image_size // 4).bit_length())  # one for the first layer, one per block
    x = layers.Dense(4 * 4 * 4 * width, kernel_initializer="orthogonal")(first)
    x = layers.Reshape((4, 4, 4 * width))(x)
    for part in others:
        condition = layers.Concatenate()([embedding, part]) if classes else part
        normalise = partial(
            conditional_batch_norm, condition=condition, use_bias=False, kernel_initializer="orthogonal"
        )
        x = up_block(x, 4 * width, normalise, "orthogonal")
        if x.shape[1] == ATTENDED:
            x = attended(x, "orthogonal")
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same", kernel_initializer="orthogonal")(x)
    return network(latents, labels, layers.Activation("tanh", dtype="float32")(x), "generator")


def discriminator(image_size: int, width: int, classes: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 and, if conditional, labels int32 (B,) to logits
    float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    labels = labels_input() if classes else None
    x = down_block(images, 2 * width, "orthogonal", first=True)
    x = attended(x, "orthogonal") if x.shape[1] == ATTENDED else x
    while x.shape[1] > 8:
        x = down_block(x, 2 * width, "orthogonal")
        x = attended(x, "orthogonal") if x.shape[1] == ATTENDED else x
    for _ in range(2):
        x = down_block(x, 2 * width, "orthogonal", down=False)
    features = sum_pooled(layers.ReLU()(x))
    logits = layers.Dense(1, dtype="float32", kernel_initializer="orthogonal")(features)
    return network(images, labels, projection_logits(logits, features, labels, classes), "discriminator")


def _parts(latents: keras.KerasTensor, count: int) -> list[keras.KerasTensor]:
    """Latents (B, latent_dim) cut into `count` parts of almost equal length; EaselError if latent_dim is too small."""
    size = latents.shape[1]
    if size < count:
        raise EaselError(f"model biggan shares its latents among {count} places: latent_dim is {size}, and too small")
    row = layers.Reshape((size, 1))(latents)
    edges = [size * i // count for i in range(count + 1)]
    return [layers.Flatten()(layers.Cropping1D((start, size - end))(row)) for start, end in pairwise(edges)]
