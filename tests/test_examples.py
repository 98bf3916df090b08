"""Using a trained network without Easel."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.warm_python import warm_python
from PIL import Image

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
