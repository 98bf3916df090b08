"""LiteRT files: names, sizes."""

import numpy as np
import pytest
from helpers.small_networks import doubled_in_64_bits, small_networks

from easel.exporting import litert_files
from easel.exporting.plain_networks import plain


def test_inputs_and_outputs_are_named_and_take_any_number_of_images(tmp_path):
    litert_files.write(
        plain(small_networks("fast_cpu")[0].keras, "images", only_32_bits=True), tmp_path / "generator.tflite"
    )
    for count in (1, 7):
        inputs = {"latents": np.zeros((count, 16), np.float32), "labels": np.zeros(count, np.int32)}
        assert litert_files.outputs(tmp_path / "generator.tflite", inputs)["images"].shape == (count, 32, 32, 3)


def test_a_network_that_needs_other_operations_leaves_no_file(tmp_path):
    with pytest.raises(Exception, match="neither a custom op nor a flex op"):
        litert_files.write(plain(doubled_in_64_bits(), "images", only_32_bits=True), tmp_path / "generator.tflite")
    assert list(tmp_path.iterdir()) == []
