"""`flip: auto` of runs and judges: the dataset says whether its images may be mirrored."""

from dataclasses import dataclass
from typing import TypeVar

from easel.config.base import Closed
from easel.config.datasets import Dataset
from easel.config.presets import PresetBase
from easel.runtime.records import Caveat

Settings = TypeVar("Settings", bound=Closed)


@dataclass(frozen=True)
class MirroredAgainstDataset(Caveat, kind="mirrored_against_dataset"):
    """Trained with `flip: true` on a dataset that is not `mirrorable`."""

    dataset: str


def with_flip(settings: Settings, dataset: Dataset) -> Settings:
    """The settings with the dataset's answer in place of `flip: auto`; as they are, if they have no `auto`."""
    if getattr(settings, "flip", None) != "auto":
        return settings
    return settings.model_copy(update={"flip": dataset.mirrorable})


def flip_caveats(settings: PresetBase, dataset: Dataset, name: str) -> list[Caveat]:
    """The caveat of a training that mirrors images against the word of its dataset, which is called `name`."""
    return [MirroredAgainstDataset(name)] if settings.flip is True and not dataset.mirrorable else []
