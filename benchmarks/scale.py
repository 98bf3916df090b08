"""Measure Snakemake's overhead in a study of many trainings, against simpler workflows with as many jobs.

    .venv/bin/python benchmarks/scale.py [--trainings 100 1000 10000] [--rounds 3]

For each number of trainings, three workflows with as many jobs take turns: a sweep in Easel, a minimal workflow of one
line per job, and one with the files and directives of Easel's rules but nothing else. In every round each does a dry
run before any job has run; then all jobs are recorded as done (finish.py), and in every round each does a run with
nothing to do. Seconds are CPU seconds of the process (user and system); a ratio is the median over rounds of the ratios
within a round. See README.md.
"""

import argparse
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parent
PRESETS = sorted(path.stem for path in (ROOT / "config" / "presets").glob("*.yaml"))[:10]
SEEDS = 10


class Contestant:
    """One workflow in a folder of its own."""

    def __init__(self, name: str, folder: Path, snakefile: Path, config: str):
        folder.mkdir(exist_ok=True)
        self.name, self.folder = name, folder
        self.dry, self.no_op = [], []  # seconds, a round each
        self.options = [
            "--snakefile", snakefile, "--directory", folder, "--workflow-profile", ROOT / "profiles" / "default",
            "--cores", "2", "--config", config,
        ]  # fmt: skip

    def snakemake(self, *options: str, script: tuple = ("-m", "snakemake")) -> tuple[float, str]:
        """Call Snakemake; return its seconds and what it printed."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, *script, *options, *self.options], cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")},
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"{self.name}: {done.stdout[-2000:]}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout

    def jobs(self) -> int:
        """The number of jobs to do."""
        _, output = self.snakemake("--dry-run")
        return int(re.search(r"^total +(\d+)$", output, re.MULTILINE)[1])

    def turn_dry(self) -> float:
        """Do a dry run before any job has run; return its seconds."""
        self.dry.append(self.snakemake("--dry-run")[0])
        return self.dry[-1]

    def finish(self) -> None:
        """Record all jobs as done."""
        self.snakemake(script=(HERE / "finish.py",))

    def turn_no_op(self) -> float:
        """Do a run with nothing left to do; return its seconds."""
        seconds, output = self.snakemake()
        assert "Nothing to be done" in output, output[-2000:]
        self.no_op.append(seconds)
        return seconds


def contestants(settings: int, folder: Path) -> tuple[int, list[Contestant]]:
    """The number of Easel's jobs for `settings` variants of each preset, and workflows with as many, Easel first."""
    study = folder / "sweep.yaml"
    study.write_text(
        f"dataset: shapes\nseeds: {list(range(SEEDS))}\nruns:\n  run:\n    preset: [{', '.join(PRESETS)}]\n"
        f"    learning_rate: {[(i + 1) / 1e6 for i in range(settings)]}\n",
        encoding="utf-8",
    )
    easel = Contestant("Easel", folder / "easel", ROOT / "Snakefile", f"study={study}")
    jobs = easel.jobs()
    one = Contestant("one line", folder / "one", HERE / "contestants" / "one_line.smk", f"count={jobs - 1}")
    same = Contestant("same files", folder / "same", HERE / "contestants" / "same_files.smk", f"count={jobs // 40}")
    return jobs, [easel, one, same]


def report(found: list[Contestant]) -> None:
    """Print medians, and the ratios of the first to the others."""
    easel, *others = found
    for what, of in (("dry run", "dry"), ("no-op", "no_op")):
        seconds = {each.name: getattr(each, of) for each in found}
        ratios = {
            each.name: median(a / b for a, b in zip(seconds[easel.name], seconds[each.name], strict=True))
            for each in others
        }
        print(
            f"{what}: {', '.join(f'{name} {median(each):.1f} s' for name, each in seconds.items())}; "
            f"Easel is {', '.join(f'{ratio:.2f} × {name}' for name, ratio in ratios.items())}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trainings", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for trainings in asked.trainings:
        with tempfile.TemporaryDirectory() as folder:
            settings = math.ceil(trainings / SEEDS / len(PRESETS))
            jobs, running = contestants(settings, Path(folder))
            trainings = len(PRESETS) * settings * SEEDS
            print(f"\n{trainings:,} trainings, {jobs:,} jobs; CPU seconds, medians over rounds", flush=True)
            play(asked.rounds, running, Contestant.turn_dry)
            for each in running:
                each.finish()
            play(asked.rounds, running, Contestant.turn_no_op)
            report(running)


def play(rounds: int, running: list[Contestant], turn: Callable[[Contestant], float]) -> None:
    """Let each take its turn in every round, and print the seconds as they come."""
    for number in range(rounds):
        print(f"  round {number + 1}:", end="", flush=True)
        for each in running:
            print(f" {each.name} {turn(each):.1f} s", end=";", flush=True)
        print()


if __name__ == "__main__":
    main()
