"""The reports of made-up results, rendered once for all tests that look at them."""

import csv
import shutil
from functools import cache
from pathlib import Path

from scripts.report_run import report_run
from scripts.report_study import report_study

from easel.report.plan_page import sections
from easel.report.rendering import compose
from easel.texts import say
from helpers.fake_results import write_study
from helpers.plans import HERE, measurement, plan_of

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@cache
def rendered(base: Path) -> dict[str, Path]:
    """The pages of a study with several seeds and judges, of one of its runs, of a run with little to show, of a plan.

    base: the tests' common folder, pytest's `tmp_path_factory.getbasetemp()`.
    """
    results = base / "rendered"
    runs = {"dcgan": "dcgan", "vae_gan": "vae_gan"}
    study = write_study(results, "several", runs, seeds=(0, 1), judges=("inception", "classifier"))
    bare = write_study(results, "bare", {"only": "vae"}, rows=2) / "only" / "seed-0"
    strip(bare)
    return {
        "study": study_page(study),
        "run": run_page(study / "vae_gan" / "seed-0"),
        "bare run": run_page(bare),
        "bare study": study_page(bare.parents[1]),
        "plan": plan_page(study),
    }


def run_page(folder: Path) -> Path:
    page = folder / "report.html"
    report_run(
        notebook=NOTEBOOKS / "run.ipynb",
        training=folder / "train.json",
        dataset=folder.parents[2] / "datasets" / "shapes" / "dataset.json",
        executed=folder / "report.ipynb",
        page=page,
        failed=folder.parents[2] / "logs" / "report_run.failed.ipynb",
    )
    return page


def study_page(folder: Path) -> Path:
    page = folder / "report.html"
    report_study(
        notebook=NOTEBOOKS / "study.ipynb",
        comparison=folder / "comparison.json",
        executed=folder / "report.ipynb",
        page=page,
        failed=folder.parent / "logs" / "report_study.failed.ipynb",
    )
    return page


def plan_page(folder: Path) -> Path:
    page = folder / "plan.html"
    plan = plan_of(HERE, seconds=(1, 600, 1200, 5))
    page.write_text(
        compose(say("plan.title", study="S"), "plan", sections(plan, [measurement()]), NOTEBOOKS / "template"),
        encoding="utf-8",
    )
    return page


def strip(run: Path) -> None:
    """Leave a run only what training must have left, and a history of which nothing is finite."""
    shutil.rmtree(run / "progress")
    for name in (
        "metrics.json",
        "snapshots.json",
        "samples.npz",
        "samples.png",
        "interpolation.png",
        "latent_plane.png",
        "reconstructions.png",
        "nearest.png",
    ):
        (run / name).unlink()
    rows = list(csv.reader((run / "history.csv").read_text().splitlines()))
    body = [[*row[:4], *["nan"] * len(row[4:])] for row in rows[1:]]
    with open(run / "history.csv", "w", newline="") as file:
        csv.writer(file).writerows([rows[0], *body])
