"""The inception judge on a small graph with the operations of the real one, compared with TensorFlow 1."""

import hashlib
import io
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from helpers.small_inception import MEMBER, packed, small_inception, write

from easel.config.judges.inception import SHA256, InceptionSettings
from easel.judges import inception
from easel.runtime.errors import EaselError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph():
    return small_inception()


@pytest.fixture(scope="module")
def judge(graph, tmp_path_factory):
    file = tmp_path_factory.mktemp("judge") / InceptionSettings.weights
    file.write_bytes(graph.SerializeToString())
    return inception.load(file)


def images(count: int, height: int = 32, width: int = 32, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def run(graph: tf.compat.v1.GraphDef, feeds: dict[str, np.ndarray], output: str) -> np.ndarray:
    """The output of a graph in today's TensorFlow."""
    (found,) = tf.function(lambda: tf.graph_util.import_graph_def(graph, feeds, [output]), autograph=False)()
    return found.numpy()


# --- judging -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(32, 32), (48, 20), (400, 310)])
def test_batches_equal_the_graph_on_single_images(graph, judge, size):
    """The graph untouched, in a session of TensorFlow 1, which still has all of its operations."""
    shown = images(3, *size)
    with tf.Graph().as_default() as original, tf.compat.v1.Session() as session:
        tf.graph_util.import_graph_def(graph, name="")
        fetches = [original.get_tensor_by_name(name) for name in ("pool_3:0", "softmax/logits/MatMul:0")]
        said = [session.run(fetches, {"ExpandDims:0": image[None].astype(np.float32)}) for image in shown]
    features, logits = judge.outputs(shown)
    np.testing.assert_allclose(features, np.concatenate([pool[:, 0, 0] for pool, _ in said]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(logits, np.concatenate([product for _, product in said]), rtol=1e-4, atol=1e-4)


def test_shapes_and_types(judge):
    features, logits = judge.outputs(images(5))
    assert (features.shape, features.dtype) == ((5, 64), np.float32)
    assert (logits.shape, logits.dtype) == ((5, 1008), np.float32)
    assert (judge.image_shape, judge.feature_dim) == (None, 64)
    assert judge.outputs(images(0)).features.shape == (0, 64)
    assert features.std(axis=0).mean() > 0.01, "the images look all alike to it"


def test_features_of_an_image_do_not_depend_on_its_batch(judge):
    shown = images(2 * inception.BATCH + 3)
    all_at_once = judge.outputs(shown)
    for some in (slice(0, 1), slice(0, inception.BATCH), slice(7, 40), slice(None, None, -1), slice(1, None, 3)):
        for whole, part in zip(all_at_once, judge.outputs(shown[some]), strict=True):
            # Some CPUs multiply the last rows of a batch in another order: their last digits differ.
            np.testing.assert_allclose(part, whole[some], rtol=0, atol=1e-4)


def test_logits_are_features_times_weights_without_a_bias(graph, judge):
    (weights,) = (tf.make_ndarray(node.attr["value"].tensor) for node in graph.node if node.name == "softmax/weights")
    features, logits = judge.outputs(images(40))
    np.testing.assert_allclose(logits, features @ weights, rtol=1e-4, atol=1e-4)


def test_resizing_is_that_of_tensorflow_1(graph):
    shown = images(2, 32, 20).astype(np.float32)
    trunk = inception.trunk_of({node.name: node for node in graph.node}, ["ResizeBilinear"])
    resized = run(trunk, {"ExpandDims:0": shown}, "ResizeBilinear:0")
    np.testing.assert_allclose(resized, bilinear(bilinear(shown, 1), 2), atol=1e-3)
    half_pixel_centres = tf.image.resize(shown, (299, 299))
    assert np.abs(half_pixel_centres - resized).mean() > 5


def bilinear(values: np.ndarray, axis: int, size: int = 299) -> np.ndarray:
    """Along one axis: sample i lies at i · old / new, between the two nearest; the last is repeated past the end."""
    old = values.shape[axis]
    place = np.arange(size) * (old / size)
    low = np.floor(place).astype(int)
    shape = [1] * values.ndim
    shape[axis] = size
    share = (place - low).reshape(shape)
    after = values.take(np.minimum(low + 1, old - 1), axis)
    return values.take(low, axis) * (1 - share) + after * share


@pytest.mark.parametrize("scaled", [False, True])
def test_replaced_normalisation_gives_the_same_values(scaled):
    random = np.random.default_rng(0)
    x = random.normal(size=(2, 3, 3, 5)).astype(np.float32)
    mean, offset, scale = random.normal(size=(3, 5)).astype(np.float32)
    variance = random.uniform(0.5, 2, 5).astype(np.float32)
    graph = small_inception()
    old = {node.name: node for node in graph.node}["conv/batchnorm"]
    old.attr["scale_after_normalization"].b = scaled
    new = tf.compat.v1.GraphDef()
    new.node.add().CopyFrom(old)
    inception.modernise(new.node[0], new)
    names = ["conv/Conv2D", *(f"conv/batchnorm/{part}" for part in ("moving_mean", "moving_variance", "beta", "gamma"))]
    feeds = {f"{name}:0": value for name, value in zip(names, (x, mean, variance, offset, scale), strict=True)}
    if not scaled:
        del feeds["conv/batchnorm/gamma:0"]
    found = run(new, feeds, "conv/batchnorm:0")
    expected = (x - mean) / np.sqrt(variance + 0.001) * (scale if scaled else 1) + offset
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def without(graph, name):
    left = type(graph)(versions=graph.versions)
    left.node.extend(node for node in graph.node if node.name != name)
    return left


def strange(graph):
    changed = type(graph)()
    changed.CopyFrom(graph)
    next(node for node in changed.node if node.name == "pool").op = "MaxPoolOfOurOwn"
    return changed


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (lambda graph: b"<html>404</html>", "no TensorFlow graph"),
        (lambda graph: graph.SerializeToString()[:-1000], "no TensorFlow graph"),
        (lambda graph: b"", "no node 'softmax/logits/MatMul'"),
        (lambda graph: without(graph, "pool_3").SerializeToString(), "no node 'pool_3'"),
        (lambda graph: without(graph, "conv/conv2d_params").SerializeToString(), "no node 'conv/conv2d_params'"),
        (lambda graph: strange(graph).SerializeToString(), "cannot import it: .*MaxPoolOfOurOwn"),
    ],
)
def test_an_invalid_graph_is_an_error(graph, tmp_path, content, complaint):
    file = tmp_path / InceptionSettings.weights
    file.write_bytes(content(graph))
    with pytest.raises(EaselError, match=f"(?s){InceptionSettings.weights}: cannot be used .*{complaint}"):
        inception.load(file)


# --- the file ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content(graph):
    return graph.SerializeToString()


def unpack(folder: Path, archive: bytes, sha256: str, name: str = "inception.tgz") -> bytes:
    """The bytes of the network that is unpacked from an archive."""
    (folder / name).write_bytes(archive)
    inception.unpack(folder / name, folder / InceptionSettings.weights, sha256)
    return (folder / InceptionSettings.weights).read_bytes()


def complaint_of(folder: Path, archive: bytes, sha256: str = SHA256) -> str:
    """The error message for an archive. It names the archive, and nothing else is left in the folder."""
    with pytest.raises(EaselError) as caught:
        unpack(folder, archive, sha256)
    assert [file.name for file in folder.iterdir()] == ["inception.tgz"]
    assert str(caught.value).startswith(f"{folder / 'inception.tgz'}: ")
    return str(caught.value)


@pytest.mark.parametrize("pack", [bytes, lambda content: packed({"LICENSE": b"text", f"./{MEMBER}": content})])
def test_graph_is_read_from_a_pb_or_a_tgz(tmp_path, content, pack):
    """Whatever the file's name."""
    assert unpack(tmp_path, pack(content), hashlib.sha256(content).hexdigest(), "a download") == content


@pytest.mark.parametrize("name", ["graph.pb", "graph.tgz"])
def test_the_small_graph_can_be_written_both_ways(tmp_path, content, name):
    archive = write(tmp_path / name)
    assert unpack(tmp_path, archive.read_bytes(), hashlib.sha256(content).hexdigest(), name) == content


@pytest.mark.parametrize("cut", [0.001, 0.3, 0.99])
def test_a_truncated_archive_is_an_error(tmp_path, content, cut):
    archive = packed({"LICENSE": b"text", MEMBER: content})
    complaint = complaint_of(tmp_path, archive[: int(cut * len(archive))], hashlib.sha256(content).hexdigest())
    assert f"damaged or truncated ({int(cut * len(archive)):,} bytes)" in complaint
    assert "the right one is at https://" in complaint


def test_an_archive_with_flipped_bits(tmp_path, content):
    archive = bytearray(packed({MEMBER: content}))
    archive[len(archive) // 2] ^= 0xFF
    assert "damaged" in complaint_of(tmp_path, bytes(archive), hashlib.sha256(content).hexdigest())


def test_a_truncated_graph_is_an_error(tmp_path, content):
    complaint = complaint_of(tmp_path, content[:1000])
    assert "another one or truncated, 1,000 of 95,673,916 bytes" in complaint
    assert f"expected {MEMBER} with SHA-256 009d68" in complaint


@pytest.mark.parametrize("archive", [b"", b"<html>a web page</html>", b"\x1f"])
def test_a_file_of_another_kind(tmp_path, archive):
    complaint = complaint_of(tmp_path, archive)
    assert "another one" in complaint
    assert f"found {hashlib.sha256(archive).hexdigest()}" in complaint


def test_an_archive_of_other_things(tmp_path):
    complaint = complaint_of(tmp_path, packed(dict.fromkeys("abcdef", b"")))
    assert f"expected a .tgz with {MEMBER} in it, found a, b, c, d, e, …" in complaint


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_is_not_the_graph(tmp_path, kind):
    link = tarfile.TarInfo(MEMBER)
    link.type, link.linkname = kind, "/etc/passwd"
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(link)
    assert "expected a .tgz" in complaint_of(tmp_path, archive.getvalue())


def test_a_graph_that_is_too_large_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(inception, "BYTES", 1_000)
    for archive in (bytes(1_001), packed({MEMBER: bytes(1_001)})):
        assert "has 1,001 bytes. Expected 1,000 at most" in complaint_of(tmp_path, archive)
    monkeypatch.setattr(inception, "MOST_BYTES", 10_000)
    assert "says that it has 100,000 bytes" in complaint_of(tmp_path, packed({"other": bytes(100_000)}))


def test_names_in_an_archive_lead_nowhere(tmp_path, content):
    folder = tmp_path / "judges"
    folder.mkdir()
    archive = packed({f"../{MEMBER}": content, f"{tmp_path}/{MEMBER}": b"", "../evil": b"", f"{tmp_path}/evil": b""})
    assert unpack(folder, archive, hashlib.sha256(content).hexdigest()) == content
    assert [file.name for file in tmp_path.iterdir()] == ["judges"]


@pytest.mark.parametrize(("path", "reason"), [("missing.tgz", "No such file"), ("", "Is a directory")])
def test_a_path_to_no_file(tmp_path, path, reason):
    with pytest.raises(EaselError, match=f"{reason}.*correct the judge's 'path'"):
        inception.unpack(tmp_path / path, tmp_path / InceptionSettings.weights)


def test_a_large_graph_needs_little_memory(tmp_path):
    zeros = bytes(30_000_000)
    (tmp_path / "large.tgz").write_bytes(packed({MEMBER: zeros}))
    (tmp_path / "large.pb").write_bytes(zeros)
    expected = hashlib.sha256(zeros).hexdigest()
    del zeros
    for name in ("large.tgz", "large.pb"):
        tracemalloc.start()
        inception.unpack(tmp_path / name, tmp_path / InceptionSettings.weights, expected)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3_000_000


def test_facts_distinguish_the_graph_of_2015():
    assert inception.facts({"settings": {"sha256": SHA256}}).as_json() == {"kind": "inception"}
    other = inception.facts({"settings": {"sha256": "ab" * 32}})
    assert other.as_json() == {"kind": "other_graph", "sha256": "ab" * 32}
