"""Networks as figures: which layers become blocks, what is joined to what, and that nothing is cut off or lost."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from helpers.fake_results import layer, network, networks

from easel.report import cells as report
from easel.report.figures import diagram
from easel.report.figures.diagram import Block, detour_levels
from easel.report.figures.network_figures import alt_text, stages
from easel.report.page import numbers

ALL = [each for preset in ("dcgan", "vae", "vae_gan") for each in networks(preset).values()]
RESIDUAL = network(
    [8, 8, 16],
    [
        layer("Conv2D", [8, 8, 16], 2320, "3×3") | {"name": "first", "after": ["input"]},
        layer("ReLU", [8, 8, 16]) | {"name": "re_lu", "after": ["first"]},
        layer("Conv2D", [8, 8, 16], 2320, "3×3") | {"name": "second", "after": ["re_lu"]},
        layer("Add", [8, 8, 16]) | {"name": "add", "after": ["second", "first"]},
        layer("ReLU", [8, 8, 16]) | {"name": "re_lu_1", "after": ["add"]},
    ],
)


# --- stages --------------------------------------------------------------------------------------------


def test_layers_that_keep_the_shape_join_the_one_before():
    got = stages(networks("dcgan")["generator"])
    assert [stage.kind for stage in got] == ["Input", "Dense", "Reshape", *["Conv2DTranspose"] * 3, "Conv2D"]
    assert got[3].then == ["BatchNormalization", "ReLU"]
    assert got[3].parameters == 16 * 512 * 256 + 4 * 256
    assert [stage.shape[0] for stage in got[2:]] == [4, 8, 16, 32, 32]


@pytest.mark.parametrize("found", ALL)
def test_no_parameter_and_no_layer_gets_lost(found):
    got = stages(found)
    assert sum(stage.parameters for stage in got) == found["parameters"]
    assert sum(len(stage.layers) for stage in got) == len(found["layers"])


def test_an_activation_is_called_by_its_name():
    activation = {"name": "a", "type": "Activation", "output_shape": [8], "parameters": 0, "detail": "tanh"}
    dense = {"name": "d", "type": "Dense", "output_shape": [8], "parameters": 40, "detail": ""}
    assert stages({"inputs": [[4]], "layers": [dense, activation]})[-1].then == ["tanh"]


def test_two_heads_take_the_same_layer_as_their_sizes_tell():
    *_, bottleneck, mean, log_variance = stages(networks("vae")["encoder"])
    assert bottleneck.shape == [16]
    assert mean.after == log_variance.after == (4,)


def test_features_beside_the_logits_come_from_the_layer_of_their_shape():
    layers = [
        *networks("dcgan")["discriminator"]["layers"],
        layer("Activation", [4, 4, 256], 0, "linear") | {"name": "features"},
    ]
    got = stages(network([32, 32, 3], layers))
    assert got[-1].name == "features"
    assert got[-1].after == (3,)


def test_a_record_that_says_what_a_layer_takes_is_followed():
    got = stages(RESIDUAL)
    # The ReLU is no part of the first convolution, of which the sum takes what was before it.
    assert [stage.kind for stage in got] == ["Input", "Conv2D", "ReLU", "Conv2D", "Add"]
    assert [stage.after for stage in got] == [(), (0,), (1,), (2,), (1, 3)]
    assert [stage.then for stage in got] == [[], [], [], [], ["ReLU"]]


def test_what_leads_to_the_scales_and_shifts_of_channels_is_part_of_what_they_change():
    def layer_of(kind, name, shape, after, parameters=0):
        return layer(kind, shape, parameters) | {"name": name, "after": after}

    layers = [
        layer_of("Dense", "dense", [16], ["latents"], 32),
        layer_of("Reshape", "map", [2, 2, 4], ["dense"]),
        layer_of("BatchNormalization", "norm", [2, 2, 4], ["map"], 8),
        layer_of("Embedding", "shared", [3], ["labels"], 30),
        layer_of("Dense", "scale", [4], ["shared"], 16),
        layer_of("Reshape", "scales", [1, 1, 4], ["scale"]),
        layer_of("Multiply", "multiply", [2, 2, 4], ["norm", "scales"]),
        layer_of("Dense", "shift", [4], ["shared"], 16),
        layer_of("Reshape", "shifts", [1, 1, 4], ["shift"]),
        layer_of("Add", "add", [2, 2, 4], ["multiply", "shifts"]),
        layer_of("ReLU", "re_lu", [2, 2, 4], ["add"]),
    ]
    conditional = {"parameters": 102, "inputs": [[2], []], "input_names": ["latents", "labels"], "layers": layers}
    got = stages(conditional)
    assert [stage.kind for stage in got] == ["Input", "Input", "Dense", "Reshape"]
    assert [stage.after for stage in got] == [(), (), (0,), (2,)]
    assert got[-1].then == ["BatchNormalization", "Multiply (labels)", "Add (labels)", "ReLU"]
    assert sum(stage.parameters for stage in got) == 102
    assert sorted(name for stage in got for name in stage.layers) == sorted(each["name"] for each in layers)
    drawn = report.architecture({"generator": conditional})
    assert "labels" in drawn
    assert "nan" not in drawn


def test_only_names_that_somebody_gave_are_shown():
    given = [layer("Dense", [8], 40) | {"name": name} for name in ("dense", "dense_12", "logits")]
    assert [stage.name for each in given for stage in stages(network([4], [each]))[1:]] == ["", "", "logits"]


# --- the drawing ---------------------------------------------------------------------------------------


def blocks(chain: int, **after: tuple[int, ...]) -> list[Block]:
    return [
        Block([8, 8, 4], 0, ["A", "", "8", ""], [], after.get(f"b{i}", (i - 1,) if i else ())) for i in range(chain)
    ]


def test_lines_that_pass_others_keep_apart():
    got = detour_levels(blocks(6, b3=(0, 2), b4=(1, 3), b5=(0, 4)))
    assert got == {(0, 3): 1, (1, 4): 2, (0, 5): 3}
    assert detour_levels(blocks(5)) == {}


@pytest.mark.parametrize("drawn", [diagram.row, diagram.column])
@pytest.mark.parametrize("chain", [1, 2, 7, 9, 10, 25])
def test_every_block_is_drawn_joined_and_inside_the_figure(drawn, chain):
    root = ElementTree.fromstring(drawn(blocks(chain), "N", "total", "alt", 32).replace("xmlns=", "data-x="))
    _, _, width, height = map(float, root.get("viewBox").split())
    assert len(root.findall(".//polygon")) == 3 * chain
    assert len(root.findall(".//path[@transform]")) == chain - 1
    corners = [point.split(",") for each in root.iter("polygon") for point in each.get("points").split()]
    places = [(text.get("x"), text.get("y")) for text in root.iter("text")] + corners
    x, y = np.array(places, float).T
    assert 0 <= x.min() <= x.max() <= width
    assert 0 <= y.min() <= y.max() <= height


def test_a_residual_block_has_a_line_around_it():
    got = report.architecture({"residual": RESIDUAL})
    assert "Add" in got
    wide, tall = re.findall(r"<svg.*?</svg>", got, flags=re.DOTALL)
    assert len(re.findall(r'transform="translate', wide)) == len(re.findall(r'transform="translate', tall)) == 5


def test_feature_maps_are_as_high_as_their_resolution_and_as_long_as_their_channels():
    assert (
        diagram.block_size([32, 32, 64], 32)[0]
        > diagram.block_size([16, 16, 64], 32)[0]
        > diagram.block_size([1], 32)[0]
    )
    assert (
        diagram.block_size([8, 8, 512], 32)[1]
        > diagram.block_size([8, 8, 64], 32)[1]
        > diagram.block_size([8, 8, 3], 32)[1]
    )


# --- what it says --------------------------------------------------------------------------------------


def test_the_figure_says_of_every_layer_what_it_is_and_of_the_network_how_large():
    got = report.architecture(networks("vae_gan"))
    assert got.count("<svg") == 2 * 3
    plain = re.sub(r"</?tspan[^>]*>", "", got).replace(numbers.NBSP, " ")
    for said in (
        "Encoder",
        "Conv2DTranspose",
        "4×4, stride 2",
        "8 × 8 × 256",
        "2.1 M parameters",
        "+ BatchNormalization",
    ):
        assert said in plain, said
    assert f"{networks('vae_gan')['decoder']['parameters']:,} parameters in total" in plain


def test_the_alternative_text_has_every_layer_and_what_it_takes():
    encoder = networks("vae")["encoder"]
    got = alt_text("Encoder", encoder, stages(encoder)).replace(numbers.NBSP, " ")
    assert got.startswith(
        f"Encoder, {encoder['parameters']:,} parameters in total, from input to output. Input, 32 × 32 × 3."
    )
    assert "Conv2D, 3×3, stride 2, ReLU, 16 × 16 × 32, 896 parameters." in got
    assert got.count("; input: Dense.") == 1


def test_screen_readers_have_a_table_of_every_layer():
    got = report.architecture({"discriminator": networks("dcgan")["discriminator"]})
    assert got.count('scope="row"') == len(networks("dcgan")["discriminator"]["layers"])


def test_no_network_no_figure():
    assert report.architecture({}) is None
    assert report.architecture({"empty": {"inputs": [], "layers": [], "parameters": 0}}).count("<svg") == 2
