"""An entry of config/datasets.yaml."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from easel.config.base import Closed, Sha256, Url


class Shapes(Closed):
    """Ten classes of anti-aliased shapes with known factors, drawn by Easel itself: no download."""

    format: Literal["shapes"]
    """`shapes`: drawn, not read."""
    train_images: int = Field(10_000, ge=10)
    """Images in the training split."""
    test_images: int = Field(2_000, ge=10)
    """Images in the test split."""
    seed: int = Field(0, ge=0)
    """Which images are drawn: the same seed gives the same bytes on every machine."""


class Cifar10Binary(Closed):
    """An archive in the layout of `cifar-10-binary.tar.gz`: records of one label byte and 3,072 pixel bytes."""

    format: Literal["cifar10_binary"]
    """`cifar10_binary`: the layout of the archive."""
    urls: list[Url] = Field(default=[], min_length=1)
    """Where to download the archive, best first: the next is tried when one fails."""
    path: str = ""
    """A local archive instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Sha256
    """SHA-256 of the archive, 64 lower-case hexadecimal digits."""

    @model_validator(mode="after")
    def one_source(self):
        if bool(self.urls) == bool(self.path):
            raise ValueError("needs either 'urls' or 'path', and not both")
        return self

    @property
    def archive(self) -> str:
        """The archive's file name."""
        return (self.path or self.urls[0]).rstrip("/").rsplit("/", 1)[-1]


Dataset = Annotated[Shapes | Cifar10Binary, Field(discriminator="format")]
