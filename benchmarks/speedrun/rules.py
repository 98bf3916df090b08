"""The rules, the entries, and the study that runs an entry at a budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, sha256
from easel.study.files import parse, read_yaml
from easel.study.load import Study, load_study

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = HERE / "rules.yaml"
HELD_OUT = "held_out"
"""The judge that plays no part in finding recipes."""
PREFIX = "speedrun-"
"""The start of the name of every study of the speedrun."""


class Mapped(BaseModel):
    """A mapping in one of the files here, which are no configuration of Easel. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Images(Mapped):
    """The number of images in each split."""

    train: int
    test: int


class Rules(Mapped):
    """The file rules.yaml."""

    cores: int = Field(ge=1)
    budgets: list[int] = Field(min_length=1)
    """Seconds of each core at which records are kept; runs at other budgets serve `level`."""
    images: Images
    study: dict[str, Any]
    """The keys that the studies of all entries share."""

    def cpu_seconds(self, budget: int) -> int:
        """The CPU seconds, user and system, that a training may use."""
        return self.cores * budget


class AtBudget(Mapped):
    """An entry at one budget: its `epochs`, and any settings that are different at this budget."""

    model_config = ConfigDict(extra="allow")
    seconds: int = Field(ge=1)
    """of each core"""


class Entry(Mapped):
    """A file of entries/: a recipe, and its length at each budget."""

    description: str
    run: dict[str, Any]
    """A preset and the settings that differ from it, as in a study."""
    budgets: list[AtBudget] = Field(min_length=1)

    @property
    def by_seconds(self) -> dict[int, dict[str, Any]]:
        """Each budget's seconds -> the settings of that budget."""
        return {each.seconds: each.model_extra or {} for each in self.budgets}


@dataclass(frozen=True)
class Attempt:
    """An entry at a budget, by some rules."""

    rules: Rules
    name: str
    entry: Entry
    budget: int

    @property
    def study_name(self) -> str:
        return f"{PREFIX}{self.name}-{self.budget}"

    @property
    def study(self) -> dict[str, Any]:
        """The content of the study's file."""
        run = {**self.entry.run, **self.entry.by_seconds[self.budget]}
        return {
            "title": f"Speedrun: {self.name}, {self.budget:,} seconds of {self.rules.cores} cores",
            "description": self.entry.description,
            **self.rules.study,
            "runs": {self.name: run},
        }


def read_rules(file: Path = RULES) -> Rules:
    """The rules of a file. A mistake is a ConfigError."""
    return parse(Rules, read_yaml(file, ROOT), str(file))


def read_entry(name: str, folder: Path = HERE / "entries") -> Entry:
    """The entry of a name. A mistake is a ConfigError; without a file of that name an EaselError."""
    file = folder / f"{name}.yaml"
    known = sorted(each.stem for each in folder.glob("*.yaml"))
    if name not in known:
        raise EaselError(f"{folder}: no entry '{name}'; there are {', '.join(known)}")
    return parse(Entry, read_yaml(file, ROOT), str(file))


def read_attempt(entry: str, budget: int, rules: Rules, folder: Path = HERE / "entries") -> Attempt:
    """An entry at a budget. entry: the name of a file in `folder`.

    Raises EaselError if there is no such entry, it has no such budget, or its length is not in epochs.
    """
    file, read = folder / f"{entry}.yaml", read_entry(entry, folder)
    if budget not in read.by_seconds:
        budgets = ", ".join(map(str, sorted(read.by_seconds)))
        raise EaselError(f"{file}: budgets: has no {budget}; it has {budgets}. Add the epochs that fit")
    settings = read.run | read.by_seconds[budget]
    if "epochs" not in settings or "minutes" in settings:
        raise EaselError(f"{file}: budgets: at {budget}: set epochs, not minutes: the same training wherever it runs")
    return Attempt(rules, entry, read, budget)


def attempt_of(results: Path, rules: Rules, folder: Path = HERE / "entries") -> Attempt:
    """The entry and budget that a study's results are of, by the name of their folder."""
    name, _, budget = results.name.removeprefix(PREFIX).rpartition("-")
    if not results.name.startswith(PREFIX) or not name or not budget.isdecimal():
        raise EaselError(f"{results}: expected the folder of a speedrun's study, such as {PREFIX}fast_cpu-600")
    return read_attempt(name, int(budget), rules, folder)


def with_archive(study: Mapping[str, Any], archive: Path) -> dict[str, Any]:
    """A study whose dataset comes from a local archive, in the format of the dataset that it names."""
    if not archive.is_file():
        raise EaselError(f"{archive}: not found; --archive should be the dataset's archive")
    shared = read_yaml(ROOT / "config/datasets.yaml", ROOT)[study["dataset"]]
    kept = {key: value for key, value in shared.items() if key not in ("urls", "path", "sha256")}
    name = f"{study['dataset']}_archive"
    own = {**kept, "path": str(archive.resolve()), "sha256": sha256(archive)}
    return {**study, "datasets": {name: own}, "dataset": name}


def write_study(study: Mapping[str, Any], file: Path) -> Study:
    """Write a study's file and read it as Snakemake will. A mistake of the entry is a ConfigError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    yaml = YAML()
    yaml.width = 120
    with atomic(file) as partial, open(partial, "w", encoding="utf-8") as opened:
        yaml.dump(dict(study), opened)
    return load_study({"study": str(file)}, ROOT)
