"""The effects of settings. Each setting declares its own in its annotation:

    log_every: Annotated[int, Affects.OUTPUT] = Field(50, ge=1)

All code that treats settings differently asks here: the rules, for what re-runs a step; the training, for what its
state depends on; the planning, for what decides a step's cost; the report, for what to compare.
"""

from enum import Flag, auto
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class Affects(Flag):
    """The consequence of changing a setting. A setting may have several."""

    NOTHING = 0
    """Results stay the same: a description, the source of a file, the resources of a job."""
    REPORT = auto()
    """The study's pages are written again."""
    SAMPLES = auto()
    """Images are sampled again, from the same training."""
    EXPORT = auto()
    """The exported folder is written again."""
    PROJECTION = auto()
    """Pictures are projected again, by the same networks."""
    OUTPUT = auto()
    """The step that takes the setting re-runs. A training continues from its state, except with STEPS."""
    STEPS = auto()
    """A training starts over: its steps compute, or its state keeps, something else."""
    RESOLVED_BY_DEVICE = auto()
    """As STEPS, but only if the value that `auto` stands for on the device changes, such as float32 for `precision`."""
    COST = auto()
    """The time or memory of a training step changes."""
    COST_IF_ON = auto()
    """The same, but only if the setting is turned on or off (0)."""
    TRAINING = OUTPUT | STEPS | RESOLVED_BY_DEVICE
    """All effects that re-run a training."""


class ProbedAs(NamedTuple):
    """A setting's value while a probe measures the cost of a step; without it, the setting's default.

    Only for settings that do not affect the cost, or only if they are on.
    """

    value: Any


Settings = TypeVar("Settings", bound=BaseModel)


def affected_by(field: FieldInfo) -> Affects:
    """The declared effects of a setting. One that declares none is a TypeError."""
    for declared in field.metadata:
        if isinstance(declared, Affects):
            return declared
    raise TypeError("a setting should declare what it affects, as in Annotated[int, Affects.OUTPUT]")


@cache
def names_of(kind: type[BaseModel], affects: Affects) -> tuple[str, ...]:
    """The settings of a type that affect any of these, in the order of their declaration."""
    return tuple(name for name, field in kind.model_fields.items() if affected_by(field) & affects)


def as_params(settings: BaseModel, affects: Affects | None = None) -> dict[str, Any]:
    """Settings as a plain mapping in sorted order, which Snakemake can store and compare.

    affects: only those that affect any of these; None: all of them.
    """
    include = None if affects is None else set(names_of(type(settings), affects))
    return dict(sorted(settings.model_dump(include=include).items()))


def as_probed(settings: Settings) -> Settings:
    """The settings with a fixed value in place of each that does not change what a step of a training costs.

    Settings that are equal afterwards cost the same.
    """
    update = {}
    for name, field in type(settings).model_fields.items():
        affects = affected_by(field)
        if affects & Affects.COST or (affects & Affects.COST_IF_ON and not getattr(settings, name)):
            continue
        given = [declared.value for declared in field.metadata if isinstance(declared, ProbedAs)]
        update[name] = given[0] if given else field.get_default(call_default_factory=True)
    return settings.model_copy(update=update)
