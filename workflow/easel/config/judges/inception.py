"""Settings of the judge `inception`, and the published numbers that check it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects
from easel.config.base import Sha256, Url
from easel.config.judges.base import JudgeSettings, KnownAnswer, KnownAnswers

MEMBER = "classify_image_graph_def.pb"  # the graph's file name in TensorFlow's archive
SHA256 = "009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6"
BYTES = 95_673_916
URLS = [
    f"https://openaipublic.blob.core.windows.net/diffusion/jul-2021/ref_batches/{MEMBER}",
    "https://storage.googleapis.com/download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz",
    "http://download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz",
]
"""The graph itself, then TensorFlow's archive of it (88,931,400 bytes), twice from the same store.

Several projects that use the first URL state the same size and SHA-256 as above, and one the MD5
e6bb154e85f5d4331c22abcddb5dcf31; a listing of the archive gives the same size. No checksum of the archive itself seems
to have been published, so the graph is checked, whichever file it came in.
"""

CIFAR10 = KnownAnswers(
    dataset="CIFAR-10",
    sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",  # cifar-10-binary.tar.gz
    answers=(
        # pytorch-gan-metrics ran the official code. Salimans et al. 2016, table 3, has the same values;
        # torch-fidelity's README has 11.23678 in another order.
        KnownAnswer("inception_score", "train", 11.24, 0.05, "pytorch-gan-metrics 0.5"),
        KnownAnswer("inception_score", "test", 10.98, 0.05, "pytorch-gan-metrics 0.5"),
        # Its own ports of the official code have 3.1377 to 3.1518.
        KnownAnswer("fid", "test", 3.1508, 0.02, "pytorch-gan-metrics 0.5"),
    ),
)
"""The tolerances are the differences seen with other runtimes and another order of the images, with a margin."""


class InceptionSettings(JudgeSettings):
    """The Inception network of 2015, in TensorFlow's frozen graph, for scores that compare with published ones."""

    weights: ClassVar = "inception.pb"
    slow_on_one_core: ClassVar = True
    memory_mb: ClassVar = 1_800  # measured with a network of its size; 17 MB for each image of a batch
    known_answers: ClassVar = CIFAR10

    kind: Annotated[Literal["inception"], Affects.OUTPUT]
    """`inception`: the reference of the field. Needs one download of 96 MB, or a local copy."""
    urls: Annotated[list[Url], Affects.NOTHING] = Field(default=URLS, min_length=1)
    """URLs of the graph, or of the .tgz that contains it, best first: the next is tried when one fails."""
    path: Annotated[str, Affects.NOTHING] = ""
    """A local .tgz or .pb instead of a download: absolute, from `~`, or relative to the file that names it."""
    sha256: Annotated[Sha256, Affects.OUTPUT] = SHA256
    """SHA-256 of the graph, `classify_image_graph_def.pb`, also where it comes in a .tgz."""

    @property
    def is_fetched(self) -> bool:
        return True

    @property
    def archive_mb(self) -> float:
        return BYTES / 1e6

    @property
    def archive(self) -> str:
        """The graph's file name in results/judges/, which all datasets share."""
        return f"inception-{self.sha256[:12]}.pb"

    @property
    def feature_dim(self) -> int:
        return 2048

    def seen_size(self, image_size: int) -> int:
        return 32  # whatever the size: images are resized to its own

    @property
    def megaflops(self) -> float:
        """Millions of floating-point operations per image: two for each of the 5.71 · 10⁹ multiply-accumulates.

        Counted over the convolutions at 299 × 299 pixels; torchvision gives the same count for its InceptionV3.
        """
        return 11_430.0
