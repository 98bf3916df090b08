"""The base of all types, the patterns of names, checksums and URLs, and the type of `flip`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
SHA256 = r"^[0-9a-f]{64}$"
URL = r"^https?://\S+$"
PATTERNS = {
    NAME: "consist of letters, digits, '_', '.' and '-', with a letter or digit first",
    SHA256: "be 64 hexadecimal digits, in lower case",
    URL: "be a URL that starts with http:// or https://",
}
"""Pattern -> what a string should do, for an error message."""

LONGEST_NAME = 100
"""Characters."""

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=LONGEST_NAME)]
Names = Annotated[list[Name], Field(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Url = Annotated[str, StringConstraints(pattern=URL)]


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
