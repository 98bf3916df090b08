"""Blocks that several models share: functions of symbolic Keras tensors, images (B, H, W, C) and labels int32 (B,)."""

from collections.abc import Callable

import keras
from keras import layers


def labels_input() -> keras.KerasTensor:
    """The input of a conditional network for the classes: int32 (B,)."""
    return keras.Input((), dtype="int32", name="labels")


def class_batch_norm(x: keras.KerasTensor, labels: keras.KerasTensor | None, classes: int) -> keras.KerasTensor:
    """Batch normalisation with a scale and a shift of each class (Dumoulin et al. 2017, arXiv 1610.07629, equation 5);
    plain batch normalisation without labels."""
    if labels is None:
        return layers.BatchNormalization()(x)
    channels = x.shape[-1]
    scale = layers.Embedding(classes, channels, embeddings_initializer="ones")(labels)
    shift = layers.Embedding(classes, channels, embeddings_initializer="zeros")(labels)
    return modulate(layers.BatchNormalization(center=False, scale=False)(x), scale, shift)


def conditional_batch_norm(x: keras.KerasTensor, condition: keras.KerasTensor, **options) -> keras.KerasTensor:
    """Batch normalisation of (B, H, W, C) with a scale (about 1) and a shift that are linear in `condition` (B, n):
    latents, an embedding of the class, or both (Brock et al. 2019, arXiv 1809.11096, appendix B).

    options: of both Dense layers.
    """
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
    arXiv 1802.05637, equation 5); the same logits without labels."""
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
    """A generator's residual block, (B, H, W, C) to (B, 2H, 2W, channels): upsampled before its first convolution
    (Gulrajani et al. 2017, arXiv 1704.00028, appendix F)."""
    y = layers.UpSampling2D()(layers.ReLU()(normalise(x)))  # (B, 2H, 2W, C)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    y = layers.ReLU()(normalise(y))
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    # Upsampled after the 1×1 convolution: the same result for a quarter of the work.
    shortcut = layers.UpSampling2D()(layers.Conv2D(channels, 1, kernel_initializer=initializer)(x))
    return layers.Add()([y, shortcut])


def down_block(
    x: keras.KerasTensor,
    channels: int,
    initializer: str = "glorot_uniform",
    down: bool = True,  # halve height and width
    first: bool = False,  # x is an image, whose negative values a ReLU would lose
) -> keras.KerasTensor:
    """A discriminator's residual block, (B, H, W, C) to (B, H/2, W/2, channels), or to (B, H, W, channels); from the
    same appendix."""
    y = x if first else layers.ReLU()(x)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(y)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initializer)(layers.ReLU()(y))
    y = layers.AveragePooling2D(2)(y) if down else y
    shortcut = layers.AveragePooling2D(2)(x) if down else x  # before the 1×1 convolution: the same result for less work
    if down or x.shape[-1] != channels:
        shortcut = layers.Conv2D(channels, 1, kernel_initializer=initializer)(shortcut)
    return layers.Add()([y, shortcut])


def attended(x: keras.KerasTensor, initializer: str = "glorot_uniform") -> keras.KerasTensor:
    """Self-attention (Zhang et al. 2019, arXiv 1805.08318, section 3), (B, H, W, C) to the same shape: x plus its
    attention over all positions.

    Keys and values are computed at half the resolution, as in the paper's code, but after average pooling. The gain,
    which starts at 0, is per channel; the paper has a single one.
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
    """Features float32 (B, C): the sum of (B, H, W, C) over all positions."""
    positions = x.shape[1] * x.shape[2]
    return layers.Rescaling(positions, dtype="float32")(layers.GlobalAveragePooling2D(dtype="float32")(x))


def network(
    inputs: keras.KerasTensor, labels: keras.KerasTensor | None, outputs: keras.KerasTensor, name: str
) -> keras.Model:
    """A model whose inputs are latents or images and, if conditional, labels."""
    return keras.Model(inputs if labels is None else [inputs, labels], outputs, name=name)
