"""The judge `inception`: the network of 2015 behind nearly every published FID and Inception Score.

It is TensorFlow's frozen graph from `inception-2015-12-05.tgz`, which resizes images to 299 × 299 itself: bilinear as
in TensorFlow 1, without half-pixel centres and without antialiasing. Other networks called InceptionV3 (Keras,
torchvision) have other weights, and other resizing gives other values.
"""

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from easel.config.judges.inception import BYTES, MEMBER, SHA256, URLS, InceptionSettings
from easel.data.bounded import BoundedReader, tar_members
from easel.judges import Facts, Outputs
from easel.runtime import files
from easel.runtime.errors import EaselError
from easel.runtime.lean_keras import import_keras

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf

INPUT = "ExpandDims"  # images float32 (1, H, W, 3) in 0..255, as the graph was drawn: from one JPEG file
POOL = "pool_3"  # features (1, 1, 1, 2048)
PRODUCT = "softmax/logits/MatMul"  # of the features and the classes' weights (2048, 1008), to which a bias is added

BATCH = 32  # images per call
GZIP = b"\x1f\x8b"
MOST_BYTES = 2**31  # of a graph: a protocol buffer cannot be larger


# --- the file ------------------------------------------------------------------------------------------


def fetch(settings: InceptionSettings, file: Path) -> None:
    """Get the graph from the local path, or from the first URL that has the right one, and check it."""
    from easel.data.download import download_and_unpack

    if settings.path:
        unpack(settings.path, file, settings.sha256)
    else:
        remedy = f"in the judge's configuration write 'path: /where/it/is/{MEMBER}', or the .tgz that holds it"
        download_and_unpack(settings.urls, file, lambda archive, file: unpack(archive, file, settings.sha256), remedy)


def make(
    settings: InceptionSettings, graph: Path, weights: Path, label: str, threads: int, gpus: int
) -> dict[str, Any]:
    """Link the graph into the judge's folder, or copy it where the file system has no hard links."""
    with files.atomic(weights) as partial:
        try:
            os.link(graph, partial)
        except OSError:
            shutil.copyfile(graph, partial)
    return {"feature_dim": settings.feature_dim}


def unpack(archive: str | Path, file: str | Path, sha256: str = SHA256) -> None:
    """Write the graph from a .pb, or from a .tgz that holds it, to `file` after checking it.

    sha256: of the graph. Raises EaselError, and writes nothing, if the archive cannot be read, is damaged, or does not
    hold this graph. No name in the archive is ever used as a path.
    """
    archive = Path(archive)
    with files.atomic(file) as partial:
        copy_graph(archive, partial, BYTES if sha256 == SHA256 else MOST_BYTES)
        if (found := files.sha256(partial)) != sha256:
            raise EaselError(
                f"{archive}: the Inception graph in it is {wrong(partial.stat().st_size, sha256)}: expected {MEMBER} "
                f"with SHA-256 {sha256}, found {found}. {remedy()}"
            )


def wrong(size: int, sha256: str) -> str:
    """The end of an error: the likely difference between a graph of this size and the expected one."""
    if sha256 == SHA256 and size < BYTES:
        return f"another one or truncated, {size:,} of {BYTES:,} bytes"
    return f"another one or damaged ({size:,} bytes)"


def remedy() -> str:
    return f"Correct the judge's 'path' or 'urls'; the right one is at {URLS[0]}"


def copy_graph(archive: Path, target: Path, most: int) -> None:
    """Copy the graph from a .pb, or from a .tgz that holds it, to `target`, without holding it in memory.

    most: the size of the largest graph that can be the right one, in bytes.
    """
    try:
        with open(archive, "rb") as source, open(target, "wb") as copy:
            packed = source.read(len(GZIP)) == GZIP
            source.seek(0)
            if not packed:
                require_size(archive.stat().st_size, archive, most)
                shutil.copyfileobj(source, copy)
                return
            with gzip.open(source) as stream:
                tar, member = graph_in(BoundedReader(stream, archive, 0), archive)
                require_size(member.size, archive, most)
                packed_graph = tar.extractfile(member)
                assert packed_graph is not None  # only links and devices have no content
                shutil.copyfileobj(packed_graph, copy)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise EaselError(
            f"{archive}: cannot be read as the Inception graph: {error.strerror}. Expected a .tgz or .pb file that you "
            "may read; correct the judge's 'path'."
        ) from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        size = archive.stat().st_size
        raise EaselError(
            f"{archive}: this .tgz is damaged or truncated ({size:,} bytes): {error}. {remedy()}"
        ) from error


def require_size(size: int, archive: Path, most: int) -> None:
    """Refuse a graph of more than `most` bytes before it is copied."""
    if size > most:
        raise EaselError(
            f"{archive}: the Inception graph in it has {size:,} bytes. Expected {most:,} at most. {remedy()}"
        )


def graph_in(stream: BoundedReader, archive: Path) -> tuple[tarfile.TarFile, tarfile.TarInfo]:
    """The member of the archive that is the graph, in any folder, and the archive to read it from."""
    members = []
    for tar, member in tar_members(stream, archive, 2 * MOST_BYTES):
        if member.isreg() and PurePosixPath(member.name).name == MEMBER:
            return tar, member
        members.append(member.name)
    held = ", ".join(members[:5]) + (", …" if len(members) > 5 else "") or "nothing"
    raise EaselError(f"{archive}: expected a .tgz with {MEMBER} in it, found {held}. {remedy()}")


# --- judging -------------------------------------------------------------------------------------------


class Inception:
    """The graph as a judge."""

    image_shape = None  # any: the graph resizes
    feature_dim: int  # 2048

    def __init__(self, graph: "tf.compat.v1.GraphDef"):
        """graph: with nodes of the names above. Raises KeyError for a missing node, and TensorFlow's errors if it
        cannot import the graph.
        """
        import tensorflow as tf

        nodes = {node.name: node for node in graph.node}
        weights = sources(nodes[PRODUCT])[1]
        trunk = trunk_of(nodes, [POOL, weights])

        @tf.function(input_signature=[tf.TensorSpec((BATCH, None, None, 3), tf.uint8)], autograph=False)
        def run(images):
            # Fed here, behind the one JPEG file, the rest of the graph takes its batch from the images.
            pool, classes = tf.graph_util.import_graph_def(
                trunk, {f"{INPUT}:0": tf.cast(images, tf.float32)}, [f"{POOL}:0", f"{weights}:0"], name=""
            )
            features = tf.reshape(pool, (BATCH, pool.shape[-1]))
            return features, tf.matmul(features, classes)

        self._run = run
        features, logits = run.get_concrete_function().output_shapes
        self.feature_dim, self.classes = features[1], logits[1]

    def outputs(self, images: "np.ndarray") -> Outputs:
        """Features float32 (N, 2048) and logits float32 (N, 1008), without bias, of images uint8 (N, H, W, 3).

        The authors of the Inception Score used the same logits. Every call of the graph gets BATCH images, and the last
        one is padded, so that the outputs for an image do not depend on the other images or on N.
        """
        import numpy as np

        found = Outputs(
            np.empty((len(images), self.feature_dim), np.float32), np.empty((len(images), self.classes), np.float32)
        )
        batch = np.zeros((BATCH, *images.shape[1:]), np.uint8)
        for start in range(0, len(images), BATCH):
            some = images[start : start + BATCH]
            batch[: len(some)] = some
            for kept, values in zip(found, self._run(batch), strict=True):
                kept[start : start + BATCH] = values[: len(some)]
        return found


def trunk_of(nodes: Mapping[str, "tf.compat.v1.NodeDef"], outputs: Sequence[str]) -> "tf.compat.v1.GraphDef":
    """The graph between INPUT and the nodes `outputs`, in a form that current TensorFlow runs for any batch size.

    It leaves out the nodes' devices and shapes, which are of one image, and the checks for numbers that are not finite,
    which are control inputs only: `evaluation.features` checks the features. Raises KeyError for a missing node.
    """
    import tensorflow as tf

    kept, waiting = {INPUT}, list(outputs)
    while waiting:
        if (name := waiting.pop()) not in kept:
            kept.add(name)
            waiting += sources(nodes[name])
    trunk = tf.compat.v1.GraphDef()
    trunk.versions.producer = tf.version.GRAPH_DEF_VERSION
    for name in sorted(kept - {INPUT}):
        node = trunk.node.add()
        node.CopyFrom(nodes[name])
        node.input[:] = sources(node)
        node.device = ""
        for key in [key for key in node.attr if key.startswith("_")]:
            del node.attr[key]
        if node.op == "BatchNormWithGlobalNormalization":
            modernise(node, trunk)
    return trunk


def sources(node: "tf.compat.v1.NodeDef") -> list[str]:
    """The names of the nodes that a node takes the first output of, without its control inputs ("^node")."""
    return [name.removesuffix(":0") for name in node.input if not name.startswith("^")]


def modernise(node: "tf.compat.v1.NodeDef", graph: "tf.compat.v1.GraphDef") -> None:
    """Replace a batch normalisation that TensorFlow no longer runs by its successor.

    Both compute (x - mean) · (1 / √(variance + ε) · scale) + offset, in this order, and on a CPU give the same bits.
    """
    import tensorflow as tf

    x, mean, variance, offset, scale = node.input
    epsilon, scaled = node.attr["variance_epsilon"].f, node.attr["scale_after_normalization"].b
    single = tf.float32.as_datatype_enum
    if not scaled:
        scale = f"{node.name}/one"
        graph.node.add(name=scale, op="OnesLike", input=[offset]).attr["T"].type = single
    node.op = "FusedBatchNormV3"
    node.input[:] = [x, scale, offset, mean, variance]
    node.attr.clear()
    node.attr["T"].type = node.attr["U"].type = single
    node.attr["epsilon"].f = epsilon
    node.attr["is_training"].b = False


def load(file: str | Path) -> Inception:
    """Load a judge from its inception.pb. Raises EaselError if that is not such a graph.

    Turns TensorFloat-32 off for this process, as it would change the features on a GPU.
    """
    import_keras()
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    tf.config.experimental.enable_tensor_float_32_execution(False)
    graph = tf.compat.v1.GraphDef()
    try:
        graph.ParseFromString(Path(file).read_bytes())
        return Inception(graph)
    except DecodeError:
        reason = "it is no TensorFlow graph"
    except KeyError as error:
        reason = f"it has no node {error}"
    except (ValueError, tf.errors.OpError) as error:
        reason = f"TensorFlow {tf.__version__} cannot import it: {str(error).splitlines()[0]}"
    raise EaselError(
        f"{file}: cannot be used as the Inception graph: {reason}. Delete the file to make it again, and if the judge "
        f"has a 'sha256' of its own, take it out: without it only the graph of 2015 is accepted."
    )


@dataclass(frozen=True)
class InceptionFacts(Facts, kind="inception"):
    """The graph of 2015."""


@dataclass(frozen=True)
class OtherGraphFacts(Facts, kind="other_graph"):
    """Another graph in place of that of 2015: its values compare with no others."""

    sha256: str


def facts(record: Mapping[str, Any]) -> Facts:
    """The judge's facts, from its inception.json."""
    sha256 = record["settings"]["sha256"]
    return InceptionFacts() if sha256 == SHA256 else OtherGraphFacts(sha256)
