"""Judges of every kind whose files are damaged, or are another's: one clear line each."""

import numpy as np
import pytest
from helpers import onnx_networks, small_inception

from easel import judges, keras_files
from easel.config.judges import KINDS
from easel.config.judges.onnx import OnnxSettings
from easel.judges.classifier import network as classifier
from easel.judges.onnx import files as onnx_files
from easel.judges.random import network as random_network
from easel.judges.self_supervised import network as self_supervised
from easel.runtime.errors import EaselError

SHAPE = (8, 8, 3)


def write_onnx(file):
    settings = OnnxSettings(kind="onnx", path="a", sha256="ab" * 32, image_size=8, batch_size=4)
    onnx_files.write(onnx_networks.write(file.with_name("a.onnx")), settings, file)


WRITE = {
    "classifier": lambda file: keras_files.save(classifier.network(SHAPE, classes=3, width=2), file),
    "inception": small_inception.write,
    "onnx": write_onnx,
    "random": lambda file: keras_files.save(random_network(SHAPE, width=4, seed=0), file),
    "self_supervised": lambda file: keras_files.save(
        self_supervised.features_of(self_supervised.network(SHAPE, width=2)), file
    ),
}
"""Judges of each kind, not trained."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """The files of a judge of each kind."""
    folder = tmp_path_factory.mktemp("judges")
    for kind, write in WRITE.items():
        write(folder / KINDS[kind].weights)
    return {kind: folder / KINDS[kind].weights for kind in WRITE}


def said(call, *arguments) -> str:
    with pytest.raises(EaselError) as error:
        call(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_kind_is_here():
    assert WRITE.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", WRITE)
def test_a_whole_file_is_a_judge(weights, kind):
    judge = judges.load(weights[kind])
    features, logits = judge.outputs(np.zeros((2, *SHAPE), np.uint8))
    assert features.shape == (2, judge.feature_dim)
    assert (logits.shape[1] > 0) == (kind in ("classifier", "inception"))


@pytest.mark.parametrize("kind", WRITE)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_that_is_cut_short(weights, tmp_path, kind, share):
    file, content = tmp_path / KINDS[kind].weights, weights[kind].read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    assert said(judges.load, file).startswith(f"{file}: ")


@pytest.mark.parametrize("kind", [kind for kind in WRITE if KINDS[kind].weights.endswith(".keras")])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])
def test_bytes_that_have_changed(weights, tmp_path, kind, share):
    """A .keras file has checksums, and the other kinds' formats have none."""
    file, content = tmp_path / KINDS[kind].weights, bytearray(weights[kind].read_bytes())
    start = int(share * len(content))
    content[start : start + 64] = bytes(255 - each for each in content[start : start + 64])
    file.write_bytes(content)
    assert f"{file}: not the network of a judge of kind '{kind}', or damaged" in said(judges.load, file)


@pytest.mark.parametrize("kind", WRITE)
@pytest.mark.parametrize("other", WRITE)
def test_the_file_of_another_kind(weights, tmp_path, kind, other):
    if kind == other:
        return
    file = tmp_path / KINDS[kind].weights
    file.write_bytes(weights[other].read_bytes())
    assert said(judges.load, file).startswith(f"{file}: ")


@pytest.mark.parametrize("kind", WRITE)
@pytest.mark.parametrize("record", [{}, {"settings": {}}, {"settings": None}])
def test_a_record_that_lacks_an_entry(weights, kind, record):
    file = weights[kind].with_suffix(".json")
    assert said(judges.facts, weights[kind], record).startswith(f"{file}: not the record of such a judge, or damaged (")
