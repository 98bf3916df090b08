"""Objectives: the losses of a training step, a file per model family.

| file | family |
| --- | --- |
| `gan.py` | a generator against a discriminator: any adversarial loss, penalties, conditional or not |
| `vae.py` | variational autoencoders: likelihoods, beta, warm-up, free bits |
| `rae.py` | regularised autoencoders, whose prior is fitted afterwards |
| `vae_gan.py` | an autoencoder whose decoder is also a GAN's generator |
| `vq_vae.py` | vector-quantised autoencoders with a learnt prior over codes |

Each file has a class `Objective` with the interface of `ObjectiveBase`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from easel.training.batches import Batch

Networks = Callable[[str], keras.Model]
"""A network by its name: the one that is trained, or its float32 copy."""


class ObjectiveBase:
    """The networks of one training and the losses that they minimise.

    A subclass is made with (build, settings, schedule): `build("generator")` makes a network of the preset's model;
    the schedule has the steps of the whole training and of an epoch.
    """

    metrics: tuple[str, ...]
    """The names of the scalars that a step returns: columns of history.csv."""
    sampler: str
    """The network in `networks` that images are sampled from."""
    networks: dict[str, keras.Model]
    optimizers: dict[str, keras.Optimizer]
    """All built: a checkpoint can only be restored into variables that exist."""
    state: Mapping[str, Any] = {}
    """By name, anything else whose `variables` a step changes."""
    fitted: Mapping[str, Any] | None = None
    """What the last `fit` that was not quick came to: a snapshot's `prior` in train.json; None if nothing is fitted."""
    generator_every: int = 1
    """The generator is updated in every so many-th step."""
    further_uniforms: int = 0
    """Random numbers for each image of a batch that a step takes from `Batch.further_uniforms`."""

    has_logits: bool = False
    """True if there is a discriminator with `mean_logit`."""

    @property
    def averaged(self) -> tuple[str, ...]:
        """The networks of which a moving average is kept: all that are used after training, so all but a discriminator.

        An autoencoder's must be of the same age: a decoder takes what its own encoder makes.
        """
        return tuple(name for name in self.networks if name != "discriminator")

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch. Returns float32 scalars in the order of `metrics`, means over the calling device's slice.

        update_generator: true in every `generator_every`-th step, in which all networks learn.
        """
        raise NotImplementedError

    def fit(self, network: Networks, images: np.ndarray, labels: np.ndarray | None, seed: int, quick: bool) -> None:
        """Fit anything that no step trains, before images are sampled; a function of its arguments alone.

        images: the training split, uint8 (N, H, W, C). labels: its classes (N,), of conditional networks. quick: an
        approximation for a progress picture.
        """

    def mean_logit(self, images: np.ndarray, labels: np.ndarray | None) -> float:
        """The discriminator's mean logit of images uint8 (n, H, W, C), of their classes (n,) if it is conditional, as
        they are: not augmented, and no variable changes."""
        raise NotImplementedError

    def to_images(self, network: Networks) -> keras.Model:
        """Latents float32 (B, latent_dim) from N(0, 1) to images float32 (B, H, W, C) in -1..1, in Keras's own layers.

        A later `fit` changes the weights of the model returned.
        """
        return network(self.sampler)

    def to_latents(self, network: Networks) -> keras.Model:
        """Autoencoders: images to a list whose first entry is the latents that the generator reconstructs them from."""
        return network("encoder")
