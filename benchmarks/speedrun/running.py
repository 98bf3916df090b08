"""Run an entry at a budget, or make the panel's judges, by the workflow."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.speedrun.rules import PREFIX, ROOT, Attempt, Rules, with_archive, write_study

from easel.runtime.errors import EaselError
from easel.study.load import Study


class Place(NamedTuple):
    """Where and how Snakemake runs."""

    directory: Path = ROOT
    """The folder in which results/ lies. The study's file is written into results/."""
    archive: Path | None = None
    """The dataset's archive; None: it is downloaded."""
    dry_run: bool = False
    """Print which jobs would run, and run none."""
    threads: int | None = None
    """Of a training; None: as many as there are cores, so one training at a time."""


def run(attempt: Attempt, place: Place, seeds: Sequence[int] = ()) -> Path:
    """Train an entry and judge it, up to the study's comparison. Returns the folder of the results.

    seeds: by default those of the rules, without which no record stands. Raises EaselError if Snakemake fails.
    """
    study = attempt.study | ({"seeds": list(seeds)} if seeds else {})
    name = attempt.study_name
    snakemake(prepare(study, name, place), ["metrics"], attempt.rules.cores, place)
    return place.directory / "results" / name


def make_panel(rules: Rules, place: Place) -> Path:
    """Make the panel's judges and all that they compare samples with. Returns results/judges/<dataset>."""
    content = {**rules.study, "runs": {"any": {"preset": "fast_cpu"}}}  # a study needs one; it is not trained
    study = prepare(content, f"{PREFIX}panel", place)
    folder = Path("results/judges", study.dataset_name)
    files = ("reference.npz", f"baselines-{study.samples}.json")
    snakemake(study, [str(folder / judge / file) for judge in study.judges for file in files], rules.cores, place)
    return place.directory / folder


def prepare(content: dict, name: str, place: Place) -> Study:
    """Write a study's file."""
    if place.archive:
        content = with_archive(content, place.archive)
    return write_study(content, place.directory / "results" / f"{name}.yaml")


def snakemake(study: Study, targets: Sequence[str], cores: int, place: Place) -> None:
    """Run Snakemake on the CPU."""
    done = subprocess.run(
        [
            sys.executable, "-m", "snakemake", *targets, "--snakefile", str(ROOT / "Snakefile"),
            "--workflow-profile", str(ROOT / "profiles/default"), "--directory", str(place.directory.resolve()),
            "--cores", str(cores), "--resources", "gpu=0", *(["--dry-run"] if place.dry_run else []),
            "--config", f"study={study.file.resolve()}", f"threads={place.threads or cores}",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")}, check=False,
    )  # fmt: skip
    if done.returncode:
        raise EaselError(f"{study.name}: Snakemake ended with exit code {done.returncode}")
