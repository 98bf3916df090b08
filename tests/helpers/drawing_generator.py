"""A small generator with random weights that makes images of many levels, and its samples."""

import keras
import numpy as np
from keras import layers

from easel.sampling import Samples, generate, latent_points

LATENT_DIM = 8


def drawing_generator(classes: int = 0, side: int = 16) -> keras.Model:
    """Latents float32 (B, 8), with classes also labels int32 (B,), to images float32 (B, side, side, 3) in -1..1.

    A class moves all colours.
    """
    normal = keras.initializers.RandomNormal
    latents, labels = keras.Input((LATENT_DIM,), name="latents"), keras.Input((), dtype="int32", name="labels")
    x = layers.Dense(64, "leaky_relu", kernel_initializer=normal(stddev=0.4, seed=1))(latents)
    x = layers.Dense(4 * 4 * 3, kernel_initializer=normal(stddev=0.15, seed=2))(x)
    if classes:
        colours = layers.Embedding(classes, 3, embeddings_initializer=normal(stddev=0.15, seed=3))(labels)
        x = layers.Add()([x, layers.Flatten()(layers.RepeatVector(4 * 4)(colours))])
    x = layers.UpSampling2D(side // 4, interpolation="bilinear")(layers.Reshape((4, 4, 3))(x))
    return keras.Model([latents, labels] if classes else latents, layers.Activation("tanh")(x))


def samples_of(generator: keras.Model, count: int = 300, classes: int = 0, seed: int = 0) -> Samples:
    """Samples of it, of classes in turn."""
    latents = latent_points(count, LATENT_DIM, seed)
    labels = np.arange(count, dtype=np.int32) % classes if classes else None
    return Samples(generate(generator, latents, labels), latents, labels)
