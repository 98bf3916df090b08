"""Settings of the judge `self_supervised`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects, ProbedAs
from easel.config.judges.base import OF_PIXELS, JudgeSettings, reduced_size


class SelfSupervisedSettings(JudgeSettings):
    """A small network that learns, without labels, to recognise images by their parts and to tell how they were turned;
    trained by the workflow."""

    weights: ClassVar = "self_supervised.keras"
    sees: ClassVar = frozenset({"gaussian_noise", "blur", "jpeg", "checkerboard", "grey", "swapped_channels"})

    kind: Annotated[Literal["self_supervised"], Affects.OUTPUT | Affects.COST]
    """`self_supervised`: a network trained on the dataset's images, without their labels."""
    split: Annotated[Literal["train", "test"], Affects.OUTPUT] = "train"
    """The images that it is trained on: `test` makes a judge that has learnt from no image that a generator has."""
    steps: Annotated[int, Affects.OUTPUT, ProbedAs(100)] = Field(3_000, ge=10, le=1_000_000, multiple_of=10)
    """Steps of its training, however many images there are."""
    width: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(32, ge=1, le=512)
    """Channels: the three stages have 1, 2 and 4 times as many, and a feature vector has 10 times as many
    numbers, and 15 of the pixels themselves."""
    batch_size: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(128, ge=2)
    """Images per step, of each of which it sees two crops."""
    learning_rate: Annotated[float, Affects.OUTPUT, ProbedAs(0.01)] = Field(0.1, gt=0)
    """Peak learning rate of SGD with momentum: a linear warm-up, then a cosine decay to 0."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0, lt=2**31)
    """Seed of the initial weights, and of the order, the orientations and the crops of the images."""

    @property
    def can_be_probed(self) -> bool:
        return True

    @property
    def feature_dim(self) -> int:
        return OF_PIXELS + 10 * self.width

    @property
    def megaflops(self) -> float:
        return self.width * (0.024576 + 0.018672 * self.width)  # as counted in the network

    def seen_size(self, image_size: int) -> int:
        return reduced_size(image_size)

    @property
    def training_megaflops(self) -> float:
        return 2 * 3 * self.megaflops  # two views

    def training_images(self, count: int) -> int:
        return self.steps * min(self.batch_size, count)
