"""Records: what entries have reached, in records.json, and as tables in README.md."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.speedrun import checks
from benchmarks.speedrun.rules import HERE, ROOT, Attempt

from easel.provenance import git
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, read_json, sha256, write_json

RECORDS, README = HERE / "records.json", HERE / "README.md"
METRICS = ("fid", "precision", "recall")
BASELINE = "fast_cpu"
"""The entry that others are compared with."""
BEGIN, END = "<!-- records: written by `add` -->\n", "<!-- end of the records -->\n"
RECIPES = ("workflow", "scripts", "config", "benchmarks/speedrun/entries", "benchmarks/speedrun/rules.yaml")
"""What a record's numbers depend on: all of it should be in the commit that the record names."""

Record = Mapping[str, Any]


def record_of(results: Path, attempt: Attempt, commit: str) -> dict[str, Any]:
    """The record of an entry's results. results: the folder of the study."""
    seeds = checks.read_seeds(results, attempt.name)
    trained = seeds[0].train
    data = read_json(checks.dataset_of(seeds, results))["arrays"]["train_images.npy"]
    comparison = read_json(results / "comparison.json")
    judges: dict[str, dict[str, Any]] = {}
    for column in comparison["summary"]:
        if column["of"] == "samples" and column["metric"] in METRICS:
            (run,) = (each for each in column["runs"] if each["run"] == attempt.name)
            values = [
                row["value"]
                for each in seeds
                for row in each.judged
                if (row["judge"], row["metric"]) == (column["judge"], column["metric"])
            ]
            found = {"mean": run["mean"], "low": run["low"], "high": run["high"], "values": values}
            judges.setdefault(column["judge"], {})[column["metric"]] = found
    return {
        "entry": attempt.name,
        "budget": attempt.budget,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "seeds": [{"seed": each.seed, **{k: each.train[k] for k in ("cpu_seconds", "epochs")}} for each in seeds],
        "samples": seeds[0].judged[0]["n"],
        "data": data,
        "panel": panel_of(checks.judges_of(seeds, results), list(judges), data),
        "judges": judges,
        "device": trained["device"],
        "precision": trained["precision"],
        "versions": trained["versions"],
    }


def panel_of(folder: Path, names: Iterable[str], data: str) -> str:
    """12 hexadecimal digits that are the same where the same judges saw the same training images.

    folder: results/judges/<dataset>. data: the SHA-256 of train_images.npy. Only then do two FIDs compare.
    """
    marks = {"data": data} | {name: sha256(checks.weights_of(folder / name)) for name in names}
    return hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()[:12]


def clean_commit(checkout: Path = ROOT) -> str:
    """The commit of a checkout whose recipes and code have no uncommitted change, 12 hexadecimal digits."""
    try:
        changed = git.ask(checkout, "status", "--porcelain", "--", *RECIPES).splitlines()
        commit = git.ask(checkout, "rev-parse", "--verify", "HEAD").strip()[:12]
    except git.GitError as error:
        raise EaselError(f"{checkout}: a record names its commit, and git cannot say it: {error}") from None
    if changed:
        raise EaselError(f"{checkout}: a record names its commit; commit {changed[0][3:]} first")
    return commit


def read(file: Path = RECORDS) -> list[Record]:
    """The records of a file; none if it does not exist."""
    return read_json(file)["records"] if file.exists() else []


def add(record: Record, file: Path = RECORDS) -> list[Record]:
    """Add a record to a file, in the place of an earlier one of the same entry, budget and panel."""
    same = [record[key] for key in ("entry", "budget", "panel")]
    others = [each for each in read(file) if [each[key] for key in ("entry", "budget", "panel")] != same]
    records = sorted([*others, record], key=lambda each: (each["budget"], each["date"], each["entry"]))
    write_json(file, {"records": records})
    return records


# --- tables --------------------------------------------------------------------------------------------


def tables(records: Sequence[Record]) -> str:
    """The tables of all records in Markdown, a section for each budget."""
    parts = []
    for budget in sorted({each["budget"] for each in records}):
        made = [about(each) for each in records if each["budget"] == budget]
        parts += [f"### {budget:,} seconds of each core", "", table(records, budget), "", *made, ""]
    return "\n".join(parts) or "No record yet.\n"


def table(records: Sequence[Record], budget: int) -> str:
    """The records of one budget: a row for each entry and judge, as means over seeds with 95 % intervals."""
    lines = [
        f"| entry | judge | FID | × `{BASELINE}` | precision | recall |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for record in (each for each in records if each["budget"] == budget):
        baseline = find(records, BASELINE, budget, record["panel"])
        for judge, found in record["judges"].items():
            against = baseline and baseline["judges"].get(judge)
            ratio = f"{found['fid']['mean'] / against['fid']['mean']:.2f}" if against else ""
            fid, precision, recall = (in_words(found[metric]) for metric in METRICS)
            lines.append(f"| `{record['entry']}` | {judge} | {fid} | {ratio} | {precision} | {recall} |")
    return "\n".join(lines)


def about(record: Record) -> str:
    """How a record was made, as an item of a list."""
    used = ", ".join(f"{seed['cpu_seconds']:,.0f}" for seed in record["seeds"])
    versions = ", ".join(f"{name} {record['versions'][name]}" for name in ("tensorflow", "keras"))
    return (
        f"- `{record['entry']}`: {used} CPU seconds for {record['seeds'][0]['epochs']:.3g} epochs; "
        f"{record['device']['name']}, {record['device']['threads']} threads, {record['precision']}, {versions}; "
        f"{record['date']}, commit `{record['commit']}`, panel `{record['panel']}`, "
        f"data `{record['data'][:12]}`"
    )


def in_words(found: Mapping[str, Any]) -> str:
    """A mean with its interval, to three decimals."""
    if found["low"] is None:
        return f"{found['mean']:.3f}"
    return f"{found['mean']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def write_tables(records: Sequence[Record], page: Path = README) -> None:
    """Put the tables between the marks of a page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise EaselError(f"{page}: should have the lines {BEGIN.strip()} and {END.strip()}")
    with atomic(page) as partial:
        partial.write_text(f"{before}{BEGIN}\n{tables(records)}\n{END}{after}", encoding="utf-8")


# --- the time to a level -------------------------------------------------------------------------------


def find(records: Sequence[Record], entry: str, budget: int, panel: str | None = None) -> Record | None:
    """The newest record of an entry at a budget, of a panel if one is given."""
    same = [each for each in records if (each["entry"], each["budget"]) == (entry, budget)]
    return max((each for each in same if panel in (None, each["panel"])), key=lambda each: each["date"], default=None)


def of_entry(records: Sequence[Record], entry: str, panel: str) -> list[Record]:
    """The records of an entry by a panel, the smallest budget first."""
    return sorted(
        (each for each in records if (each["entry"], each["panel"]) == (entry, panel)), key=lambda each: each["budget"]
    )


def reaches(record: Record, level: Record) -> dict[str, bool]:
    """Whether a record's mean FID is at most that of another, by each judge of the level's panel."""
    return {
        judge: record["judges"][judge]["fid"]["mean"] <= found["fid"]["mean"]
        for judge, found in level["judges"].items()
    }


def smallest_budget(records: Sequence[Record], entry: str, level: Record) -> int | None:
    """The smallest budget at which an entry's record reaches a level by every judge; None if none does."""
    own = of_entry(records, entry, level["panel"])
    return next((each["budget"] for each in own if all(reaches(each, level).values())), None)


def level_table(records: Sequence[Record], entry: str, level: Record) -> str:
    """An entry's mean FIDs at its budgets, beside a level, by each judge of the level's panel."""
    judges = list(level["judges"])
    lines = [f"| budget | {' | '.join(judges)} | reached |", "| --- " * (len(judges) + 2) + "|"]
    goal = [f"{level['judges'][judge]['fid']['mean']:.3f}" for judge in judges]
    lines.append(f"| level: {level['entry']} at {level['budget']} | {' | '.join(goal)} | |")
    for record in of_entry(records, entry, level["panel"]):
        cells = [f"{record['judges'][judge]['fid']['mean']:.3f}" for judge in judges]
        reached = [judge for judge, there in reaches(record, level).items() if there]
        lines.append(f"| {record['budget']} | {' | '.join(cells)} | {', '.join(reached) or 'by none'} |")
    return "\n".join(lines)
