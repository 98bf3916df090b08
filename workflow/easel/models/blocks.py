"""Pieces that several models share. All of Keras's own layers, for images (B, H, W, C) and labels int32 (B,)."""

import keras
from keras import layers


def labels_input() -> keras.KerasTensor:
    """Where a network is told classes: int32 (B,)."""
    return keras.Input((), dtype="int32", name="labels")


def conditional_norm(x: keras.KerasTensor, labels: keras.KerasTensor | None, classes: int) -> keras.KerasTensor:
    """Batch normalisation with a scale and a shift of each class (Dumoulin et al. 2017, arXiv 1610.07629, equation 5);
    plain batch normalisation where there are no labels."""
    if labels is None:
        return layers.BatchNormalization()(x)
    channels = x.shape[-1]
    scale = layers.Embedding(classes, channels, embeddings_initializer="ones")(labels)
    shift = layers.Embedding(classes, channels, embeddings_initializer="zeros")(labels)
    return modulate(layers.BatchNormalization(center=False, scale=False)(x), scale, shift)


def modulate(x: keras.KerasTensor, scale: keras.KerasTensor, shift: keras.KerasTensor) -> keras.KerasTensor:
    """x · scale + shift, channel by channel; scale and shift are (B, C)."""
    scale, shift = (layers.Reshape((1, 1, x.shape[-1]))(each) for each in (scale, shift))
    return layers.Add()([layers.Multiply()([x, scale]), shift])


def projected(
    logits: keras.KerasTensor, features: keras.KerasTensor, labels: keras.KerasTensor | None, classes: int
) -> keras.KerasTensor:
    """Logits (B, 1) plus the product of features (B, C) and an embedding of the class (Miyato & Koyama 2018,
    arXiv 1802.05637, equation 5); the logits as they are where there are no labels."""
    if labels is None:
        return logits
    embedding = layers.Embedding(classes, features.shape[-1], dtype="float32")(labels)
    features = layers.Activation("linear", dtype="float32")(features)
    return layers.Add(dtype="float32")([logits, layers.Dot(1, dtype="float32")([features, embedding])])


def network(inputs: keras.KerasTensor, labels: keras.KerasTensor | None, outputs: keras.KerasTensor, name: str):
    """A model of latents or images and, where there are any, of labels."""
    return keras.Model(inputs if labels is None else [inputs, labels], outputs, name=name)
