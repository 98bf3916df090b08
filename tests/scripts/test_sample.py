"""Sampling from a trained generator, conditional or not, and judging its snapshots."""

import keras
import numpy as np
import pytest
from helpers.pixels_judge import TRAIN, Pixels
from keras import layers
from scripts.judge_snapshots import judge_snapshots
from scripts.sample import sample

from easel import keras_files, sampling
from easel.evaluation.chosen import SampledFiles
from easel.images import load_png
from easel.metrics import fid
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, write_json
from easel.sampling.truncation import truncated
from easel.training.devices import device_used

CLASSES = {"names": ["black", "grey", "white"], "images": [30, 10, 60]}
SHADES = np.array([0, 128, 255])  # of CLASSES
SIDE = 32
CAVEAT = {"kind": "mirrored_against_dataset", "dataset": "svhn"}


def generator(conditional: bool) -> keras.Model:
    """Images of one shade: that of the class; unconditionally, that of the first latent."""
    latents = keras.Input((4,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    pick = layers.Dense(1, use_bias=False)
    table = layers.Embedding(3, 1)
    shade = layers.Add()([pick(latents), table(labels)]) if conditional else pick(latents)
    images = layers.Reshape((SIDE, SIDE, 3))(layers.RepeatVector(SIDE * SIDE * 3)(shade))
    network = keras.Model([latents, labels] if conditional else latents, images)
    pick.set_weights([np.array([[0 if conditional else 1], [0], [0], [0]], np.float32)])
    if conditional:
        table.set_weights([np.array([[-1], [0], [1]], np.float32)])
    return network


@pytest.fixture
def sampled_run(tmp_path, monkeypatch):
    """sampled_run(conditional=True, label="grey"): a trained run, sampled; its folder."""
    monkeypatch.setattr("scripts.sample.use_devices", lambda *given, **options: None)  # for a new process only

    def sampled_run(conditional: bool, **options):
        folder = trained(tmp_path / f"{conditional}-{options}", conditional)
        given = {"truncation": None, "label": "", "seed": 5, "count": 120} | options
        names = (
            "generator.keras",
            "samples.npz",
            "samples.json",
            "samples.png",
            "interpolation.png",
            "latent_plane.png",
        )
        sample(
            training=folder / "train.json", snapshot_scores=folder / "snapshots.json", select="last", run="a seed 0",
            files=SampledFiles(*(folder / name for name in names)), threads=1, **given,
        )  # fmt: skip
        return folder

    return sampled_run


def trained(folder, conditional):
    """The files of a training that sampling reads."""
    snapshot = {"generator": "snapshots/step-000010.keras", "step": 10, "epoch": 1.0}
    (folder / "snapshots").mkdir(parents=True)
    keras_files.save(generator(conditional), folder / snapshot["generator"])
    classes = CLASSES if conditional else None
    record = {"run": "a", "classes": classes, "caveats": [CAVEAT], "snapshots": [snapshot]}
    write_json(folder / "train.json", record)
    write_json(folder / "snapshots.json", {"snapshots": [snapshot | {"fid": 1.0, "uncertainty": 0.1}], "caveats": []})
    return folder


def shades(folder, name):
    """The shade of each image of a grid: (rows, columns)."""
    return load_png(folder / f"{name}.png")[:: SIDE + 2, :: SIDE + 2, 0]


def test_samples_match_their_labels(sampled_run):
    with np.load(sampled_run(conditional=True) / "samples.npz") as samples:
        assert samples["labels"].dtype == np.int64
        assert set(samples["labels"]) == {0, 1, 2}
        np.testing.assert_array_equal(samples["images"][:, 0, 0, 0], SHADES[samples["labels"]])
        assert samples["seed"] == 5
        first = samples["labels"][:20]
    with np.load(sampled_run(conditional=True, count=20) / "samples.npz") as fewer:
        np.testing.assert_array_equal(fewer["labels"], first)


def test_each_row_of_a_grid_is_one_class(sampled_run):
    folder = sampled_run(conditional=True, count=10)  # fewer samples than the picture has places
    np.testing.assert_array_equal(shades(folder, "samples"), SHADES[np.arange(10) % 3][:, None].repeat(10, axis=1))
    np.testing.assert_array_equal(shades(folder, "interpolation"), SHADES[np.arange(8) % 3][:, None].repeat(10, axis=1))
    np.testing.assert_array_equal(shades(folder, "latent_plane"), np.full((17, 17), SHADES[0]))


def test_the_setting_label_samples_one_class_only(sampled_run):
    folder = sampled_run(conditional=True, label="grey")
    assert read_json(folder / "samples.json")["sampling"] == {"truncation": None, "label": "grey", "seed": 5}
    with np.load(folder / "samples.npz") as samples:
        assert set(samples["labels"]) == {1}
    for name in ("samples", "interpolation", "latent_plane"):
        assert (shades(folder, name) == SHADES[1]).all()


@pytest.mark.parametrize(
    ("conditional", "label", "said"), [(True, "pink", "no class 'pink'"), (False, "grey", "not conditional")]
)
def test_an_unknown_class_is_an_error(sampled_run, conditional, label, said):
    with pytest.raises(EaselError, match=said):
        sampled_run(conditional=conditional, label=label)


def test_unconditional_samples_have_no_labels(sampled_run):
    folder = sampled_run(conditional=False)
    assert read_json(folder / "samples.json")["sampling"] == {"truncation": None, "label": None, "seed": 5}
    with np.load(folder / "samples.npz") as samples:
        assert set(samples) == {"images", "latents", "seed"}
        np.testing.assert_array_equal(shades(folder, "samples").ravel(), samples["images"][:100, 0, 0, 0])


def test_samples_inherit_the_caveats_of_their_training(sampled_run):
    assert read_json(sampled_run(conditional=False) / "samples.json")["caveats"] == [CAVEAT]


def test_the_device_is_recorded(sampled_run, monkeypatch):
    monkeypatch.setattr("scripts.sample.device_used", lambda: {"kind": "gpu", "name": "Tesla T4"})
    assert read_json(sampled_run(conditional=False) / "samples.json")["device"] == {"kind": "gpu", "name": "Tesla T4"}


def test_truncated_latents_are_stored_and_recorded(sampled_run):
    folder = sampled_run(conditional=False, truncation=0.5)
    assert read_json(folder / "samples.json")["sampling"]["truncation"] == 0.5
    with np.load(folder / "samples.npz") as samples:
        whole = sampling.latent_points(120, 4, seed=5)
        np.testing.assert_array_equal(samples["latents"], truncated(whole, 0.5))
        assert np.abs(samples["images"].astype(float) - 127.5).max() <= 0.5 * 127.5 + 1


@pytest.mark.parametrize("conditional", [False, True])
def test_snapshots_are_judged_on_all_classes(conditional, tmp_path, monkeypatch):
    monkeypatch.setattr("scripts.judge_snapshots.use_devices", lambda *given, **options: None)
    monkeypatch.setattr("scripts.judge_snapshots.judges.load", lambda weights: Pixels())
    mean, covariance = fid.statistics(Pixels().outputs(TRAIN.images).features)
    np.savez(tmp_path / "reference.npz", train_mean=mean, train_covariance=covariance, train_n=len(TRAIN.images))
    write_json(tmp_path / "check.json", {"caveats": [{"kind": "constant_features", "dimensions": 16}]})
    folder = trained(tmp_path / "run", conditional)
    judge_snapshots(
        training=folder / "train.json", weights=folder, statistics=tmp_path / "reference.npz",
        check=tmp_path / "check.json", output=folder / "snapshots.json", judge="pixels", n=50, seed=0, threads=1,
    )  # fmt: skip
    found = read_json(folder / "snapshots.json")
    (judged,) = found["snapshots"]
    assert found["caveats"] == [{"kind": "constant_features", "dimensions": 16}]
    assert found["device"] == device_used()
    assert judged["fid"] > 0
