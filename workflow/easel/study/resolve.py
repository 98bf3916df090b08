"""The runs of a study: sweeps written out, presets merged with overrides, and the result checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from easel.config.presets import AUTOENCODERS, Preset, PresetBase
from easel.study.files import adapter, parse, pick, read_yaml
from easel.study.messages import ConfigError, config_error, display_path, keys_in_file
from easel.study.sweeps import Variant, variants


@dataclass(frozen=True)
class Run:
    """One run of a study: a preset with its overrides applied."""

    name: str
    preset: str
    settings: PresetBase
    swept: dict[str, Any] = field(default_factory=dict)
    """The settings that differ from those of the other runs of its sweep: key -> value. Empty without a sweep."""

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
    runs: dict[str, Run] = {}
    entry_of: dict[str, str] = {}
    for entry, written in entries.items():
        inside = f"runs.{entry}"
        if "family" in written:
            raise ConfigError(
                f"{where}: {inside}.family: a run cannot change its preset's family; choose another preset"
            )
        try:
            made = list(variants(entry, written))
        except ValueError as error:
            raise ConfigError(f"{where}: {inside}.{error}") from None
        for variant in made:
            name = variant.name
            if name in runs:
                raise ConfigError(
                    f"{where}: runs.{entry_of[name]} and {inside} both stand for a run called '{name}'; "
                    "rename one of the two"
                )
            place, _ = keys_in_file(variant.location("preset"), written)
            pick(preset_files, variant.preset, f"{where}: {inside}{place}")
            runs[name] = merge(variant, written, overridden(read(variant.preset), defaults), where, inside)
            entry_of[name] = entry
    return runs


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
        settings = adapter(Preset).validate_python(overridden(preset, variant.overrides))
        return Run(variant.name, variant.preset, settings, variant.swept)
    except ValidationError as error:
        problems = error.errors()
    for problem in problems:
        # Name the wrong value of a list; but an unknown key is wrong whatever its value.
        if problem["type"] != "extra_forbidden":
            problem["loc"] = tuple(part for key in problem["loc"] for part in variant.location(key))
    if "preset" in variant.at:
        where += f", with preset {variant.preset}"
    raise config_error(problems, adapter(Preset).json_schema(), preset | written, where, inside)


def overridden(settings: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with those of `by` in their place; one that is a mapping, such as `sampling`, key by key."""
    shared = [key for key in by if isinstance(by[key], dict) and isinstance(settings.get(key), dict)]
    return {**settings, **by, **{key: settings[key] | by[key] for key in shared}}
