"""Settings of the judge `onnx`."""

from operator import not_
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from easel.config.affects import Affects
from easel.config.base import Sha256, Url
from easel.config.judges.base import JudgeSettings

USUAL_MB = 350.0  # of a file in 32 bits, as of CLIP's ViT-B/32
USUAL_DIM = 768  # of a ViT-B
USUAL_MEGAFLOPS = 12_000.0  # of an image of 224 × 224: a ViT-S/14, and more than a ViT-B/32 or a ResNet-50 needs


class OnnxSettings(JudgeSettings):
    """A feature extractor from an ONNX file, such as DINOv2, CLIP or one's own. ONNX Runtime runs it.

    Nothing tells what its network costs before it has been fetched, so the plan assumes that of a usual one.
    """

    weights: ClassVar = "onnx.onnx"
    slow_on_one_core: ClassVar = True
    memory_mb: ClassVar = 1_500  # a guess: the weights twice while they are read, and a batch
    packages: ClassVar = ("onnx", "onnxruntime")

    kind: Annotated[Literal["onnx"], Affects.OUTPUT]
    """`onnx`: any network whose input is images and of whose outputs one is a feature vector. Needs the extra
    `export`."""
    urls: Annotated[list[Url], Affects.NOTHING] = Field([], min_length=1, exclude_if=not_)
    """URLs of the file, best first: the next is tried when one fails."""
    path: Annotated[str, Affects.NOTHING] = Field("", exclude_if=not_)
    """A local file instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Annotated[Sha256, Affects.OUTPUT]
    """SHA-256 of the file, 64 lower-case hexadecimal digits, as `sha256sum` prints it."""
    image_size: Annotated[int, Affects.OUTPUT] = Field(224, ge=1, le=4_096)
    """Pixels per side of the network's images. The dataset's are resized to it, uncropped."""
    resize: Annotated[Literal["bicubic", "bilinear"], Affects.OUTPUT] = "bicubic"
    """How images are resized: by Pillow's filter, antialiased and in floating point, as clean-FID does it."""
    scale: Annotated[float, Affects.OUTPUT] = Field(1.0, gt=0)
    """What the pixel value 255 is for the network, before `mean` and `std`: usually 1; 255 for plain pixel values."""
    mean: Annotated[list[float], Affects.OUTPUT] = Field([0.0, 0.0, 0.0], min_length=3, max_length=3)
    """Subtracted from each channel, in units of `scale`."""
    std: Annotated[list[Annotated[float, Field(gt=0)]], Affects.OUTPUT] = Field(
        [1.0, 1.0, 1.0], min_length=3, max_length=3
    )
    """Then each channel is divided by this."""
    layout: Annotated[Literal["auto", "nchw", "nhwc"], Affects.OUTPUT] = "auto"
    """Where the input has its channels: `nchw` before height and width, `nhwc` after them. `auto`: where the file says,
    by a size of 3; if it does not say, `nchw`."""
    output: Annotated[str, Affects.OUTPUT] = ""
    """Name of the output that is the features. May be left out if there is only one."""
    pool: Annotated[Literal["none", "mean", "cls"], Affects.OUTPUT] = "none"
    """What makes one vector of an output of several tokens or positions: their `mean`, or `cls`, the first token.
    `none`: the output is (images, features)."""
    batch_size: Annotated[int, Affects.OUTPUT] = Field(32, ge=1, le=1_024)
    """Images per call of the network; the last call is filled up."""

    @model_validator(mode="after")
    def has_one_source(self):
        if bool(self.urls) == bool(self.path):
            raise ValueError("an ONNX file needs either 'urls' or 'path', and not both")
        return self

    @property
    def is_fetched(self) -> bool:
        return True

    @property
    def archive(self) -> str:
        """The file's name in results/judges/, which all datasets share."""
        return f"onnx-{self.sha256[:12]}.onnx"

    @property
    def archive_mb(self) -> float:
        return USUAL_MB

    @property
    def feature_dim(self) -> int:
        return USUAL_DIM

    def seen_size(self, image_size: int) -> int:
        return 32  # whatever the size: images are resized to its own

    @property
    def megaflops(self) -> float:
        return USUAL_MEGAFLOPS * self.image_size**2 / 224**2
