"""Using a trained network without Easel."""

import os
import runpy
import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.warm_python import warm_python
from PIL import Image
from scipy.special import ndtr, ndtri

from easel.keras_files import save
from easel.study.load import load_study
from easel.training.networks import build, float32_copy

ROOT = Path(__file__).parents[1]
# Runs a script in a Python that has no Easel.
WITHOUT_EASEL = """
import runpy, sys

class Missing:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "easel":
            raise ModuleNotFoundError(f"No module named '{name}'")

sys.meta_path.insert(0, Missing)
try:
    import easel
except ModuleNotFoundError:
    pass
else:
    sys.exit("there is an Easel")
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def generators(tmp_path_factory):
    """Untrained generators as they are exported: conditional -> file."""
    folder = tmp_path_factory.mktemp("generators")
    files = {}
    for conditional in (False, True):
        study = folder / f"{conditional}.yaml"
        told = f"model: lean_gan, conditional: {str(conditional).lower()}, width: 4, latent_dim: 8"
        study.write_text(f"dataset: shapes\nruns:\n  a: {{preset: dcgan, {told}}}\n")
        settings = load_study({"study": str(study)}, ROOT).runs["a"].settings
        classes = 10 if conditional else 0
        network = build("generator", settings, 32, classes=classes)
        files[conditional] = folder / f"{conditional}.keras"
        save(float32_copy(network, "generator", settings, 32, classes), files[conditional])
    return files


@pytest.fixture
def draw(tmp_path):
    """Call examples/draw.py."""
    script = tmp_path / "without_easel.py"
    script.write_text(WITHOUT_EASEL)

    def draw(*arguments: object) -> subprocess.CompletedProcess:
        command = [warm_python(), script, ROOT / "examples/draw.py", *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [*map(str, command)], capture_output=True, text=True, timeout=300, cwd=tmp_path, env=environment
        )

    return draw


def drawn(done: subprocess.CompletedProcess, picture: Path) -> np.ndarray:
    assert done.returncode == 0, done.stderr
    return np.asarray(Image.open(picture))


@pytest.mark.parametrize("conditional", [False, True])
def test_a_generator_draws_without_easel(draw, generators, tmp_path, conditional):
    picture = tmp_path / "out.png"
    label = ["--label", 3] if conditional else []
    done = draw(generators[conditional], picture, "--count", 10, "--truncation", 0.7, "--seed", 1, *label)
    sheet = drawn(done, picture)
    assert sheet.shape == (3 * 32, 4 * 32, 3)  # ten images, four in a row
    assert sheet[:64].std() > 0
    assert (sheet[64:, 64:] == 0).all()


def test_what_cannot_be_drawn_is_said(draw, generators, tmp_path):
    for conditional, label, said in ((False, 3, "is not conditional"), (True, 10, "from 0 to 9, not 10")):
        done = draw(generators[conditional], tmp_path / "out.png", "--label", label)
        assert done.returncode == 2
        assert said in done.stderr


@pytest.fixture(scope="module")
def functions():
    """The functions of examples/draw.py, in this process."""
    return runpy.run_path(str(ROOT / "examples/draw.py"))


def test_truncation_keeps_the_weights_of_a_mixture(functions):
    """And narrows each component, like Easel's own."""
    intervals = np.array([[0.0, 0.2], [0.2, 0.5], [0.7, 0.3]])
    random = np.random.default_rng(0)
    first = functions["latent_points"](10_000, 2, 0.7, random, intervals)[:, 0].astype(np.float64)
    own = [(ndtr(first) - start) / share for start, share in intervals]
    inside = [(each >= 0) & (each < 1) for each in own]
    np.testing.assert_allclose([each.mean() for each in inside], intervals[:, 1], atol=0.02)
    for numbers, there in zip(own, inside, strict=True):
        assert np.abs(ndtri(numbers[there])).max() == pytest.approx(0.7, abs=0.05)


def test_batch_normalisation_follows_truncated_latents(functions, generators):
    network = keras.models.load_model(generators[True], compile=False)
    latents, labels = np.random.default_rng(0).uniform(-0.1, 0.1, (50, 8)).astype(np.float32), np.arange(50) % 10
    functions["normalise_by"](network, latents, labels.astype(np.int32))
    first = next(layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization))
    inputs = keras.Model(network.inputs, first.input)([latents, labels])
    np.testing.assert_allclose(first.moving_variance, np.var(inputs, axis=(0, 1, 2)), rtol=1e-3)


def test_latents_that_choose_codes_are_not_truncated(functions, tmp_path, monkeypatch, capsys):
    latents = keras.Input((4,))
    keras.Model(latents, keras.layers.Dense(3, name="one_position")(latents)).save(tmp_path / "a.keras")
    monkeypatch.setattr("sys.argv", ["draw.py", str(tmp_path / "a.keras"), "out.png", "--truncation", "0.7"])
    with pytest.raises(SystemExit):
        functions["main"]()
    assert "a.keras choose codes and cannot be truncated: leave --truncation out" in capsys.readouterr().err
