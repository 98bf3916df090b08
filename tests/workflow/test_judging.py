"""Judging by more than one judge, images made elsewhere, and a judge that is added; the real Snakemake."""

import csv
import hashlib
import json
import shutil

import numpy as np
import pytest
from helpers.small_inception import write as write_inception
from helpers.tiny_study import ROOT, TINY, Checkout
from PIL import Image

from easel.data.shapes import draw

JUDGES = (
    TINY[TINY.index("dataset:") : TINY.index("seeds:")]
    + "judges:\n  tiny_judge: {kind: classifier, epochs: 1, width: 4}\n"
)

PATCHES_SETTINGS = '''
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects
from easel.config.judges.base import JudgeSettings


class PatchesSettings(JudgeSettings):
    """Grey patches."""

    weights: ClassVar = "patches.txt"
    learns: ClassVar = True
    feature_dim: ClassVar = 16
    megaflops: ClassVar = 0.1

    kind: Annotated[Literal["patches"], Affects.OUTPUT]
    """`patches`: mean grey."""
    scale: Annotated[float, Affects.OUTPUT] = Field(1.0, gt=0)
    """Of the features."""
'''

PATCHES = '''
"""The judge `patches`: the mean grey of sixteen patches."""

from easel import judges


def make(settings, dataset, weights, label, threads, gpus):
    weights.write_text(str(settings.scale))
    return {"scale": settings.scale}


class Patches:
    feature_dim = 16

    def __init__(self, scale):
        self.scale = scale

    def outputs(self, images):
        import numpy as np

        grey = images.reshape(-1, 4, 8, 4, 8, 3).mean(axis=(2, 4, 5)).reshape(-1, 16) / 255
        return judges.Outputs((self.scale * grey).astype(np.float32), grey[:, :5].astype(np.float32))


def load(weights):
    return Patches(float(weights.read_text()))


def note(record):
    return f"patches times {record['scale']:g}"
'''


def images(count: int) -> np.ndarray:
    return draw("train", count, seed=5)[0].images


def metrics(checkout: Checkout, study: str, run: str) -> dict:
    return json.loads((checkout / f"results/{study}/{run}/seed-0/metrics.json").read_text())


def said_by(checkout: Checkout, *arguments: str) -> str:
    """What a Snakemake says that fails."""
    done = checkout.snakemake(*arguments)
    assert done.returncode != 0
    return done.stdout


@pytest.fixture(scope="module")
def outside(finished, tmp_path_factory) -> Checkout:
    """A study of images made elsewhere, by two judges, over a copy of the tiny study's results."""
    folder = tmp_path_factory.mktemp("outside")
    np.savez(folder / "theirs.npz", images=images(130))
    (folder / "pictures/more").mkdir(parents=True)
    for i, image in enumerate(images(40)):
        Image.fromarray(image).save(folder / f"pictures/{'more/' * (i % 2)}{i}.png")
    (folder / "pictures/readme.txt").write_text("no picture")
    graph = write_inception(folder / "classify_image_graph_def.tgz")
    unpacked = write_inception(folder / "graph.pb").read_bytes()
    study = (
        f"{JUDGES}"
        f"  graph: {{kind: inception, path: {graph.name}, sha256: {hashlib.sha256(unpacked).hexdigest()}}}\n"
        "runs:\n"
        "  theirs: {kind: external, path: theirs.npz, description: Their samples}\n"
        "  few:    {kind: external, path: pictures}\n"
        "judge: [tiny_judge, graph]\nsamples: 100\n"
    )
    shutil.copytree(finished / "results", folder / "here/results")
    checkout = Checkout(folder / "here", study, folder / "outside.yaml")
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout


def test_images_made_elsewhere_are_judged_like_samples(outside):
    record = metrics(outside, "outside", "theirs")
    assert record["samples"]["found"] == 130
    assert record["samples"]["notes"] == ["100 of 130 images, chosen at random (seed 0)"]
    of_samples = [row for row in record["metrics"] if row["of"] == "samples"]
    assert {(row["judge"], row["n"]) for row in of_samples} == {("tiny_judge", 100), ("graph", 100)}
    assert all(row["caveat"].startswith("100 of 130 images") for row in of_samples)
    by_graph = {row["metric"] for row in of_samples if row["judge"] == "graph"}
    assert "fid" in by_graph
    assert "class_tv_distance" not in by_graph  # its classes are not the dataset's


def test_fewer_images_stand_in_a_table_of_their_own_with_limits_of_as_many(outside):
    record = metrics(outside, "outside", "few")
    assert {row["n"] for row in record["metrics"]} == {40}
    assert {row["of"] for row in record["metrics"]} == {"samples", "test_images", "pixel_gaussian"}
    assert any("left out 1 file of another kind: readme.txt" in note for note in record["samples"]["notes"])
    comparison = json.loads((outside / "results/outside/comparison.json").read_text())
    assert [run["run"] for run in comparison["external"]] == ["theirs", "few"]
    assert {len(column["runs"]) for column in comparison["summary"]} == {1}
    with open(outside / "results/outside/comparison.csv") as file:
        assert {(row["run"], row["n"]) for row in csv.DictReader(file) if row["of"] == "samples"} == {
            ("theirs", "100"), ("few", "40")
        }  # fmt: skip
    page = (outside / "results/outside/report.html").read_text()
    assert "Their samples" in page
    assert "images made elsewhere" in page


def test_the_graph_is_fetched_once_and_checked_against_what_is_published(outside):
    fetched = list((outside / "results/judges").glob("inception-*.pb"))
    assert len(fetched) == 1
    assert fetched[0].samefile(outside / "results/judges/tiny_shapes/graph/inception.pb")
    assert outside.jobs("calibration") == {}
    record = json.loads((outside / "results/judges/tiny_shapes/graph/calibration.json").read_text())
    assert [row["as_published"] for row in record["answers"]] == [None] * 3
    assert {row["published"] for row in record["answers"]} == {11.24, 10.98, 3.1508}


def test_the_judge_and_what_it_knows_are_shared_by_studies(outside):
    assert Checkout(outside.folder).jobs() == {}
    assert outside.jobs() == {}


def test_other_images_at_the_same_place_are_judged_anew(outside):
    file = outside.study.with_name("theirs.npz")
    before = file.read_bytes()
    np.savez(file, images=255 - images(130))
    assert outside.jobs() == {"import_samples": 1, "evaluate": 1, "compare": 1, "report_study": 1, "write_manifest": 1}
    file.write_bytes(before)
    assert outside.jobs() == {}


def test_images_that_cannot_be_judged_are_one_clear_error(outside):
    file, before = outside.study.with_name("theirs.npz"), outside.study.with_name("theirs.npz").read_bytes()
    kept = (outside / "results/outside/theirs/seed-0/metrics.json").read_bytes()
    broken = images(20) / np.float32(255)
    broken[3, 0, 0, 0] = np.nan
    np.savez(file, images=broken)
    said = said_by(outside, "metrics")
    assert "theirs.npz" in said
    assert "NaN" in said
    assert "Traceback" not in said
    file.write_bytes(before)
    assert outside.snakemake("metrics").returncode == 0
    assert (outside / "results/outside/theirs/seed-0/metrics.json").read_bytes() == kept


def test_a_damaged_judge_is_one_clear_error(outside, tmp_path):
    shutil.copytree(outside / "results", tmp_path / "results")
    checkout = Checkout(tmp_path, outside.study.read_text(), outside.study)
    weights = tmp_path / "results/judges/tiny_shapes/tiny_judge/classifier.keras"
    weights.write_bytes(weights.read_bytes()[:1000])
    said = said_by(checkout, "metrics", "--forcerun", "evaluate")
    assert "classifier.keras: this is not the network of a classifier, or it is damaged" in said
    assert "Traceback" not in said


def test_a_judge_is_its_settings_and_its_code(tmp_path):
    """In a copy of the checkout to which nothing but these two files is added."""
    for room in ("workflow", "config", "notebooks", "profiles", "scripts"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy2(ROOT / "Snakefile", tmp_path)
    (tmp_path / "workflow/easel/judges/patches.py").write_text(PATCHES)
    (tmp_path / "workflow/easel/config/judges/patches.py").write_text(PATCHES_SETTINGS)
    np.save(tmp_path / "theirs.npy", images(60))
    dataset = TINY[TINY.index("dataset:") : TINY.index("seeds:")]
    study = (
        f"{dataset}judges:\n  mine: {{kind: patches, scale: 2.0}}\njudge: mine\nsamples: 60\n"
        "runs:\n  theirs: {kind: external, path: theirs.npy}\n"
    )
    checkout = Checkout(tmp_path / "here", study, tmp_path / "mine.yaml", root=tmp_path)
    done = checkout.snakemake("metrics")
    assert done.returncode == 0, done.stdout
    record = metrics(checkout, "mine", "theirs")
    assert {row["judge_note"] for row in record["metrics"]} == {"patches times 2"}
    assert {row["of"] for row in record["metrics"]} == {"samples", "test_images", "pixel_gaussian"}
    (tmp_path / "mine.yaml").write_text(study.replace("scale", "scael"))
    assert "judges.mine.scael: unknown key; did you mean 'scale'?" in said_by(checkout, "metrics", "--dry-run")
