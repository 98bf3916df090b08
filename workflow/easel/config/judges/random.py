"""Settings of the judge `random`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects
from easel.config.judges.base import JudgeSettings

STAGES = 4


class RandomSettings(JudgeSettings):
    """A convolutional network of random weights, which is never trained: it sees colour and texture only."""

    weights: ClassVar = "random.keras"
    sees: ClassVar = frozenset({"gaussian_noise", "blur", "jpeg", "checkerboard", "grey", "repeated_images"})

    kind: Annotated[Literal["random"], Affects.OUTPUT]
    """`random`: random weights, no training."""
    width: Annotated[int, Affects.OUTPUT] = Field(32, ge=1, le=512)
    """Channels of each of the four stages; a feature vector has 8 times as many numbers."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0, lt=2**31)
    """Seed of the weights."""

    @property
    def feature_dim(self) -> int:
        return 2 * STAGES * self.width

    @property
    def megaflops(self) -> float:
        return self.width * (0.055296 + 0.006048 * self.width)  # 3 × 3 at 32², 16², 8² and 4² positions
