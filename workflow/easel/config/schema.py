"""JSON schemas of the files under config/, for editors: `python -m easel.config.schema` writes workflow/schemas/.

They are generated from the types in `easel.config`. Checks that need the other files (that a preset exists, that a
run's overrides fit its family) are left to `easel.study`.
"""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from easel.config.base import Name
from easel.config.datasets import Dataset
from easel.config.panels import JudgeOrPanel
from easel.config.presets import FAMILIES, Preset
from easel.config.studies import MachineConfig, RunEntry, StudyFile
from easel.runtime.files import write_json

SCHEMAS = Path(__file__).parents[2] / "schemas"


class ForEditors(GenerateJsonSchema):
    """Pydantic's schemas without titles, which only repeat the keys, without null as a default, which no file has, and
    without unknown keys in mappings of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        found = super().default_schema(schema)
        return {key: value for key, value in found.items() if key != "default" or value is not None}

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        # Pydantic states the pattern of the names, but lets others pass.
        return super().dict_schema(schema) | {"additionalProperties": False}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of every kind of file; the keys name the files of workflow/schemas/."""
    study = schema_of(StudyFile)
    study["$defs"]["RunEntry"] = run_schema()
    return {
        "config": schema_of(MachineConfig),
        "datasets": schema_of(dict[Name, Dataset]),
        "judges": schema_of(dict[Name, JudgeOrPanel]),
        "preset": schema_of(Preset),
        "study": study,
    }


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON schema of one type."""
    schema = TypeAdapter(kind).json_schema(schema_generator=ForEditors)
    return {"$schema": ForEditors.schema_dialect} | schema


def run_schema() -> dict[str, Any]:
    """A study's run: `preset`, and any key of any family, without its default, which is the preset's to give.

    Each is a value or, for a sweep, a list of values.
    """
    run = schema_of(RunEntry)
    del run["$schema"]
    for value in run["properties"].values():
        value.pop("default", None)
    meanings: dict[str, list[dict[str, Any]]] = {}
    for family in FAMILIES:
        for key, value in schema_of(family)["properties"].items():
            value.pop("default", None)
            if key != "family" and value not in (known := meanings.setdefault(key, [])):
                known.append(value)
    overrides = {key: value_or_list(values) for key, values in meanings.items()}
    return run | {"additionalProperties": False, "properties": run["properties"] | overrides}


def value_or_list(meanings: list[dict[str, Any]]) -> dict[str, Any]:
    """A key's value in any of its meanings, or a list of such; a list is no sweep where it is a value itself."""
    description = meanings[0].pop("description")
    value = meanings[0] if len(meanings) == 1 else {"anyOf": meanings}
    if value.get("type") == "array":
        return {"description": description} | value
    sweep = {"type": "array", "items": value, "minItems": 1, "uniqueItems": True}
    return {"description": description, "anyOf": [value, sweep]}


def write(folder: Path = SCHEMAS) -> None:
    """Write every schema to `folder`/<name>.schema.json."""
    for name, schema in schemas().items():
        write_json(folder / f"{name}.schema.json", schema)


if __name__ == "__main__":
    write()
