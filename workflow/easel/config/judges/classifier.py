"""Settings of the judge `classifier`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects, ProbedAs
from easel.config.base import Flip
from easel.config.judges.base import JudgeSettings


class ClassifierSettings(JudgeSettings):
    """A small network that the workflow trains to classify the dataset; its last features are compared."""

    weights: ClassVar = "classifier.keras"
    trained_on_dataset: ClassVar = True
    knows_classes: ClassVar = True
    can_be_probed: ClassVar = True

    kind: Annotated[Literal["classifier"], Affects.OUTPUT | Affects.COST]
    """`classifier`: a network trained on the dataset itself."""
    epochs: Annotated[int, Affects.OUTPUT, ProbedAs(1)] = Field(18, ge=1, le=10_000)
    """Passes over the training images, at most."""
    stop_at_accuracy: Annotated[float, Affects.OUTPUT, ProbedAs(2.0)] = Field(0.99, gt=0)
    """Training stops after an epoch with at least this accuracy on the training images; above 1: never."""
    width: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(32, ge=1, le=1_024)
    """Channels: the three stages have 1.5, 4 and 8 times as many, and a feature vector has 8 times as many numbers."""
    batch_size: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(128, ge=2)
    """Images per step."""
    learning_rate: Annotated[float, Affects.OUTPUT, ProbedAs(0.01)] = Field(0.3, gt=0)
    """Peak learning rate of SGD with momentum: a linear warm-up, then a cosine decay to 0."""
    flip: Annotated[Flip, Affects.OUTPUT | Affects.COST] = "auto"
    """Train on images and their mirror images, and average over both, so that no number tells them apart. `auto`: if
    the dataset is `mirrorable`."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0, lt=2**31)
    """Seed of the initial weights, and of the order, mirroring and shifts of the images."""

    @property
    def feature_dim(self) -> int:
        return 8 * self.width

    @property
    def megaflops(self) -> float:
        return (2 if self.flip else 1) * self.forward  # of the image and its mirror image

    @property
    def training_megaflops(self) -> float:
        return 3 * self.forward

    @property
    def forward(self) -> float:
        """Millions of floating-point operations of one image's forward pass, as counted in the network."""
        return self.width * (0.027808 + 0.125568 * self.width)

    @property
    def passes(self) -> int:
        return self.epochs
