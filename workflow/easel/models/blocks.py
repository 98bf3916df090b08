"""Pieces that several models share. All of Keras's own layers, for images (B, H, W, C) and labels int32 (B,)."""

from collections.abc import Callable

import keras
from keras import layers


def labels_input() -> keras.KerasTensor:
    """Where a network is told classes: int32 (B,)."""
    return keras.Input((), dtype="int32", name="labels")


def class_batch_norm(x: keras.KerasTensor, labels: keras.KerasTensor | None, classes: int) -> keras.KerasTensor:
    """Batch normalisation with a scale and a shift of each class (Dumoulin et al. 2017, arXiv 1610.07629, equation 5);
    plain batch normalisation where there are no labels."""
    if labels is None:
        return layers.BatchNormalization()(x)
    channels = x.shape[-1]
    scale = layers.Embedding(classes, channels, embeddings_initializer="ones")(labels)
    shift = layers.Embedding(classes, channels, embeddings_initializer="zeros")(labels)
    return modulate(layers.BatchNormalization(center=False, scale=False)(x), scale, shift)


def conditional_batch_norm(x: keras.KerasTensor, condition: keras.KerasTensor, **options) -> keras.KerasTensor:
    """Batch normalisation of (B, H, W, C) with a scale (about 1) and a shift that are linear in `condition` (B, n):
    latents, an embedding of the class, or both (Brock et al. 2019, arXiv 1809.11096, appendix B). options: of both
    maps."""
    scale, shift = (layers.Dense(x.shape[-1], **options)(condition) for _ in range(2))
    scale = layers.Rescaling(1.0, offset=1.0)(scale)
    return modulate(layers.BatchNormalization(center=False, scale=False)(x), scale, shift)


def modulate(x: keras.KerasTensor, scale: keras.KerasTensor, shift: keras.KerasTensor) -> keras.KerasTensor:
    """x · scale + shift, channel by channel; scale and shift are (B, C)."""
    scale, shift = (layers.Reshape((1, 1, x.shape[-1]))(each) for each in (scale, shift))
    return layers.Add()([layers.Multiply()([x, scale]), shift])


def projection_logits(
    logits: keras.KerasTensor, features: keras.KerasTensor, labels: keras.KerasTensor | None, classes: int
) -> keras.KerasTensor:
    """Logits (B, 1) plus the product of features (B, C) and an embedding of the class (Miyato & Koyama 2018,
    arXiv 1802.05637, equation 5); the logits as they are where there are no labels."""
    if labels is None:
        return logits
    embedding = layers.Embedding(classes, features.shape[-1], dtype="float32")(labels)
    features = layers.Activation("linear", dtype="float32")(features)
    return layers.Add(dtype="float32")([logits, layers.Dot(1, dtype="float32")([features, embedding])])


def up_block(
    x: keras.KerasTensor,
    channels: int,
    normalise: Callable[[keras.KerasTensor], keras.KerasTensor],
    initializer: str = "glorot_uniform",
) -> keras.KerasTensor:
    """A generator's residual block, (B, H, W, C) to (B, 2H, 2W, channels): enlarged in its first convolution
    (Gulrajani et al. 2017, arXiv 1704.00028, appendix F)."""
    y = layers.UpSampling2D()(layers.ReLU()(normalise(x)))  # (B, 2H, 2W, C)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    y = layers.ReLU()(normalise(y))
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    # Enlarged after the 1×1 convolution: the same numbers for a quarter of the work.
    shortcut = layers.UpSampling2D()(layers.Conv2D(channels, 1, kernel_initializer=initializer)(x))
    return layers.Add()([y, shortcut])


def down_block(
    x: keras.KerasTensor,
    channels: int,
    initializer: str = "glorot_uniform",
    down: bool = True,  # whether height and width are halved
    first: bool = False,  # whether x is an image, which no ReLU may cut in two
) -> keras.KerasTensor:
    """A discriminator's residual block, (B, H, W, C) to (B, H/2, W/2, channels), or to (B, H, W, channels); from the
    same appendix."""
    y = x if first else layers.ReLU()(x)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(layers.ReLU()(y))
    y = layers.AveragePooling2D(2)(y) if down else y
    shortcut = layers.AveragePooling2D(2)(x) if down else x  # before the 1×1 convolution, to the same effect
    if down or x.shape[-1] != channels:
        shortcut = layers.Conv2D(channels, 1, kernel_initializer=initializer)(shortcut)
    return layers.Add()([y, shortcut])


def attended(x: keras.KerasTensor, initializer: str = "glorot_uniform") -> keras.KerasTensor:
    """Self-attention (Zhang et al. 2019, arXiv 1805.08318, section 3), (B, H, W, C) to the same shape: the image as it
    was, plus what each place sees in all others.

    Keys and values come from an image of half the size, as in the paper's code, but averaged. The gain, 0 at the start,
    is one for each channel where the paper has one for all.
    """
    height, width, channels = x.shape[1:]
    small = layers.AveragePooling2D(2)(x)
    depth = {"queries": max(1, channels // 8), "keys": max(1, channels // 8), "values": max(1, channels // 2)}
    queries, keys, values = (
        layers.Reshape((-1, depth[name]))(
            layers.Conv2D(depth[name], 1, use_bias=False, kernel_initializer=initializer)(source)
        )
        for name, source in (("queries", x), ("keys", small), ("values", small))
    )  # (B, H · W, C / 8), (B, H · W / 4, C / 8), (B, H · W / 4, C / 2)
    seen = layers.Reshape((height, width, depth["values"]))(layers.Attention()([queries, values, keys]))
    seen = layers.Conv2D(channels, 1, use_bias=False, kernel_initializer=initializer)(seen)
    gain = layers.DepthwiseConv2D(1, use_bias=False, depthwise_initializer="zeros")
    return layers.Add()([x, gain(seen)])


def sum_pooled(x: keras.KerasTensor) -> keras.KerasTensor:
    """Features float32 (B, C): the sums of (B, H, W, C) over all places."""
    places = x.shape[1] * x.shape[2]
    return layers.Rescaling(places, dtype="float32")(layers.GlobalAveragePooling2D(dtype="float32")(x))


def network(inputs: keras.KerasTensor, labels: keras.KerasTensor | None, outputs: keras.KerasTensor, name: str):
    """A model of latents or images and, where there are any, of labels."""
    return keras.Model(inputs if labels is None else [inputs, labels], outputs, name=name)
