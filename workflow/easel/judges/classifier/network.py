"""The network of the judge `classifier`, and a trained one as a judge."""

from pathlib import Path

import numpy as np

from easel.images import to_float
from easel.judges import Outputs
from easel.runtime.errors import EaselError
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

BATCH = 250  # images per call of a trained network
MIRRORED, UNMIRRORED = "classifier", "unmirrored_classifier"  # names of networks


def network(
    image_shape: tuple[int, int, int],
    classes: int,
    width: int,
    dtype: str = "float32",
    flip: bool = True,
) -> keras.Model:
    """Images float32 (B, H, W, C) in -1..1 to [logits (B, classes), features (B, 8·width)], both float32.

    Pooling follows the first convolution of each stage, and few channels have the full resolution, so it is fast on a
    CPU and still sees every pixel. `dtype` is the Keras dtype policy of the convolutional part. `flip`: the network
    sees mirrored images, too; its name says so, which its file keeps.
    """

    def convolution(x, channels):
        return layers.Conv2D(channels, 3, padding="same", use_bias=False, dtype=dtype)(x)

    def activated(x):
        return layers.ReLU(dtype=dtype)(layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype)(x))

    images = keras.Input(image_shape, name="images")
    x = activated(convolution(images, max(1, width // 2)))  # (B, H, W, width / 2)
    for channels in (3 * width // 2, 4 * width, 8 * width):  # halved three times: (B, H/8, W/8, 8·width)
        x = activated(layers.MaxPooling2D(dtype=dtype)(convolution(x, max(1, channels))))
        x = activated(convolution(x, max(1, channels)))
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(features)
    return keras.Model(images, [logits, features], name=MIRRORED if flip else UNMIRRORED)


class Classifier:
    """A trained classifier as a judge."""

    def __init__(self, trained: keras.Model):
        """trained: a float32 `network`."""
        self.network = trained
        self.image_shape = trained.input_shape[1:]
        self.feature_dim = trained.output_shape[1][-1]
        self.flip = trained.name == MIRRORED
        self._run = tf.function(lambda images: trained(images, training=False))

    def outputs(self, images: np.ndarray) -> Outputs:
        """Features and logits of images uint8 (N, H, W, C).

        They are means over each image and its mirror image, if the network was trained on both: it is more accurate
        with both. Every call gets BATCH images, so that rounding does not depend on N.
        """
        logits, features = (np.empty((len(images), shape[-1]), np.float32) for shape in self.network.output_shape)
        batch = np.zeros((BATCH, *self.image_shape), np.float32)
        for start in range(0, len(images), BATCH):
            found = to_float(images[start : start + BATCH])
            batch[: len(found)] = found
            seen = self._run(batch)
            if self.flip:
                mirrored = self._run(np.ascontiguousarray(batch[:, :, ::-1]))
                seen = [(one + other) / 2 for one, other in zip(seen, mirrored, strict=True)]
            for output, each in zip((logits, features), seen, strict=True):
                output[start : start + BATCH] = each[: len(found)]
        return Outputs(features, logits)

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Accuracy, 0..1, on images uint8 (N, H, W, C) with labels (N,)."""
        return float(np.mean(self.outputs(images).logits.argmax(axis=1) == labels))


def load(file: str | Path) -> Classifier:
    """A judge from its classifier.keras.

    Turns TensorFloat-32 off for this process, as it would change the features on a GPU.
    Raises EaselError for a file without such a network.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        return Classifier(keras.models.load_model(file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EaselError(
            f"{file}: not the network of a classifier, or damaged ({type(error).__name__}). Delete it, "
            "and the same command makes it again."
        ) from error
