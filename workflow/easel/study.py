"""Read a study: its file, the presets it names, datasets and judges, merged and checked.

Whatever is wrong is one `ConfigError` of a line or two: file, key, what is wrong, the nearest valid name.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from easel.config import (
    AUTOENCODERS,
    NAME,
    RESERVED_STUDY_NAMES,
    Dataset,
    Gan,
    Judge,
    Machine,
    Preset,
    StudyFile,
    Vae,
    VaeGan,
)
from easel.errors import EaselError


class ConfigError(EaselError):
    """A mistake in a file under config/, or in a study."""


@dataclass(frozen=True)
class Run:
    """One run of a study: a preset with its overrides applied."""

    name: str
    preset: str
    settings: Gan | Vae | VaeGan

    @property
    def autoencodes(self) -> bool:
        """Whether the run trains an encoder, so that images can be reconstructed."""
        return isinstance(self.settings, AUTOENCODERS)


@dataclass(frozen=True)
class Study:
    """A study, resolved: nothing in it is a name that is still to be looked up."""

    name: str
    file: Path
    title: str
    description: str
    dataset_name: str
    dataset: Dataset
    runs: dict[str, Run]
    seeds: list[int]
    judges: dict[str, Judge]
    samples: int


def load_study(machine: dict[str, Any], root: Path) -> Study:
    """Read the study that `machine["study"]` names.

    machine: the content of config/config.yaml with the command line's `--config` merged in.
    root: the checkout: where config/ lies.
    """
    settings = parse(Machine, machine, "config/config.yaml or --config")
    config = root / "config"
    file = find_study(settings.study, config / "studies")
    study = parse(StudyFile, read_yaml(file), shown(file, root))
    name = file.stem
    check_name(name, file, root)

    datasets = read_all(Dataset, config / "datasets.yaml", root)
    judges = read_all(Judge, config / "judges.yaml", root)
    for key, shared, own in (("datasets", datasets, study.datasets), ("judges", judges, study.judges)):
        if both := sorted(shared.keys() & own.keys()):
            raise ConfigError(
                f"{shown(file, root)}: {key}.{both[0]}: config/{key}.yaml already has this name, and results are "
                "shared between studies by name; choose another"
            )
    source = file if study.dataset in study.datasets else config / "datasets.yaml"
    dataset = pick(datasets | study.datasets, study.dataset, f"{shown(file, root)}: dataset")
    wanted = [study.judge] if isinstance(study.judge, str) else study.judge
    return Study(
        name=name,
        file=file,
        title=study.title or name,
        description=study.description,
        dataset_name=study.dataset,
        dataset=with_absolute_path(dataset, source.parent),
        runs={run: resolve(run, value.model_dump(), file, root) for run, value in study.runs.items()},
        seeds=study.seeds,
        judges={judge: pick(judges | study.judges, judge, f"{shown(file, root)}: judge") for judge in wanted},
        samples=study.samples,
    )


def find_study(name: str, studies: Path) -> Path:
    """The file of a study given by name or by path."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        file = Path(name).expanduser()
        if not file.is_file():
            raise ConfigError(f"study '{name}': there is no such file (looked for {file.absolute()})")
        return file.absolute()
    names = {path.stem: path for path in sorted(studies.glob("*.yaml"))}
    return pick(names, name, "study")


def check_name(name: str, file: Path, root: Path) -> None:
    """The study's name becomes a folder of results/, so it must be a plain name and not a reserved one."""

    if name in RESERVED_STUDY_NAMES:
        raise ConfigError(
            f"{shown(file, root)}: a study cannot be called '{name}', as results/{name}/ is Easel's own. Rename the file"
        )
    if not re.match(NAME, name):
        raise ConfigError(
            f"{shown(file, root)}: a study's file name becomes a folder: letters, digits, '.', '_' and '-' only. "
            "Rename the file"
        )


def resolve(name: str, run: dict[str, Any], file: Path, root: Path) -> Run:
    """Merge a run's overrides into its preset and check the result."""
    presets = root / "config" / "presets"
    overrides = {key: value for key, value in run.items() if key != "preset"}
    where = f"{shown(file, root)}: runs.{name}"
    preset_file = pick({path.stem: path for path in sorted(presets.glob("*.yaml"))}, run["preset"], f"{where}.preset")
    preset = read_yaml(preset_file)
    parse(Preset, preset, shown(preset_file, root))
    if fixed := sorted(overrides.keys() & {"family"}):
        raise ConfigError(f"{where}.{fixed[0]}: a run cannot change its preset's family; choose another preset")
    return Run(name, run["preset"], parse(Preset, preset | overrides, where, separator="."))


def read_all(kind: Any, file: Path, root: Path) -> dict[str, Any]:
    """Read a file that maps names to entries of one kind."""
    return parse(dict[str, kind], read_yaml(file), shown(file, root))


def with_absolute_path(dataset: Dataset, folder: Path) -> Dataset:
    """A dataset's local archive, seen from the file that names it."""
    if path := getattr(dataset, "path", ""):
        return dataset.model_copy(update={"path": str((folder / Path(path).expanduser()).resolve())})
    return dataset


# --- reading and checking --------------------------------------------------------------------------------


def read_yaml(file: Path) -> Any:
    """Read YAML 1.2 (where 1e-4 is a number and `no` a word); a key given twice is an error."""
    try:
        return YAML(typ="safe", pure=True).load(file)
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{file.name}{line}: not valid YAML: {str(error.problem).splitlines()[0]}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name}: not valid YAML: {error}") from None


def parse(kind: Any, value: Any, where: str, separator: str = ": ") -> Any:
    """Check `value` against a type; on a mistake say where it is, what it is and what would be right."""
    adapter = TypeAdapter(kind)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        said = [explain(problem, kind, value, where, separator) for problem in error.errors()]
        more = f"\n(and {len(said) - 1} more: {said[1]})" if len(said) > 1 else ""
        raise ConfigError(said[0] + more) from None


def explain(problem: dict[str, Any], kind: Any, value: Any, where: str, separator: str) -> str:
    """One pydantic error as one line for the user."""
    path, keys = walk(problem["loc"], value)
    where = where + (separator if path else "") + path
    got = problem["input"]
    match problem["type"]:
        case "extra_forbidden":
            return f"{where}: unknown key{nearest(str(keys[-1]), keys_beside(kind, value, keys))}"
        case "missing":
            return f"{where}: this key is missing"
        case "union_tag_invalid":
            key, got = problem["ctx"]["discriminator"].strip("'"), problem["ctx"]["tag"]
            valid = [name.strip(" '") for name in problem["ctx"]["expected_tags"].split(",")]
            return f"{where}.{key}: unknown {key} '{got}'{nearest(got, valid)}"
        case "union_tag_not_found":
            return f"{where}.{problem['ctx']['discriminator'].strip(chr(39))}: this key is missing"
        case "literal_error":
            valid = [name.strip(" '") for name in problem["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return f"{where}: unknown value {got!r}{nearest(str(got), valid)}"
        case "value_error":
            return f"{where}: {problem['ctx']['error']}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{where}: should be a mapping of keys to values, and is {got!r}"
    words = problem["msg"].removeprefix("Input ").replace("should be", "should be", 1)
    return f"{where}: {words}, and is {got!r}"


def walk(location: Iterable[str | int], value: Any) -> tuple[str, list[str | int]]:
    """The keys of an error's location that stand in the file, as text and as a list.

    Pydantic also names the member of a union that it tried; such a name is no key of `value`.
    """
    keys: list[str | int] = []
    location = list(location)
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(value, dict) and (part in value or (last and part not in ("str", "[key]"))):
            keys.append(part)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            keys.append(part)
            value = value[part]
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix("."), keys


def keys_beside(kind: Any, value: Any, keys: list[str | int]) -> list[str]:
    """The keys that could stand where the unknown key `keys[-1]` stands."""
    schema = TypeAdapter(kind).json_schema()

    def follow(node: dict[str, Any], value: Any, rest: list[str | int]) -> list[str]:
        if "$ref" in node:
            return follow(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], value, rest)
        if "discriminator" in node:
            tag = node["discriminator"]["propertyName"]
            chosen = node["discriminator"]["mapping"].get(value.get(tag))
            return follow({"$ref": chosen}, value, rest) if chosen else []
        if len(rest) == 1:
            return list(node.get("properties", {}))
        inner = node.get("properties", {}).get(rest[0]) or node.get("additionalProperties")
        return follow(inner, value[rest[0]], rest[1:]) if isinstance(inner, dict) else []

    return follow(schema, value, keys)


def pick(choices: dict[str, Any], name: str, where: str) -> Any:
    """`choices[name]`; an unknown name is an error that says which is nearest."""
    if name not in choices:
        raise ConfigError(f"{where}: unknown name '{name}'{nearest(name, choices)}")
    return choices[name]


def nearest(name: str, valid: Iterable[str]) -> str:
    """The end of an error message: the likeliest meaning of `name`, or all there is to choose from."""
    valid = list(valid)
    if close := difflib.get_close_matches(name, valid, n=1, cutoff=0.6):
        return f"; did you mean '{close[0]}'?"
    return f"; there are {', '.join(valid)}" if valid else ""


def shown(file: Path, root: Path) -> str:
    """A file's path as the user would write it."""
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)


def as_params(settings: BaseModel, *without: str) -> dict[str, Any]:
    """Settings as a plain mapping in sorted order, which Snakemake can store and compare.

    without: keys that the step does not depend on.
    """
    return {key: value for key, value in sorted(settings.model_dump().items()) if key not in without}
