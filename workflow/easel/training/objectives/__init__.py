"""Objectives: what is minimised, one file per family, each with a class `Objective`.

An objective owns the networks and optimisers of one training and knows how to take one step:

    Objective(build, settings, schedule)
                                 build("generator") makes a network of the preset's model; the schedule has the steps of
                                 the whole training and of an epoch
    metrics                      names of the scalars that a step returns, as columns of history.csv
    sampler                      the network of `networks` that gives images
    networks                     name -> keras.Model
    optimizers                   name -> keras.optimizers.Optimizer, built
    state                        name -> anything else with `variables` that steps change
    step(batch, rare)            trains on one batch; returns float32 scalars in the order of `metrics`, means over the
                                 asking device's slice of the batch
    rare_every                   `rare` is True in every so many-th step: the ones in which all networks learn

and, from `Sampling` where it has nothing of its own, the last two and how images are drawn from what is trained.
"""

from collections.abc import Callable
from typing import ClassVar

import keras
import numpy as np


class Sampling:
    """What a training leaves. `network` gives a network by its name: a trained one, or its copy in float32."""

    sampler: str
    state: ClassVar = {}
    rare_every = 1

    def fit(self, network: Callable[[str], keras.Model], images: np.ndarray, seed: int, roughly: bool) -> None:
        """Fit what is no part of a step, before images are drawn; a function of its arguments alone.

        images: the training split, uint8 (N, H, W, C). roughly: for a picture on the way, where it must be quick.
        """

    def to_images(self, network: Callable[[str], keras.Model]) -> keras.Model:
        """Latents float32 (B, latent_dim) from N(0, 1) to images float32 (B, H, W, C) in -1..1, of Keras's own layers
        and operations. What `fit` finds later it takes over."""
        return network(self.sampler)

    def to_latents(self, network: Callable[[str], keras.Model]) -> keras.Model:
        """Autoencoders: images to a list, of which the first are the latents that the generator rebuilds them from."""
        return network("encoder")
