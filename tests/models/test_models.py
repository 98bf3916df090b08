"""Every model: shapes, ranges and types at each size of images; the exact sizes of published networks."""

import hashlib
import importlib
import inspect
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import easel.models
from easel.config.models import MODELS, model_of
from easel.keras_files import save
from easel.models import load
from easel.runtime.errors import EaselError
from easel.study.load import load_study
from easel.training.networks import build, describe, with_canonical_names

ROOT = Path(__file__).parents[2]
LATENTS = {"vq_vae": 16}  # where not any number will do
PRESETS = sorted(path.stem for path in (ROOT / "config/presets").glob("*.yaml"))
PINNED = json.loads(Path(__file__).with_name("networks.json").read_text())
"""What the networks of some presets were at width 4 before there were other sizes than 32 and 64."""


@pytest.fixture(scope="module")
def settings_of(tmp_path_factory):
    def settings_of(preset: str, **overrides):
        study = tmp_path_factory.mktemp("study") / "models.yaml"
        run = ", ".join([f"preset: {preset}", *(f"{key}: {value}" for key, value in overrides.items())])
        study.write_text(f"dataset: shapes\nruns: {{run: {{{run}}}}}\n")
        return load_study({"study": str(study)}, ROOT).runs["run"].settings

    return settings_of


def built(name: str, settings, image_size: int, precision: str = "float32") -> keras.Model:
    """A network of a preset, of ten classes if it is conditional."""
    return build(name, settings, image_size, precision, 10 if getattr(settings, "conditional", False) else 0)


def drawn_from(network: keras.Model) -> tf.Tensor | list[tf.Tensor]:
    """Inputs of an image network for three images: latents, and classes if it is conditional."""
    latents = np.random.default_rng(0).standard_normal((3, *network.inputs[0].shape[1:]), np.float32)
    return latents if len(network.inputs) == 1 else [latents, np.array([0, 9, 4], np.int32)]


def test_every_model_is_declared_and_has_a_preset(settings_of):
    files = {file.stem for file in Path(easel.models.__file__).parent.glob("*.py")} - {
        "__init__",
        "batch_statistics",
        "blocks",
        "stages",
    }
    assert MODELS.keys() == files
    assert {settings_of(preset).model for preset in PRESETS} == files


@pytest.mark.parametrize("model", MODELS)
def test_a_model_takes_what_it_declares(model):
    file = importlib.import_module(f"easel.models.{model}")
    functions = [
        function for name, function in inspect.getmembers(file, inspect.isfunction)
        if function.__module__ == file.__name__ and not name.startswith("_")
    ]  # fmt: skip
    assert model_of(model).networks == {
        function.__name__: tuple(inspect.signature(function).parameters) for function in functions
    }


@pytest.mark.parametrize("model", [name for name, model in MODELS.items() if "discriminator" in model.networks])
def test_a_model_declares_batch_normalisation_of_its_discriminator(model):
    function = importlib.import_module(f"easel.models.{model}").discriminator
    sizes = {"image_size": 32, "width": 4, "classes": 0, "aux_classifier_weight": 0.0}
    network = function(*(sizes[name] for name in inspect.signature(function).parameters))
    found = any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)
    assert model_of(model).batch_norm_discriminator is found


@pytest.mark.parametrize("model", [name for name, model in MODELS.items() if "discriminator" in model.networks])
def test_a_model_declares_the_convolutions_of_its_discriminator(model):
    function = importlib.import_module(f"easel.models.{model}").discriminator
    for image_size in model_of(model).sizes:
        sizes = {"image_size": image_size, "width": 2, "classes": 0, "aux_classifier_weight": 0.0}
        network = function(*(sizes[name] for name in inspect.signature(function).parameters))
        found = sum(isinstance(layer, keras.layers.Conv2D) for layer in network.layers)
        assert model_of(model).convolutions(image_size) == found


@pytest.mark.parametrize("model", [name for name, model in MODELS.items() if "generator" in model.networks])
def test_a_model_declares_whether_its_images_have_a_bias(model):
    function = importlib.import_module(f"easel.models.{model}").generator
    sizes = {"image_size": 32, "latent_dim": 6, "width": 4, "classes": 0}
    *_, last, tanh = function(*(sizes[name] for name in inspect.signature(function).parameters)).layers
    assert tanh.activation is keras.activations.tanh
    assert [weight.name for weight in last.weights] == (
        ["kernel", "bias"] if model_of(model).has_image_bias else ["kernel"]
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_a_description_and_a_source(settings_of, preset):
    assert settings_of(preset).description
    assert settings_of(preset).source


@pytest.mark.parametrize("preset", PINNED)
def test_networks_of_32_and_64_pixels_remain_what_they_were(settings_of, preset):
    """Layers, shapes of weights, and initial values, on which trainings and their checkpoints depend."""
    settings, found = settings_of(preset, width=4), {}
    for size, networks in PINNED[preset].items():
        for name in networks:
            keras.utils.set_random_seed(1)
            network = with_canonical_names(built(name, settings, int(size)))
            layers = [
                [layer.name, type(layer).__name__, [list(weight.shape) for weight in layer.weights]]
                for layer in network.layers
            ]
            found.setdefault(size, {})[name] = {
                "parameters": network.count_params(),
                "layers": hashlib.sha256(json.dumps(layers).encode()).hexdigest()[:12],
                "sum": pytest.approx(sum(np.abs(np.float64(each)).sum() for each in network.get_weights()), rel=1e-5),
            }
    assert PINNED[preset] == found


@pytest.mark.parametrize("model", MODELS)
def test_networks_fit_each_size_of_images(settings_of, model):
    """Built only, at a width of 2: what the generator makes is what discriminator and encoder take. The sizes that
    `networks.json` has are not built again."""
    preset = {"resnet_gan": "cgan", "lean_gan": "fast_cpu"}.get(model, model)
    for size in set(model_of(model).sizes) - {32, 64}:
        settings = settings_of(preset, width=2, latent_dim={48: 36, 96: 144}.get(size, 64) if model == "vq_vae" else 8)
        networks = {name: built(name, settings, size) for name in model_of(model).networks}
        sampler = networks.get("generator") or networks["decoder"]
        assert sampler.output_shape == (None, size, size, 3)
        for name in {"discriminator", "encoder"} & networks.keys():
            assert networks[name].inputs[0].shape == (None, size, size, 3)
        if "encoder" in networks:
            code = keras.tree.flatten(networks["encoder"].outputs)[0]
            assert code.shape == sampler.inputs[0].shape


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [31, 100])
def test_other_sizes_are_refused(settings_of, model, size):
    preset = {"resnet_gan": "cgan", "lean_gan": "fast_cpu"}.get(model, model)
    network, settings = next(iter(model_of(model).networks)), settings_of(preset)
    with pytest.raises(
        EaselError, match=rf"^model {model} makes images of 32, .* or \d+ pixels a side, not of {size}$"
    ):
        built(network, settings, size)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("size", [32, 128])
def test_shapes_ranges_and_types(settings_of, preset, size):
    settings = settings_of(preset, width=8, latent_dim=LATENTS.get(preset, 6))
    size = min(size, max(model_of(settings.model).sizes))
    networks = {name: built(name, settings, size) for name in model_of(settings.model).networks}
    sampler = networks[next(name for name in ("generator", "decoder") if name in networks)]
    images = sampler(drawn_from(sampler))
    assert images.shape == (3, size, size, 3)
    assert images.dtype == "float32"
    assert -1 <= np.min(images) < np.max(images) <= 1
    if "discriminator" in networks:
        told = getattr(settings, "conditional", False)
        outputs = networks["discriminator"]([images, tf.constant([0, 9, 4])] if told else images)
        logits = outputs[0] if isinstance(outputs, list) else outputs
        assert logits.shape == (3, 11 if getattr(settings, "aux_classifier_weight", 0) else 1)
        assert logits.dtype == "float32"
    if "encoder" in networks:
        outputs = networks["encoder"](images)
        shapes = [output.shape for output in (outputs if isinstance(outputs, list) else [outputs])]
        assert shapes == {"rae": [(3, 6)], "vq_vae": [(3, 16, 4)]}.get(preset, [(3, 6), (3, 6)])
    if "prior" in networks:
        codes = np.zeros((3, 16), np.int32)
        assert networks["codebook"](codes).shape == (3, 16, 4)
        assert networks["prior"](codes).shape == (3, 16, settings.codes)


def test_the_tutorial_dcgan_is_the_tutorials(settings_of):
    """Parameters counted by hand from the layers that the tutorial lists, with 8·8·256 and three channels."""
    settings = settings_of("tutorial_dcgan")
    generator, discriminator = build("generator", settings, 32), build("discriminator", settings, 32)
    dense = 100 * 16384 + 4 * 16384
    transposed = 25 * (256 * 128 + 128 * 64 + 64 * 3) + 4 * (128 + 64)
    assert generator.count_params() == dense + transposed
    assert discriminator.count_params() == 25 * (3 * 64 + 64 * 128) + 64 + 128 + 8 * 8 * 128 + 1
    kinds = [type(layer).__name__ for layer in discriminator.layers]
    assert kinds.count("Dropout") == 2
    assert all(layer.rate == 0.3 for layer in discriminator.layers if type(layer).__name__ == "Dropout")


def test_the_vae_has_the_bottleneck_of_the_keras_example(settings_of):
    layers = describe(build("encoder", settings_of("vae"), 32))["layers"]
    shapes = [layer["output_shape"] for layer in layers if layer["type"] in ("Conv2D", "Dense")]
    assert shapes == [[16, 16, 32], [8, 8, 64], [16], [64], [64]]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_saved_network_loads_and_computes_the_same(settings_of, preset, tmp_path):
    settings = settings_of(preset, width=8, latent_dim=LATENTS.get(preset, 6))
    name = "generator" if settings.family == "gan" else "decoder"
    network = built(name, settings, 32, "mixed_bfloat16")
    save(network, tmp_path / "network.keras")
    inputs = drawn_from(network)
    np.testing.assert_array_equal(load(tmp_path / "network.keras")(inputs), network(inputs))


def test_a_description_lists_layers_in_order(settings_of):
    described = describe(build("generator", settings_of("dcgan"), 32))
    assert described["inputs"] == [[100]]
    assert described["layers"][0]["type"] == "Dense"
    assert described["layers"][-1]["output_shape"] == [32, 32, 3]
    assert sum(layer["parameters"] for layer in described["layers"]) == described["parameters"]
    assert {layer["detail"] for layer in described["layers"] if layer["type"] == "Conv2DTranspose"} == {"4×4, stride 2"}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_description_lists_the_inputs_of_each_layer(settings_of, preset):
    settings = settings_of(preset, width=8, latent_dim=LATENTS.get(preset, 6))
    for name in settings.networks:
        network = built(name, settings, 32)
        described = describe(network)
        assert sum(layer["parameters"] for layer in described["layers"]) == network.count_params()
        known = set(described["input_names"])
        for layer in described["layers"]:
            assert layer["after"]
            assert set(layer["after"]) <= known, layer["name"]  # each stands before it
            known.add(layer["name"])


def test_a_conditional_network_is_described_with_its_classes(settings_of):
    described = describe(built("generator", settings_of("cgan", width=8), 32))
    assert described["inputs"] == [[128], []]
    assert described["input_names"] == ["latents", "labels"]
    layers = {layer["name"]: layer for layer in described["layers"]}
    joins = [layer for layer in layers.values() if layer["type"] == "Add" and layer["output_shape"][0] == 32]
    assert all(len(layer["after"]) == 2 for layer in joins)
    assert sum(layer["after"] == ["labels"] for layer in layers.values()) == 2 * 2 * 3


def test_a_layer_that_is_shared_is_described_once():
    inputs = keras.Input((4,), name="numbers")
    shared = keras.layers.Dense(4, name="shared")
    outputs = keras.layers.Add(name="sum")([shared(inputs), shared(shared(inputs))])
    described = describe(keras.Model(inputs, outputs))
    assert [layer["name"] for layer in described["layers"]] == ["shared", "sum"]
    assert described["layers"][0]["after"] == ["numbers", "shared"]
    assert described["parameters"] == 20


# --- the networks of the literature --------------------------------------------------------------------


def kernels(network: keras.Model) -> list[tuple[int, ...]]:
    """The shapes of a network's convolutions' kernels, with their strides."""
    return [(*layer.kernel.shape, layer.strides[0]) for layer in network.layers if type(layer).__name__ == "Conv2D"]


def test_sngans_discriminator_is_the_papers(settings_of):
    network = built("discriminator", settings_of("sngan"), 32)
    assert [(shape[0], shape[3], shape[4]) for shape in kernels(network)] == [
        (3, 64, 1), (4, 128, 2), (3, 128, 1), (4, 256, 2), (3, 256, 1), (4, 512, 2), (3, 512, 1),
    ]  # fmt: skip
    assert not any("Normalization" in type(layer).__name__ for layer in network.layers)


def test_the_residual_networks_are_the_papers(settings_of):
    """Parameters counted by hand from table 4 of SN-GAN."""
    generator, discriminator = (built(name, settings_of("sngan_resnet"), 32) for name in ("generator", "discriminator"))
    block = 2 * (9 * 256 * 256 + 256) + 256 * 256 + 256 + 2 * 4 * 256
    assert generator.count_params() == 128 * 4096 + 4096 + 3 * block + 4 * 256 + 9 * 256 * 3 + 3
    convolutions = 9 * 3 * 128 + 7 * 9 * 128 * 128 + 8 * 128
    shortcuts = 3 * 128 + 128 * 128 + 2 * 128
    assert discriminator.count_params() == convolutions + shortcuts + 128 + 1


def test_biggan_refuses_fewer_latents_than_blocks(settings_of):
    with pytest.raises(EaselError, match="shares its latents among 4 places: latent_dim is 3, and too small"):
        built("generator", settings_of("biggan", width=4, latent_dim=3), 32)
    for image_size, fewest in ((32, 4), (48, 4), (64, 5), (256, 7)):
        assert model_of("biggan").fewest_latents(image_size) == fewest
        built("generator", settings_of("biggan", width=4, latent_dim=fewest), image_size)


def test_biggan_gives_each_block_latents_of_its_own(settings_of):
    """The last block's latents change the image, but not what the first block makes."""
    network = built("generator", settings_of("biggan", width=4), 32)
    first_add = next(layer for layer in network.layers if type(layer).__name__ == "Add" and layer.output.shape[1] == 8)
    seen = keras.Model(network.inputs, [first_add.output, network.outputs[0]])
    latents, labels = np.zeros((1, 80), np.float32), np.array([3], np.int32)
    others = latents.copy()
    others[:, 60:] = 2.0
    (early, image), (early_other, image_other) = (seen([each, labels]) for each in (latents, others))
    np.testing.assert_array_equal(early, early_other)
    assert not np.array_equal(image, image_other)


def test_r3gans_blocks_start_as_the_identity(settings_of):
    network = built("discriminator", settings_of("r3gan", width=4), 32)
    adds = [layer for layer in network.layers if type(layer).__name__ == "Add"]
    assert len(adds) == 4
    images = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    for add in adds:
        before, after = keras.Model(network.inputs, [add.input[0], add.output])([images])
        np.testing.assert_array_equal(before, after)
