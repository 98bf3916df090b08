"""Budgets: the epochs that a measurement has made of a run's `minutes`, in results/<study>/<run>/budget.json."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from easel.config.base import Length
from easel.config.presets import PresetBase
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json
from easel.study.files import parse
from easel.study.messages import ConfigError

FILE = "budget.json"
REMEDY = "Measure again, with --forcerun measure_budget"


class Budget(BaseModel):
    """The content of a budget.json, as far as a training depends on it."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)
    minutes: Length
    """As the run sets them."""
    epochs: Length
    """That the training has instead."""


def is_trained(run_folder: Path) -> bool:
    """True if a seed of a run has been trained, or has a checkpoint. run_folder: `<study>/<run>/`."""
    trained = ("seed-*/train.json", "seed-*/state/*/checkpoint-*.npz")
    return any(next(run_folder.glob(pattern), None) for pattern in trained)


def read_budget(file: Path) -> Budget:
    """Read a budget.json. Raises EaselError if it is not what a measurement writes."""
    try:
        return parse(Budget, read_json(file), str(file))
    except OSError as error:
        raise EaselError(f"{file}: cannot be read: {error.strerror}. {REMEDY}") from None
    except ConfigError as error:
        raise EaselError(f"{error}. {REMEDY}") from None
    except ValueError:  # of JSON, or of its encoding
        raise EaselError(f"{file}: is not JSON. {REMEDY}") from None


def with_epochs(settings: PresetBase, budget: Budget | None, label: str) -> PresetBase:
    """The settings with the budget's epochs in place of `minutes`; as they are, if they have epochs.

    label: of the run, for errors. Raises EaselError if there is no budget of these minutes.
    """
    if settings.minutes is None:
        return settings
    if budget is None or budget.minutes != settings.minutes:
        measured = "no budget" if budget is None else f"a budget of {budget.minutes:g} minutes"
        raise EaselError(f"{label}: minutes is {settings.minutes:g}, but there is {measured}. {REMEDY}")
    return settings.model_copy(update={"epochs": budget.epochs, "minutes": None})
