"""Several judges, external samples, and a judge that is added, through the real Snakemake."""

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers import onnx_networks
from helpers.prose import sentences_in
from helpers.small_inception import write as write_inception
from helpers.tiny_study import ROOT, TINY, Checkout
from PIL import Image

from easel.data.shapes import draw
from easel.evaluation.reference import kept_test_images
from easel.runtime.files import sha256

JUDGES = (
    TINY[TINY.index("dataset:") : TINY.index("seeds:")]
    + "judges:\n  tiny_judge: {kind: classifier, epochs: 1, width: 4}\n"
)

EXTRACTOR = "image_size: 32, mean: [0.5, 0.4, 0.3]"

PATCHES_SETTINGS = '''
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from easel.config.affects import Affects
from easel.config.judges.base import JudgeSettings


class PatchesSettings(JudgeSettings):
    """Grey patches."""

    weights: ClassVar = "patches.txt"
    feature_dim: ClassVar = 16
    megaflops: ClassVar = 0.1

    kind: Annotated[Literal["patches"], Affects.OUTPUT]
    """`patches`: mean grey."""
    scale: Annotated[float, Affects.OUTPUT] = Field(1.0, gt=0)
    """Of the features."""
'''

PATCHES = '''
"""The judge `patches`: the mean grey of sixteen patches."""

from dataclasses import dataclass

from easel import judges


@dataclass(frozen=True)
class PatchesFacts(judges.Facts, kind="patches"):
    scale: float


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


def facts(record):
    return PatchesFacts(record["scale"])
'''


def images(count: int) -> np.ndarray:
    return draw("train", count, seed=5)[0].images


def metrics(checkout: Checkout, study: str, run: str) -> dict:
    return json.loads((checkout / f"results/{study}/{run}/seed-0/metrics.json").read_text())


def values_by(record: dict, judge: str) -> dict[tuple, float]:
    """The values of a metrics.json by one judge, by metric, what is judged, and the number of images."""
    return {(row["metric"], row["of"], row["n"]): row["value"] for row in record["metrics"] if row["judge"] == judge}


def said_by(checkout: Checkout, *arguments: str) -> str:
    """The output of a Snakemake call that fails."""
    done = checkout.snakemake(*arguments)
    assert done.returncode != 0
    return done.stdout


@pytest.fixture(scope="module")
def external(finished, tmp_path_factory) -> Checkout:
    """External samples judged by three judges, next to a copy of the tiny study's results."""
    folder = tmp_path_factory.mktemp("external")
    np.savez(folder / "theirs.npz", images=images(130))
    (folder / "pictures/more").mkdir(parents=True)
    for i, image in enumerate(images(40)):
        Image.fromarray(image).save(folder / f"pictures/{'more/' * (i % 2)}{i}.png")
    (folder / "pictures/readme.txt").write_text("no picture")
    graph = write_inception(folder / "classify_image_graph_def.tgz")
    unpacked = write_inception(folder / "graph.pb").read_bytes()
    extractor = onnx_networks.write(folder / "extractor.onnx")
    study = (
        f"{JUDGES}"
        f"  graph: {{kind: inception, path: {graph.name}, sha256: {hashlib.sha256(unpacked).hexdigest()}}}\n"
        f"  extractor: {{kind: onnx, path: extractor.onnx, sha256: {sha256(extractor)}, {EXTRACTOR}}}\n"
        "runs:\n"
        "  theirs: {kind: external, path: theirs.npz, description: Their samples}\n"
        "  few:    {kind: external, path: pictures}\n"
        "judge: [tiny_judge, graph, extractor]\nsamples: 100\n"
    )
    shutil.copytree(finished / "results", folder / "here/results")
    checkout = Checkout(folder / "here", study, folder / "external.yaml")
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout


def test_external_samples_are_judged_like_generated_ones(external):
    record = metrics(external, "external", "theirs")
    assert record["samples"]["found"] == 130
    chosen = {"kind": "random_choice", "n": 100, "found": 130, "seed": 0}
    assert record["samples"]["caveats"] == [chosen]
    of_samples = [row for row in record["metrics"] if row["of"] == "samples"]
    assert {(row["judge"], row["n"]) for row in of_samples} == {
        (judge, 100) for judge in ("tiny_judge", "graph", "extractor")
    }
    assert all(chosen in row["caveats"] for row in of_samples)  # after those of a judge that failed its check
    by_graph = {row["metric"] for row in of_samples if row["judge"] == "graph"}
    assert "fid" in by_graph
    assert "class_tv_distance" not in by_graph  # its classes are not the dataset's


def test_results_of_external_samples_hold_no_sentences(external):
    assert sentences_in(external / "results") == {}


def test_smaller_sample_sets_get_their_own_table_and_baselines(external):
    record = metrics(external, "external", "few")
    assert {row["n"] for row in record["metrics"]} == {40}
    assert {row["of"] for row in record["metrics"]} == {"samples", "test_images", "pixel_gaussian"}
    left_out = {"kind": "other_files", "n": 1, "examples": ["readme.txt"]}
    assert left_out in record["samples"]["caveats"]
    comparison = json.loads((external / "results/external/comparison.json").read_text())
    assert [run["run"] for run in comparison["external"]] == ["theirs", "few"]
    assert {len(column["runs"]) for column in comparison["summary"]} == {1}
    with open(external / "results/external/comparison.csv") as file:
        assert {(row["run"], row["n"]) for row in csv.DictReader(file) if row["of"] == "samples"} == {
            ("theirs", "100"), ("few", "40")
        }  # fmt: skip
    page = (external / "results/external/report.html").read_text()
    assert "Their samples" in page
    assert "external samples" in page


def test_the_inception_graph_is_fetched_once_and_calibrated(external):
    fetched = list((external / "results/judges").glob("inception-*.pb"))
    assert len(fetched) == 1
    assert fetched[0].samefile(external / "results/judges/tiny_shapes/graph/inception.pb")
    assert external.jobs("calibration") == {}
    record = json.loads((external / "results/judges/tiny_shapes/graph/calibration.json").read_text())
    assert [row["as_published"] for row in record["answers"]] == [None] * 3
    assert {row["published"] for row in record["answers"]} == {11.24, 10.98, 3.1508}


def test_a_feature_extractor_in_an_onnx_file_judges(external):
    """By its own features, computed here in NumPy, and without an Inception Score."""
    (fetched,) = (external / "results/judges").glob("onnx-*.onnx")
    assert fetched.read_bytes() == external.study.with_name("extractor.onnx").read_bytes()
    images = np.load(external / "results/datasets/tiny_shapes/test_images.npy")
    seen = images[kept_test_images(len(images))].transpose(0, 3, 1, 2) / 255
    wanted = onnx_networks.convolved(seen - np.reshape([0.5, 0.4, 0.3], (3, 1, 1))).mean(axis=(2, 3))
    with np.load(external / "results/judges/tiny_shapes/extractor/reference.npz") as reference:
        np.testing.assert_allclose(reference["test_features"], wanted, rtol=0, atol=1e-5)
    rows = [row for row in metrics(external, "external", "theirs")["metrics"] if row["judge"] == "extractor"]
    assert "fid" in {row["metric"] for row in rows}
    assert "inception_score" not in {row["metric"] for row in rows}
    assert {row["judge_facts"]["kind"] for row in rows} == {"onnx"}
    page = (external / "results/external/report.html").read_text()
    assert "an ONNX network with SHA-256" in page


def test_another_setting_of_a_feature_extractor_judges_again(external):
    study = external.study.read_text()
    external.study.write_text(study.replace("mean: [0.5, 0.4", "mean: [0.5, 0.5"))
    assert external.jobs("metrics") == {
        "make_onnx": 1, "compute_reference": 1, "judge_baselines": 1, "evaluate": 2, "compare": 1
    }  # fmt: skip
    external.study.write_text(study.replace("mean: [0.5", "output: embedding, mean: [0.5"))
    said = said_by(external, "metrics")
    assert "external.yaml: judges.extractor: results/judges/onnx-" in said
    assert "has no output 'embedding'; it has features" in said
    external.study.write_text(study)
    assert external.jobs() == {}


def test_studies_share_a_judge_and_its_reference(external):
    assert Checkout(external.folder).jobs() == {}
    assert external.jobs() == {}


def test_replaced_external_samples_are_judged_again(external):
    file = external.study.with_name("theirs.npz")
    before = file.read_bytes()
    np.savez(file, images=255 - images(130))
    assert external.jobs() == {"import_samples": 1, "evaluate": 1, "compare": 1, "report_study": 1, "write_manifest": 1}
    file.write_bytes(before)
    assert external.jobs() == {}


def test_invalid_external_samples_give_one_clear_error(external):
    file, before = external.study.with_name("theirs.npz"), external.study.with_name("theirs.npz").read_bytes()
    kept = (external / "results/external/theirs/seed-0/metrics.json").read_bytes()
    broken = images(20) / np.float32(255)
    broken[3, 0, 0, 0] = np.nan
    np.savez(file, images=broken)
    said = said_by(external, "metrics")
    assert "theirs.npz" in said
    assert "NaN" in said
    assert "Traceback" not in said
    file.write_bytes(before)
    assert external.snakemake("metrics").returncode == 0
    assert (external / "results/external/theirs/seed-0/metrics.json").read_bytes() == kept


def test_one_more_submission_is_the_only_one_to_be_judged(external, tmp_path):
    shutil.copytree(external / "results", tmp_path / "here/results")
    (tmp_path / "submissions").mkdir()
    for name in ("ana", "bo"):
        np.savez(tmp_path / f"submissions/{name}.npz", images=images(40))
    runs = "runs:\n  class: {kind: external, path: submissions/*}\n"
    checkout = Checkout(tmp_path / "here", f"{JUDGES}{runs}judge: tiny_judge\nsamples: 40\n", tmp_path / "term.yaml")
    done = checkout.snakemake("metrics")
    assert done.returncode == 0, done.stdout
    comparison = json.loads((checkout / "results/term/comparison.json").read_text())
    described = {run["run"]: run["description"] for run in comparison["external"]}
    assert described == {"class-ana": "ana.npz", "class-bo": "bo.npz"}
    assert checkout.jobs("metrics") == {}
    np.savez(tmp_path / "submissions/cem.npz", images=images(40))
    assert checkout.jobs("metrics") == {"import_samples": 1, "evaluate": 1, "compare": 1}


def test_a_damaged_judge_gives_one_clear_error(external, tmp_path):
    """Where no receipt and no manifest tells that it is damaged; else it would be made again."""
    shutil.copytree(external / "results", tmp_path / "results")
    shutil.rmtree(tmp_path / "results/.snakemake/written")
    (tmp_path / "results/external/manifest.json").unlink()
    checkout = Checkout(tmp_path, external.study.read_text(), external.study)
    weights = tmp_path / "results/judges/tiny_shapes/tiny_judge/classifier.keras"
    weights.write_bytes(weights.read_bytes()[:1000])
    said = said_by(checkout, "metrics", "--forcerun", "evaluate")
    assert "classifier.keras: not the network of a judge of kind 'classifier', or damaged" in said
    assert "Traceback" not in said


def test_a_judge_that_is_handed_on_gives_the_same_numbers_elsewhere(external, tmp_path):
    """In another folder it is fetched and not trained, and its reference is computed from the real images there."""
    trained = external / "results/judges/tiny_shapes/tiny_judge/classifier.keras"
    handed_on = Path(shutil.copy(trained, tmp_path / "ours.keras"))
    np.savez(tmp_path / "theirs.npz", images=images(130))
    checksum = hashlib.sha256(trained.read_bytes()).hexdigest()
    study = (
        f"{TINY[TINY.index('dataset:') : TINY.index('seeds:')]}"
        f"judges:\n  ours: {{kind: classifier, path: ours.keras, sha256: {checksum}}}\njudge: ours\n"
        "runs:\n  theirs: {kind: external, path: theirs.npz}\nsamples: 100\n"
    )
    there = Checkout(tmp_path / "there", study, tmp_path / "there.yaml")
    done = there.snakemake("metrics")
    assert done.returncode == 0, done.stdout
    fetched = there / f"results/judges/classifier-{checksum[:12]}.keras"
    assert fetched.read_bytes() == (there / "results/judges/tiny_shapes/ours/classifier.keras").read_bytes()

    here, there_too = metrics(external, "external", "theirs"), metrics(there, "there", "theirs")
    numbers = values_by(here, "tiny_judge")
    assert ("fid", "samples", 100) in numbers
    assert values_by(there_too, "ours") == pytest.approx(numbers, rel=1e-6)
    assert here["metrics"][0]["judge_facts"] == there_too["metrics"][0]["judge_facts"]

    handed_on.unlink()
    assert there.jobs("metrics") == {}
    said = said_by(there, "metrics", "--forcerun", "fetch_judge")
    assert f"{handed_on} does not exist, and fetch_judge has to read it.\nNothing has been run or deleted." in said
    assert fetched.exists()
    there.study.write_text(study.replace(checksum, "ab" * 32))
    shutil.copy(trained, handed_on)
    assert f"ours.keras has the SHA-256 {checksum}, expected {'ab' * 32}" in said_by(there, "metrics")


def test_adding_a_judge_takes_its_settings_and_its_code(tmp_path):
    """Two new files are the only change to a copy of the checkout."""
    for folder in ("workflow", "config", "notebooks", "profiles", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
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
    assert all(row["judge_facts"] == {"kind": "patches", "scale": 2.0} for row in record["metrics"])
    assert {row["of"] for row in record["metrics"]} == {"samples", "test_images", "pixel_gaussian"}
    (tmp_path / "mine.yaml").write_text(study.replace("scale", "scael"))
    assert "judges.mine.scael: unknown key; did you mean 'scale'?" in said_by(checkout, "metrics", "--dry-run")
