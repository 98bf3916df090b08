"""The network that one gets is the one that was judged: trainings that collapse after their best snapshot."""

import keras
import numpy as np
import pytest
from helpers.pixels_judge import Pixels
from helpers.plain_keras import assert_draws_the_judged_samples
from helpers.small_trainings import Training, small_images, small_settings, small_trainer
from scripts.judge_snapshots import judge_snapshots
from scripts.sample import sample
from scripts.sample_autoencoder import sample_autoencoder

from easel import sampling
from easel.data.prepared import Split, describe, write
from easel.evaluation.chosen import SampledFiles
from easel.images import grid, load_png
from easel.metrics import fid
from easel.runtime.files import read_json, write_json
from easel.training.record import write_outputs, write_record
from easel.training.state import TrainingState

BEST, END = 4, 8  # steps
COUNT = sampling.BATCH + 20  # samples, so that the last call is of another size


def collapse(training: Training) -> None:
    """Make the network that is sampled give white images, whatever its latents."""
    *weights, bias = training.trainer.networks[training.trainer.sampler].trainable_variables
    for variable in weights:
        variable.assign(keras.ops.zeros_like(variable))
    bias.assign(10 * keras.ops.ones_like(bias))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """folder("dcgan", …): the results of a training that collapses after its best snapshot, sampled with settings."""
    for script in ("judge_snapshots", "sample", "sample_autoencoder"):
        monkeypatch.setattr(f"scripts.{script}.use_devices", lambda *given, **options: None)  # for a new process only
    monkeypatch.setattr("scripts.judge_snapshots.judges.load", lambda weights: Pixels())
    images = small_images()
    mean, covariance = fid.statistics(Pixels().outputs(images).features)
    np.savez(tmp_path / "reference.npz", train_mean=mean, train_covariance=covariance, train_n=len(images))
    write_json(tmp_path / "check.json", {"caveats": []})
    split = Split(images, np.zeros(len(images), np.int64))
    arrays = {tmp_path / "test_images.npy": split.images, tmp_path / "test_labels.npy": split.labels}
    described = describe("mine", "shapes", {"kind": "drawn"}, ["any"], {"train": split, "test": split})
    write(tmp_path / "dataset.json", described, arrays)

    def folder(preset: str, truncation: float | None = None, select: str = "best", **overrides):
        trainer = small_trainer(small_settings(tmp_path, preset, **overrides))
        run = Training(trainer, TrainingState(trainer, tmp_path / "state", {"data": "x"}))
        run.before_step(BEST, lambda: collapse(run))
        run.run()
        write_outputs(run.state, tmp_path)
        write_record(trainer, run.state, tmp_path / "train.json", {"study": "s", "run": "a", "seed": 0}, {})
        judge_snapshots(
            training=tmp_path / "train.json", weights=tmp_path, statistics=tmp_path / "reference.npz",
            check=tmp_path / "check.json", output=tmp_path / "snapshots.json", judge="pixels", n=50, seed=0, threads=1,
        )  # fmt: skip
        draw(tmp_path, trainer, select, truncation)
        return tmp_path

    return folder


def draw(folder, trainer, select: str, truncation: float | None) -> None:
    """Run the step that samples: of an autoencoder, it also reconstructs."""
    names = ("generator.keras", "samples.npz", "samples.json", "samples.png", "interpolation.png", "latent_plane.png")
    given = {
        "training": folder / "train.json", "snapshot_scores": folder / "snapshots.json", "select": select,
        "files": SampledFiles(*(folder / name for name in names)), "count": COUNT, "threads": 1,
    }  # fmt: skip
    how = {"truncation": truncation, "label": "", "seed": 0}
    if "encoder" not in trainer.kept:
        sample(**given, **how, run="a seed 0")
        return
    sample_autoencoder(
        **given, sampling=how, dataset=folder / "dataset.json", encoder=folder / "encoder.keras",
        reconstructions=folder / "reconstructions.png", metrics=folder / "reconstruction.json",
        settings=trainer.settings.model_dump(), study="s", run="a", seed=0,
    )  # fmt: skip


RUNS = [
    ("dcgan", {}),
    ("dcgan", {"truncation": 0.5}),
    ("cgan", {}),
    ("lean", {"conditional": True, "truncation": 0.5}),
    ("rae", {}),
    ("rae", {"truncation": 0.5}),
    ("vq_vae", {}),
]


@pytest.mark.parametrize(("preset", "settings"), RUNS, ids=[f"{preset}-{settings}" for preset, settings in RUNS])
def test_plain_keras_draws_the_judged_samples_of_a_training_that_collapsed(folder, preset, settings):
    results = folder(preset, **settings)
    record = read_json(results / "samples.json")
    assert (record["step"], record["why"]["kind"]) == (BEST, "best")
    assert_draws_the_judged_samples([results])
    best, end = (results / f"snapshots/step-{step:06d}.keras" for step in (BEST, END))
    drawn = results / "generator.keras"
    anew = record["batch_statistics"]
    assert (drawn.read_bytes() == best.read_bytes()) is (anew is None)
    assert bool(anew) is ("truncation" in settings)
    with np.load(results / "samples.npz") as samples:
        assert samples["images"].std() > 0
        inputs = [samples["latents"][:10]] + ([samples["labels"][:10].astype(np.int32)] if "labels" in samples else [])
    white = keras.models.load_model(end)(inputs if len(inputs) > 1 else inputs[0])
    assert float(keras.ops.min(white)) > 0.99


def test_select_last_takes_both_networks_of_the_end(folder):
    results = folder("rae", select="last")
    for name, snapshot in (("generator", f"step-{END:06d}.keras"), ("encoder", f"step-{END:06d}-encoder.keras")):
        assert (results / f"{name}.keras").read_bytes() == (results / "snapshots" / snapshot).read_bytes()


def test_an_autoencoder_reconstructs_with_the_chosen_snapshot_and_its_own_statistics(folder):
    """Not with those of truncated latents: codes of images are not truncated."""
    results = folder("rae", truncation=0.3)
    best = results / f"snapshots/step-{BEST:06d}"
    assert (results / "encoder.keras").read_bytes() == best.with_name(f"{best.name}-encoder.keras").read_bytes()
    own, encoder = (keras.models.load_model(file) for file in (f"{best}.keras", results / "encoder.keras"))
    images = small_images()[:40]
    rebuilt = sampling.reconstruct(encoder, own, images)
    rows = [part[start : start + 10] for start in range(0, 40, 10) for part in (images, rebuilt)]
    np.testing.assert_array_equal(load_png(results / "reconstructions.png"), grid(np.concatenate(rows), 10))
    judged = read_json(results / "reconstruction.json")["metrics"]
    assert {row["n"] for row in judged} == {len(small_images())}
    truncated = sampling.reconstruct(encoder, keras.models.load_model(results / "generator.keras"), images)
    assert (truncated != rebuilt).any()
