"""Budgets: the epochs that a measurement has made of a run's `minutes`, in results/<study>/<run>/budget.json."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from easel.config.base import Length
from easel.config.presets import PresetBase
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json

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
        return Budget.model_validate(read_json(file))
    except OSError as error:
        raise EaselError(f"{file}: cannot be read: {error.strerror}. {REMEDY}") from None
    except ValidationError as error:
        raise EaselError(f"{file}: {first_problem(error)}. {REMEDY}") from None
    except ValueError:  # of JSON, or of its encoding
        raise EaselError(f"{file}: is not JSON. {REMEDY}") from None


def first_problem(error: ValidationError) -> str:
    """The first mistake, such as `epochs: input should be greater than 0`.

    Not in the words of `easel.study.messages`, whose code would then count as a training's.
    """
    problem = error.errors()[0]
    return ": ".join([*map(str, problem["loc"]), problem["msg"][:1].lower() + problem["msg"][1:]])


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
