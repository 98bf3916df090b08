"""The settings that every kind of judge has, and published numbers to check one against."""

from typing import ClassVar, NamedTuple

from easel.config.base import Closed

OF_PIXELS = 15
"""Features of the pixels themselves that a judge with features of several stages has, of images of three channels."""


LARGEST = 64
"""Pixels of a side, at most, of the images that a judge is trained on here. Larger ones are reduced."""


def reduced_size(image_size: int) -> int:
    """The height and width to which images are reduced for a judge that is trained here; `image_size` up to LARGEST.

    By a whole factor, so that each pixel is the mean of a square of pixels: 96 to 48, 128 and 256 to 64.
    """
    return image_size // -(-image_size // LARGEST)


class KnownAnswer(NamedTuple):
    """A published reference value."""

    metric: str
    """`inception_score`, or `fid` against the training images."""
    split: str
    """The split that is judged in full, `train` or `test`."""
    value: float
    tolerance: float
    """The largest difference from `value` that a correct implementation shows."""
    source: str
    """The publication or program that gives the value."""


class KnownAnswers(NamedTuple):
    """The published reference values of a judge on one dataset."""

    dataset: str
    sha256: str
    """SHA-256 of the dataset's archive; on any other archive the values may differ."""
    answers: tuple[KnownAnswer, ...]


class JudgeSettings(Closed):
    """Settings of a judge: the base of every kind."""

    kind: str
    weights: ClassVar[str]
    """Its file in results/judges/<dataset>/<judge>/, called <kind>.<suffix>; its record, <kind>.json, is next to it."""
    knows_classes: ClassVar[bool] = False
    """True if its classes are those of the dataset."""
    slow_on_one_core: ClassVar[bool] = False
    """True if it is slow on one core, so that jobs that use it ask for several."""
    memory_mb: ClassVar[int] = 0
    """Memory that it uses beyond what TensorFlow needs for any small network."""
    packages: ClassVar[tuple[str, ...]] = ()
    """The packages of the extra `export` that it needs."""
    known_answers: ClassVar[KnownAnswers | None] = None
    """Published values that check the judge and everything computed with it."""

    sees: ClassVar[frozenset[str]] = frozenset()
    """Damages of sensitivity.json that every judge of this kind shows in its FID on drawn shapes; empty if nobody has
    measured it."""

    @property
    def is_fetched(self) -> bool:
        """True if it comes from a file, local or downloaded; False if it is made from the dataset.

        It then has a function `fetch(settings, file)`, which gets that file, and the settings `archive` (the file's
        name), `archive_mb`, `path` and `sha256`.
        """
        return False

    @property
    def archive_mb(self) -> float:
        """Size of the file that it is fetched from; 0 if it is not fetched."""
        return 0.0

    @property
    def can_be_probed(self) -> bool:
        """True if `easel.planning.probes` can measure its training and its judging before it is made."""
        return False

    @property
    def feature_dim(self) -> int:
        """Length of a feature vector."""
        raise NotImplementedError

    @property
    def megaflops(self) -> float:
        """Millions of floating-point operations to judge one image of 32 × 32 pixels."""
        raise NotImplementedError

    def seen_size(self, image_size: int) -> int:
        """The height and width at which it looks at images of `image_size` pixels a side, up to a constant factor."""
        return image_size

    @property
    def training_megaflops(self) -> float:
        """Millions of floating-point operations of a step of its training, per image of 32 × 32 pixels."""
        return 0.0

    def training_images(self, count: int) -> int:
        """Images that its training sees at most, of `count` in the dataset: 0 if it is not trained."""
        return 0

    @property
    def is_trained(self) -> bool:
        """True if it is trained here."""
        return self.training_images(1) > 0
