"""The network of the judge `classifier`, and a trained one as a judge."""

from pathlib import Path

import numpy as np

from easel.judges.networks import NetworkJudge, joined, load_network, means, of_pixels, pooled
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
from keras import layers  # noqa: E402

MIRRORED, UNMIRRORED = "classifier", "unmirrored_classifier"  # names of networks


def network(
    image_shape: tuple[int, int, int],
    classes: int,
    width: int,
    dtype: str = "float32",
    flip: bool = True,
    scales: np.ndarray | None = None,
) -> keras.Model:
    """Images float32 (B, H, W, C) in -1..1 to [logits (B, classes), features (B, 16·width + 5·C)], both float32.

    Pooling follows the first convolution of each stage, and few channels have the full resolution, so it is fast on a
    CPU and still sees every pixel. The features are those of all stages: of the pixels, means and deviations of
    the first two stages, which see colour and texture, and means of the last two, which tell classes apart; the logits
    are from the last alone.
    `dtype` is the Keras dtype policy of the convolutional part. `flip`: the network sees mirrored images, too; its name
    says so, which its file keeps. `scales`: of the features.
    """

    def convolution(x, channels):
        return layers.Conv2D(channels, 3, padding="same", use_bias=False, dtype=dtype)(x)

    def activated(x):
        return layers.ReLU(dtype=dtype)(layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype)(x))

    images = keras.Input(image_shape, name="images")
    x = activated(convolution(images, max(1, width // 2)))  # (B, H, W, width / 2)
    stages = [x]
    for channels in (3 * width // 2, 4 * width, 8 * width):  # halved three times: (B, H/8, W/8, 8·width)
        x = activated(layers.MaxPooling2D(dtype=dtype)(convolution(x, max(1, channels))))
        x = activated(convolution(x, max(1, channels)))
        stages.append(x)
    early, late = [pooled(stage) for stage in stages[:2]], [means(stage) for stage in stages[2:]]
    features = joined([of_pixels(images), *early, *late], scales)
    logits = layers.Dense(classes, dtype="float32", name="logits")(late[-1])
    return keras.Model(images, [logits, features], name=MIRRORED if flip else UNMIRRORED)


class Classifier(NetworkJudge):
    """A trained classifier as a judge.

    It looks at each image and its mirror image, if the network was trained on both: it is more accurate with both.
    """

    def __init__(self, trained: keras.Model):
        """trained: a float32 `network`."""
        super().__init__(trained, flip=trained.name == MIRRORED, reduces=True)

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Accuracy, 0..1, on images uint8 (N, H, W, C) with labels (N,)."""
        return float(np.mean(self.outputs(images).logits.argmax(axis=1) == labels))


def load(file: str | Path) -> Classifier:
    """A judge from its classifier.keras. EaselError for a file without such a network."""
    return Classifier(load_network(file))
