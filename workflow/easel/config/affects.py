"""What each setting affects, declared with the setting itself:

    log_every: Annotated[int, Affects.OUTPUT] = Field(50, ge=1)

Everything that has to tell settings apart asks here: what re-runs a step, what starts a training over instead of
continuing it, what makes a training cost more, and what stands in for a value that does not.
"""

from enum import Flag, auto
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class Affects(Flag):
    """What another value of a setting changes."""

    NOTHING = 0
    """No result: text for people, where a file comes from, what a job is given."""
    REPORT = auto()
    """The pages of a study."""
    SAMPLES = auto()
    """The images that are sampled, and not the training that they are sampled from."""
    OUTPUT = auto()
    """What a step leaves behind: it re-runs. A training continues from its state, unless STEPS is declared, too."""
    STEPS = auto()
    """What a training computes in its steps, or keeps in its state: it starts over."""
    RESOLVED_BY_DEVICE = auto()
    """As STEPS, but what counts is the value that the device makes of it, such as float32 for `precision: auto`."""
    COST = auto()
    """How long a step of a training takes, and how much memory it needs."""
    COST_IF_ON = auto()
    """The same, but only through being on or off (0), whatever the value."""
    TRAINING = OUTPUT | STEPS | RESOLVED_BY_DEVICE
    """All that re-runs a training."""


class ProbedAs(NamedTuple):
    """The value that stands in for a setting while a training is measured, if it is not the setting's default.

    Only for settings that do not affect the cost, or only by being on.
    """

    value: Any


Settings = TypeVar("Settings", bound=BaseModel)


def affected_by(field: FieldInfo) -> Affects:
    """What a setting declares that it affects. One that declares nothing is a TypeError."""
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
