"""A run's player: player.json, what a page needs to know, and player.bin, the weights of its networks."""

from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from easel.images import to_uint8
from easel.player.codes import carried
from easel.player.directions import directions
from easel.player.networks import Programs, encoder_program, generator_programs
from easel.player.packing import TooLarge, pack
from easel.player.plan import Unplayable
from easel.player.reference import run

COMPARED = 32
"""Samples that are drawn again, to measure what rounding the weights has changed."""


class Drawn(NamedTuple):
    """Samples of a run, as samples.npz has them."""

    images: np.ndarray
    """uint8 (N, H, W, 3)"""
    latents: np.ndarray
    """float32 (N, D)"""
    labels: np.ndarray | None
    """int (N,), of a conditional generator"""


def make_player(
    generator: keras.Model,
    encoder: keras.Model | None,  # of an autoencoder
    samples: Drawn,
    test_images: np.ndarray | None,  # uint8 (N, H, W, 3), for an autoencoder
    classes: list[str] | None,  # of a conditional generator
) -> tuple[dict[str, Any], bytes]:
    """The content of player.json and player.bin; of a network that cannot be played, why not, and nothing."""
    try:
        programs = generator_programs(generator)
        encoding = None if encoder is None else encoder_program(encoder)
        packed = pack(programs | ({"encoder": encoding} if encoding else {}))
    except Unplayable as error:
        return {"unplayable": {"why": "layer", "layer": error.layer, "type": error.kind}}, b""
    except TooLarge:
        return {"unplayable": {"why": "size", "parameters": generator.count_params()}}, b""
    return {
        "unplayable": None,
        "image_shape": list(samples.images.shape[1:]),
        "classes": classes,
        "parameters": sum(each.weights for each in packed.rounded.values()),
        "bits": sorted({8 * np.dtype(each["type"]).itemsize for each in packed.tensors if len(each["shape"]) > 1}),
        "programs": packed.programs,
        "tensors": packed.tensors,
        "loss": loss(packed.rounded, samples),
        "directions": directions_of(programs, samples),
        "codes": carried(encoding, test_images) if encoding and test_images is not None else None,
    }, packed.block


def drawn_by(programs: Programs, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """The images, uint8 (N, H, W, 3), that programs draw from latents float32 (N, D)."""
    inputs: dict[str, Any] = {"latents": latents, "labels": labels}
    if "prior" in programs:
        inputs |= run(programs["prior"], {"latents": latents})
    wanted = {name: inputs[name] for name in programs["decoder"].inputs}
    return to_uint8(run(programs["decoder"], wanted)["images"])


def loss(programs: Programs, samples: Drawn) -> dict[str, Any]:
    """How far images by programs are from the samples, in levels of 0..255: the mean and the largest difference."""
    labels = None if samples.labels is None else samples.labels[:COMPARED]
    found = drawn_by(programs, samples.latents[:COMPARED], labels)
    levels = np.abs(found.astype(int) - samples.images[:COMPARED])
    return {"images": len(found), "mean": round(float(levels.mean()), 4), "largest": int(levels.max(initial=0))}


def directions_of(programs: Programs, samples: Drawn) -> list[dict[str, Any]]:
    """Directions in what the decoder takes; none where that is discrete."""
    decoder = programs["decoder"]
    if decoder.steps[0].op == "embedding" and "codes" in decoder.inputs:
        return []
    points = samples.latents
    if "prior" in programs:
        points = run(programs["prior"], {"latents": points})["codes"]
    return directions(points, samples.images, samples.labels)


def read_samples(file: Path) -> Drawn:
    """The samples of samples.npz."""
    with np.load(file) as archive:
        return Drawn(archive["images"], archive["latents"], archive.get("labels"))
