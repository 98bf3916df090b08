"""Sample images from a trained generator and save them as a PNG. Needs only Keras, NumPy and Pillow, not Easel.

python examples/draw.py results/quickstart/dcgan/seed-0/generator.keras out.png --count 64
python examples/draw.py results/mine/cgan/seed-0/generator.keras out.png --label 3 --truncation 0.7 --seed 1
"""

import argparse
import math

import keras
import numpy as np
from PIL import Image

BATCH = 500  # images per call, so that memory does not grow with their number


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
    return 0.5 * (1 + np.asarray(keras.ops.erf(np.asarray(numbers, np.float64) / 2**0.5)))


def mixture_intervals(network: keras.Model) -> np.ndarray | None:
    """Where each component of a fitted mixture begins in the share below the first latent, and how long it is: float64
    (components, 2); None if the network has no mixture."""
    mixtures = [layer for layer in network.layers if layer.name == "mixture"]
    if not mixtures:
        return None
    intervals = np.float64(mixtures[0].get_layer("intervals").get_weights()[0])
    return intervals[intervals[:, 0] < 1]  # the others are never chosen


def normalise_by(network: keras.Model, latents: np.ndarray, labels: np.ndarray | None) -> None:
    """Give batch normalisation the statistics of truncated latents: those of whole ones would make images worse."""
    layers, nested = [], [network]
    while nested:
        inner = nested.pop().layers
        layers += [layer for layer in inner if isinstance(layer, keras.layers.BatchNormalization)]
        nested += [layer for layer in inner if isinstance(layer, keras.Model)]
    for layer in layers:
        layer.momentum = 0.0  # a call for training leaves the batch's statistics
    if layers:
        network(latents if labels is None else [latents, labels], training=True)


def draw(network: keras.Model, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Sample images from latents, and class labels if the network is conditional: uint8 (N, H, W, 3)."""
    images = []
    for start in range(0, len(latents), BATCH):
        part = slice(start, start + BATCH)
        inputs = latents[part] if labels is None else [latents[part], labels[part]]
        images.append(np.asarray(network(inputs, training=False)))  # float32 in -1..1
    return np.clip(np.rint((np.concatenate(images) + 1) * 127.5), 0, 255).astype(np.uint8)


def grid(images: np.ndarray) -> np.ndarray:
    """Arrange images (N, H, W, 3) in a square grid (H', W', 3); unused cells are black."""
    side = math.ceil(math.sqrt(len(images)))
    rows = -(-len(images) // side)
    _, height, width, channels = images.shape
    sheet = np.zeros((rows * side, height, width, channels), np.uint8)
    sheet[: len(images)] = images
    return sheet.reshape(rows, side, height, width, channels).swapaxes(1, 2).reshape(rows * height, side * width, -1)


def classes_of(network: keras.Model) -> int:
    """The number of classes of a conditional network, from the size of its embeddings."""
    return min(layer.input_dim for layer in network.layers if isinstance(layer, keras.layers.Embedding))


def positive(text: str, kind: type = float) -> float:
    """Parse a number above 0."""
    if not kind(text) > 0:
        raise argparse.ArgumentTypeError(f"should be above 0, not {text}")
    return kind(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Sample images from a trained generator and save them as a PNG.")
    parser.add_argument("generator", help="generator.keras, or a file of snapshots/")
    parser.add_argument("picture", help="the PNG file to write")
    parser.add_argument("--count", type=lambda text: positive(text, int), default=64, help="number of images (64)")
    parser.add_argument("--label", type=int, help="class to sample, counted from 0; all in turn if not given")
    parser.add_argument("--truncation", type=positive, default=math.inf, help="bound of latent numbers (none)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the latents (0)")
    given = parser.parse_args()

    network = keras.models.load_model(given.generator, compile=False)
    if given.truncation < math.inf and any(layer.name == "one_position" for layer in network.layers):
        parser.error(f"the latents of {given.generator} choose codes and cannot be truncated: leave --truncation out")
    random = np.random.default_rng(given.seed)
    latent_dim, intervals = network.inputs[0].shape[1], mixture_intervals(network)
    latents = latent_points(given.count, latent_dim, given.truncation, random, intervals)
    labels = None
    if len(network.inputs) > 1:  # latents and labels
        classes = classes_of(network)
        if given.label is not None and not 0 <= given.label < classes:
            parser.error(f"--label should be from 0 to {classes - 1}, not {given.label}")
        labels = np.arange(given.count) % classes if given.label is None else np.full(given.count, given.label)
        labels = labels.astype(np.int32)
    elif given.label is not None:
        parser.error(f"{given.generator} is not conditional: leave --label out")
    if given.truncation < math.inf:
        others = latent_points(1_000, latent_dim, given.truncation, random, intervals)
        of_all = None if labels is None else (np.arange(1_000) % classes).astype(np.int32)
        normalise_by(network, others, of_all)
    Image.fromarray(grid(draw(network, latents, labels))).save(given.picture)


if __name__ == "__main__":
    main()
