"""The whole chain, from nothing to a report, through every rule."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from helpers.plain_keras import assert_draws_the_judged_samples
from helpers.prose import sentences_in
from PIL import Image

from easel.report.tables.metric_texts import metrics_in

ROOT = Path(__file__).parents[2]
RUNS = ("dcgan", "vae", "vae_gan")
AUTOENCODERS = ("vae", "vae_gan")
PER_RUN = (
    "generator.keras", "history.csv", "train.json", "snapshots.json", "samples.npz", "samples.json", "samples.png",
    "interpolation.png", "latent_plane.png", "metrics.json", "nearest.png", "player.json", "player.bin",
    "report.ipynb", "report.html",
)  # fmt: skip


def test_every_rule_is_run(checkout):
    assert checkout.jobs() == {
        "draw_shapes": 1, "draw_preview": 1, "train_run": 3, "judge_snapshots": 3, "sample": 1,
        "sample_autoencoder": 2, "make_classifier": 1, "compute_reference": 1, "judge_baselines": 1, "evaluate": 3,
        "compile_player": 3, "compare": 1, "report_run": 3, "report_study": 1, "write_manifest": 1,
    }  # fmt: skip


def test_every_promised_file_exists(finished):
    for name in ("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "dataset.json"):
        assert (finished / f"results/datasets/tiny_shapes/{name}").stat().st_size > 0
    for name in ("classifier.keras", "classifier.json", "reference.npz", "train_features.npy", "baselines-100.json"):
        assert (finished / f"results/judges/tiny_shapes/tiny_judge/{name}").stat().st_size > 0
    for run in RUNS:
        for name in PER_RUN:
            assert (finished / f"results/tiny/{run}/seed-0/{name}").stat().st_size > 0, (run, name)
    for name in ("comparison.csv", "comparison.json", "report.html"):
        assert (finished / f"results/tiny/{name}").stat().st_size > 0
    encoders = [path.parts[-3] for path in sorted((finished / "results/tiny").glob("*/seed-0/encoder.keras"))]
    pictures = [path.parts[-3] for path in sorted((finished / "results/tiny").glob("*/seed-0/reconstructions.png"))]
    numbers = [path.parts[-3] for path in sorted((finished / "results/tiny").glob("*/seed-0/reconstruction.json"))]
    assert tuple(encoders) == tuple(pictures) == tuple(numbers) == AUTOENCODERS


def test_nothing_is_written_outside_results(finished):
    assert {path.name for path in finished.folder.iterdir()} == {"tiny.yaml", "results", ".snakemake"}


def test_logs_and_benchmarks_mirror_the_results(finished):
    for folder, suffix in (("logs", "log"), ("benchmarks", "tsv")):
        for job in ("tiny/dcgan/seed-0/train_run", "tiny/vae/seed-0/report_run", "datasets/tiny_shapes/draw_shapes"):
            assert (finished / f"results/{folder}/{job}.{suffix}").is_file()


def test_train_json_and_history_csv_describe_the_training(finished):
    record = json.loads((finished / "results/tiny/dcgan/seed-0/train.json").read_text())
    assert (record["study"], record["run"], record["seed"], record["preset"]) == ("tiny", "dcgan", 0, "dcgan")
    assert (record["steps"], record["epochs"], record["images"]) == (8, 2.0, 512)
    assert record["settings"]["width"] == 4
    assert record["images_per_second"] > 0
    assert set(record["networks"]) == {"generator", "discriminator"}
    assert "workflow/easel/models/dcgan.py" in record["fingerprints"]["code"]
    assert [snapshot["step"] for snapshot in record["snapshots"]] == [4, 8]
    with open(finished / "results/tiny/dcgan/seed-0/history.csv") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["2", "4", "6", "8"]
    assert {"generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"} < set(rows[0])


def test_samples_npz_holds_images_and_latents(finished):
    with np.load(finished / "results/tiny/vae_gan/seed-0/samples.npz") as samples:
        assert samples["images"].shape == (100, 32, 32, 3)
        assert samples["images"].dtype == np.uint8
        assert samples["latents"].shape == (100, 8)
        first = samples["images"][0]
    sheet = np.asarray(Image.open(finished / "results/tiny/vae_gan/seed-0/samples.png"))
    np.testing.assert_array_equal(sheet[:32, :32], first)


def test_results_files_hold_no_sentences(finished):
    assert sentences_in(finished / "results") == {}


def test_every_metric_states_its_judge_reference_and_uncertainty(finished):
    record = json.loads((finished / "results/tiny/vae/seed-0/metrics.json").read_text())
    metrics = record["metrics"]
    assert list(dict.fromkeys(row["of"] for row in metrics)) == [
        "samples", "test_images", "pixel_gaussian", "reconstructions"
    ]  # fmt: skip
    judged = {row["metric"] for row in metrics if row["of"] == "samples"}
    # Where classes are requested, and where every class is drawn.
    elsewhere = {"intra_class_fid", "class_accuracy", "predicted_class_fid"}
    tables = ("samples", "distribution", "classes", "memorisation")
    assert judged | elsewhere == {metric for table in tables for metric in metrics_in(table)}
    assert {row["metric"] for row in metrics if row["of"] == "reconstructions"} < set(metrics_in("reconstructions"))
    for row in metrics:
        judge, split = (None, "test") if row["of"] == "reconstructions" else ("tiny_judge", "train")
        assert row["judge"] == judge
        alone = row["metric"] in ("inception_score", "class_accuracy")
        assert row["reference_split"] == (None if alone else split)
        assert row["n"] == (100 if row["of"] == "samples" else 64)
        assert np.isfinite([row["value"], row["uncertainty"]["value"]]).all(), row
        assert row["uncertainty"]["kind"]
    assert sum(record["classes"][0]["samples"]) == 100
    assert record["factors"]["n"] == 100
    assert len(record["nearest"]["pairs"]) > 0


def test_the_best_snapshot_is_sampled(finished):
    folder = finished / "results/tiny/dcgan/seed-0"
    judged = json.loads((folder / "snapshots.json").read_text())
    assert [snapshot["step"] for snapshot in judged["snapshots"]] == [4, 8]
    assert (judged["judge"], judged["n"], judged["reference_n"]) == ("tiny_judge", 60, 256)
    origin = json.loads((folder / "samples.json").read_text())
    assert origin["fid"] == min(snapshot["fid"] for snapshot in judged["snapshots"])
    assert json.loads((folder / "metrics.json").read_text())["samples"] == origin


def test_plain_keras_draws_the_judged_samples(finished):
    """On the threads that a process takes by itself, while the step has one."""
    assert_draws_the_judged_samples(finished / f"results/tiny/{run}/seed-0" for run in RUNS)


def test_a_second_run_does_nothing(finished):
    assert finished.jobs() == {}
    assert "Nothing to be done" in finished.snakemake().stdout


def test_touching_code_reruns_nothing(finished):
    """Rules compare the content of their code, not its file times."""
    for file in [*ROOT.glob("scripts/*.py"), *ROOT.glob("workflow/easel/**/*.py")]:
        file.touch()
    assert finished.jobs() == {}


@pytest.mark.parametrize(
    ("target", "jobs"),
    [
        ("data", {"draw_shapes": 1, "draw_preview": 1}),
        ("train", {"draw_shapes": 1, "train_run": 3}),
        (
            "samples",
            {"draw_shapes": 1, "train_run": 3, "make_classifier": 1, "compute_reference": 1}
            | {"judge_snapshots": 3, "sample": 1, "sample_autoencoder": 2},
        ),
        (
            "metrics",
            {"draw_shapes": 1, "train_run": 3, "make_classifier": 1, "compute_reference": 1}
            | {
                "judge_snapshots": 3,
                "sample": 1,
                "sample_autoencoder": 2,
                "judge_baselines": 1,
                "evaluate": 3,
                "compare": 1,
            },
        ),
        (
            "results/tiny/dcgan/seed-0/metrics.json",
            {"draw_shapes": 1, "train_run": 1, "make_classifier": 1, "compute_reference": 1, "judge_snapshots": 1}
            | {"sample": 1, "judge_baselines": 1, "evaluate": 1},
        ),
    ],
)
def test_stages_and_single_files_are_targets(checkout, target, jobs):
    assert checkout.jobs(target) == jobs


def test_forcing_a_stage_reruns_it_and_everything_downstream(finished):
    assert finished.jobs("--forcerun", "judge_snapshots") == {
        "judge_snapshots": 3, "sample": 1, "sample_autoencoder": 2, "compile_player": 3, "evaluate": 3, "compare": 1,
        "report_run": 3, "report_study": 1, "write_manifest": 1,
    }  # fmt: skip
