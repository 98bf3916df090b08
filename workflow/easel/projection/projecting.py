"""Pictures and their projections: latents, what a generator makes of them, how far that is, and walks between them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from easel.images import grid
from easel.metrics.image_similarity import mse
from easel.projection.search import Search
from easel.runtime.files import atomic
from easel.sampling import Samples, encode, generate, images_per_call
from easel.sampling.latents import interpolate

WALK = 8  # images from one projection to the next, both included
LEVELS = 255


class Projections(NamedTuple):
    """Pictures in the latent space of a generator."""

    pictures: np.ndarray
    """uint8 (n, H, W, 3): as given"""
    images: np.ndarray
    """uint8 (n, H, W, 3): what the generator makes of their latents"""
    latents: np.ndarray
    """float32 (n, latent_dim)"""
    labels: np.ndarray | None
    """int32 (n,): the classes that were found; None of an unconditional generator"""
    walks: np.ndarray
    """uint8 (n - 1, WALK, H, W, 3): from each projection to the next"""

    def save(self, file: Path) -> None:
        """Write projection.npz: all of these, labels as int64 if there are any."""
        arrays = {name: value for name, value in self._asdict().items() if value is not None}
        if self.labels is not None:
            arrays["labels"] = self.labels.astype(np.int64)
        with atomic(file) as partial:
            np.savez(partial, **arrays)

    def overview(self) -> np.ndarray:
        """The picture projection.png: a row for each walk, with the pictures that it leads between at its ends; of a
        single picture the picture and its projection."""
        if len(self.pictures) == 1:
            return grid(np.concatenate([self.pictures, self.images]), columns=2)
        rows = [
            np.concatenate([self.pictures[i : i + 1], walk, self.pictures[i + 1 : i + 2]])
            for i, walk in enumerate(self.walks)
        ]
        return grid(np.concatenate(rows), columns=WALK + 2)


def project(
    generator: keras.Model,
    encoder: keras.Model | None,  # of an autoencoder
    pictures: np.ndarray,  # uint8 (n, H, W, 3)
    samples: Samples,  # of the generator
    advance: Callable[[int], Any] = lambda count: None,  # called with the number of pictures done since the last call
) -> Projections:
    """Project pictures by the encoder, or else by a search. Nothing in it is random.

    Raises EaselError where an image that the generator makes is not finite.
    """
    if encoder is not None:
        latents, labels = encode(encoder, pictures, images_per_call(generator)), None
        advance(len(pictures))
    else:
        latents, labels = searched(generator, pictures, samples, advance)
    images = generate(generator, latents, labels)
    return Projections(pictures, images, latents, labels, walks(generator, latents, labels))


def searched(
    generator: keras.Model, pictures: np.ndarray, samples: Samples, advance: Callable[[int], Any]
) -> tuple[np.ndarray, np.ndarray | None]:
    """The latents of pictures, float32 (n, latent_dim), and of a conditional generator their classes, int32 (n,)."""
    search, found = Search(generator, samples), []
    for picture in pictures:
        found.append(search.find(picture))
        advance(1)
    labels = None if samples.labels is None else np.array([each.label for each in found], np.int32)
    return np.stack([each.latents for each in found]), labels


def walks(generator: keras.Model, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Images along great circles from each latent to the next: uint8 (n - 1, WALK, H, W, 3).

    Between two classes, which have nothing between them, the class changes half-way.
    """
    count = len(latents) - 1
    if not count:
        height, width, channels = generator.output_shape[1:]
        return np.zeros((0, WALK, height, width, channels), np.uint8)
    classes = None
    if labels is not None:
        halves = np.stack([labels[:-1], labels[1:]], axis=1)
        classes = np.repeat(halves, WALK // 2, axis=1).reshape(-1)
    images = generate(generator, interpolate(latents[:-1], latents[1:], WALK), classes)
    return images.reshape(count, WALK, *images.shape[1:])


def record_of(
    found: Projections,
    samples: Samples,
    checksums: Mapping[str, str],  # the name of each picture -> its SHA-256
    classes: Sequence[str] | None,  # of a conditional generator
    by: str,  # `encoder` or `search`
) -> dict[str, Any]:
    """The content of projection.json, but for the names of study and run."""
    pictures = []
    for i, (name, checksum) in enumerate(checksums.items()):
        picture = found.pictures[i]
        of_samples = rmse(samples.images, picture)
        pictures.append(
            {
                "name": name,
                "sha256": checksum,
                "class": None if found.labels is None or classes is None else classes[int(found.labels[i])],
                "rmse": round(float(rmse(found.images[i : i + 1], picture)[0]), 3),
                "nearest_sample": round(float(of_samples.min()), 3),
                "random_sample": round(float(np.median(of_samples)), 3),
                "latent_length": round(float(np.linalg.norm(found.latents[i])), 4),
            }
        )
    usual = float(np.sqrt(found.latents.shape[1]))  # near which samples of N(0, 1) lie
    classes_searched = None if samples.labels is None else len(np.unique(samples.labels))
    return {
        "by": by,
        "samples": len(samples.images),
        "classes": classes_searched,
        "usual_length": round(usual, 4),
        "pictures": pictures,
    }


def rmse(images: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The root of the mean squared difference of images, uint8 (N, H, W, 3), and a picture, in levels: float64 (N,)."""
    return LEVELS * np.sqrt(mse(images, np.broadcast_to(picture, images.shape)))
