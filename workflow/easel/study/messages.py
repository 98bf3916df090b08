"""Mistakes in configuration files as one line each: file, key, what is wrong, and the likely fix."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from easel.config.base import PATTERNS
from easel.runtime.errors import EaselError


class ConfigError(EaselError):
    """A mistake in a file under config/, or in a study."""


def config_error(
    problems: list[ErrorDetails],  # pydantic's `error.errors()`
    schema: Mapping[str, Any],  # the JSON schema that `value` should follow
    value: Any,
    where: str,  # the file
    inside: str,  # the key of the file whose content `value` is; "" for the whole file
) -> ConfigError:
    """All that pydantic found wrong with `value`, as one error: the first problem, and a second with the number of all
    others."""
    # An unknown key comes first: where a key is misspelt, that it is missing is only the consequence.
    problems = sorted(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    lines = [explain(problem, schema, value, inside) for problem in problems]
    more = f"\n(and {len(lines) - 1} more: {lines[1]})" if len(lines) > 1 else ""
    return ConfigError(f"{where}: {lines[0]}{more}")


def explain(problem: ErrorDetails, schema: Mapping[str, Any], value: Any, inside: str) -> str:
    """One pydantic error as one line: the key, what is wrong with it, what would be right. See `config_error`."""
    location, context, got = problem["loc"], problem.get("ctx", {}), problem["input"]
    if problem["type"] == "invalid_key":
        location += ("[key]",)
    of_key = location[-1:] == ("[key]",)  # the key itself is wrong, not its value
    path, keys = keys_in_file(location[:-2] if of_key else location, value)
    if problem["type"] == "missing":
        path += f".{location[-1]}"
    tag = context.get("discriminator", "").strip("'")  # the key that chooses the type, such as `family`
    if problem["type"] in ("union_tag_invalid", "union_tag_not_found"):
        path += f".{tag}"
    where = shortened((inside + path).removeprefix("."), 200)
    where += ": " if where else ""

    if of_key:
        return f"{where}the name {as_yaml(location[-2])} {requirement(problem)}{remedy('string_type', location[-2])}"
    match problem["type"]:
        case "extra_forbidden":
            return f"{where}unknown key{suggestion(str(keys[-1]), sibling_keys(schema, value, keys))}"
        case "missing" | "union_tag_not_found":
            return f"{where}this key is missing"
        case "union_tag_invalid":
            valid = quoted_names(context["expected_tags"])
            return f"{where}unknown {tag} {as_yaml(got[tag])}{suggestion(context['tag'], valid)}"
        case "literal_error":
            return f"{where}unknown value {as_yaml(got)}{suggestion(str(got), quoted_names(context['expected']))}"
        case "value_error":
            return f"{where}{context['error']}"
    if got is None and not where:
        return "the file is empty"
    return f"{where}{requirement(problem)}; found {as_yaml(got)}{remedy(problem['type'], got)}"


def requirement(problem: ErrorDetails) -> str:
    """The requirement that a value does not meet: `should be a list`."""
    context = problem.get("ctx", {})
    match problem["type"]:
        case "model_type" | "dict_type" | "model_attributes_type":
            return "should be a mapping of keys to values"
        case "list_type":
            return "should be a list"
        case "string_type" | "invalid_key":
            return "should be a string"
        case "int_type":
            return "should be a whole number"
        case "float_type":
            return "should be a number"
        case "finite_number":
            return "should be a finite number"
        case "bool_type":
            return "should be true or false"
        case "too_short":
            return "should not be empty"
        case "string_too_long":
            return f"should be at most {context['max_length']} characters long"
        case "string_pattern_mismatch":
            return f"should {PATTERNS[context['pattern']]}"
        case "greater_than_equal":
            return f"should be at least {context['ge']:g}"
    return problem["msg"].removeprefix("Input ")


def remedy(problem: str, got: Any) -> str:
    """The end of an error message: how to correct a value of the wrong type, if that is plain."""
    if problem == "string_type" and isinstance(got, int | float | date):
        return "; put it in quotes"
    if problem in ("int_type", "float_type") and isinstance(got, str) and re.fullmatch(r"[\d.eE+-]+", got):
        return "; leave out the quotes"
    return ""


def suggestion(name: str, valid: Iterable[str]) -> str:
    """The end of an error message: the valid name that `name` probably means, or all valid names."""
    valid = list(valid)
    if close := difflib.get_close_matches(name, valid, n=1, cutoff=0.6):
        return f"; did you mean '{close[0]}'?"
    if len(valid) == 1:
        return f"; there is only '{valid[0]}'"
    return f"; there are {', '.join(valid)}" if valid else ""


def keys_in_file(location: Iterable[str | int], value: Any) -> tuple[str, list[str | int]]:
    """The keys of an error's location that exist in `value`: as text (`.runs.a.seeds[1]`), and as a list.

    Pydantic also names the member of a union that it tried; such a name is no key of `value`.
    """
    text = ""
    keys: list[str | int] = []
    for part in location:
        if isinstance(value, dict) and part in value:
            text += f".{part}"
        elif isinstance(value, list) and isinstance(part, int):
            text += f"[{part}]"
        else:
            continue
        keys.append(part)
        value = value[part]
    return text, keys


def sibling_keys(schema: Mapping[str, Any], value: Any, keys: list[str | int]) -> list[str]:
    """The keys that a JSON schema allows in place of the unknown key `keys[-1]`."""

    def follow(node: Mapping[str, Any], value: Any, rest: list[str | int]) -> list[str]:
        if "$ref" in node:
            return follow(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], value, rest)
        if "discriminator" in node:
            tag = node["discriminator"]["propertyName"]
            return follow({"$ref": node["discriminator"]["mapping"][value[tag]]}, value, rest)
        if "oneOf" in node:  # the alternative of which `value` has most of the required keys
            alternatives = [schema["$defs"][branch["$ref"].rsplit("/", 1)[-1]] for branch in node["oneOf"]]
            return follow(max(alternatives, key=lambda each: len(value.keys() & set(each["required"]))), value, rest)
        if len(rest) == 1:
            return list(node["properties"])
        # A mapping of free names, such as `runs`, has one pattern for them all.
        inner = node.get("properties") or dict.fromkeys(value, *node["patternProperties"].values())
        return follow(inner[rest[0]], value[rest[0]], rest[1:])

    return follow(schema, value, keys)


def quoted_names(text: str) -> list[str]:
    """The names in pydantic's `'a', 'b' or 'c'`."""
    return re.findall(r"'(.*?)'", text)


def as_yaml(value: Any) -> str:
    """A value in one short line, as the user wrote it."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case str() | int() | float() | list() | dict():
            return shortened(repr(value), 80)
    return shortened(str(value), 80)


def shortened(text: str, width: int) -> str:
    """The text, cut to at most `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def display_path(file: Path, root: Path) -> str:
    """A file's path as the user would write it: relative to the checkout `root`, if it is inside."""
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
