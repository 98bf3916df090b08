"""Read a study: its file, the presets it names, datasets and judges, merged and checked.

Whatever is wrong is one `ConfigError` of a line or two: file, key, what is wrong, the nearest valid name.
"""

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from easel.config.base import PATTERNS, Name
from easel.config.datasets import Dataset, Folder
from easel.config.judges import AnyJudge
from easel.config.judges.base import JudgeSettings
from easel.config.presets import AUTOENCODERS, Preset
from easel.config.studies import RESERVED_STUDY_NAMES, ExternalEntry, MachineConfig, StudyFile
from easel.data.classes import known_classes
from easel.data.folder.listing import class_folders
from easel.runtime.errors import EaselError
from easel.study.sweeps import Variant, variants

MACHINE = "config/config.yaml or --config"

EXTERNAL_SEED = 0
"""The seed in the paths of images made elsewhere, of which nobody knows one."""


class ConfigError(EaselError):
    """A mistake in a file under config/, or in a study."""


@dataclass(frozen=True)
class Run:
    """One run of a study: a preset with its overrides applied."""

    name: str
    preset: str
    settings: Preset
    swept: dict[str, Any] = field(default_factory=dict)
    """What sets it apart from the other runs of its sweep: key -> value. Empty where there is none."""

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
    judges: dict[str, JudgeSettings]
    samples: int
    machine: MachineConfig
    external: dict[str, ExternalEntry] = field(default_factory=dict)
    """Images made elsewhere, under the name of a run."""
    select: str = "best"
    snapshot_samples: int = 2_000

    @property
    def snapshot_judge(self) -> str:
        """The judge of the snapshots: of the study's the one that computes least."""
        return min(self.judges, key=lambda name: self.judges[name].megaflops)


def load_study(machine: dict[str, Any], root: Path) -> Study:
    """Read the study that `machine["study"]` names.

    machine: the content of config/config.yaml with the command line's `--config` merged in.
    root: the checkout: where config/ lies.
    """
    settings = parse(MachineConfig, machine, MACHINE)
    config = root / "config"
    file = find_study(settings.study, config / "studies")
    written = read_yaml(file, root)
    study = parse(StudyFile, written, shown(file, root))
    check_name(file, root)

    of_all_runs = {"on_collapse": study.on_collapse} if study.on_collapse else {}
    of_all_runs["sampling"] = study.sampling.model_dump(exclude_unset=True)
    datasets = read_all(Dataset, config / "datasets.yaml", root)
    judges = read_all(AnyJudge, config / "judges.yaml", root)
    for key, shared, own in (("datasets", datasets, study.datasets), ("judges", judges, study.judges)):
        if both := sorted(shared.keys() & own.keys()):
            raise ConfigError(
                f"{shown(file, root)}: {key}.{both[0]}: config/{key}.yaml already has this name, and results are "
                "shared between studies by name; choose another"
            )
    source = file if study.dataset in study.datasets else config / "datasets.yaml"
    dataset = pick(datasets | study.datasets, study.dataset, f"{shown(file, root)}: dataset")
    runs = resolve(without_external(written["runs"], study), of_all_runs, file, root)
    external = external_of(study, file, root)
    if both := sorted(runs.keys() & external.keys()):
        raise ConfigError(
            f"{shown(file, root)}: runs.{both[0]} and a sweep both stand for a run called '{both[0]}'; "
            "rename one of the two"
        )
    dataset = with_absolute_path(dataset, source, study.dataset, root)
    judged_by = {judge: judge_of(judge, judges, study, file, root) for judge in study.judge}
    require_classes(dataset, judged_by, shown(file, root))
    require_labels(dataset, study.dataset, runs.values(), shown(file, root))
    return Study(
        name=file.stem,
        file=file,
        title=study.title or file.stem,
        description=study.description,
        dataset_name=study.dataset,
        dataset=dataset,
        runs=runs,
        seeds=study.seeds,
        judges=judged_by,
        samples=study.samples,
        machine=settings,
        external=external,
        select=study.select,
        snapshot_samples=study.snapshot_samples,
    )


def find_study(name: str, studies: Path) -> Path:
    """The file of a study given by name or by path."""
    named = {path.stem: path for path in sorted(studies.glob("*.yaml"))}
    if not name.endswith((".yaml", ".yml")) and "/" not in name:
        return pick(named, name, f"{MACHINE}: study")
    file = Path(os.path.abspath(os.path.expanduser(name)))
    if os.path.isfile(file):
        return file
    if os.path.isdir(file):
        raise ConfigError(f"{MACHINE}: study: {file} is a folder; a study is a YAML file")
    hint = nearest(file.stem, named) if file.stem in named else ""
    raise ConfigError(f"{MACHINE}: study: there is no file {shortened(str(file), 300)}{hint}")


def check_name(file: Path, root: Path) -> None:
    """The study's name becomes a folder of results/, so it must be a plain name and nobody else's."""
    name, where = file.stem, shown(file, root)
    if name in RESERVED_STUDY_NAMES:
        raise ConfigError(
            f"{where}: a study cannot be called '{name}', as results/{name}/ is Easel's own; rename the file"
        )
    try:
        adapter(Name).validate_python(name)
    except ValidationError as error:
        problem = said(error.errors()[0])
        raise ConfigError(f"{where}: the file's name becomes a folder and {problem}; rename the file") from None
    own = root / "config" / "studies" / f"{name}.yaml"
    if own.is_file() and not own.samefile(file):
        raise ConfigError(
            f"{where}: config/studies/{name}.yaml has the same name, and both would write to results/{name}/; "
            "rename the file"
        )


def without_external(written: dict[str, Any], study: StudyFile) -> dict[str, Any]:
    """The entries of `runs` that are trained."""
    return {name: entry for name, entry in written.items() if not isinstance(study.runs[name], ExternalEntry)}


def external_of(study: StudyFile, file: Path, root: Path) -> dict[str, ExternalEntry]:
    """The entries of `runs` that are images made elsewhere, their paths seen from the study's file."""
    found = {name: run for name, run in study.runs.items() if isinstance(run, ExternalEntry)}
    for name, run in found.items():
        path = os.path.abspath(file.parent / os.path.expanduser(run.path))
        if not os.path.exists(path):
            raise ConfigError(f"{shown(file, root)}: runs.{name}.path: there is no file or folder {path}")
        found[name] = run.model_copy(update={"path": path})
    return found


def resolve(entries: dict[str, Any], of_all_runs: dict[str, Any], file: Path, root: Path) -> dict[str, Run]:
    """The runs that the entries of a study's `runs` stand for: sweeps written out, presets merged in, all checked.

    of_all_runs: what overrides every preset, and is overridden by the entries.
    """
    where = shown(file, root)
    preset_files = {path.stem: path for path in sorted((root / "config" / "presets").glob("*.yaml"))}
    read = cache(lambda name: read_preset(preset_files[name], root))  # once each, however many runs name it
    runs, entry_of = {}, {}
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
            place, _ = walk(variant.keys("preset"), written)
            pick(preset_files, variant.preset, f"{where}: {inside}{place}")
            runs[name] = merge(variant, written, overridden(read(variant.preset), of_all_runs), where, inside)
            entry_of[name] = entry
    return runs


def read_preset(file: Path, root: Path) -> dict[str, Any]:
    """A preset as it stands in its file, which is right in itself."""
    preset = read_yaml(file, root)
    parse(Preset, preset, shown(file, root))
    return preset


def merge(variant: Variant, written: dict[str, Any], preset: dict[str, Any], where: str, inside: str) -> Run:
    """Merge a run's overrides into its preset and check the result.

    written: the run as it stands in the study, with lists where it is swept.
    """
    try:
        settings = adapter(Preset).validate_python(overridden(preset, variant.overrides))
        return Run(variant.name, variant.preset, settings, variant.swept)
    except ValidationError as error:
        problems = error.errors()
    for problem in problems:
        # Say which value of a list is wrong; but an unknown key is wrong whatever its value.
        if problem["type"] != "extra_forbidden":
            problem["loc"] = tuple(part for key in problem["loc"] for part in variant.keys(key))
    if "preset" in variant.at:
        where += f", with preset {variant.preset}"
    raise mistake(problems, Preset, preset | written, where, inside)


def overridden(settings: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """Settings with those of `by` in their place; one that is a mapping, such as `sampling`, key by key."""
    shared = [key for key in by if isinstance(by[key], dict) and isinstance(settings.get(key), dict)]
    return settings | by | {key: settings[key] | by[key] for key in shared}


def read_all(kind: Any, file: Path, root: Path) -> dict[str, Any]:
    """Read a file that maps names to entries of one kind."""
    return parse(dict[Name, kind], read_yaml(file, root), shown(file, root))


def judge_of(name: str, shared: dict[str, JudgeSettings], study: StudyFile, file: Path, root: Path) -> JudgeSettings:
    """A judge that a study names, its local file seen from the file that names it.

    shared: config/judges.yaml.
    """
    judge = pick(shared | study.judges, name, f"{shown(file, root)}: judge")
    if not getattr(judge, "path", ""):
        return judge
    source = file if name in study.judges else root / "config" / "judges.yaml"
    path = os.path.abspath(source.parent / os.path.expanduser(judge.path))
    if not os.path.isfile(path):
        raise ConfigError(f"{shown(source, root)}: judges.{name}.path: there is no file {path}")
    return judge.model_copy(update={"path": path})


def with_absolute_path(dataset: Dataset, file: Path, name: str, root: Path) -> Dataset:
    """A dataset's local archive or folder, seen from the file that names it."""
    if not getattr(dataset, "path", ""):
        return dataset
    path = os.path.abspath(file.parent / os.path.expanduser(dataset.path))
    where = f"{shown(file, root)}: datasets.{name}.path"
    own = os.path.abspath(f"results/datasets/{name}")
    if own in (path, os.path.dirname(path)):
        raise ConfigError(
            f"{where}: {path} lies where Easel puts its own copy, and would be lost. Move the archive elsewhere"
        )
    found = dataset.model_copy(update={"path": path})
    prepared = os.path.isfile(f"{own}/dataset.json")
    if isinstance(dataset, Folder):
        if not os.path.isdir(path) and not prepared:
            raise ConfigError(f"{where}: there is no folder {path}")
        if os.path.commonpath([os.path.realpath(path), os.path.realpath("results")]) == os.path.realpath(path):
            raise ConfigError(f"{where}: {path} holds results/, whose pictures would count; name a folder of its own")
        return found
    for needed in found.local_files:
        if not os.path.isfile(needed) and not prepared:
            raise ConfigError(f"{where}: there is no file {needed}")
        if os.path.splitext(needed)[1] in (".npy", ".json", ".png"):
            raise ConfigError(f"{where}: {needed} should be an archive, such as cifar-10-binary.tar.gz")
    return found


def require_classes(dataset: Dataset, judges: dict[str, JudgeSettings], where: str) -> None:
    """Refuse a judge that learns to tell classes apart for a folder of pictures that has none."""
    learners = [name for name, judge in judges.items() if judge.knows_classes]
    if not isinstance(dataset, Folder) or not learners or not os.path.isdir(dataset.path):
        return
    if dataset.labels == "none" or len(class_folders(Path(dataset.path), dataset.follow_links)) < 2:
        why = "with 'labels: none'" if dataset.labels == "none" else f"as {dataset.path} has no folder for each"
        raise ConfigError(
            f"{where}: judge: '{learners[0]}' learns to tell the dataset's classes apart, and there is only one, "
            f"{why}. Judge by 'inception', which needs none, or sort the pictures into a folder for each class"
        )


def require_labels(dataset: Dataset, name: str, runs: Iterable[Run], where: str) -> None:
    """Refuse a run that is told classes where there are none, or asked for one that the dataset does not have."""
    told = [run for run in runs if run.settings.is_conditional]
    classes = known_classes(dataset) if told else None
    if classes is None:
        return
    for run in told:
        label = run.settings.sampling.label
        if len(classes) < 2:
            also = " and aux_classifier_weight: 0" if run.settings.aux_classifier_weight else ""
            raise ConfigError(
                f"{where}: runs.{run.name}: conditional is true, but the images of '{name}' have only one class; "
                f"set conditional: false{also}"
            )
        if label and label not in classes:
            raise ConfigError(
                f"{where}: runs.{run.name}: sampling.label: '{name}' has no class {as_yaml(label)}"
                f"{nearest(label, classes)}"
            )


# --- reading and checking --------------------------------------------------------------------------------


def read_yaml(file: Path, root: Path) -> Any:
    """Read YAML 1.2 (where 1e-4 is a number and `no` a word); a key given twice is an error."""
    where = shown(file, root)
    try:
        return YAML(typ="safe", pure=True).load(file)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from None
    except (ReaderError, UnicodeDecodeError):
        raise ConfigError(f"{where}: is not a text file in UTF-8") from None
    except DuplicateKeyError as error:
        key = re.search(r'duplicate key "(.*?)"', error.problem)[1]
        raise ConfigError(f"{where}, line {error.problem_mark.line + 1}: '{key}' is given twice") from None
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        problem = str(error.problem).splitlines()[0].removeprefix("but ")
        if "'\\t'" in problem:
            problem = "found a tab; YAML is indented with spaces"
        raise ConfigError(f"{where}{line}: not valid YAML: {problem}") from None
    except (ValueError, RecursionError) as error:  # 2024-13-01 is no date, 10,000 digits are no number
        raise ConfigError(f"{where}: not valid YAML: {error}") from None


def parse(kind: Any, value: Any, where: str, inside: str = "") -> Any:
    """Check `value` against a type; on a mistake say where it is, what it is and what would be right.

    where: the file. inside: the key of the file whose content `value` is; "" for the whole file.
    """
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        raise mistake(error.errors(), kind, value, where, inside) from None


adapter = cache(TypeAdapter)  # which takes a hundred times as long to make as to use


def mistake(problems: list[dict[str, Any]], kind: Any, value: Any, where: str, inside: str) -> ConfigError:
    """What pydantic found wrong with `value`, as one error for the user: see `parse`."""
    # An unknown key comes first: where a key is misspelt, that it is missing is only the consequence.
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    lines = [explain(problem, kind, value, inside) for problem in problems]
    more = f"\n(and {len(lines) - 1} more: {lines[1]})" if len(lines) > 1 else ""
    return ConfigError(f"{where}: {lines[0]}{more}")


def explain(problem: dict[str, Any], kind: Any, value: Any, inside: str) -> str:
    """One pydantic error as one line for the user: the key, what is wrong with it, what would be right."""
    location, context, got = problem["loc"], problem.get("ctx", {}), problem["input"]
    if problem["type"] == "invalid_key":
        location += ("[key]",)
    of_key = location[-1:] == ("[key]",)  # the key itself is wrong, not what stands under it
    path, keys = walk(location[:-2] if of_key else location, value)
    if problem["type"] == "missing":
        path += f".{location[-1]}"
    elif problem["type"] in ("union_tag_invalid", "union_tag_not_found"):
        tag = context["discriminator"].strip("'")
        path += f".{tag}"
    where = shortened((inside + path).removeprefix("."), 200)
    where += ": " if where else ""

    if of_key:
        return f"{where}the name {as_yaml(location[-2])} {said(problem)}{remedy('string_type', location[-2])}"
    match problem["type"]:
        case "extra_forbidden":
            return f"{where}unknown key{nearest(str(keys[-1]), keys_beside(kind, value, keys))}"
        case "missing" | "union_tag_not_found":
            return f"{where}this key is missing"
        case "union_tag_invalid":
            valid = quoted(context["expected_tags"])
            return f"{where}unknown {tag} {as_yaml(got[tag])}{nearest(context['tag'], valid)}"
        case "literal_error":
            return f"{where}unknown value {as_yaml(got)}{nearest(str(got), quoted(context['expected']))}"
        case "value_error":
            return f"{where}{context['error']}"
    if got is None and not where:
        return "the file is empty"
    return f"{where}{said(problem)}, and is {as_yaml(got)}{remedy(problem['type'], got)}"


def said(problem: dict[str, Any]) -> str:
    """What pydantic found wrong with a value, in the words of this configuration."""
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
    """What puts a value of the wrong type right, where that is plain."""
    if problem == "string_type" and isinstance(got, int | float | date):
        return "; put it in quotes"
    if problem in ("int_type", "float_type") and isinstance(got, str) and re.fullmatch(r"[\d.eE+-]+", got):
        return "; leave out the quotes"
    return ""


def walk(location: Iterable[str | int], value: Any) -> tuple[str, list[str | int]]:
    """The keys of an error's location that stand in the file, as text and as a list.

    Pydantic also names the member of a union that it tried; such a name is no key of `value`.
    """
    text, keys = "", []
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


def keys_beside(kind: Any, value: Any, keys: list[str | int]) -> list[str]:
    """The keys that could stand where the unknown key `keys[-1]` stands."""
    schema = adapter(kind).json_schema()

    def follow(node: dict[str, Any], value: Any, rest: list[str | int]) -> list[str]:
        if "$ref" in node:
            return follow(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], value, rest)
        if "discriminator" in node:
            tag = node["discriminator"]["propertyName"]
            return follow({"$ref": node["discriminator"]["mapping"][value[tag]]}, value, rest)
        if "oneOf" in node:  # the shape of which most keys that it must have are there
            shapes = [schema["$defs"][branch["$ref"].rsplit("/", 1)[-1]] for branch in node["oneOf"]]
            return follow(max(shapes, key=lambda shape: len(value.keys() & set(shape["required"]))), value, rest)
        if len(rest) == 1:
            return list(node["properties"])
        # A mapping of free names, such as `runs`, has one pattern for them all.
        inner = node.get("properties") or dict.fromkeys(value, *node["patternProperties"].values())
        return follow(inner[rest[0]], value[rest[0]], rest[1:])

    return follow(schema, value, keys)


def pick(choices: dict[str, Any], name: str, where: str) -> Any:
    """`choices[name]`; an unknown name is an error that says which is nearest."""
    if name not in choices:
        raise ConfigError(f"{where}: unknown name {as_yaml(name)}{nearest(name, choices)}")
    return choices[name]


def nearest(name: str, valid: Iterable[str]) -> str:
    """The end of an error message: the likeliest meaning of `name`, or all there is to choose from."""
    valid = list(valid)
    if close := difflib.get_close_matches(name, valid, n=1, cutoff=0.6):
        return f"; did you mean '{close[0]}'?"
    if len(valid) == 1:
        return f"; there is only '{valid[0]}'"
    return f"; there are {', '.join(valid)}" if valid else ""


def quoted(names: str) -> list[str]:
    """Pydantic's `'a', 'b' or 'c'` as a list."""
    return re.findall(r"'(.*?)'", names)


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
    """At most `width` characters of a text."""
    return text if len(text) <= width else text[: width - 1] + "…"


def shown(file: Path, root: Path) -> str:
    """A file's path as the user would write it."""
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
