"""Sampling trained networks.

| file | content |
| --- | --- |
| `latents.py` | a generator's inputs as functions of a seed: latents, classes, paths and planes through latent space |
| `truncation.py` | truncated latents, and the batch normalisation that belongs to them |
| `networks.py` | calls of networks, batch by batch |
| `sampler.py` | a trained generator's samples, and the pictures of them |
"""

from easel.sampling.latents import (
    POSTERIORS,
    SAMPLES,
    SNAPSHOTS,
    class_frequencies,
    cycle_classes,
    latent_points,
    sample_labels,
)
from easel.sampling.networks import BATCH, batches, encode, generate, images_per_call, reconstruct
from easel.sampling.sampler import Sampler, Samples, truncate

__all__ = [
    "BATCH", "POSTERIORS", "SAMPLES", "SNAPSHOTS", "Sampler", "Samples", "batches", "class_frequencies",
    "cycle_classes", "encode", "generate", "images_per_call", "latent_points", "reconstruct", "sample_labels",
    "truncate",
]  # fmt: skip
