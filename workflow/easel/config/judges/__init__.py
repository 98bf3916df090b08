"""An entry of config/judges.yaml: the settings of each kind of judge, a file per kind.

    base.py              what all kinds have, and published numbers to check a judge against
    classifier.py        `kind: classifier`, trained on the dataset
    inception.py         `kind: inception`, the reference of the field
    onnx.py              `kind: onnx`, any feature extractor from an ONNX file
    random.py            `kind: random`, of random weights
    self_supervised.py   `kind: self_supervised`, trained on the dataset without labels

The file of a kind is named after it, and holds its settings as one subclass of `JudgeSettings`. It is found by its
name, and only the judge itself imports it, so that changing the settings of one kind outdates no other's results.
`easel.judges` holds the judges themselves.
"""

import importlib
import pkgutil

from easel.config.judges.base import JudgeSettings


def settings_of(kind: str) -> type[JudgeSettings]:
    """The settings type in the file of a kind."""
    module = importlib.import_module(f"{__name__}.{kind}")
    return next(found for found in JudgeSettings.__subclasses__() if found.__module__ == module.__name__)


KINDS = {module.name: settings_of(module.name) for module in pkgutil.iter_modules(__path__) if module.name != "base"}
"""Every kind of judge: name -> type of its settings."""
