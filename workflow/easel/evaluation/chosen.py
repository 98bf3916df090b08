"""Sample the snapshot that a study has chosen: generator.keras, and everything that this network draws.

generator.keras is written first and read again, so that the samples, and with them all numbers, are of the network that
one gets. It is the snapshot's file, byte for byte. Only with a truncation can it differ: batch normalisation then has
the statistics of truncated latents (`easel.sampling.truncation`).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from easel import keras_files, sampling
from easel.evaluation import snapshots
from easel.images import save_png
from easel.models import load
from easel.runtime.files import copy, read_json, write_json


class SampledFiles(NamedTuple):
    """The files that are made of a chosen snapshot. docs/files.md has their form."""

    generator: Path
    """generator.keras"""
    samples: Path
    """samples.npz: images uint8 (count, H, W, 3), latents float32 (count, latent_dim), seed; labels"""
    record: Path
    """samples.json: the snapshot, why it was chosen, and the sampling settings"""
    picture: Path
    """samples.png: the first 100; of a conditional generator, a class in each row"""
    interpolation: Path
    """interpolation.png: a row for each pair of latents, likewise"""
    plane: Path
    """latent_plane.png: images of a patch of latent space, all of one class"""


def sample_chosen(
    training: Path,  # train.json, in a folder with the snapshots
    snapshot_scores: Path,  # snapshots.json
    files: SampledFiles,
    device: Mapping[str, str],  # that samples, for the record
    select: Literal["best", "last"],
    count: int,
    truncation: float | None,  # bound on the absolute value of a latent's components
    label: str,  # the only class to sample; "": all classes
    seed: int,  # of the latents and classes
) -> dict[str, Any]:
    """Write `files`, with `count` samples, and return the chosen snapshot as `snapshots.choose` does."""
    chosen = snapshots.choose(read_json(snapshot_scores), select)
    trained = read_json(training)
    copy(snapshots.file_of(chosen, training), files.generator)
    network = load(files.generator)
    frequencies = sampling.class_frequencies(trained["classes"], label)
    sampler = whole = sampling.Sampler(network, network.inputs[0].shape[1], frequencies, seed)
    statistics = None
    if truncation:
        sampler, statistics = sampling.truncate(whole, truncation, sampling.class_frequencies(trained["classes"]))
    if statistics:
        keras_files.save(sampler.network, files.generator)
        sampler = replace(sampler, network=load(files.generator))
    drawn = sampler.samples(count)
    drawn.save(files.samples, seed)
    settings = {"truncation": truncation, "label": label or None, "seed": seed}
    drawing = {
        "sampling": settings, "batch_size": sampling.images_per_call(network), "batch_statistics": statistics,
        "device": dict(device),
    }  # fmt: skip
    write_json(files.record, {"kind": "snapshot", **chosen, **drawing, "caveats": trained["caveats"]})
    save_png(files.picture, sampler.overview(drawn))
    save_png(files.interpolation, sampler.interpolations())
    save_png(files.plane, whole.plane())  # it does not depend on the truncation
    return chosen
