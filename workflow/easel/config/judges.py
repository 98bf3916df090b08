"""An entry of config/judges.yaml."""

from typing import Literal

from pydantic import Field

from easel.config.base import Closed


class ClassifierJudge(Closed):
    """A small network that the workflow trains to classify the dataset; its last features are compared."""

    kind: Literal["classifier"]
    """`classifier`: a network trained on the dataset itself."""
    epochs: int = Field(12, ge=1)
    """Passes over the training images, at most."""
    stop_at_accuracy: float = Field(0.99, gt=0)
    """Training ends after an epoch in which this fraction of the training images was recognised; above 1: never."""
    width: int = Field(32, ge=1)
    """Channels: the three stages have 2, 4 and 8 times as many, and the features 8 times as many numbers."""
    batch_size: int = Field(128, ge=2)
    """Images per step."""
    learning_rate: float = Field(0.3, gt=0)
    """The highest learning rate of SGD with momentum, reached after a rise and followed by a cosine decay to 0."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Of the weights at the start and of the order, mirroring and shifts of the images."""


Judge = ClassifierJudge
