"""YAML files, checked against the types of `easel.config`. Every mistake is a `ConfigError`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from easel.config.base import Name
from easel.study import yaml_text
from easel.study.messages import ConfigError, config_error
from easel.study.wording import as_yaml, display_path, suggestion

adapter = cache(TypeAdapter)  # which takes a hundred times as long to make as to use

Choice = TypeVar("Choice")


def read_yaml(file: Path, root: Path) -> Any:
    """Read YAML 1.2 (where 1e-4 is a number and `no` a word); a key given twice is an error."""
    where = display_path(file, root)
    try:
        with open(file, "rb") as opened:
            data = opened.read(yaml_text.LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from None
    try:
        return yaml_text.read(data)
    except yaml_text.Unusable as error:
        line = f", line {error.line}" if error.line else ""
        raise ConfigError(f"{where}{line}: {error}") from None


def parse(kind: Any, value: Any, where: str, inside: str = "") -> Any:
    """Check `value` against a type; a mistake is a ConfigError that says where it is and what would be right.

    where: the file. inside: the key of the file whose content `value` is; "" for the whole file.
    """
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        raise config_error(error.errors(), adapter(kind).json_schema(), value, where, inside) from None


def read_entries(kind: Any, file: Path, root: Path) -> dict[str, Any]:
    """Read a file that maps names to entries of one type."""
    return parse(dict[Name, kind], read_yaml(file, root), display_path(file, root))


def pick(choices: Mapping[str, Choice], name: str, where: str) -> Choice:
    """`choices[name]`; an unknown name is a ConfigError that suggests a known one."""
    if name not in choices:
        raise ConfigError(f"{where}: unknown name {as_yaml(name)}{suggestion(name, choices)}")
    return choices[name]
