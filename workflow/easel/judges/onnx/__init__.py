"""The judge `onnx`: any feature extractor in an ONNX file, such as DINOv2, CLIP or one's own.

Its values compare only with others of the same file and the same settings. Logits it has none, so no Inception Score.

files.py           the judge's file: the network, and in its metadata the settings
form.py            whether a network is a feature extractor of images, and how it is called
network.py         the network as a judge
preprocessing.py   images as the network takes them
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges.onnx import OnnxSettings
from easel.runtime.errors import EaselError


def fetch(settings: OnnxSettings, file: Path) -> None:
    """Get the file from the local path, or from the first URL that has the right one."""
    from easel.data.download import obtain

    obtain(settings.path, settings.urls, settings.sha256, file, of="judge")


def require(
    settings: OnnxSettings, file: Path, classes: list[str] | None, image_shape: list[int], at_most: bool = False
) -> None:
    """Raise EaselError unless the file is, by what it says of itself, a feature extractor of images.

    It resizes images, and knows no classes, so any dataset will do.
    """
    from easel.judges.onnx import files, form

    form.of(files.session(file, threads=1, optimised=False), settings, file)


def make(settings: OnnxSettings, source: Path, weights: Path, label: str, threads: int, gpus: int) -> dict[str, Any]:
    """Try the network, and write it with the settings that it is used with. source: the file of `fetch`."""
    import numpy as np

    from easel.judges.onnx import files
    from easel.judges.onnx.network import Onnx

    judge = Onnx(files.session(source, threads), settings, source)
    judge.try_out()
    files.write(source, settings, weights)
    called = judge.form
    taken = {"name": called.input, "type": np.dtype(called.type).name, "shape": called.input_shape}
    return {"feature_dim": judge.feature_dim, "input": taken, "output": called.output}


def load(weights: Path) -> judges.Judge:
    """The network as a judge, with the settings in its file."""
    from easel.judges.onnx import files
    from easel.judges.onnx.network import Onnx
    from easel.training.devices import threads_used

    try:
        session = files.session(weights, threads_used(), gpu=True)
        return Onnx(session, files.settings_of(session, weights), weights)
    except EaselError as error:
        raise EaselError(f"{error}. Delete it, and the same command makes it again") from error


@dataclass(frozen=True)
class OnnxFacts(judges.Facts, kind="onnx"):
    """A network from a file, and the images that it is given."""

    sha256: str
    image_size: int
    """pixels per side"""
    resize: str
    """`bicubic` or `bilinear`, with antialiasing"""


def facts(record: Mapping[str, Any]) -> OnnxFacts:
    """The judge's facts, from its onnx.json."""
    settings = OnnxSettings.model_validate(record["settings"])
    return OnnxFacts(settings.sha256, settings.image_size, settings.resize)
