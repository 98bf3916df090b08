"""Mistakes in configuration files as one line each: file, key, what is wrong, and the likely fix."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from easel.config.base import NAME, PATTERNS
from easel.runtime.errors import EaselError
from easel.study.schema_paths import Keys, allows_empty, alternatives, keys_in_file
from easel.study.wording import (
    as_yaml,
    likely,
    listed,
    literals,
    meant_list,
    meant_literal,
    quoted_names,
    shortened,
    suggestion,
    with_point,
)

MOST_SHOWN = 5
"""Mistakes that an error lists; of any others, it says how many there are."""


class ConfigError(EaselError):
    """Mistakes in files under config/, or in a study."""

    def __init__(self, *problems: str):
        """problems: a line for each mistake; the same line twice counts once."""
        self.problems = list(dict.fromkeys(problems))
        more = len(self.problems) - MOST_SHOWN
        super().__init__("\n".join([*self.problems[:MOST_SHOWN], *([f"(and {more} more)"] if more > 0 else [])]))


def config_error(
    problems: list[ErrorDetails],  # pydantic's `error.errors()`
    schema: Mapping[str, Any],  # the JSON schema that `value` should follow
    value: Any,
    where: str,  # the file
    inside: str,  # the key of the file whose content `value` is; "" for the whole file
) -> ConfigError:
    """All that pydantic found wrong with `value`, as one error."""
    # An unknown key comes first: where a key is misspelt, that it is missing is only the consequence.
    problems = sorted(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    return ConfigError(*(f"{where}: {explain(problem, schema, value, inside)}" for problem in problems))


def explain(problem: ErrorDetails, schema: Mapping[str, Any], value: Any, inside: str) -> str:
    """One pydantic error as one line: the key, what is wrong with it, what would be right. See `config_error`."""
    location, context, got = problem["loc"], problem.get("ctx", {}), problem["input"]
    of_key = location[-1:] == ("[key]",)  # the key itself is wrong, not its value
    path, keys = keys_in_file(location[:-2] if of_key else location, value)
    tag = context.get("discriminator", "").strip("'")  # the key that chooses the type, such as `family`
    if of_key:
        return f"{place(inside, path)}the name {as_yaml(location[-2])} {requirement(problem)}"
    match problem["type"]:
        case "extra_forbidden":
            return f"{place(inside, path)}{unknown_key(schema, value, keys)}"
        case "missing" | "union_tag_not_found":
            return missing_key(tag or str(location[-1]), got, inside, path)
        case "union_tag_invalid":
            valid = suggestion(context["tag"], quoted_names(context["expected_tags"]))
            return f"{place(inside, f'{path}.{tag}')}unknown {tag} {as_yaml(got[tag])}{valid}"
        case "value_error":
            return f"{place(inside, path)}{context['error']}"
    where = place(inside, path)
    if got is None and not where:
        return "the file is empty"
    empty = ", or empty" if allows_empty(schema, value, keys) else ""
    return f"{where}{requirement(problem)}{empty}; found {as_yaml(got)}{of_a_study(keys, got) or remedy(problem, got)}"


def place(inside: str, path: str) -> str:
    """The beginning of a message: the key, and a colon; "" for the whole file."""
    where = shortened((inside + path).removeprefix("."), 200)
    return f"{where}: " if where else ""


def unknown_key(schema: Mapping[str, Any], value: Any, keys: Keys) -> str:
    """A key that its mapping cannot have: one of another type, or the known one that is probably meant."""
    types, key = alternatives(schema, value, keys), str(keys[-1])
    if others := [name for name, known in types.keys.items() if key in known]:
        have = f"{listed(others, 'and')} {'has' if len(others) == 1 else 'have'} it"
        return f"{types.tag} {types.chosen} has no such key; {have}"
    return f"unknown key{suggestion(key, types.keys[types.chosen])}"


def missing_key(missing: str, got: Any, inside: str, path: str) -> str:
    """A key that is not there, or the one that is probably a misspelling of it. got: the mapping."""
    written = [key for key in got if isinstance(key, str)] if isinstance(got, Mapping) else []
    if misspelt := likely(missing, written, cutoff=0.75):
        return f"{place(inside, f'{path}.{misspelt}')}unknown key; did you mean '{missing}'?"
    return f"{place(inside, f'{path}.{missing}')}this key is missing"


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
        case "int_type" | "int_from_float":
            return "should be a whole number"
        case "float_type":
            return "should be a number"
        case "finite_number":
            return "should be a finite number"
        case "bool_type":
            return "should be true or false"
        case "literal_error":
            return f"should be {listed(literals(context['expected']))}"
        case "too_short":
            return "should not be empty"
        case "too_long":
            return f"should have at most {context['max_length']:,} values"
        case "string_too_long":
            return f"should be at most {context['max_length']:,} characters long"
        case "string_pattern_mismatch":
            return f"should {PATTERNS[context['pattern']]}"
        case "greater_than_equal":
            return f"should be at least {context['ge']:g}"
        case "less_than_equal":
            return f"should be at most {context['le']:,}".removesuffix(".0")
        case "value_error":
            return str(context["error"])
    return problem["msg"].removeprefix("Input ")


def of_a_study(keys: Keys, got: Any) -> str:
    """The end of an error message: what was probably meant by a name in the place of a mapping, or a path of a name."""
    match keys:
        case ["runs", _] if isinstance(got, str) and re.fullmatch(NAME, got):
            return f"; write {{preset: {got}}}"
        case ["dataset"] if isinstance(got, str) and "/" in got:
            return f"; name it under 'datasets', as in mine: {{format: folder, path: {got}}}, and write dataset: mine"
    return ""


def remedy(problem: ErrorDetails, got: Any) -> str:
    """The end of an error message: how to correct the value, if that is plain."""
    match problem["type"]:
        case "string_type" if isinstance(got, int | float):
            return "; put it in quotes"
        case "string_type" if isinstance(got, list) and len(got) == 1:
            return "; leave out the brackets"
        case "bool_type":
            return meant_literal(got, ["true", "false"])
        case "literal_error":
            return meant_literal(got, literals(problem["ctx"]["expected"]))
        case "list_type" if not isinstance(got, dict | None):
            return f"; write {meant_list(got)}" if meant_list(got) else ""
        case "model_type" | "dict_type" if isinstance(got, str) and re.search(r"\w:[^\s/]", got):
            return "; put a space after each colon"
        case "int_type" if isinstance(got, str) and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", got):
            return f"; write {got.replace(',', '')}"
        case "int_type" | "float_type" if isinstance(got, str):
            if re.fullmatch(r"[+-]?\d+,\d+", got):
                return f"; write {with_point(got)}"
            return "; leave out the quotes" if re.fullmatch(r"[\d.eE+-]+", got) else ""
    return ""
