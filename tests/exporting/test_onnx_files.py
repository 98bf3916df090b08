"""ONNX files: names, sizes, operations."""

import numpy as np
import onnx
import pytest
from helpers.small_networks import small_networks

from easel.exporting import onnx_files
from easel.exporting.plain_networks import plain


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A conditional generator."""
    file = tmp_path_factory.mktemp("onnx") / "generator.onnx"
    onnx_files.write(plain(small_networks("fast_cpu")[0].keras, "images"), file)
    return file


def shapes(values):
    return {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in values
    }


def test_inputs_and_outputs_are_named_and_take_any_number_of_images(file):
    graph = onnx.load(file).graph
    assert shapes(graph.input) == {"latents": ["batch", 16], "labels": ["batch"]}
    assert shapes(graph.output) == {"images": ["batch", 32, 32, 3]}
    latents, labels = np.zeros((7, 16), np.float32), np.arange(7, dtype=np.int32) % 10
    assert onnx_files.outputs(file, {"latents": latents, "labels": labels})["images"].shape == (7, 32, 32, 3)


def test_the_file_has_standard_operations_of_one_set(file):
    (imported,) = [each for each in onnx.load(file).opset_import if each.domain == ""]
    assert imported.version == onnx_files.OPSET
    assert {node.domain for node in onnx.load(file).graph.node} <= {"", "ai.onnx"}


def test_labels_choose_the_images(file):
    latents = np.zeros((2, 16), np.float32)
    found = onnx_files.outputs(file, {"latents": latents, "labels": np.array([0, 1], np.int32)})["images"]
    assert np.abs(found[0] - found[1]).max() > 1e-3
