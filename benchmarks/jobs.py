"""Show where the seconds of a study go: of the set-up, of each rule, and of each job.

    .venv/bin/python benchmarks/jobs.py [--study quickstart] [--venv .venv] [results]

Reads results/benchmarks, which Snakemake writes, so nothing is run. A job's end is the time of its file. CPU seconds
are those that Snakemake saw last, up to half a minute before the end of a long job. The set-up is the time between the
first and the last file that it wrote; after `make dev`, or a second installation, that is not the time of one set-up.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COLUMNS = 60  # of the chart


class Job(NamedTuple):
    rule: str
    of: str  # what it was run for: run and seed, judge, or nothing
    start: float
    end: float
    cpu: float


def jobs_of(results: Path, study: str) -> Iterator[Job]:
    """The jobs of a study, of its dataset and of its judges, of which there is a benchmark."""
    folder = results / "benchmarks"
    for part in (study, "datasets", "judges"):
        for file in (folder / part).rglob("*.tsv"):
            with open(file, encoding="utf-8", newline="") as opened:
                rows = list(csv.DictReader(opened, delimiter="\t"))
            if rows and "cpu_time" in rows[0]:  # the plan's predictions are a table of another form
                end, of = file.stat().st_mtime, file.parent.relative_to(folder / part).as_posix()
                yield Job(file.stem, of, end - float(rows[0]["s"]), end, float(rows[0]["cpu_time"]))


def setup_seconds(venv: Path) -> float | None:
    """Seconds between the first and the last file that setting up wrote; None where `make` set nothing up."""
    first, last = venv / "pyvenv.cfg", venv / ".installed"
    return last.stat().st_mtime - first.stat().st_mtime if first.exists() and last.exists() else None


def by_rule(jobs: list[Job]) -> Iterator[str]:
    """A table of the rules, the one that takes most CPU time first."""
    found = defaultdict(list)
    for job in jobs:
        found[job.rule].append(job)
    yield "| rule | jobs | seconds | CPU seconds |"
    yield "| --- | --- | --- | --- |"
    for rule, each in sorted(found.items(), key=lambda item: -sum(job.cpu for job in item[1])):
        seconds, cpu = sum(job.end - job.start for job in each), sum(job.cpu for job in each)
        yield f"| {rule} | {len(each)} | {seconds:.1f} | {cpu:.1f} |"


def chart(jobs: list[Job]) -> Iterator[str]:
    """A line for each job in the order of their starts, with a bar from its start to its end."""
    begin, end = min(job.start for job in jobs), max(job.end for job in jobs)
    scale = COLUMNS / (end - begin)
    for job in sorted(jobs, key=lambda job: job.start):
        before, length = round((job.start - begin) * scale), max(1, round((job.end - job.start) * scale))
        bar = " " * before + "#" * length
        yield f"{bar:{COLUMNS + 1}} {job.start - begin:6.1f} {job.end - begin:6.1f}  {job.rule} {job.of}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", nargs="?", type=Path, default=Path("results"))
    arguments.add_argument("--study", default="quickstart")
    arguments.add_argument("--venv", type=Path, default=Path(".venv"))
    given = arguments.parse_args()
    jobs = list(jobs_of(given.results, given.study))
    if not jobs:
        arguments.error(f"{given.results}/benchmarks has no job of the study {given.study}: run it first")
    print(*by_rule(jobs), "", *chart(jobs), "", sep="\n")
    if (seconds := setup_seconds(given.venv)) is not None:
        print(f"set-up: {seconds:.0f} s")
    wall, cpu = max(job.end for job in jobs) - min(job.start for job in jobs), sum(job.cpu for job in jobs)
    print(f"jobs: {wall:.0f} s, with {cpu:.0f} CPU seconds: {cpu / wall:.2f} cores")


if __name__ == "__main__":
    main()
