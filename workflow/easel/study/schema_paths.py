"""From an error's location to the keys of the file, and to what a JSON schema allows there."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Keys = list[str | int]


class Alternatives(NamedTuple):
    """The types that a mapping can have, of which one of its keys chooses one."""

    tag: str
    """The key that chooses, such as `family`; "" where there is one type only."""
    chosen: str
    """Its value, such as `gan`."""
    keys: dict[str, list[str]]
    """The keys of the type of each value."""


def keys_in_file(location: Iterable[str | int], value: Any) -> tuple[str, Keys]:
    """The keys of an error's location that exist in `value`: as text (`.runs.a.seeds[1]`), and as a list.

    Pydantic also names the member of a union that it tried; such a name is no key of `value`.
    """
    text = ""
    keys: Keys = []
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


def alternatives(schema: Mapping[str, Any], value: Any, keys: Keys) -> Alternatives:
    """The types that the mapping around `keys[-1]` can have."""
    node, inside = follow(schema, schema, value, keys[:-1])
    node = filled(schema, node)
    if "discriminator" not in node:
        return Alternatives("", "", {"": properties(schema, node, inside)})
    tag, mapping = node["discriminator"]["propertyName"], node["discriminator"]["mapping"]
    return Alternatives(
        tag, inside[tag], {name: list(resolved(schema, {"$ref": ref})["properties"]) for name, ref in mapping.items()}
    )


def allows_empty(schema: Mapping[str, Any], value: Any, keys: Keys) -> bool:
    """True if the value at `keys` may also be left empty."""
    try:
        node, _ = follow(schema, schema, value, keys)
    except (LookupError, TypeError, AttributeError, StopIteration):  # of a swept run, whose lists no schema has
        return False
    return {"type": "null"} in node.get("anyOf", ())


def follow(schema: Mapping[str, Any], node: Mapping[str, Any], value: Any, keys: Keys) -> tuple[Mapping[str, Any], Any]:
    """The part of a schema, and of a value, at `keys` from a node of it; a choice of types is left open at the end."""
    node = resolved(schema, node)
    if not keys:
        return node, value
    node = filled(schema, node)
    if "discriminator" in node:
        tag = node["discriminator"]["propertyName"]
        return follow(schema, {"$ref": node["discriminator"]["mapping"][value[tag]]}, value, keys)
    if "oneOf" in node:
        return follow(schema, fitting(schema, node, value), value, keys)
    first, *rest = keys
    if isinstance(first, int):
        return follow(schema, node["items"], value[first], rest)
    if first in node.get("properties", {}):
        return follow(schema, node["properties"][first], value[first], rest)
    return follow(schema, next(iter(node["patternProperties"].values())), value[first], rest)  # free names, as of runs


def resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node, or the definition that it refers to."""
    return schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node


def filled(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node of a value that may also be empty, without that choice."""
    choices = [branch for branch in node.get("anyOf", ()) if branch != {"type": "null"}]
    return resolved(schema, choices[0]) if choices else node


def fitting(schema: Mapping[str, Any], node: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """The alternative of a `oneOf` of which a mapping has most of the required keys."""
    return max(
        (resolved(schema, branch) for branch in node["oneOf"]),
        key=lambda each: len(value.keys() & set(each["required"])),
    )


def properties(schema: Mapping[str, Any], node: Mapping[str, Any], value: Any) -> list[str]:
    """The keys that a mapping can have."""
    return list((fitting(schema, node, value) if "oneOf" in node else node).get("properties", ()))
