"""An entry of config/datasets.yaml: each format's settings, and what is known of the dataset before it is prepared."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from easel.config.affects import Affects
from easel.config.base import Closed, Sha256, Title, Url, equals

Level = Annotated[int, Field(ge=0, le=255)]

SHAPES = ("disc", "ring", "square", "triangle", "star", "heart", "cross", "crescent", "arrow", "clover")
"""The classes that `easel.data.shapes` draws, in the order of their labels."""


class ArchiveSource(NamedTuple):
    """The source of one file of a published dataset: URLs, best first, or a local path."""

    sha256: str
    urls: list[str]
    path: str


class Sizes(NamedTuple):
    """The properties of a dataset that decide the cost of the steps after it."""

    image_shape: tuple[int, int, int]
    """Height, width and channels."""
    train: int
    """Images in the training split."""
    test: int
    """Images in the test split."""
    classes: int


class DatasetBase(Closed):
    """The base of every format."""

    format: Annotated[str, Affects.OUTPUT]
    mirrorable: Annotated[bool, Affects.NOTHING] = False
    """True if a mirrored image could be one of the dataset, too, so that `flip: auto` mirrors. False unless known: a
    mirrored letter is wrong, while photographs that are not mirrored are only fewer."""

    @property
    def class_names(self) -> list[str] | None:
        """The classes in the order of their labels; None where only the dataset's files tell."""
        return None

    @property
    def expected_sizes(self) -> Sizes | None:
        """The published sizes, to which files of one's own need not keep; None where only the dataset's files tell."""
        return None


class Shapes(DatasetBase):
    """Ten classes of anti-aliased shapes with known factors, drawn by Easel: no download."""

    format: Annotated[Literal["shapes"], Affects.OUTPUT]
    """`shapes`: drawn by Easel."""
    train_images: Annotated[int, Affects.OUTPUT] = Field(10_000, ge=10, le=10_000_000)
    """Images in the training split."""
    test_images: Annotated[int, Affects.OUTPUT] = Field(2_000, ge=10, le=10_000_000)
    """Images in the test split."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0)
    """Seed of the images: the same seed gives the same bytes on every machine."""
    mirrorable: Annotated[bool, Affects.NOTHING] = True
    """True if a mirrored image could be one of the dataset, too, so that `flip: auto` mirrors."""

    @property
    def class_names(self) -> list[str]:
        return list(SHAPES)

    @property
    def expected_sizes(self) -> Sizes:
        return Sizes((32, 32, 3), self.train_images, self.test_images, len(SHAPES))


class Published(DatasetBase):
    """The base of the formats that come as files with a checksum."""

    urls: Annotated[list[Url], Affects.NOTHING]
    path: Annotated[str, Affects.NOTHING]

    @model_validator(mode="after")
    def has_one_source(self):
        if bool(self.urls) == bool(self.path):
            raise ValueError("needs either 'urls' or 'path', and not both")
        return self

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        """Its files: the name in results/datasets/<dataset>/ -> where each comes from.

        The names are those under which the format was published. None is taken from a URL or a path, which can end in
        anything: `brace{seed}.tgz`, `dataset.json`, `..`, or nothing.
        """
        raise NotImplementedError

    @property
    def local_files(self) -> list[str]:
        """The files that must exist if the dataset is taken from `path`."""
        return [source.path for source in self.archives.values() if source.path]


class OneArchive(Published):
    """The base of the formats that are one archive."""

    file: ClassVar[str]
    """Its name in the results."""
    urls: Annotated[list[Url], Affects.NOTHING] = Field(default=[], min_length=1)
    """URLs of the archive, best first: the next is tried when one fails."""
    path: Annotated[str, Affects.NOTHING] = ""
    """A local archive instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of the archive, 64 lower-case hexadecimal digits."""

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        return {self.file: ArchiveSource(self.sha256, self.urls, self.path)}


class Cifar10Binary(OneArchive):
    """An archive in the layout of `cifar-10-binary.tar.gz`: records of one label byte and 3,072 pixel bytes."""

    file: ClassVar = "cifar-10-binary.tar.gz"
    format: Annotated[Literal["cifar10_binary"], Affects.OUTPUT]
    """`cifar10_binary`: the layout of the archive."""
    mirrorable: Annotated[bool, Affects.NOTHING] = True
    """True if a mirrored image could be one of the dataset, too, so that `flip: auto` mirrors."""

    @property
    def expected_sizes(self) -> Sizes:
        return Sizes((32, 32, 3), 50_000, 10_000, 10)


class Cifar100Binary(OneArchive):
    """An archive in the layout of `cifar-100-binary.tar.gz`: records of two label bytes and 3,072 pixel bytes."""

    file: ClassVar = "cifar-100-binary.tar.gz"
    format: Annotated[Literal["cifar100_binary"], Affects.OUTPUT]
    """`cifar100_binary`: the layout of the archive."""
    mirrorable: Annotated[bool, Affects.NOTHING] = True
    """True if a mirrored image could be one of the dataset, too, so that `flip: auto` mirrors."""
    labels: Annotated[Literal["fine", "coarse"], Affects.OUTPUT] = "fine"
    """Labels to use as classes: `fine` (100 classes) or `coarse` (20)."""

    @property
    def expected_sizes(self) -> Sizes:
        return Sizes((32, 32, 3), 50_000, 10_000, 100 if self.labels == "fine" else 20)


class SeveralFiles(Published):
    """The base of the formats that are several files of fixed names."""

    files: ClassVar[dict[str, str]]
    """The key of each file in `sha256` -> its name."""
    urls: Annotated[list[Url], Affects.NOTHING] = Field(default=[], min_length=1)
    """URLs of folders that hold all the files under their names, best first."""
    path: Annotated[str, Affects.NOTHING] = ""
    """A local folder that holds the files, instead of `urls`: absolute, from `~`, or relative to the file that names
    it."""
    sha256: Annotated[Closed, Affects.OUTPUT]

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        return {
            name: ArchiveSource(
                getattr(self.sha256, key),
                [in_folder(url, name) for url in self.urls],
                self.path and f"{self.path.rstrip('/')}/{name}",
            )
            for key, name in self.files.items()
        }


def in_folder(url: str, name: str) -> str:
    """The URL of a file in a folder. The folder's query, such as a signature, stays behind the path."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{name}", fragment="").geturl()


class IdxChecksums(Closed):
    """SHA-256 of each of the four IDX files, 64 lower-case hexadecimal digits."""

    train_images: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `train-images-idx3-ubyte.gz`."""
    train_labels: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `train-labels-idx1-ubyte.gz`."""
    test_images: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `t10k-images-idx3-ubyte.gz`."""
    test_labels: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `t10k-labels-idx1-ubyte.gz`."""


class Idx(SeveralFiles):
    """The four gzipped IDX files of MNIST, Fashion-MNIST and similar datasets: greyscale, at most 32 × 32 pixels."""

    files: ClassVar = {
        "train_images": "train-images-idx3-ubyte.gz",
        "train_labels": "train-labels-idx1-ubyte.gz",
        "test_images": "t10k-images-idx3-ubyte.gz",
        "test_labels": "t10k-labels-idx1-ubyte.gz",
    }
    format: Annotated[Literal["idx"], Affects.OUTPUT]
    """`idx`: the format of the four files."""
    sha256: Annotated[IdxChecksums, Affects.OUTPUT]
    """SHA-256 of each file."""
    classes: Annotated[list[Annotated[Title, StringConstraints(min_length=1)]], Affects.OUTPUT] = Field([])
    """Class names in the order of the labels; by default the labels' numbers."""

    @field_validator("classes")
    @classmethod
    def differ(cls, classes: list[str]) -> list[str]:
        if twice := [name for name in classes if classes.count(name) > 1]:
            raise ValueError(f"'{twice[0]}' is listed twice")
        return classes

    @property
    def class_names(self) -> list[str] | None:
        return self.classes or None

    @property
    def expected_sizes(self) -> Sizes:
        return Sizes((32, 32, 3), 60_000, 10_000, len(self.classes) or 10)


class SvhnChecksums(Closed):
    """SHA-256 of both SVHN files, 64 lower-case hexadecimal digits."""

    train: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `train_32x32.mat`."""
    test: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of `test_32x32.mat`."""


class SvhnMat(SeveralFiles):
    """The two MATLAB files of SVHN's cropped digits: 32 × 32 pixels, ten classes."""

    files: ClassVar = {"train": "train_32x32.mat", "test": "test_32x32.mat"}
    format: Annotated[Literal["svhn_mat"], Affects.OUTPUT]
    """`svhn_mat`: the format of the two files."""
    sha256: Annotated[SvhnChecksums, Affects.OUTPUT]
    """SHA-256 of each file."""

    @property
    def class_names(self) -> list[str]:
        return [str(digit) for digit in range(10)]

    @property
    def expected_sizes(self) -> Sizes:
        return Sizes((32, 32, 3), 73_257, 26_032, 10)


ImageSize = Literal[32, 48, 64, 96, 128, 256]
IMAGE_SIZES = get_args(ImageSize)
"""Pixels of the side of an image."""

FORMER_KEYS = {
    "labels": "write 'classes': folders, first (formerly deep_folders) or none",
    "crop": "write 'fit': crop (the centre), random_crop, pad (letterbox) or stretch",
}
"""Names that a key had, or has elsewhere -> the remedy."""


class Folder(DatasetBase):
    """A folder or a zip of pictures of any size: PNG, JPEG, WebP, AVIF, HEIC or BMP, in a folder per class or in one.

    Its classes and sizes depend on its files: `easel.data.classes` and `easel.data.sizes` count them.
    """

    format: Annotated[Literal["folder"], Affects.OUTPUT]
    """`folder`: pictures as single files."""
    path: Annotated[str, Affects.NOTHING] = Field(min_length=1)
    """The folder, or a zip of it, which is not unpacked: absolute, from `~`, or relative to the file that names it."""
    image_size: Annotated[ImageSize, Affects.OUTPUT] = 32
    """Height and width of the prepared images, in pixels."""
    fit: Annotated[Literal["crop", "random_crop", "pad", "stretch"], Affects.OUTPUT] = "crop"
    """Method to make a picture square: `crop` keeps the centre of the longer side, `random_crop` any part of it, which
    the file's bytes and `seed` choose, `pad` adds background (letterbox), `stretch` changes the aspect ratio."""
    filter: Annotated[Literal["lanczos", "bicubic", "bilinear", "box"], Affects.OUTPUT] = "lanczos"
    """Resampling filter; all of them are antialiased when they shrink a picture."""
    background: Annotated[list[Level], Affects.OUTPUT] = Field([255, 255, 255], min_length=3, max_length=3)
    """Red, green and blue (0 to 255) behind transparent pictures and next to padded ones."""
    classes: Annotated[Literal["folders", "first", "none"], Affects.OUTPUT] = "folders"
    """`folders`: each folder directly in `path` is a class, if there are at least two; one that may itself hold classes
    is refused. `first`: the same, but everything below such a folder is its class, as in nested albums. `none`: one
    class in all."""
    splits: Annotated[Literal["auto", "none"], Affects.OUTPUT] = "auto"
    """`auto`: folders called train and test (or val, validation, …) directly in `path` are splits, which hold the
    classes. `none`: such names mean nothing, and the pictures are split at random."""
    test_fraction: Annotated[float, Affects.OUTPUT] = Field(0.1, gt=0, lt=1)
    """Fraction of the pictures that goes to the test split; not for a folder that has splits."""
    seed: Annotated[int, Affects.OUTPUT] = Field(0, ge=0)
    """Seed of the random split and of random crops; adding or removing pictures never moves another one between the
    splits, nor its crop."""
    min_side: Annotated[int, Affects.OUTPUT] = Field(8, ge=1)
    """Minimum of a picture's shorter side, in pixels; smaller pictures are left out."""
    max_pixels: Annotated[int, Affects.OUTPUT] = Field(50_000_000, ge=1)
    """Maximum number of pixels of a picture, as its header gives it; larger pictures are left out, undecoded."""
    follow_links: Annotated[bool, Affects.OUTPUT] = False
    """Follow symbolic links that lead out of the folder."""
    near_duplicates: Annotated[Literal["keep", "drop"], Affects.OUTPUT] = Field("keep", exclude_if=equals("keep"))
    """What becomes of a training picture that looks like one for testing: `keep` it, and say so, or `drop` it."""

    @model_validator(mode="before")
    @classmethod
    def has_no_former_key(cls, given: Any) -> Any:
        for key, now in FORMER_KEYS.items():
            if isinstance(given, Mapping) and key in given:
                raise ValueError(f"'{key}' is not a key of a folder; {now}")
        return given


Dataset = Annotated[
    Shapes | Cifar10Binary | Cifar100Binary | Idx | SvhnMat | Folder,
    Field(discriminator="format"),
]
