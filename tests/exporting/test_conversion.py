"""Files of networks in other formats: their outputs are those of Keras, for every preset."""

import numpy as np
import pytest
from helpers.small_networks import COMPARED, NAMES, doubled_in_64_bits, small_networks

from easel.exporting.conversion import LIMIT, MOST_CHANGED, Network, compared, convert, difference
from easel.runtime.errors import EaselError

LITERT = [name for name in NAMES if name != "vq_vae"]


@pytest.mark.parametrize("name", NAMES)
def test_onnx_files_have_the_outputs_of_keras(name, tmp_path):
    networks = small_networks(name)
    entries = list(convert(networks, ["onnx", "png"], tmp_path))
    assert [entry["file"] for entry in entries] == [f"{network.name}.onnx" for network in networks]
    for entry, network in zip(entries, networks, strict=True):
        assert (tmp_path / entry["file"]).stat().st_size > 0
        assert (entry["compared"], entry["chose_differently"]) == (COMPARED, 0)
        assert entry["largest_difference"] <= 1e-5
        assert entry["inputs"].keys() == network.inputs.keys()
        assert list(entry["outputs"]) == network.output_names
    assert entries[0]["largest_difference"] > 0  # they are not both of Keras


@pytest.mark.parametrize("name", LITERT)
def test_litert_files_of_generators_have_the_outputs_of_keras(name, tmp_path):
    (entry,) = convert(small_networks(name), ["litert"], tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [entry["file"]] == ["generator.tflite"]
    assert 0 < entry["largest_difference"] <= 1e-5


def test_what_outputs_are_called():
    names = {
        name: [each.output_names for each in small_networks(name)] for name in ("vae", "rae", "vq_vae", "fast_cpu")
    }
    assert names == {
        "vae": [["images"], ["latents", "log_variance"]],
        "rae": [["images"], ["latents", "component"]],
        "vq_vae": [["images"], ["latents", "codes"]],
        "fast_cpu": [["images"]],
    }


def test_which_networks_choose():
    chooses = {name: [each.chooses for each in small_networks(name)] for name in ("vae", "rae", "vq_vae", "fast_cpu")}
    assert chooses == {"vae": [False, False], "rae": [True, True], "vq_vae": [True, True], "fast_cpu": [False]}


def test_a_network_that_a_format_cannot_hold_is_an_error(tmp_path):
    network = Network("generator", doubled_in_64_bits(), {"latents": np.ones((2, 4), np.float32)})
    with pytest.raises(EaselError, match=r"generator.tflite: litert cannot hold this network: .*Leave litert out"):
        list(convert([network], ["litert"], tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_outputs_that_differ_are_an_error(tmp_path, monkeypatch):
    network = small_networks("dcgan")[0]
    exact = Network.outputs
    monkeypatch.setattr(Network, "outputs", lambda self: {k: v + np.float32(2e-4) for k, v in exact(self).items()})
    said = rf"for {COMPARED} of {COMPARED} images differ from Keras's by more than 0.0001, by up to 0.0002"
    with pytest.raises(EaselError, match=said):
        list(convert([network], ["onnx"], tmp_path))


def test_the_difference_is_that_of_an_image_relative_to_large_outputs():
    wanted = np.array([[0.5, 0.0], [100.0, 1.0], [0.0, 0.0], [0.0, np.nan]])
    found = np.array([[0.25, 0.0], [100.0, 2.0], [0.0, np.inf], [0.0, np.nan]])
    np.testing.assert_array_equal(difference(wanted, found), [0.25, 0.01, np.inf, np.inf])


def test_a_network_that_chooses_may_choose_differently_for_one_image_in_a_hundred():
    wanted = {"images": np.zeros((200, 3))}
    found = {"images": np.zeros((200, 3))}
    found["images"][:2] = 1.0
    found["images"][2:] = 1e-6
    entry = compared("a.onnx", wanted, found, MOST_CHANGED)
    assert entry == {"compared": 200, "limit": LIMIT, "largest_difference": 1e-6, "chose_differently": 2}
    with pytest.raises(EaselError, match="for 2 of 200 images"):
        compared("a.onnx", wanted, found, 0.0)
    found["images"][2] = 1.0
    with pytest.raises(EaselError, match="for 3 of 200 images"):
        compared("a.onnx", wanted, found, MOST_CHANGED)
