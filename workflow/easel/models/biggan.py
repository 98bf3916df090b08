"""BigGAN (Brock et al. 2019, arXiv 1809.11096, appendix B), in its authors' reduction for small images.

Every block of the generator is conditioned on an embedding of the class, which all blocks share, and on a part of the
latents of its own. (Spectral normalisation of the generator includes that embedding; in the authors' code it does not.)
Both networks have self-attention at 16×16 (12×12 in images of 48×48 or 96×96) and orthogonal initial weights. At 32×32
the published networks for CIFAR-10 have width 96 (StudioGAN): four times that in the generator, twice in the
discriminator. Blocks at 128×128 and 256×256 have half as many channels each.
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
from easel.models.stages import resolutions, thinned
from easel.runtime.errors import EaselError

SHARED = 128  # length of a class embedding
ATTENDED = 16  # finest resolution of the self-attention


def generator(image_size: int, latent_dim: int, width: int, classes: int) -> keras.Model:
    """Latents float32 (B, latent_dim) and, if conditional, labels int32 (B,) to images float32
    (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input() if classes else None
    embedding = layers.Embedding(classes, SHARED, embeddings_initializer="orthogonal")(labels) if classes else None
    start, *finer = resolutions(image_size)
    first, *others = _parts(latents, 1 + len(finer))  # one for the first layer, one per block
    x = layers.Dense(start * start * 4 * width, kernel_initializer="orthogonal")(first)
    x = layers.Reshape((start, start, 4 * width))(x)
    for size, part in zip(finer, others, strict=True):
        condition = layers.Concatenate()([embedding, part]) if classes else part
        normalise = partial(
            conditional_batch_norm, condition=condition, use_bias=False, kernel_initializer="orthogonal"
        )
        x = up_block(x, thinned(4 * width, size), normalise, "orthogonal")
        if size == _attended(image_size):
            x = attended(x, "orthogonal")
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same", kernel_initializer="orthogonal")(x)
    return network(latents, labels, layers.Activation("tanh", dtype="float32")(x), "generator")


def discriminator(image_size: int, width: int, classes: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 and, if conditional, labels int32 (B,) to logits
    float32 (B, 1), high for real."""
    images = keras.Input((image_size, image_size, 3), name="images")
    labels = labels_input() if classes else None
    x = images
    for size in reversed(resolutions(image_size, 8)[1:]):  # before it is halved
        x = down_block(x, thinned(2 * width, size), "orthogonal", first=x is images)
        x = attended(x, "orthogonal") if x.shape[1] == _attended(image_size) else x
    for _ in range(2):
        x = down_block(x, 2 * width, "orthogonal", down=False)
    features = sum_pooled(layers.ReLU()(x))
    logits = layers.Dense(1, dtype="float32", kernel_initializer="orthogonal")(features)
    return network(images, labels, projection_logits(logits, features, labels, classes), "discriminator")


def _attended(image_size: int) -> int:
    """The resolution of the self-attention."""
    return max(size for size in resolutions(image_size) if size <= ATTENDED)


def _parts(latents: keras.KerasTensor, count: int) -> list[keras.KerasTensor]:
    """Latents (B, latent_dim) cut into `count` parts of almost equal length; EaselError if latent_dim is too small."""
    size = latents.shape[1]
    if size < count:
        raise EaselError(f"model biggan shares its latents among {count} places: latent_dim is {size}, and too small")
    row = layers.Reshape((size, 1))(latents)
    edges = [size * i // count for i in range(count + 1)]
    return [layers.Flatten()(layers.Cropping1D((start, size - end))(row)) for start, end in pairwise(edges)]
