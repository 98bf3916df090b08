"""The base of all types, the patterns of names, checksums and URLs, and the type of `flip`."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticKnownError

from easel.runtime.addresses import without_secrets

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
SHA256 = r"^[0-9a-f]{64}$"
URL = r"^https?://\S+$"
LINE = r"^[^\r\n\t]*$"
LICENSE = r"^[a-z0-9][a-z0-9.+-]*$"
PATTERNS = {
    NAME: "consist of letters, digits, '_', '.' and '-', with a letter or digit first",
    SHA256: "be 64 hexadecimal digits, in lower case",
    URL: "be a URL that starts with http:// or https://",
    LINE: "be one line, without tabs",
    LICENSE: "be the identifier of a licence in lower case, such as cc-by-4.0, mit or other",
}
"""Pattern -> what a string should do, for an error message."""

LONGEST_NAME = 100
"""Characters."""

MOST_REPEATS = 19
"""Times that a part of a name may be repeated at its end: the workflow engine takes 20 for rules that feed themselves,
and stops."""


def repeated_end(name: str) -> str:
    """The part that is repeated at the end of a name more often than a path allows; "" if none is."""
    found = re.search(rf"(.+?)\1{{{MOST_REPEATS}}}$", name)
    return found[1] if found else ""


def does_not_repeat(name: str) -> str:
    """The name as it is. A ValueError if a part is repeated too often at its end."""
    if part := repeated_end(name):
        raise ValueError(f"should not end in more than {MOST_REPEATS} times '{part}'")
    return name


Name = Annotated[str, StringConstraints(pattern=NAME, max_length=LONGEST_NAME), AfterValidator(does_not_repeat)]
Names = Annotated[list[Name], Field(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
License = Annotated[str, StringConstraints(pattern=LICENSE, max_length=100)]
Title = Annotated[str, StringConstraints(pattern=LINE, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=5_000)]
Notes = Annotated[str, StringConstraints(max_length=20_000)]
"""Markdown of about eight printed pages at most. It is shown without its HTML, and loads nothing."""


def all_differ(values: list) -> list:
    """A list as it is. A ValueError if a value is there twice."""
    if twice := [value for value, count in Counter(values).items() if count > 1]:
        raise ValueError(f"{twice[0]} is listed twice")
    return values


def listed_if_single(given: object) -> object:
    """A string as a list of it; whatever else is given as it is."""
    return [given] if isinstance(given, str) else given


def with_host(url: str) -> str:
    """Validate that a URL has a host, and no port but a number."""
    try:
        parts = urlsplit(url)
        if parts.hostname and parts.port != 0:
            return url
    except ValueError:
        pass
    raise ValueError(
        f"should be a URL with a host, such as https://example.org/a.tar.gz; found '{without_secrets(url)}'"
    )


Url = Annotated[
    str, StringConstraints(pattern=URL), AfterValidator(with_host), PlainSerializer(without_secrets, return_type=str)
]
"""Only the setting's value has a password or a signature; a dump of settings lacks them."""


def is_unset(value: object) -> bool:
    """True for a setting that has no value."""
    return value is None


def equals(default: object) -> Callable[[object], bool]:
    """For `Field(default, exclude_if=equals(default))`: a setting that joined later leaves results without it alone."""
    return lambda value: value == default


def given(error: Literal["float_type", "string_type"]) -> Callable[[object], object]:
    """For a key that may be left out, but not left without a value. error: pydantic's for the latter."""

    def value_of(value: object) -> object:
        if value is None:
            raise PydanticKnownError(error)
        return value

    return value_of


Length = Annotated[float, Field(gt=0, le=1_000_000)]
LengthIfSet = Annotated[Length | None, BeforeValidator(given("float_type"), json_schema_input_type=Length)]
"""The epochs or the minutes of a training, or None where the other is set. For `Field(None, exclude_if=is_unset)`: a
dump of the settings then lacks a length that is not set."""


TRAINING = r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*/seed-(?:0|[1-9]\d*)"
"""A training of the results folder: `<study>/<run>/seed-<k>`."""
KERAS_FILE = ".keras"


def is_training(source: str) -> bool:
    """True if a `start_from` names a training, and not a file."""
    return bool(re.fullmatch(TRAINING, source))


def training_or_file(source: str) -> str:
    """A `start_from` as it is. A ValueError if it is neither a training nor a .keras file."""
    if is_training(source) or source.endswith(KERAS_FILE):
        return source
    raise ValueError(
        f"should be <study>/<run>/seed-<k>, a training of the results folder, or the path of a {KERAS_FILE} file; "
        f"found '{source[:100]}'"
    )


Start = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
StartIfSet = Annotated[
    Annotated[Start, AfterValidator(training_or_file)] | None,
    BeforeValidator(given("string_type"), json_schema_input_type=Start),
]
"""What a training starts from, or None if its networks start anew. For `Field(None, exclude_if=is_unset)`."""


MOST_PICTURES = 12
"""Pictures that a run may project: each takes seconds of a search, and a row of the run's page."""

Picture = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
Pictures = Annotated[
    list[Picture],
    AfterValidator(all_differ),
    BeforeValidator(listed_if_single, json_schema_input_type=list[Picture] | Picture),
]
"""Paths of pictures; a single one needs no list."""


class Closed(BaseModel):
    """A mapping that refuses unknown keys and does not convert values, such as the string "3" to a number."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


Flip = Literal["auto", True, False]
"""Whether images are mirrored at random; `auto` until `easel.study.flips` has asked the dataset."""


def resolved_flip(flip: Flip) -> bool:
    """A `flip` that is no longer `auto`, or a ValueError."""
    if flip == "auto":
        raise ValueError("flip: auto should have been replaced by the dataset's answer (easel.study.flips)")
    return flip
