"""The key `sampling` of a study, a preset or a run."""

from typing import Annotated

from pydantic import Field

from easel.config.affects import Affects
from easel.config.base import Closed


class SamplingSettings(Closed):
    """Settings for sampling images from a trained network. Changing them never retrains."""

    truncation: Annotated[float | None, Affects.SAMPLES] = Field(None, gt=0)
    """Largest absolute value of a latent number; lower values trade diversity for quality. Not for the family `vq_vae`,
    whose latents choose codes. By default latents come from all of N(0, 1)."""
    label: Annotated[str, Affects.SAMPLES] = ""
    """Name of the only class to sample, for conditional runs. By default all classes, as frequent as among the training
    images."""
    seed: Annotated[int | None, Affects.SAMPLES] = Field(None, ge=0, lt=2**31)
    """Seed of the latents and classes; by default the training's."""
