"""How images are drawn from a trained network: the key `sampling` of a study, a preset or a run."""

from pydantic import Field

from easel.config.base import Closed


class SamplingSettings(Closed):
    """What is drawn of a training, in the step `sample`: no training depends on it."""

    truncation: float | None = Field(None, gt=0)
    """Latents have no number further than this from 0, so that images are more alike and look better; without it they
    are from all of N(0, 1)."""
    label: str = ""
    """The name of the one class that is drawn, of a run that is told classes; without it all are drawn, as frequent as
    among the training images."""
    seed: int | None = Field(None, ge=0, lt=2**31)
    """Of the latents and classes; without it, the training's own."""
