"""The networks of one training, the objective that they are trained by, and the compiled function that trains them."""

import importlib
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import keras
import numpy as np

from easel.config.base import resolved_flip
from easel.config.presets import Gan, Preset
from easel.runtime.errors import EaselError
from easel.training import networks, replicas, start
from easel.training.batches import Batches
from easel.training.ema import Average
from easel.training.layers import accelerated
from easel.training.objectives import ObjectiveBase
from easel.training.order import ImageOrder
from easel.training.schedule import Schedule
from easel.training.sources import choose_source
from easel.training.steps import compile_steps

FEWEST_HELD_OUT = 10  # with fewer there is nothing to compare with
MOST_STEPS = 2**31 - 1  # steps are counted in 32 bits; see steps.py


class HeldOut(NamedTuple):
    """Images that no step sees, with which samples are compared while a network trains."""

    images: np.ndarray
    """uint8 (M, S, S, 3): in memory or mapped from their file."""
    labels: np.ndarray
    """(M,)"""
    sha256: str
    """Of the file of the images."""


class Trainer:
    """Everything that holds variables, and `run_steps`, which changes them.

    networks: every network by name; `sampler` names the one that generates images. If the preset asks for a moving
    average, the weights of all but a discriminator are the average's. generator: latents to images, with a fitted
    prior if there is one. kept: the networks of a snapshot, `generator` and an autoencoder's `encoder`. variables:
    every variable that a checkpoint must hold, by name. run_steps: see `easel.training.steps`. started: the entry
    `start` of train.json; None if the networks start anew.
    """

    def __init__(
        self,
        images: np.ndarray,              # uint8 (N, S, S, 3): the training split, in memory or mapped from its file
        settings: Preset,                # the preset with the run's overrides
        seed: int,                       # of the weights, the order of the images, the latents
        precision: str,                  # Keras dtype policy: "float32", "mixed_bfloat16" or "mixed_float16"
        label: str = "training",         # shown with the progress and in errors
        labels: np.ndarray | None = None,  # (N,): indices into `classes`, for conditional networks
        classes: Sequence[str] = (),     # the names of the dataset's classes
        jit_compile: bool = False,       # compile with XLA
        devices: Sequence[str] = (),     # that share each batch, such as ["GPU:0", "GPU:1"]; none: one device
        held_out: HeldOut | None = None,  # to watch for overfitting; no result of a step depends on them
    ):  # fmt: skip
        count, self.image_size = images.shape[:2]
        if settings.batch_size > count:
            raise EaselError(
                f"{label}: batch_size is {settings.batch_size}, but there are only {count} training images"
            )
        self.images, self.settings, self.seed, self.label = images, settings, seed, label
        self.held_out = held_out
        self.precision, self.jit_compile = precision, jit_compile
        self.started: dict[str, Any] | None = None
        self.labels, self.classes = (labels, classes) if settings.is_conditional else (None, ())
        if self.labels is not None and len(self.classes) < 2:
            classified = isinstance(settings, Gan) and settings.aux_classifier_weight
            raise EaselError(
                f"{label}: conditional is true, but the dataset has fewer than two classes; set conditional: false"
                f"{' and aux_classifier_weight: 0' if classified else ''}"
            )
        self.schedule = Schedule.of(settings, count)
        if self.schedule.last > MOST_STEPS:
            raise EaselError(
                f"{label}: {settings.known_epochs:g} epochs are {self.schedule.last:,} steps of {settings.batch_size} "
                f"images; a training can have {MOST_STEPS:,}. Set fewer epochs, or a larger batch_size"
            )
        keras.utils.set_random_seed(seed)
        strategy = replicas.strategy(devices)
        self.replicas = strategy.num_replicas_in_sync
        with strategy.scope():
            self._build()

    def _build(self) -> None:
        """Make everything that holds variables, and the function that changes them."""
        settings = self.settings

        def build(name: str) -> keras.Model:
            network = networks.build(name, settings, self.image_size, self.precision, len(self.classes))
            model = accelerated(network, spectral_norm=name in settings.spectrally_normalised)
            if name == "discriminator":
                networks.freeze(model, settings.frozen)
            return model

        objective_of = importlib.import_module(f"easel.training.objectives.{settings.family}").Objective
        self.objective: ObjectiveBase = objective_of(build, settings, self.schedule)
        self.sampler = self.objective.sampler
        self.networks = dict(self.objective.networks)
        self.averages: dict[str, Average] = {}
        if settings.ema_decay:
            for name in self.objective.averaged:
                self.averages[name] = Average(self.networks[name], build(name), settings.ema_decay)
                self.networks[name] = self.averages[name].network
        self.generator = self.objective.to_images(self.networks.__getitem__)
        self.kept = ("generator", "encoder") if "encoder" in self.networks else ("generator",)
        optimizers = {f"{name}_optimizer": optimizer for name, optimizer in self.objective.optimizers.items()}
        averaged = {f"average_{name}": average.network for name, average in self.averages.items()}
        self.variables = networks.variables(self.objective.networks | optimizers | averaged | self.objective.state)
        order = ImageOrder(len(self.images), settings.batch_size, self.seed)
        self.source = choose_source(self.images, order, settings.stream)
        self.batches = Batches(
            self.source, settings.latent_dim, resolved_flip(settings.flip), self.labels, self.objective.further_uniforms
        )
        self.run_steps = compile_steps(self.objective, self.batches, list(self.averages.values()), self.jit_compile)

    def start(self, source: start.Source) -> None:
        """Let the networks begin with the weights of trained ones, where these fit. Before the first step."""
        averages = {name: average.network for name, average in self.averages.items()}
        self.started = start.apply(source, self.objective, averages, self.label)
        for average in self.averages.values():
            average.rises = False

    @property
    def held_out_sha256(self) -> str:
        """The SHA-256 of the held-out images; empty without any."""
        return self.held_out.sha256 if self.held_out else ""

    @property
    def is_watched(self) -> bool:
        """True if the training is watched for overfitting: there are enough held-out images."""
        return self.held_out is not None and len(self.held_out.images) >= FEWEST_HELD_OUT

    @property
    def watched(self) -> tuple[str, ...]:
        """The columns of history.csv for what is watched."""
        if not self.is_watched:
            return ()
        return ("near_copy_rate", "discriminator_gap") if self.objective.has_logits else ("near_copy_rate",)

    def exported(self) -> dict[str, keras.Model]:
        """The networks of a snapshot, by the names in `kept`: in float32 and Keras's own layers, with a prior fitted
        for them. `objective.fitted` then says what the fit came to."""
        copy = cache(self.float32_copy)
        self.objective.fit(copy, self.images, self.labels, self.seed, quick=False)
        make = {"generator": self.objective.to_images, "encoder": self.objective.to_latents}
        return {name: networks.with_canonical_names(make[name](copy)) for name in self.kept}

    def float32_copy(self, name: str) -> keras.Model:
        """A copy of a trained network in Keras's own layers and in float32."""
        return networks.float32_copy(self.networks[name], name, self.settings, self.image_size, len(self.classes))
