"""config/config.yaml with the command line's `--config` merged in: settings of this machine, and which study to run."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from easel.config.presets import FAMILIES
from easel.config.studies import MachineConfig, StudyFile
from easel.study.characters import checked
from easel.study.files import parse, pick
from easel.study.messages import ConfigError
from easel.study.wording import listed, shortened, suggestion

WHERE = "config/config.yaml or --config"
OF_A_STUDY = set(StudyFile.model_fields)
OF_A_RUN = {key for family in FAMILIES for key in family.model_fields}


def machine_settings(given: Mapping[str, Any], studies: Path) -> MachineConfig:
    """The settings, checked. studies: the folder in which studies are looked up by name."""
    check_is_no_study(given)
    study = given.get("study")
    if isinstance(study, str):
        check_is_utf8(study)
    else:
        given = {**given, **({"study": name} if (name := read_as(study, studies)) else {})}
    try:
        return parse(MachineConfig, checked(dict(given)), WHERE)
    except ValueError as error:
        raise ConfigError(f"{WHERE}: {error}") from None


def check_is_no_study(given: Mapping[str, Any]) -> None:
    """Refuse settings of a study, which belong in its file."""
    if keys := [key for key in ("dataset", "runs") if key in given]:
        raise ConfigError(
            f"{WHERE}: {listed(keys, 'and')}: a study is no --configfile; name its file with --config study=FILE.yaml"
        )
    for owner, settings in (("a study", OF_A_STUDY), ("a run", OF_A_RUN)):
        if found := sorted(given.keys() & settings):
            raise ConfigError(f"{WHERE}: {found[0]}: is a setting of {owner}; set it in the study's file")


def check_is_utf8(path: str) -> None:
    """Refuse a path with bytes that no record of the results could hold."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"{WHERE}: study: the path {shortened(path)!a} is not UTF-8; rename it") from None


def read_as(value: Any, studies: Path) -> str:
    """The study that a value other than a text names: the command line reads the name 2024 as a number.

    "" if the value is no name.
    """
    for name in named_studies(studies):
        try:
            meant = YAML(typ="safe", pure=True).load(name)
        except (YAMLError, ValueError):
            continue
        if type(meant) is type(value) and meant == value:
            return name
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def named_studies(studies: Path) -> dict[str, Path]:
    """The studies that can be chosen by name."""
    return {path.stem: path for path in sorted(studies.glob("*.yaml"))}


def find_study(name: str, studies: Path) -> Path:
    """The file of a study given by name or by path. studies: the folder in which names are looked up."""
    named = named_studies(studies)
    if not name.endswith((".yaml", ".yml")) and "/" not in name:
        if name not in named and os.path.isfile(f"{name}.yaml"):
            raise ConfigError(f"{WHERE}: study: unknown name '{name}'; for the file here, set study={name}.yaml")
        return pick(named, name, f"{WHERE}: study")
    file = Path(os.path.abspath(os.path.expanduser(name)))
    check_is_utf8(str(file))
    if os.path.isfile(file):
        return file
    if os.path.isdir(file):
        raise ConfigError(f"{WHERE}: study: {file} is a folder; a study is a YAML file")
    hint = suggestion(file.stem, named) if file.stem in named else ""
    if os.path.isfile(f"{file}.yaml"):
        hint = f"; did you mean '{name}.yaml'?"
    raise ConfigError(f"{WHERE}: study: there is no file {shortened(str(file))}{hint}")
