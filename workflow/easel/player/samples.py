"""What programs draw, next to a run's samples."""

from typing import Any

import numpy as np

from easel.images import to_uint8
from easel.player.directions import directions
from easel.player.plan import Program
from easel.player.reference import run
from easel.sampling import Samples

COMPARED = 32
"""Samples that are drawn again, to measure what rounding the weights has changed."""


def drawn_by(programs: dict[str, Program], latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """The images, uint8 (N, H, W, 3), that programs draw from latents float32 (N, D)."""
    inputs: dict[str, Any] = {"latents": latents, "labels": labels}
    if "prior" in programs:
        inputs |= run(programs["prior"], {"latents": latents})
    wanted = {name: inputs[name] for name in programs["decoder"].inputs}
    return to_uint8(run(programs["decoder"], wanted)["images"])


def loss(programs: dict[str, Program], samples: Samples) -> dict[str, Any]:
    """How far images by programs are from the samples, in levels of 0..255: the mean and the largest difference."""
    labels = None if samples.labels is None else samples.labels[:COMPARED]
    found = drawn_by(programs, samples.latents[:COMPARED], labels)
    wanted = samples.images[:COMPARED]
    levels = np.abs(found.astype(int).reshape(wanted.shape) - wanted)  # a network's last layer may only shape images
    return {"images": len(found), "mean": round(float(levels.mean()), 4), "largest": int(levels.max(initial=0))}


def directions_of(programs: dict[str, Program], samples: Samples) -> list[dict[str, Any]]:
    """Directions in what the decoder takes; none where that is discrete."""
    decoder = programs["decoder"]
    if decoder.steps[0].op == "embedding" and "codes" in decoder.inputs:
        return []
    points = samples.latents
    if "prior" in programs:
        points = run(programs["prior"], {"latents": points})["codes"]
    return directions(points, samples.images, samples.labels)
