"""The network of the judge `self_supervised`: residual, with strided convolutions, unlike that of `classifier`."""

import numpy as np

from easel.judges.networks import joined, means, of_pixels, pooled
from easel.judges.self_supervised.views import ORIENTATIONS
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
from keras import layers  # noqa: E402


def network(image_shape: tuple[int, int, int], width: int, dtype: str = "float32") -> keras.Model:
    """Images float32 (B, H, W, C) in -1..1 to [code (B, 8·width), orientation (B, ORIENTATIONS), first stage].

    The code, by which an image is to be recognised, and the logits of the orientations are float32. The stages are
    (B, H/2, W/2, width), (B, H/4, W/4, 2·width) and (B, H/8, W/8, 4·width), each after one residual convolution. The
    first convolution, of 4 × 4 pixels, sees the finest texture without channels at the full resolution, which would
    take most of the time on a CPU. `dtype` is the Keras dtype policy of the convolutional part.
    """

    def normalised(x, channels, size=3, stride=1):
        x = layers.Conv2D(channels, size, strides=stride, padding="same", use_bias=False, dtype=dtype)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype)(x)

    def activated(x):
        return layers.ReLU(dtype=dtype)(x)

    images = keras.Input(image_shape, name="images")
    x, stages = images, []
    for channels, size in ((width, 4), (2 * width, 3), (4 * width, 3)):
        x = activated(normalised(x, channels, size, stride=2))
        x = activated(layers.Add(dtype=dtype)([x, normalised(x, channels)]))
        stages.append(x)
    of_stages = [means(stage) for stage in stages]
    code = layers.Dense(8 * width, use_bias=False, dtype="float32")(layers.Concatenate(dtype="float32")(of_stages))
    code = layers.ReLU(dtype="float32")(layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype="float32")(code))
    code = layers.Dense(8 * width, dtype="float32", name="code")(code)
    orientation = layers.Dense(ORIENTATIONS, dtype="float32")(layers.Concatenate(dtype="float32")(of_stages[1:]))
    return keras.Model(images, [code, orientation, stages[0]], name="self_supervised")


def features_of(trained: keras.Model, scales: np.ndarray | None = None) -> keras.Model:
    """Images to [features (B, 10·width + 5·C)] of a float32 `network`, which shares its weights.

    Those of the pixels, means and deviations of the first stage, which see colour and texture, and the code, which is
    made from all stages. scales: of the features.
    """
    code, _, first = trained.outputs
    features = joined([of_pixels(trained.input), pooled(first), code], scales)
    return keras.Model(trained.input, [features], name="self_supervised")
