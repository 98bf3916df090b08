"""Draw images from a trained generator. Needs Keras, NumPy and Pillow, and nothing of Easel.

python examples/draw.py results/quickstart/dcgan/seed-0/generator.keras out.png --count 64
python examples/draw.py results/mine/cgan/seed-0/generator.keras out.png --label 3 --truncation 0.7 --seed 1
"""

import argparse
import math

import keras
import numpy as np
from PIL import Image

BATCH = 500  # images drawn at a time, so that memory does not grow with their number


def latent_points(count: int, latent_dim: int, truncation: float, random: np.random.Generator) -> np.ndarray:
    """Points from N(0, 1), each number drawn again until it is within ± truncation: float32 (count, latent_dim)."""
    latents = random.standard_normal((count, latent_dim), np.float32)
    while (beyond := np.abs(latents) > truncation).any():
        latents[beyond] = random.standard_normal(np.count_nonzero(beyond), np.float32)
    return latents


def draw(network: keras.Model, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Images of latents, and of classes if the network is told them: uint8 (N, H, W, 3)."""
    images = []
    for start in range(0, len(latents), BATCH):
        part = slice(start, start + BATCH)
        inputs = latents[part] if labels is None else [latents[part], labels[part]]
        images.append(np.asarray(network(inputs, training=False)))  # float32 in -1..1
    return np.clip(np.rint((np.concatenate(images) + 1) * 127.5), 0, 255).astype(np.uint8)


def grid(images: np.ndarray) -> np.ndarray:
    """Images (N, H, W, 3) in a square of rows and columns, what is left over black: (H', W', 3)."""
    side = math.ceil(math.sqrt(len(images)))
    rows = -(-len(images) // side)
    _, height, width, channels = images.shape
    sheet = np.zeros((rows * side, height, width, channels), np.uint8)
    sheet[: len(images)] = images
    return sheet.reshape(rows, side, height, width, channels).swapaxes(1, 2).reshape(rows * height, side * width, -1)


def classes_of(network: keras.Model) -> int:
    """How many classes a network is told, by the tables that it looks them up in."""
    return min(layer.input_dim for layer in network.layers if isinstance(layer, keras.layers.Embedding))


def positive(text: str, kind: type = float) -> float:
    """A number above 0."""
    if not kind(text) > 0:
        raise argparse.ArgumentTypeError(f"should be above 0, and is {text}")
    return kind(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw images from a trained generator.")
    parser.add_argument("generator", help="generator.keras, or a file of snapshots/")
    parser.add_argument("picture", help="the PNG file to write")
    parser.add_argument("--count", type=lambda text: positive(text, int), default=64, help="images (64)")
    parser.add_argument("--label", type=int, help="the one class to draw, counted from 0; without it, all in turn")
    parser.add_argument("--truncation", type=positive, default=math.inf, help="the largest number in latents (none)")
    parser.add_argument("--seed", type=int, default=0, help="of the latents (0)")
    given = parser.parse_args()

    network = keras.models.load_model(given.generator, compile=False)
    random = np.random.default_rng(given.seed)
    latents = latent_points(given.count, network.inputs[0].shape[1], given.truncation, random)
    labels = None
    if len(network.inputs) > 1:  # latents and labels
        classes = classes_of(network)
        if given.label is not None and not 0 <= given.label < classes:
            parser.error(f"--label should be from 0 to {classes - 1}, and is {given.label}")
        labels = np.arange(given.count) % classes if given.label is None else np.full(given.count, given.label)
        labels = labels.astype(np.int32)
    elif given.label is not None:
        parser.error(f"{given.generator} is told no classes: leave --label out")
    Image.fromarray(grid(draw(network, latents, labels))).save(given.picture)


if __name__ == "__main__":
    main()
