"""Remarks in results files, as data: a kind and the values that belong to it.

Results files hold no sentences. A remark such as a caveat is a frozen dataclass with a `kind`; `texts/<language>.yaml`
has its sentence under `<family>.<kind>`, which names the dataclass's fields in braces. To add a kind, declare a
dataclass next to the code that makes the remark, and add its sentence to every language. tests/texts/test_records.py
checks both.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Record:
    """Base class of all remarks: `class Truncated(Caveat, kind="truncated")`."""

    family: ClassVar[str]
    """The part of the texts that has the sentences of all kinds."""
    kind: ClassVar[str] = ""
    """Empty for base classes, which cannot be written."""

    def __init_subclass__(cls, kind: str = "") -> None:
        cls.kind = kind

    def as_json(self) -> dict[str, Any]:
        """The record as results files hold it: {"kind": …, and each field}."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def kinds(cls) -> Iterator[type[Self]]:
        """All kinds of this family that have been imported."""
        for child in cls.__subclasses__():
            yield from [child] if child.kind else []
            yield from child.kinds()


@dataclass(frozen=True)
class Caveat(Record):
    """Something a reader must know to use a value correctly."""

    family: ClassVar = "caveats"
