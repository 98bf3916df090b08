"""The settings of a study that suit some pictures and this machine."""

from typing import Any, NamedTuple

from easel.new.pictures import LARGE, Pictures

FEW = 3_000
"""Training pictures of which a discriminator would learn each by heart in the time that samples need, and for which the
judges of `panel` would take longer to train than the runs."""
SEEN_EACH = 200
"""How often a training should show each picture ..."""
FEWEST_SEEN, MOST_SEEN = 200_000, 1_000_000
"""... but never fewer images than samples need to be recognisable, nor more than a first look is worth."""
MEGAFLOPS = 300
"""Of a training step of the chosen presets, per image of 32 × 32 pixels (`planning/costs.py`)."""
BATCHES = (32, 16, 8)
CONDITIONAL = {"preset": "fast_cpu"}
UNCONDITIONAL = {
    "preset": "dcgan", "width": 16, "batch_size": BATCHES[0], "learning_rate": 4.0e-4, "ema_decay": 0.995
}  # fmt: skip
"""The quickest GAN without classes (benchmarks/presets.md): narrower, in smaller batches, its weights averaged."""
MINUTES = (5, 10, 15, 20, 30)
MINUTES_ON_A_GPU = 10
SMALL = 0.1
"""Fraction of pictures that may be enlarged."""
AUGMENT = ["colour", "translation", "cutout"]
UNCONDITIONAL_OF_FEW = {"preset": "few"}
"""Ahead of the other GANs without classes after 90 seconds on 200 pictures (docs/few-pictures.md)."""


class Machine(NamedTuple):
    """What the choice depends on."""

    gpus: list[str]
    """The names of the GPUs that jobs may use."""
    gflops: float
    """Billions of operations per second of a training on the CPU (`easel.planning.speed`)."""


class Choices(NamedTuple):
    """Settings of a study."""

    image_size: int
    minutes: float
    """Of each training."""
    runs: dict[str, dict[str, Any]]
    """Each with its preset, and what differs from it: `gan` and `vae`."""
    judge: str
    samples: int
    snapshot_samples: int
    """Images that are judged, of each run and of each snapshot."""


def choose(pictures: Pictures, machine: Machine) -> Choices:
    """The settings: a GAN and an autoencoder that learn within minutes, and judges that need no download."""
    batch = next((size for size in BATCHES if size <= pictures.train), BATCHES[-1])
    small_batch = {"batch_size": batch} if batch < BATCHES[0] else {}
    image_size = LARGE if machine.gpus and pictures.small <= SMALL * pictures.usable else 32
    return Choices(
        image_size=image_size,
        minutes=minutes(pictures.train, image_size, machine),
        runs={
            "gan": {**gan(pictures), **small_batch},
            "vae": {"preset": "conv_vae", "width": 16, **small_batch},
        },
        judge="few_panel" if pictures.train < FEW else "panel",
        samples=2_000,
        snapshot_samples=2_000,
    )


def gan(pictures: Pictures) -> dict[str, Any]:
    """The GAN, which sees altered pictures if there are few."""
    few = pictures.train < FEW
    if pictures.classes:
        return CONDITIONAL | ({"augment": AUGMENT} if few else {})
    return UNCONDITIONAL_OF_FEW if few else UNCONDITIONAL


def minutes(train: int, image_size: int, machine: Machine) -> int:
    """Minutes in which a training sees its pictures often enough, as far as a first look is worth it."""
    if machine.gpus:
        return MINUTES_ON_A_GPU
    seen = min(max(SEEN_EACH * train, FEWEST_SEEN), MOST_SEEN)
    needed = seen * (image_size / 32) ** 2 * MEGAFLOPS / 1000 / machine.gflops / 60
    return next((each for each in MINUTES if each >= needed), MINUTES[-1])
