"""Using a trained network without Easel."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.patience import PATIENCE
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
            [*map(str, command)], capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path, env=environment
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


def test_folders_are_made_and_libraries_print_nothing(draw, generators, tmp_path):
    done = draw(generators[False], tmp_path / "new" / "folder" / "out.webp", "--count", 1)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert drawn(done, tmp_path / "new" / "folder" / "out.webp").shape == (32, 32, 3)


def test_what_cannot_be_drawn_is_said_in_one_line(draw, generators, tmp_path):
    plain, conditional = generators[False], generators[True]
    torn = tmp_path / "torn.keras"
    torn.write_bytes(plain.read_bytes()[:-1000])
    encoder = tmp_path / "encoder.keras"
    images = keras.Input((32, 32, 3))
    keras.Model(images, keras.layers.Flatten()(images)).save(encoder)
    for generator, options, said in (
        (plain, ["--label", 3], f"{plain}: this generator is not conditional: leave --label out"),
        (conditional, ["--label", 10], f"{conditional}: --label should be from 0 to 9, not 10"),
        (torn, [], f"{torn}: not a network that Keras can read, or a damaged one: "),
        (encoder, [], f"{encoder}: not a generator: it does not turn latents into images"),
    ):
        done = draw(generator, tmp_path / "out.png", *options)
        assert done.returncode == 2
        assert done.stderr.startswith(f"draw.py: {said}")
        assert done.stderr.count("\n") == 1, done.stderr
    assert not (tmp_path / "out.png").exists()


SUFFIX = "should end in .png, or in another suffix that Pillow can write, not"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch.keras", "o.png"], "nosuch.keras: there is no such file"),
        (["folder", "o.png"], "folder: a folder, not a file"),
        (
            ["g.keras", "o.txt"],
            f"argument picture: {SUFFIX} o.txt",
        ),
        (["g.keras", "o"], f"argument picture: {SUFFIX} o"),
        (["g.keras", "folder.png"], "argument picture: folder.png is a folder"),
        (["g.keras", "o.png", "--seed", "-1"], "argument --seed: should be a whole number of 0 or more, not -1"),
        (["g.keras", "o.png", "--count", "abc"], "argument --count: should be a whole number from 1 to 10000, not abc"),
        (["g.keras", "o.png", "--count", "0"], "argument --count: should be a whole number from 1 to 10000, not 0"),
        (["g.keras", "o.png", "--count", "1e9"], "argument --count: should be a whole number from 1 to 10000, not 1e9"),
        (["g.keras", "o.png", "--label", "-1"], "argument --label: should be a whole number of 0 or more, not -1"),
        (
            ["g.keras", "o.png", "--truncation", "nan"],
            "argument --truncation: should be a number of 0.01 or more, not nan",
        ),
        (["g.keras", "o.png", "--truncation", "0"], "argument --truncation: should be a number of 0.01 or more, not 0"),
        (["g.keras"], "the following arguments are required: picture"),
        (
            ["g.keras", "o.png"],
            "g.keras: Keras is needed to read it, and cannot be imported: import of keras halted; None in sys.modules",
        ),
    ],
)
def test_wrong_arguments_are_said_before_keras_is_imported(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["examples/draw.py", *arguments])
    for name in ("folder", "folder.png"):
        Path(name).mkdir()
    Path("g.keras").touch()
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "examples/draw.py"), run_name="__main__")
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", f"draw.py: {said}\n")


# --- truncation ------------------------------------------------------------------------------------------


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


def test_truncated_latents_have_their_own_statistics(functions, generators):
    """Those of a batch of truncated latents, and not the wider ones of training."""
    network = keras.models.load_model(generators[True], compile=False)
    latents = functions["latents_for"](network, 50, 0.1, np.random.default_rng(0))
    assert np.abs(latents).max() <= 0.1
    others = functions["latent_points"](1_000, 8, 0.1, np.random.default_rng(1))
    first = next(layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization))
    inputs = keras.Model(network.inputs, first.input)([others, np.arange(1_000) % 10])
    np.testing.assert_allclose(first.moving_variance, np.var(inputs, axis=(0, 1, 2)), rtol=0.2)


def test_whole_latents_leave_a_network_as_it_is(functions, generators):
    network = keras.models.load_model(generators[True], compile=False)
    before = network.get_weights()
    functions["latents_for"](network, 5, None, np.random.default_rng(0))
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_latents_that_choose_codes_are_not_truncated(draw, tmp_path):
    latents = keras.Input((4,))
    codes = keras.layers.Dense(3, name="one_position")(latents)
    keras.Model(latents, keras.layers.Reshape((1, 1, 3))(codes)).save(tmp_path / "a.keras")
    done = draw(tmp_path / "a.keras", tmp_path / "out.png", "--truncation", "0.7")
    assert done.returncode == 2
    assert "a.keras: its latents choose codes and cannot be truncated: leave --truncation out" in done.stderr
