"""The runs of a study: sweeps written out, presets merged with overrides, and the result checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from easel.config.base import MOST_REPEATS, repeated_end
from easel.config.presets import AUTOENCODERS, LENGTHS, Preset, PresetBase
from easel.config.studies import MOST_RUNS, RunEntry
from easel.study.files import adapter, parse, read_yaml
from easel.study.messages import ConfigError, config_error
from easel.study.schema_paths import keys_in_file, resolved
from easel.study.sweeps import Variant, count_variants, swept_keys, variants
from easel.study.wording import as_yaml, display_path, listed, suggestion


@dataclass(frozen=True)
class Run:
    """One run of a study: a preset with its overrides applied."""

    name: str
    preset: str
    settings: PresetBase
    swept: dict[str, Any] = field(default_factory=dict)
    """The settings that differ from those of the other runs of its sweep: key -> value. Empty without a sweep."""
    notes: str = ""
    """Markdown; all runs of a sweep have the same."""

    @property
    def autoencodes(self) -> bool:
        """True if the run trains an encoder, so that images can be reconstructed."""
        return isinstance(self.settings, AUTOENCODERS)


def resolve_runs(entries: Mapping[str, Any], defaults: Mapping[str, Any], file: Path, root: Path) -> dict[str, Run]:
    """The runs that the entries of a study's `runs` stand for.

    entries: as written in the study's `file`. defaults: settings of the study that override every preset's, and that
    an entry overrides.
    """
    where = display_path(file, root)
    preset_files = {path.stem: path for path in sorted((root / "config" / "presets").glob("*.yaml"))}
    read = cache(lambda name: read_preset(preset_files[name], root))  # once each, however many runs name it
    check_number(entries, where)
    runs: dict[str, Run] = {}
    entry_of: dict[str, str] = {}
    problems: list[str] = []
    for entry, written in entries.items():
        inside = f"runs.{entry}"
        if "family" in written:
            problems.append(f"{where}: {inside}.family: a run cannot change its preset's family; choose another preset")
            continue
        for variant in written_out(entry, written, where):
            name = variant.name
            if name in entry_of:
                raise ConfigError(
                    f"{where}: runs.{entry_of[name]} and {inside} both stand for a run called '{name}'; "
                    "rename one of the two"
                )
            entry_of[name] = entry
            place, _ = keys_in_file(variant.location("preset"), written)
            if variant.preset not in preset_files:
                problems.append(
                    f"{where}: {inside}{place}: unknown name {as_yaml(variant.preset)}"
                    f"{suggestion(variant.preset, preset_files)}"
                )
                continue
            preset = overridden(read(variant.preset), defaults)
            try:
                runs[name] = merge(variant, written, preset, where, inside)
            except ConfigError as error:
                problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return runs


def check_number(entries: Mapping[str, Any], where: str) -> None:
    """Refuse runs that are too many, before any is made."""
    numbers = {entry: count_variants(written) for entry, written in entries.items()}
    most = max(numbers, key=numbers.__getitem__, default="")
    if numbers and numbers[most] > MOST_RUNS:
        lists = swept_keys(entries[most])
        lengths = " · ".join(f"{len(entries[most][key]):,}" for key in lists)
        raise ConfigError(
            f"{where}: runs.{most}: the lists of {listed(lists, 'and')} stand for {lengths} = {numbers[most]:,} runs; "
            f"a study may have {MOST_RUNS:,}. Shorten the lists"
        )
    if (total := sum(numbers.values())) > MOST_RUNS:
        raise ConfigError(f"{where}: runs: stand for {total:,} runs; a study may have {MOST_RUNS:,}. Split the study")


def written_out(entry: str, written: dict[str, Any], where: str) -> list[Variant]:
    """The runs that an entry stands for, each with a name that a path can have."""
    try:
        made = list(variants(entry, written))
    except ValueError as error:
        raise ConfigError(f"{where}: runs.{entry}.{error}") from None
    for variant in made:
        if part := repeated_end(variant.name):
            raise ConfigError(
                f"{where}: runs.{entry}: its run '{variant.name}' would end in more than {MOST_REPEATS} times "
                f"'{part}', which no path may; change the value"
            )
    return made


def read_preset(file: Path, root: Path) -> dict[str, Any]:
    """A preset as its file has it, checked by itself."""
    preset = read_yaml(file, root)
    parse(Preset, preset, display_path(file, root))
    return preset


def merge(variant: Variant, written: dict[str, Any], preset: dict[str, Any], where: str, inside: str) -> Run:
    """Merge a run's overrides into its preset and check the result.

    written: the run as its entry has it, with lists where it is swept.
    """
    try:
        overrides = {key: value for key, value in variant.overrides.items() if key not in RunEntry.model_fields}
        settings = adapter(Preset).validate_python(overridden(preset, overrides))
        return Run(variant.name, variant.preset, settings, variant.swept, written.get("notes", ""))
    except ValidationError as error:
        problems = error.errors()
    for problem in problems:
        # Name the wrong value of a list; but an unknown key is wrong whatever its value.
        if problem["type"] != "extra_forbidden":
            problem["loc"] = tuple(part for key in problem["loc"] for part in variant.location(key))
    if "preset" in variant.at:
        where += f", with preset {variant.preset}"
    raise config_error(problems, schema_of_a_run(), preset | written, where, inside)


@cache
def schema_of_a_run() -> dict[str, Any]:
    """The JSON schema of a run: that of presets, with the keys of the run itself for every family."""
    schema, own = adapter(Preset).json_schema(), adapter(RunEntry).json_schema()["properties"]
    for family in schema["discriminator"]["mapping"].values():
        resolved(schema, {"$ref": family})["properties"].update(own)
    return schema


def overridden(settings: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with those of `by` in their place; one that is a mapping, such as `sampling`, key by key.

    `epochs` and `minutes` take each other's place.
    """
    if by.keys() & set(LENGTHS):
        settings = {key: value for key, value in settings.items() if key not in LENGTHS}
    shared = [key for key in by if isinstance(by[key], dict) and isinstance(settings.get(key), dict)]
    return {**settings, **by, **{key: settings[key] | by[key] for key in shared}}
