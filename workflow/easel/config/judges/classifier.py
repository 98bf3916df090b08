"""Settings of the judge `classifier`."""

from operator import not_
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from easel.config.affects import Affects, ProbedAs
from easel.config.base import Flip, Sha256, Url
from easel.config.judges.base import OF_PIXELS, JudgeSettings, reduced_size

ARCHIVE_MB = 4.0  # of a file of the default width, for which costs are estimated
OF_FILE = ("kind", "urls", "path", "sha256")
"""The settings of a judge from a file; all others are of its training."""


class ClassifierSettings(JudgeSettings):
    """A small network that classifies the dataset, trained by the workflow or from a file; its features are those
    of all of its stages."""

    weights: ClassVar = "classifier.keras"
    sees: ClassVar = frozenset({"gaussian_noise", "blur", "jpeg", "checkerboard", "grey", "dropped_classes"})
    knows_classes: ClassVar = True

    kind: Annotated[Literal["classifier"], Affects.OUTPUT | Affects.COST]
    """`classifier`: a network trained on the dataset itself."""
    urls: Annotated[list[Url], Affects.NOTHING] = Field([], min_length=1, exclude_if=not_)
    """URLs of a classifier.keras that was trained elsewhere, best first: the next is tried when one fails."""
    path: Annotated[str, Affects.NOTHING] = Field("", exclude_if=not_)
    """A local classifier.keras instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Annotated[Sha256, Affects.OUTPUT] = Field("", exclude_if=not_)
    """SHA-256 of that file, 64 lower-case hexadecimal digits."""
    epochs: Annotated[int, Affects.OUTPUT, ProbedAs(1)] = Field(6, ge=1, le=10_000)
    """Passes over the training images, at most."""
    stop_at_accuracy: Annotated[float, Affects.OUTPUT, ProbedAs(2.0)] = Field(0.99, gt=0)
    """Training stops after an epoch with at least this accuracy on the training images; above 1: never."""
    width: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(32, ge=1, le=1_024)
    """Channels: the stages have 0.5, 1.5, 4 and 8 times as many, and a feature vector has 16 times as many numbers, and
    15 of the pixels themselves."""
    batch_size: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(128, ge=2)
    """Images per step."""
    learning_rate: Annotated[float, Affects.OUTPUT, ProbedAs(0.01)] = Field(0.3, gt=0)
    """Peak learning rate of SGD with momentum: a linear warm-up, then a cosine decay to 0."""
    flip: Annotated[Flip, Affects.OUTPUT | Affects.COST] = "auto"
    """Train on images and their mirror images, and average over both, so that no number tells them apart. `auto`: if
    the dataset is `mirrorable`."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0, lt=2**31)
    """Seed of the initial weights, and of the order, mirroring and shifts of the images."""

    @model_validator(mode="after")
    def is_trained_or_has_one_file(self):
        if not (self.urls or self.path or self.sha256):
            return self
        if bool(self.urls) == bool(self.path):
            raise ValueError("weights from a file need either 'urls' or 'path', and not both")
        if not self.sha256:
            raise ValueError("weights from a file need their 'sha256', as sha256sum prints it")
        if idle := [f"'{name}'" for name in type(self).model_fields if name in self.model_fields_set - {*OF_FILE}]:
            raise ValueError(
                f"weights from a file are not trained, so {', '.join(idle)} would do nothing; remove "
                f"{'it' if len(idle) == 1 else 'them'}, or 'urls', 'path' and 'sha256'"
            )
        return self

    @model_serializer(mode="wrap")
    def without_training(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A judge from a file has no settings of a training."""
        return {name: value for name, value in dump(self).items() if not self.is_fetched or name in OF_FILE}

    @property
    def is_fetched(self) -> bool:
        return bool(self.sha256)

    @property
    def archive(self) -> str:
        """The name in results/judges/ of a file that was trained elsewhere."""
        return f"classifier-{self.sha256[:12]}.keras" if self.sha256 else ""

    @property
    def archive_mb(self) -> float:
        return ARCHIVE_MB if self.is_fetched else 0.0

    @property
    def can_be_probed(self) -> bool:
        return not self.is_fetched  # nothing tells the width of a file before it is fetched

    @property
    def feature_dim(self) -> int:
        return OF_PIXELS + 2 * max(1, self.width // 2) + 2 * max(1, 3 * self.width // 2) + 12 * self.width

    @property
    def megaflops(self) -> float:
        return (2 if self.flip else 1) * self.forward  # of the image and its mirror image

    def seen_size(self, image_size: int) -> int:
        return reduced_size(image_size)

    @property
    def training_megaflops(self) -> float:
        return 3 * self.forward

    @property
    def forward(self) -> float:
        """Millions of floating-point operations of one image's forward pass, as counted in the network."""
        return self.width * (0.027808 + 0.125568 * self.width)

    def training_images(self, count: int) -> int:
        return 0 if self.is_fetched else self.epochs * count
