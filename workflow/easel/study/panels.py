"""The judges that a study's key `judge` stands for: panels written out, without judges that the dataset cannot have."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from easel.config.datasets import Dataset
from easel.config.judges.base import JudgeSettings
from easel.config.panels import Panel
from easel.data.classes import known_classes
from easel.runtime.files import read_if_whole
from easel.study.files import pick
from easel.study.messages import ConfigError


class Chosen(NamedTuple):
    """The judges of a study, in its order."""

    judges: dict[str, JudgeSettings]
    left_out: dict[str, str]
    """Judges of a panel that learn to tell classes apart, where there is only one: judge -> panel."""
    instead: str
    """The end of an error: a judge for a dataset with one class."""


def choose(
    names: Sequence[str],  # as the study lists them
    entries: Mapping[str, JudgeSettings | Panel],  # of config/judges.yaml and of the study
    with_classes: bool,  # whether the dataset has several classes
    where: str,  # the study's file, for messages
) -> Chosen:
    """Write out the panels among the names. A judge that is in several of them, or named beside one, is there once."""
    chosen = Chosen({}, {}, instead(entries))
    for name in names:
        entry = pick(entries, name, f"{where}: judge")
        if not isinstance(entry, Panel):
            chosen.judges[name] = entry
            continue
        members = {member: member_of(name, member, entries, where) for member in entry.judges}
        there = {member: judge for member, judge in members.items() if with_classes or not judge.knows_classes}
        if not there:
            raise ConfigError(
                f"{where}: judge: every judge of the panel '{name}' learns to tell classes apart, and the dataset has "
                f"only one; {chosen.instead}"
            )
        chosen.judges.update(there)
        chosen.left_out.update(dict.fromkeys((each for each in members if each not in there), name))
    for named in chosen.judges:
        chosen.left_out.pop(named, None)
    return chosen


def instead(entries: Mapping[str, JudgeSettings | Panel]) -> str:
    """The end of an error: which judge can be used where there is one class, without a download; best one that learns.

    entries: of config/judges.yaml and of the study.
    """
    judges = {name: entry for name, entry in entries.items() if not isinstance(entry, Panel)}
    names = [name for name, judge in judges.items() if not (judge.knows_classes or judge.is_fetched)]
    if not names:
        return "use a judge that needs no classes"
    first = next((name for name in names if judges[name].is_trained), names[0])
    return f"use judge: {first}, which needs neither classes nor a download"


def member_of(
    panel: str, member: str, entries: Mapping[str, JudgeSettings | Panel], where: str
) -> JudgeSettings:  # fmt: skip
    """A judge of a panel."""
    entry = pick(entries, member, f"{where}: judge '{panel}': judges")
    if isinstance(entry, Panel):
        raise ConfigError(f"{where}: judge '{panel}': judges: '{member}' is a panel itself; name its judges")
    return entry


def has_several_classes(dataset: Dataset, name: str, results: Path = Path("results")) -> bool:
    """False if a dataset is known to have one class: by its settings, its folder or, out of reach, its arrays."""
    classes = known_classes(dataset)
    if classes is None:
        prepared = read_if_whole(results / "datasets" / name / "dataset.json") or {}
        classes = prepared.get("classes")
    return classes is None or len(classes) > 1
