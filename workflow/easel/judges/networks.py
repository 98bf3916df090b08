"""Judges that are Keras networks: features of several stages, and how a network judges.

Early stages see colour and fine texture, late ones shapes and what the network was trained for. A stage's features are
the mean of each channel over all positions, and of early stages the deviation. The pixels themselves are a stage, too.
A network of smaller images than those to be judged sees them reduced, each pixel the mean of a square of pixels.
"""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from easel.config.judges.base import reduced_size
from easel.images import per_call, to_float
from easel.judges import Outputs
from easel.runtime.errors import EaselError
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

BATCH = 250  # images per call; fewer of large ones
SCALED_BY = 5_000  # training images, at most, that features are scaled by
TOTAL_VARIANCE = 100.0  # of balanced features, so that a FID is in percent of it
DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What Keras raises for a file that is none of its, or whose bytes have changed."""
STILL = 1e-3  # deviation of a feature, relative to the largest of all, below which it does not vary


def means(maps: keras.KerasTensor) -> keras.KerasTensor:
    """The mean over all positions of each channel of maps (B, H, W, C): float32 (B, C)."""
    return layers.GlobalAveragePooling2D(dtype="float32")(maps)


def deviations(maps: keras.KerasTensor) -> keras.KerasTensor:
    """The deviation over all positions of each channel of maps (B, H, W, C): float32 (B, C)."""
    return keras.ops.std(keras.ops.cast(maps, "float32"), (1, 2))


def pooled(maps: keras.KerasTensor) -> keras.KerasTensor:
    """The mean and the deviation over all positions of each channel of maps (B, H, W, C): float32 (B, 2·C)."""
    return keras.ops.concatenate([means(maps), deviations(maps)], axis=-1)


def of_pixels(images: keras.KerasTensor) -> keras.KerasTensor:
    """What the pixels of images (B, H, W, C) themselves show, without a weight: float32 (B, 5·C).

    The mean and the deviation of each channel, and the deviations of what pooling pairs of pixels would lose: between
    neighbours in a row, in a column, and in both (Haar's details). A network that was trained on natural images is
    nearly blind to the latter, of which they have little, and damaged images much.
    """

    def lost(maps, size):
        return layers.Subtract()([maps, layers.UpSampling2D(size)(layers.AveragePooling2D(size)(maps))])

    rows, columns = lost(images, (1, 2)), lost(images, (2, 1))
    details = [deviations(each) for each in (rows, columns, lost(rows, (2, 1)))]
    return keras.ops.concatenate([pooled(images), *details], axis=-1)


def joined(stages: Sequence[keras.KerasTensor], scales: np.ndarray | None = None) -> keras.KerasTensor:
    """The features of several stages, each (B, d), side by side: float32 (B, Σ d).

    scales: (Σ d,), what each feature is multiplied by; None: by 1.
    """
    scales = np.ones(sum(stage.shape[-1] for stage in stages)) if scales is None else scales
    side_by_side = keras.ops.concatenate(stages, axis=-1)
    return layers.Rescaling([float(scale) for scale in scales], dtype="float32", name="features")(side_by_side)


def balancing_scales(network: keras.Model, images: np.ndarray, flip: bool = False) -> np.ndarray:
    """Scales float64 (d,) with which every feature of a network varies alike, and their variances sum to 100.

    A FID is then in percent of the total variance of real images' features, however many features there are.
    network: the judge with scales of 1. flip: it looks at mirror images, too. images: training images uint8
    (N, H, W, C), of which SCALED_BY count, evenly spaced.
    A feature that hardly varies is left out, by a scale of 0: what it varies by is rounding.
    """
    some = images[:: -(-len(images) // SCALED_BY)]
    spread = NetworkJudge(network, flip).outputs(some).features.std(axis=0, dtype=np.float64)
    varies = spread > STILL * spread.max(initial=0.0)
    return np.where(varies, 1.0 / np.where(varies, spread, 1.0), 0.0) * np.sqrt(TOTAL_VARIANCE / max(varies.sum(), 1))


def reduced(images: np.ndarray, size: int) -> np.ndarray:
    """Images uint8 (N, S, S, C) as uint8 (N, size, size, C): rounded means of squares of pixels.

    size: of which S is a multiple.
    """
    factor = images.shape[1] // size
    if factor == 1:
        return images
    squares = images.reshape(len(images), size, factor, size, factor, images.shape[-1])
    sums = squares.sum(axis=(2, 4), dtype=np.uint32)
    return ((sums + factor**2 // 2) // factor**2).astype(np.uint8)


class NetworkJudge:
    """A trained network as a judge."""

    def __init__(self, network: keras.Model, flip: bool = False, reduces: bool = False):
        """network: float32, of images (B, H, W, C) in -1..1 to [features (B, d)] or [logits (B, classes), features].

        flip: the outputs are means over each image and its mirror image. reduces: larger images are for it, too, as
        `reduced_size` says.
        """
        self.network, self.flip, self.reduces = network, flip, reduces
        self.image_shape = network.input_shape[1:]
        self.batch = per_call(BATCH, self.image_shape[0])
        self.feature_dim = network.outputs[-1].shape[-1]
        self._run = tf.function(lambda images: keras.tree.flatten(network(images, training=False)), autograph=False)

    def takes(self, image_shape: tuple[int, ...]) -> bool:
        """True if images of this shape (H, W, C) have the network's, reduced if that is for them."""
        height, width, channels = image_shape
        factor = height // reduced_size(height) if self.reduces else 1
        return (height // factor, width // factor, channels) == tuple(self.image_shape)

    def outputs(self, images: np.ndarray) -> Outputs:
        """Features, and logits if there are any, of images uint8 (N, H, W, C), which are reduced to the network's size.

        Every call gets the same number of images, so that rounding does not depend on N.
        """
        found = [np.empty((len(images), output.shape[-1]), np.float32) for output in self.network.outputs]
        batch = np.zeros((self.batch, *self.image_shape), np.float32)
        for start in range(0, len(images), self.batch):
            some = to_float(reduced(images[start : start + self.batch], self.image_shape[0]))
            batch[: len(some)] = some
            for kept, values in zip(found, self.seen(batch), strict=True):
                kept[start : start + self.batch] = values[: len(some)]
        *logits, features = found
        return Outputs(features, logits[0] if logits else np.empty((len(images), 0), np.float32))

    def seen(self, batch: np.ndarray) -> list[tf.Tensor]:
        """The outputs for a batch float32 (B, H, W, C)."""
        seen = self._run(batch)
        if not self.flip:
            return seen
        mirrored = self._run(np.ascontiguousarray(batch[:, :, ::-1]))
        return [(one + other) / 2 for one, other in zip(seen, mirrored, strict=True)]


def load_network(file: str | Path) -> keras.Model:
    """The network in a judge's <kind>.keras, whose own name ends in its kind. EaselError for a file without one.

    Turns TensorFloat-32 off for this process, as it would change the features on a GPU.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    kind = Path(file).stem
    try:
        network = keras.models.load_model(file)
        why = "" if network.name.endswith(kind) else f"it holds the network '{network.name}'"
    except DAMAGED as error:
        why = type(error).__name__
    if why:
        raise EaselError(
            f"{file}: not the network of a judge of kind '{kind}', or damaged ({why}). Delete it, and the same command "
            "makes it again."
        )
    return network
