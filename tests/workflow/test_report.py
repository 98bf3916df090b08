"""Snakemake's own report of a finished study: categories, captions and links between pages."""

import json
import re
from zipfile import ZipFile

import pytest

from easel.report.links import LINK

RUNS = ("dcgan", "vae", "vae_gan")
PAGE = {f"results/tiny/{run}/seed-0/report.html" for run in RUNS}


@pytest.fixture(scope="module")
def report(finished, tmp_path_factory) -> ZipFile:
    """The report as a ZIP archive."""
    file = tmp_path_factory.mktemp("report") / "report.zip"
    done = finished.snakemake("--report", str(file))
    assert done.returncode == 0, done.stdout
    return ZipFile(file)


def part(report: ZipFile, name: str) -> dict:
    """A table in the report's script: its `results` by path, or its `categories`."""
    page = report.read("report/report.html").decode()
    return json.loads(re.search(rf"var {name} = (\{{.*?\}});\n", page, flags=re.DOTALL)[1])


def test_every_main_output_is_in_its_category(report):
    found = {
        category: {name: set(files) for name, files in parts.items()}
        for category, parts in part(report, "categories").items()
    }
    of_run = ("interpolation", "latent_plane", "nearest", "samples")
    samples = {run: {f"results/tiny/{run}/seed-0/{name}.png" for name in of_run} for run in RUNS}
    for run in ("vae", "vae_gan"):
        samples[run].add(f"results/tiny/{run}/seed-0/reconstructions.png")
    comparison = {"results/tiny/comparison.json", "results/tiny/comparison.csv"}
    assert found.pop("Samples") == samples
    assert {category: set().union(*parts.values()) for category, parts in found.items()} == {
        "Data": {"results/datasets/tiny_shapes/preview.png"},
        "Metrics": {f"results/tiny/{run}/seed-0/metrics.json" for run in RUNS} | comparison,
        "Pages": PAGE | {"results/tiny/report.html"},
        "Provenance": {"results/tiny/manifest.json"},
    }


def test_everything_has_a_caption_and_labels(report):
    results = part(report, "results")
    captions = {path: re.sub(r"<[^>]+>", "", each["caption"]).strip() for path, each in results.items()}
    assert all(len(caption) > 20 and "{" not in caption for caption in captions.values()), captions
    assert all(each["labels"] for each in results.values())
    assert captions["results/tiny/vae/seed-0/report.html"].startswith("The full report of vae (seed 0): ")
    assert results["results/tiny/report.html"]["labels"] == {
        "page": "all runs: start here",
        "run": "all",
        "seed": "all",
    }


def test_the_report_names_its_study(report):
    page = report.read("report/report.html").decode()
    said = json.loads(re.search(r'var workflow_desc = (".*?");\n', page, flags=re.DOTALL)[1])
    assert "the study\n<strong>tiny</strong>" in said


def test_pages_link_to_each_other_inside_the_report(report):
    results, names = part(report, "results"), set(report.namelist())
    for path in ("results/tiny/report.html", *PAGE):
        page = report.read(f"report/{results[path]['data_uri']}").decode()
        places = re.findall(r'data-in-report="([^"]+)"', page)
        assert len(places) == len(LINK.findall(page)) >= 1
        assert {f"report/data/raw/{place}" for place in places} <= names
        assert "a[data-in-report]" in page  # the script that leads there
