"""An entry of config/datasets.yaml."""

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, StringConstraints, field_validator, model_validator

from easel.config.base import Closed, Sha256, Url

Level = Annotated[int, Field(ge=0, le=255)]


class ArchiveSource(NamedTuple):
    """Where one file of a published dataset comes from: addresses, best first, or else a local path."""

    sha256: str
    urls: list[str]
    path: str


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


class Published(Closed):
    """What datasets have in common that come as files with a checksum."""

    urls: list[Url]
    path: str

    @model_validator(mode="after")
    def one_source(self):
        if bool(self.urls) == bool(self.path):
            raise ValueError("needs either 'urls' or 'path', and not both")
        return self

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        """Its files: name -> where each comes from."""
        raise NotImplementedError

    @property
    def local_files(self) -> list[str]:
        """The files that must be there, where the dataset is taken from `path`."""
        return [source.path for source in self.archives.values() if source.path]


class OneArchive(Published):
    """What datasets have in common that are one archive."""

    urls: list[Url] = Field(default=[], min_length=1)
    """Where to download the archive, best first: the next is tried when one fails."""
    path: str = ""
    """A local archive instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Sha256
    """SHA-256 of the archive, 64 lower-case hexadecimal digits."""

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        name = (self.path or self.urls[0]).rstrip("/").rsplit("/", 1)[-1]
        return {name: ArchiveSource(self.sha256, self.urls, self.path)}


class Cifar10Binary(OneArchive):
    """An archive in the layout of `cifar-10-binary.tar.gz`: records of one label byte and 3,072 pixel bytes."""

    format: Literal["cifar10_binary"]
    """`cifar10_binary`: the layout of the archive."""


class Cifar100Binary(OneArchive):
    """An archive in the layout of `cifar-100-binary.tar.gz`: records of two label bytes and 3,072 pixel bytes."""

    format: Literal["cifar100_binary"]
    """`cifar100_binary`: the layout of the archive."""
    labels: Literal["fine", "coarse"] = "fine"
    """Which of its two labels is an image's class: `fine`, of 100 classes, or `coarse`, of 20."""


class SeveralFiles(Published):
    """What datasets have in common that are several files of fixed names."""

    files: ClassVar[dict[str, str]]
    """The key of each file in `sha256` -> its name."""
    urls: list[Url] = Field(default=[], min_length=1)
    """The addresses of folders that hold all the files under their names, best first."""
    path: str = ""
    """A local folder that holds them instead of `urls`: absolute, from `~`, or relative to the file that names it."""

    @property
    def archives(self) -> dict[str, ArchiveSource]:
        return {
            name: ArchiveSource(
                getattr(self.sha256, key),
                [f"{url.rstrip('/')}/{name}" for url in self.urls],
                self.path and f"{self.path.rstrip('/')}/{name}",
            )
            for key, name in self.files.items()
        }


class IdxChecksums(Closed):
    """SHA-256 of each of the four files of IDX, 64 lower-case hexadecimal digits."""

    train_images: Sha256
    """Of `train-images-idx3-ubyte.gz`."""
    train_labels: Sha256
    """Of `train-labels-idx1-ubyte.gz`."""
    test_images: Sha256
    """Of `t10k-images-idx3-ubyte.gz`."""
    test_labels: Sha256
    """Of `t10k-labels-idx1-ubyte.gz`."""


class Idx(SeveralFiles):
    """The four gzipped IDX files of MNIST, Fashion-MNIST and their like: grey images of 32 × 32 pixels at most."""

    files: ClassVar = {
        "train_images": "train-images-idx3-ubyte.gz",
        "train_labels": "train-labels-idx1-ubyte.gz",
        "test_images": "t10k-images-idx3-ubyte.gz",
        "test_labels": "t10k-labels-idx1-ubyte.gz",
    }
    format: Literal["idx"]
    """`idx`: the four files' format."""
    sha256: IdxChecksums
    """The files' checksums."""
    classes: list[Annotated[str, StringConstraints(min_length=1)]] = Field([])
    """The classes' names, in the order of their labels; by default the labels' numbers."""

    @field_validator("classes")
    @classmethod
    def differ(cls, classes: list[str]) -> list[str]:
        if twice := [name for name in classes if classes.count(name) > 1]:
            raise ValueError(f"'{twice[0]}' is listed twice")
        return classes


class SvhnChecksums(Closed):
    """SHA-256 of both files of SVHN, 64 lower-case hexadecimal digits."""

    train: Sha256
    """Of `train_32x32.mat`."""
    test: Sha256
    """Of `test_32x32.mat`."""


class SvhnMat(SeveralFiles):
    """The two MATLAB files of SVHN's cropped digits: 32 × 32 pixels, ten classes."""

    files: ClassVar = {"train": "train_32x32.mat", "test": "test_32x32.mat"}
    format: Literal["svhn_mat"]
    """`svhn_mat`: the two files' format."""
    sha256: SvhnChecksums
    """The files' checksums."""


class Folder(Closed):
    """A folder of pictures of any size: PNG, JPEG, WebP and BMP, in a folder for each class or in one."""

    format: Literal["folder"]
    """`folder`: pictures in files of their own."""
    path: str = Field(min_length=1)
    """The folder: absolute, from `~`, or relative to the file that names it."""
    image_size: Literal[32, 64] = 32
    """Height and width that the pictures are brought to, in pixels."""
    fit: Literal["crop", "pad", "stretch"] = "crop"
    """How a picture becomes square: `crop` cuts off what is over at both ends, `pad` adds background, `stretch`."""
    filter: Literal["lanczos", "bicubic", "bilinear", "box"] = "lanczos"
    """What pixels are resized with; all of them look at every pixel of a picture that is made smaller."""
    background: list[Level] = Field([255, 255, 255], min_length=3, max_length=3)
    """Red, green and blue, 0 to 255, of what stands behind transparent pictures and beside padded ones."""
    labels: Literal["folders", "none"] = "folders"
    """`folders`: each folder directly in `path` is a class, where there are two; `none`: all pictures are one class."""
    test_fraction: float = Field(0.1, gt=0, lt=1)
    """The share of the pictures that goes to the test split."""
    seed: int = Field(0, ge=0)
    """Which pictures these are; a picture stays on its side whatever other pictures come or go."""
    min_side: int = Field(8, ge=1)
    """Pixels: a picture whose shorter side has fewer is left out."""
    max_pixels: int = Field(50_000_000, ge=1)
    """A picture with more, as its header says, is left out unread."""
    follow_links: bool = False
    """Whether links are followed that lead out of the folder."""


Dataset = Annotated[
    Shapes | Cifar10Binary | Cifar100Binary | Idx | SvhnMat | Folder,
    Field(discriminator="format"),
]
