"""Every model: shapes, ranges and types at 32×32 and 64×64; the origin's exact sizes."""

from pathlib import Path

import numpy as np
import pytest

from easel.config.presets import MODELS, networks_of
from easel.keras_files import save
from easel.models import load
from easel.study import load_study
from easel.training.networks import build, describe

ROOT = Path(__file__).parents[2]
LATENTS = {"vq_vae": 16}  # where not any number will do
PRESETS = sorted(path.stem for path in (ROOT / "config/presets").glob("*.yaml"))


@pytest.fixture(scope="module")
def settings_of(tmp_path_factory):
    def settings_of(preset: str, **overrides):
        study = tmp_path_factory.mktemp("study") / "models.yaml"
        run = ", ".join([f"preset: {preset}", *(f"{key}: {value}" for key, value in overrides.items())])
        study.write_text(f"dataset: shapes\nruns: {{run: {{{run}}}}}\n")
        return load_study({"study": str(study)}, ROOT).runs["run"].settings

    return settings_of


def test_every_model_has_a_preset(settings_of):
    assert {settings_of(preset).model for preset in PRESETS} == {
        path.stem for path in MODELS.glob("*.py") if path.stem != "__init__"
    }


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_says_what_it_is_and_where_its_numbers_come_from(settings_of, preset):
    assert settings_of(preset).description
    assert settings_of(preset).source


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("preset", PRESETS)
def test_shapes_ranges_and_types(settings_of, preset, size):
    settings = settings_of(preset, width=8, latent_dim=LATENTS.get(preset, 6))
    networks = {name: build(name, settings, size) for name in networks_of(settings.model) if not name.startswith("_")}
    sampler = networks[next(name for name in ("generator", "decoder") if name in networks)]
    images = sampler(np.random.default_rng(0).standard_normal((3, *sampler.input_shape[1:]), np.float32))
    assert images.shape == (3, size, size, 3)
    assert images.dtype == "float32"
    assert -1 <= np.min(images) < np.max(images) <= 1
    if "discriminator" in networks:
        outputs = networks["discriminator"](images)
        logits = outputs[0] if isinstance(outputs, list) else outputs
        assert logits.shape == (3, 1)
        assert logits.dtype == "float32"
    if "encoder" in networks:
        outputs = networks["encoder"](images)
        shapes = [output.shape for output in (outputs if isinstance(outputs, list) else [outputs])]
        assert shapes == {"rae": [(3, 6)], "vq_vae": [(3, 16, 16)]}.get(preset, [(3, 6), (3, 6)])
    if "prior" in networks:
        codes = np.zeros((3, 16), np.int32)
        assert networks["codebook"](codes).shape == (3, 16, 16)
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


def test_the_vae_has_the_origins_bottleneck(settings_of):
    layers = describe(build("encoder", settings_of("vae"), 32))["layers"]
    shapes = [layer["output_shape"] for layer in layers if layer["type"] in ("Conv2D", "Dense")]
    assert shapes == [[16, 16, 32], [8, 8, 64], [16], [64], [64]]


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_saved_loads_and_computes_the_same(settings_of, preset, tmp_path):
    settings = settings_of(preset, width=8, latent_dim=LATENTS.get(preset, 6))
    name = "generator" if settings.family == "gan" else "decoder"
    network = build(name, settings, 32, "mixed_bfloat16")
    save(network, tmp_path / "network.keras")
    latents = np.random.default_rng(0).standard_normal((3, *network.input_shape[1:]), np.float32)
    np.testing.assert_array_equal(load(tmp_path / "network.keras")(latents), network(latents))


def test_a_description_lists_layers_in_order(settings_of):
    described = describe(build("generator", settings_of("dcgan"), 32))
    assert described["inputs"] == [[100]]
    assert described["layers"][0]["type"] == "Dense"
    assert described["layers"][-1]["output_shape"] == [32, 32, 3]
    assert sum(layer["parameters"] for layer in described["layers"]) == described["parameters"]
    assert {layer["detail"] for layer in described["layers"] if layer["type"] == "Conv2DTranspose"} == {"4×4, stride 2"}
