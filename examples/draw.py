"""Sample images from a trained generator and save them as a PNG. Needs only Keras, NumPy and Pillow, not Easel.

python examples/draw.py results/quickstart/gan/seed-0/generator.keras out.png --count 64
python examples/draw.py results/mine/cgan/seed-0/generator.keras out.png --label 3 --truncation 0.7 --seed 1
"""

import argparse
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:  # Keras takes seconds to import: arguments are checked first
    import keras

BATCH = 500  # images per call, so that memory does not grow with their number
MOST = 10_000  # images in one picture
FOR_STATISTICS = 1_000  # images whose statistics batch normalisation takes
LEAST_TRUNCATION = 0.01  # smaller bounds take too long to meet


def latent_points(
    count: int, latent_dim: int, truncation: float, random: np.random.Generator, intervals: np.ndarray | None = None
) -> np.ndarray:
    """Latents from N(0, 1), each number resampled until it is within ± truncation: float32 (count, latent_dim).

    intervals: of `mixture_intervals`. The first number is then truncated within the component that it chooses.
    """

    def is_beyond(latents: np.ndarray) -> np.ndarray:
        beyond = np.abs(latents) > truncation
        if intervals is not None:
            starts, shares = intervals.T
            u = normal_cdf(latents[:, 0])
            chosen = np.searchsorted(starts, u, side="right") - 1
            beyond[:, 0] = np.abs((u - starts[chosen]) / shares[chosen] - 0.5) > normal_cdf(truncation) - 0.5
        return beyond

    latents = random.standard_normal((count, latent_dim), np.float32)
    while (beyond := is_beyond(latents)).any():
        latents[beyond] = random.standard_normal(np.count_nonzero(beyond), np.float32)
    return latents


def normal_cdf(numbers: np.ndarray | float) -> np.ndarray:
    """The share of N(0, 1) below each number."""
    return 0.5 * (1 + np.vectorize(math.erf)(np.asarray(numbers, np.float64) / 2**0.5))


def mixture_intervals(network: "keras.Model") -> np.ndarray | None:
    """Where each component of a fitted mixture begins in the share below the first latent, and how long it is: float64
    (components, 2); None if the network has no mixture."""
    mixtures = [layer for layer in network.layers if layer.name == "mixture"]
    if not mixtures:
        return None
    intervals = np.float64(mixtures[0].get_layer("intervals").get_weights()[0])
    return intervals[intervals[:, 0] < 1]  # the others are never chosen


def normalise_by(network: "keras.Model", latents: np.ndarray, labels: np.ndarray | None) -> None:
    """Give batch normalisation the statistics of truncated latents: those of whole ones would make images worse."""
    layers, nested = [], [network]
    while nested:
        inner = nested.pop().layers
        layers += [layer for layer in inner if hasattr(layer, "moving_variance")]
        nested += [layer for layer in inner if hasattr(layer, "layers")]
    for layer in layers:
        layer.momentum = 0.0  # a call for training leaves the batch's statistics
    if layers:
        network(latents if labels is None else [latents, labels], training=True)


def latents_for(
    network: "keras.Model", count: int, truncation: float | None, random: np.random.Generator
) -> np.ndarray:
    """The latents of a network's images: float32 (count, latent_dim). With truncation, the network is changed to suit.

    Raises ValueError, with a message, for a network whose latents cannot be truncated.
    """
    latent_dim = network.inputs[0].shape[1]
    if truncation is None:
        return latent_points(count, latent_dim, math.inf, random)
    if any(layer.name == "one_position" for layer in network.layers):
        raise ValueError("its latents choose codes and cannot be truncated: leave --truncation out")
    intervals = mixture_intervals(network)
    latents = latent_points(count, latent_dim, truncation, random, intervals)
    others = latent_points(FOR_STATISTICS, latent_dim, truncation, random, intervals)
    normalise_by(network, others, labels_for(network, FOR_STATISTICS, None))
    return latents


def draw(network: "keras.Model", latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Sample images from latents, and class labels if the network is conditional: uint8 (N, H, W, 3)."""
    images = []
    for start in range(0, len(latents), BATCH):
        part = slice(start, start + BATCH)
        inputs = latents[part] if labels is None else [latents[part], labels[part]]
        drawn = np.asarray(network(inputs, training=False))  # float32 in -1..1
        images.append(np.clip(np.rint((drawn + 1) * 127.5), 0, 255).astype(np.uint8))
    return np.concatenate(images)


def grid(images: np.ndarray) -> np.ndarray:
    """Arrange images (N, H, W, 3) in a square grid (H', W', 3); unused cells are black."""
    side = math.ceil(math.sqrt(len(images)))
    rows = -(-len(images) // side)
    _, height, width, channels = images.shape
    sheet = np.zeros((rows * side, height, width, channels), np.uint8)
    sheet[: len(images)] = images
    return sheet.reshape(rows, side, height, width, channels).swapaxes(1, 2).reshape(rows * height, side * width, -1)


def classes_of(network: "keras.Model") -> int:
    """The number of classes of a conditional network, from the size of its embeddings."""
    return min(layer.input_dim for layer in network.layers if hasattr(layer, "input_dim"))


def labels_for(network: "keras.Model", count: int, label: int | None) -> np.ndarray | None:
    """Class labels int32 (count,): `label`, or all in turn; None if the network is not conditional.

    Raises ValueError, with a message, for a label that the network does not have.
    """
    if len(network.inputs) == 1:
        if label is not None:
            raise ValueError("this generator is not conditional: leave --label out")
        return None
    classes = classes_of(network)
    if label is not None and not 0 <= label < classes:
        raise ValueError(f"--label should be from 0 to {classes - 1}, not {label}")
    return (np.arange(count) % classes if label is None else np.full(count, label)).astype(np.int32)


def load(file: str) -> "keras.Model":
    """Load a generator. Raises ValueError, with a message in one line, if there is none in the file."""
    if not Path(file).is_file():
        raise ValueError("a folder, not a file" if Path(file).is_dir() else "there is no such file")
    try:
        import keras
    except ModuleNotFoundError as error:
        raise ValueError(f"Keras is needed to read it, and cannot be imported: {error}") from None
    try:
        network = keras.models.load_model(file, compile=False)
    except Exception as error:  # of many kinds: of zipfile, h5py, json and Keras
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(f"not a network that Keras can read, or a damaged one: {reason[:200]}") from None
    if len(network.inputs[0].shape) != 2 or len(network.outputs[0].shape) != 4:
        raise ValueError("not a generator: it does not turn latents into images")
    return network


@contextmanager
def quiet() -> Iterator[None]:
    """Discard what libraries print to standard error: TensorFlow does before it can be told not to."""
    try:
        terminal = os.dup(2)
    except OSError:  # closed
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def number(kind: type, least: float, most: float = math.inf):
    """A parser of numbers from `least` to `most`, for argparse."""

    def parse(text: str) -> float:
        bounds = f"from {least} to {most}" if most < math.inf else f"of {least} or more"
        try:
            if least <= (value := kind(text)) <= most:
                return value
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"should be a {'whole ' if kind is int else ''}number {bounds}, not {text}")

    return parse


def picture(text: str) -> Path:
    """Parse the name of a picture that can be written."""
    path = Path(text)
    if Image.registered_extensions().get(path.suffix.lower()) not in Image.SAVE:
        raise argparse.ArgumentTypeError(f"should end in .png, or in another suffix that Pillow can write, not {text}")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder")
    return path


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    parser = Parser(description="Sample images from a trained generator and save them as a PNG.")
    parser.add_argument("generator", help="generator.keras, or a file of snapshots/")
    parser.add_argument("picture", type=picture, help="the PNG file to write; its folder is made if need be")
    parser.add_argument("--count", type=number(int, 1, MOST), default=64, help="number of images (64)")
    parser.add_argument(
        "--label", type=number(int, 0), help="class to sample, counted from 0; all in turn if not given"
    )
    parser.add_argument("--truncation", type=number(float, LEAST_TRUNCATION), help="bound of latent numbers (none)")
    parser.add_argument("--seed", type=number(int, 0), default=0, help="seed of the latents (0)")
    given = parser.parse_args()

    try:
        with quiet():
            network = load(given.generator)
            labels = labels_for(network, given.count, given.label)
            latents = latents_for(network, given.count, given.truncation, np.random.default_rng(given.seed))
            sheet = grid(draw(network, latents, labels))
    except ValueError as error:
        parser.error(f"{given.generator}: {error}")
    try:
        given.picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sheet).save(given.picture)
    except OSError as error:
        parser.error(f"{given.picture} cannot be written: {error.strerror or error}")


if __name__ == "__main__":
    main()
