"""A notebook's surroundings: Colab's Python package, a home folder, and what IPython would show."""

import signal
import sys

import pytest

from easel.notebook import hosts

DRIVE = """\
from pathlib import Path

refused = False

class MessageError(Exception):
    pass

def mount(folder):
    if refused:
        raise MessageError("Error: credential propagation was unsuccessful")
    (Path(folder) / "MyDrive").mkdir(parents=True, exist_ok=True)
"""
FILES = """\
chosen, downloaded = {}, []
upload = lambda: chosen
download = downloaded.append
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home folder of its own; the notebook lies in another folder."""
    for name in ("home", "notebook"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "notebook")
    monkeypatch.delenv("KAGGLE_KERNEL_RUN_TYPE", raising=False)
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def interrupts_are_heard():
    """Also where a shell has started the tests in the background, with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """Colab's package, and a Google Drive. Returns the module `google.colab`."""
    package = tmp_path / "for colab" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "drive.py").write_text(DRIVE)
    (package / "files.py").write_text(FILES)
    monkeypatch.syspath_prepend(str(package.parents[1]))
    monkeypatch.setattr(hosts, "DRIVE", tmp_path / "drive")
    from google import colab
    from google.colab import drive, files

    yield colab
    for module in (colab, drive, files):
        del sys.modules[module.__name__]
    import google

    del google.colab


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the studies that the notebook offers."""
    studies = tmp_path / "easel" / "config" / "studies"
    studies.mkdir(parents=True)
    (studies / "quickstart.yaml").write_text("dataset: shapes\n")
    for device in ("gpu", "cpu"):
        (studies / f"cifar10_{device}.yaml").write_text(f"dataset: cifar10\nminutes: 25  # of training on a {device}\n")
    return tmp_path / "easel"


class Shown:
    """What a view shows."""

    def __init__(self):
        self.outputs, self.sent = [], []

    @property
    def html(self):
        """All outputs, each as it was last."""
        return "".join(output.html for output in self.outputs)

    def display(self, first, display_id):
        self.outputs.append(Output(self.sent))
        return self.outputs[-1]


class Output:
    def __init__(self, sent):
        self.html, self.sent = "", sent

    def update(self, shown):
        self.html = shown.data
        self.sent.append(shown.data)


@pytest.fixture
def shown(monkeypatch):
    """What views show: `html`, and everything that was `sent` to the browser, in order."""
    from easel.notebook import progress

    shown = Shown()
    monkeypatch.setattr(progress, "display", shown.display)
    return shown
