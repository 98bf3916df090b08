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


def latent_points(count: int, latent_dim: int, truncation: float, random: np.random.Generator) -> np.ndarray:
    """Latents from N(0, 1), each number resampled until it is within ± truncation: float32 (count, latent_dim)."""
    latents = random.standard_normal((count, latent_dim), np.float32)
    while (beyond := np.abs(latents) > truncation).any():
        latents[beyond] = random.standard_normal(np.count_nonzero(beyond), np.float32)
    return latents


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
    random = np.random.default_rng(given.seed)
    latents = latent_points(given.count, network.inputs[0].shape[1], given.truncation, random)
    labels = None
    if len(network.inputs) > 1:  # latents and labels
        classes = classes_of(network)
        if given.label is not None and not 0 <= given.label < classes:
            parser.error(f"--label should be from 0 to {classes - 1}, not {given.label}")
        labels = np.arange(given.count) % classes if given.label is None else np.full(given.count, given.label)
        labels = labels.astype(np.int32)
    elif given.label is not None:
        parser.error(f"{given.generator} is not conditional: leave --label out")
    Image.fromarray(grid(draw(network, latents, labels))).save(given.picture)


if __name__ == "__main__":
    main()
