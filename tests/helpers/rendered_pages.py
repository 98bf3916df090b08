"""Reports of made-up results, rendered once for all tests."""

import csv
import shutil
from pathlib import Path

import pytest
from scripts.report_run import report_run
from scripts.report_study import report_study

from easel.report.plan_page import sections
from easel.report.rendering import compose
from easel.report.studies_page import write_studies_page
from easel.runtime.files import read_json, write_json
from easel.texts import say
from helpers.fake_plans import HERE, measurement, plan_of
from helpers.fake_results import write_study
from helpers.shared import made_once

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def rendered(factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by name: a full study and one of its runs, a study and a run with few results, and a plan.

    All of pytest's processes share the files: do not change them.
    """
    results = made_once(factory, "rendered", render_all)
    study, bare = results / "several", results / "bare"
    return {
        "study": study / "report.html",
        "run": study / "vae_gan/seed-0/report.html",
        "bare run": bare / "only/seed-0/report.html",
        "bare study": bare / "report.html",
        "plan": study / "plan.html",
        "studies": results / "report.html",
    }


def render_all(results: Path) -> None:
    """Write made-up results and render their pages."""
    runs = {"dcgan": "dcgan", "vae_gan": "vae_gan"}
    study = write_study(results, "several", runs, seeds=(0, 1), judges=("inception", "classifier"))
    bare = write_study(results, "bare", {"only": "vae"}, rows=2) / "only" / "seed-0"
    strip(bare)
    study_page(study)
    run_page(study / "vae_gan" / "seed-0")
    run_page(bare)
    study_page(bare.parents[1])
    plan_page(study)
    write_studies_page(results)


def run_page(folder: Path) -> Path:
    page = folder / "report.html"
    report_run(
        notebook=NOTEBOOKS / "run.ipynb",
        training=folder / "train.json",
        dataset=folder.parents[2] / "datasets" / "shapes" / "dataset.json",
        executed=folder / "report.ipynb",
        page=page,
        failed=folder.parents[2] / "logs" / "report_run.failed.ipynb",
        record=folder / "notes.json",
        notes=read_json(folder / "notes.json"),
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
        record=folder / "notes.json",
        notes=read_json(folder / "notes.json"),
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
    """Reduce a run to the files that every training leaves, with a history of NaN."""
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
        "player.json",
        "player.bin",
    ):
        (run / name).unlink()
    for folder in (run, run.parents[1]):
        write_json(folder / "notes.json", {"notes": ""})
    rows = list(csv.reader((run / "history.csv").read_text().splitlines()))
    body = [[*row[:4], *["nan"] * len(row[4:])] for row in rows[1:]]
    with open(run / "history.csv", "w", newline="") as file:
        csv.writer(file).writerows([rows[0], *body])
