"""A small classifier judge: it learns, survives saving, and is reproducible."""

import json
import re
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.gpu_steps import deterministic_step
from helpers.prepared_dataset import write_dataset
from scripts.make_judge import make_judge

from easel import judges
from easel.config.judges.classifier import ClassifierSettings
from easel.data.prepared import Split
from easel.judges import networks, training
from easel.judges.classifier import card, network
from easel.judges.classifier.training import batches, check_labels, course, finished, learner
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, sha256, write_json
from easel.training.layers import accelerated

CLASSES = 4


def stripes(count: int, seed: int) -> Split:
    """Stripes of four widths at random places under noise: uint8 (count, 32, 32, 3), the same when mirrored."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    places = np.arange(32)[None] + random.integers(32, size=(count, 1))
    bright = (places >> (1 + labels)[:, None]) % 2  # (count, 32)
    images = 80 + 96 * bright[:, :, None, None] + random.normal(0, 25, size=(count, 32, 32, 3))
    return Split(np.clip(images, 0, 255).astype(np.uint8), labels)


def settings(**changes) -> ClassifierSettings:
    small = {"kind": "classifier", "width": 4, "batch_size": 32, "stop_at_accuracy": 2.0, "flip": True}
    return ClassifierSettings(**small | changes)


class Recorder:
    """Stands in for the progress bar."""

    def __init__(self, total, unit, label):
        self.total, self.unit, self.done, self.notes = total, unit, 0, []
        Recorder.last = self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def update(self, count, note):
        self.notes.append(note)
        self.done += count


def train(split: Split, changed: ClassifierSettings, precision: str = "float32") -> tuple[keras.Model, Recorder]:
    """The trained network, and what the progress bar was told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "Progress", Recorder)
        planned = course(*split, CLASSES, changed, precision)
        training.run(planned, "classifier")
        return finished(planned, split.images, changed), Recorder.last


@pytest.fixture(scope="module")
def trained_and_told() -> tuple[keras.Model, Recorder]:
    return train(stripes(480, seed=0), settings(epochs=3))


@pytest.fixture(scope="module")
def trained(trained_and_told) -> keras.Model:
    return trained_and_told[0]


@pytest.fixture(scope="module")
def judge(trained) -> network.Classifier:
    return network.Classifier(trained)


# --- the network and its training ------------------------------------------------------------------------


def test_outputs_of_the_network():
    built = network.network((32, 32, 3), classes=7, width=6)
    assert built.input_shape == (None, 32, 32, 3)
    assert built.output_shape == [(None, 7), (None, settings(width=6).feature_dim)] == [(None, 7), (None, 111)]
    logits, features = built(np.zeros((2, 32, 32, 3), np.float32))
    assert logits.dtype == features.dtype == "float32"


def test_accuracy_rises_with_training(judge):
    """Unseen images, and four classes: chance is 0.25."""
    assert judge.accuracy(*stripes(200, seed=1)) > 0.7


def test_features_separate_the_classes(judge):
    images, labels = stripes(200, seed=1)
    features = judge.outputs(images).features
    assert features.shape == (200, judge.feature_dim) == (200, 79)
    assert features.dtype == np.float32
    centres = np.stack([features[labels == label].mean(axis=0) for label in range(CLASSES)])
    nearest = np.linalg.norm(features[:, None] - centres, axis=2).argmin(axis=1)
    assert np.mean(nearest == labels) > 0.7


def test_the_same_settings_give_the_same_weights(trained):
    again, _ = train(stripes(480, seed=0), settings(epochs=3))
    for weight, same in zip(again.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


def test_every_image_counts_as_progress(trained_and_told):
    _, progress = trained_and_told
    assert (progress.total, progress.done, progress.unit) == (3 * 480, 3 * 480, "images")
    assert progress.notes[:15] == [""] * 15  # a step does not wait for its loss
    assert all(re.fullmatch(r"loss \d\.\d\d, accuracy \d\.\d{3}", note) for note in progress.notes[15:])


def test_a_step_on_a_gpu_would_wait_for_nothing_and_be_deterministic():
    model = learner(
        accelerated(network.network((32, 32, 3), CLASSES, 4, "mixed_bfloat16")), settings(epochs=3), steps=15
    )
    assert {"Conv2DBackpropFilter", "MaxPoolGrad", "FusedBatchNormGradV3"} <= deterministic_step(model, CLASSES)


@pytest.mark.parametrize("total", [1, 4, 45])
def test_the_learning_rate_is_that_of_keras(total):
    rise = total // 7
    of_keras = keras.optimizers.schedules.CosineDecay(0.015, max(total - rise, 1), warmup_target=0.3, warmup_steps=rise)
    own = training.optimizer(0.3, total)
    for step in range(total + 2):
        own.iterations.assign(step)
        assert float(own.learning_rate) == float(of_keras(step))


def test_few_images_an_early_end_and_half_precision():
    """Ten images are one batch, however large a batch may be; what bfloat16 trains comes back in float32."""
    early = settings(epochs=3, batch_size=128, stop_at_accuracy=0.01)
    trained, progress = train(stripes(10, seed=0), early, precision="mixed_bfloat16")
    assert progress.total == 3 * 10
    assert progress.done == 10
    assert {layer.dtype_policy.name for layer in trained.layers} == {"float32"}
    assert {weight.dtype for weight in trained.weights} == {"float32"}
    assert np.isfinite(network.Classifier(trained).outputs(stripes(10, seed=1).images).features).all()
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 4], "found 0 to 4, expected 0 to 3 as dataset.json names 4 classes"),
        ([-1, 0, 1], "found -1 to 1, expected 0 to 3"),
        ([0, 1], "found 2 labels for 3 images"),
    ],
)
def test_invalid_labels_are_an_error(labels, message):
    with pytest.raises(EaselError, match=message):
        check_labels(np.array(labels), 3, CLASSES)


# --- the batches -----------------------------------------------------------------------------------------


def test_an_epoch_shows_every_image_once():
    """Images of one grey each, so that mirroring and shifting leave them as they are."""
    images = np.broadcast_to(np.arange(24, dtype=np.uint8)[:, None, None, None], (24, 16, 16, 3))
    steps = batches(images, np.arange(24) % CLASSES, CLASSES, batch_size=8, seed=0, flip=True)
    epochs = [[], []]
    for step, (batch, answers) in enumerate(steps.take(6).as_numpy_iterator()):
        assert batch.shape == (8, 16, 16, 3)
        assert batch.dtype == np.float32
        greys = np.rint((batch[:, 0, 0, 0] + 1) * 127.5).astype(int)
        np.testing.assert_allclose(batch, np.broadcast_to((greys / 127.5 - 1)[:, None, None, None], batch.shape))
        np.testing.assert_array_equal(answers, np.eye(CLASSES)[greys % CLASSES])
        epochs[step // 3] += greys.tolist()
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(24))
    assert epochs[0] != epochs[1]


def test_images_are_mirrored_if_asked_and_shifted_by_an_eighth_at_most():
    columns = np.broadcast_to((8 * np.arange(32, dtype=np.uint8))[None, None, :, None], (512, 32, 32, 3))
    rows = columns.transpose(0, 2, 1, 3)
    for images, axis, flip, mirrors in ((columns, 2, True, True), (columns, 2, False, False), (rows, 1, True, False)):
        steps = batches(images, np.zeros(512, int), CLASSES, batch_size=512, seed=0, flip=flip)
        found = np.rint((next(steps.as_numpy_iterator())[0] + 1) * 127.5 / 8)
        inner = np.take(found[..., 0], 15, axis=3 - axis)[:, 8:24]  # (512, 16): away from the reflected edges
        rising = inner[:, 1] > inner[:, 0]
        shifts = np.where(rising, inner[:, 0] - 8, 23 - inner[:, 0])
        assert set(shifts) == set(range(-4, 5))
        assert 0.4 < rising.mean() < 0.6 if mirrors else rising.all()


def test_batches_depend_on_the_seed():
    def first(seed):
        steps = batches(*stripes(64, seed=0), CLASSES, batch_size=16, seed=seed, flip=True)
        return np.stack([batch for batch, _ in steps.take(5).as_numpy_iterator()])

    np.testing.assert_array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))


# --- the judge -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 7, networks.BATCH, networks.BATCH + 1])
def test_features_do_not_depend_on_the_number_of_images(judge, count):
    images = stripes(2 * networks.BATCH + 10, seed=2).images
    np.testing.assert_array_equal(judge.outputs(images[:count]).features, judge.outputs(images).features[:count])


def test_a_mirror_image_has_the_same_features(judge):
    images = stripes(20, seed=4).images
    for one, other in zip(judge.outputs(images), judge.outputs(images[:, :, ::-1]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_judge_of_unmirrored_images_tells_them_from_mirrored_ones(tmp_path):
    """As one of digits must: where mirroring changes the meaning, a judge that is blind to it cannot judge."""
    ramp = np.broadcast_to(np.linspace(0, 255, 32)[None, None, :, None], (64, 32, 32, 3)).astype(np.uint8)
    labels = np.arange(64) % 2  # 0 rises to the right, 1 is its mirror image
    images = np.where(labels[:, None, None, None] == 0, ramp, ramp[:, :, ::-1])
    seeing, _ = train(Split(images, labels), settings(epochs=8, flip=False))
    seeing.save(tmp_path / "classifier.keras")
    seeing = judges.load(tmp_path / "classifier.keras")  # the file says that it is to look once
    assert seeing.accuracy(images, labels) == 1.0
    assert seeing.accuracy(images[:, :, ::-1], labels) == 0.0


def test_features_do_not_depend_on_other_images(judge):
    images = stripes(40, seed=2).images
    np.testing.assert_array_equal(judge.outputs(images[::-1]).features[::-1], judge.outputs(images).features)


def test_plain_keras_loads_the_network(trained, judge, tmp_path):
    file = tmp_path / "classifier.keras"
    trained.save(file)
    with zipfile.ZipFile(file) as archive:
        assert "easel" not in archive.read("config.json").decode()
    images = stripes(20, seed=3).images
    plain = keras.models.load_model(file)
    views = (images, images[:, :, ::-1])
    seen = [plain.predict_on_batch(view.astype(np.float32) / 127.5 - 1.0)[1] for view in views]
    np.testing.assert_allclose(np.mean(seen, axis=0), judge.outputs(images).features, rtol=1e-4, atol=1e-5)


def test_a_judge_is_loaded_by_its_file_name(trained, judge, tmp_path):
    file = tmp_path / "classifier.keras"
    trained.save(file)
    images = stripes(20, seed=3).images
    loaded = judges.load(file)
    np.testing.assert_array_equal(loaded.outputs(images).features, judge.outputs(images).features)
    assert (loaded.image_shape, loaded.feature_dim) == ((32, 32, 3), 79)
    record = {"dataset": "stripes", "test_accuracy": 0.9912, "image_shape": [32, 32, 3], "seconds": 3.1}
    assert judges.facts(file, record) == {"kind": "classifier", "dataset": "stripes", "test_accuracy": 0.9912}


def test_script_trains_and_records_a_judge(tmp_path, monkeypatch):
    monkeypatch.setattr("easel.training.devices.use_threads", lambda *given, **options: None)  # for a new process only
    splits = {"train": stripes(96, seed=0), "test": stripes(40, seed=1)}
    dataset = write_dataset(tmp_path, "stripes", "abcd", splits)
    weights, record = tmp_path / "judge" / "classifier.keras", tmp_path / "judge" / "classifier.json"
    given = settings(epochs=1).model_dump()
    make_judge(dataset, weights, record, name="small", dataset="stripes", settings=given, threads=2)

    judge, found = judges.load(weights), read_json(record)
    assert list(found) == [
        "judge", "dataset", "classes", "image_shape", "test_accuracy", "train_accuracy", "feature_dim", "parameters",
        "precision", "device", "seconds", "settings",
    ]  # fmt: skip
    assert (found["dataset"], found["judge"], found["feature_dim"]) == ("stripes", "small", 79)
    assert found["test_accuracy"] == judge.accuracy(*splits["test"])
    assert found["train_accuracy"] == judge.accuracy(*splits["train"])
    assert found["parameters"] == judge.network.count_params()
    assert json.loads(json.dumps(given)) == found["settings"]
    hand_on(weights, dataset, tmp_path, found)


def hand_on(trained: Path, dataset: Path, folder: Path, record: dict) -> None:
    """What the script trained is, fetched, the same judge, of the same record but for its settings and its time."""
    there = {"kind": "classifier", "path": str(trained), "sha256": sha256(trained)}
    fetched, weights = folder / "fetched.keras", folder / "there" / "classifier.keras"
    judges.of_kind("classifier").fetch(ClassifierSettings(**there), fetched)
    arguments = {"name": "small", "dataset": "stripes", "settings": there, "threads": 2}
    make_judge(fetched, weights, folder / "there" / "classifier.json", **arguments, judged=dataset)
    assert weights.read_bytes() == trained.read_bytes()
    found = read_json(folder / "there" / "classifier.json")
    on_its_own_machine = ("device", "seconds")
    assert found == {name: value for name, value in record.items() if name not in on_its_own_machine} | {
        "settings": there
    }
    write_json(dataset, read_json(dataset) | {"classes": ["a", "b", "c"]})
    with pytest.raises(EaselError, match="knows the 4 classes a, b, c, d of 'stripes', and the dataset has the 3 clas"):
        make_judge(fetched, weights, folder / "there" / "classifier.json", **arguments, judged=dataset)


def test_a_file_with_another_checksum_is_not_fetched(pets, tmp_path):
    settings = ClassifierSettings(kind="classifier", path=str(pets()), sha256="0" * 64)
    with pytest.raises(EaselError, match=r"pets\.keras: wrong SHA-256\. .* correct 'sha256' in the judge's config"):
        judges.of_kind("classifier").fetch(settings, tmp_path / "fetched.keras")
    assert not (tmp_path / "fetched.keras").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ["one"]}, "has a judge.json with a wrong classes"),
        ({"image_shape": [32, 32, "3"]}, "has a judge.json with a wrong image_shape.2"),
        ({"test_accuracy": 2.0}, "has a judge.json with a wrong test_accuracy"),
    ],
)
def test_a_card_that_says_nonsense(pets, changes, message):
    with pytest.raises(EaselError, match=re.escape(f"pets.keras {message}. Expected the classifier.keras of a judge")):
        card.read(pets(**changes))


def test_files_without_a_card(trained, tmp_path):
    trained.save(tmp_path / "plain.keras")
    with zipfile.ZipFile(tmp_path / "odd.keras", "w") as archive:
        archive.writestr("judge.json", "{")
    (tmp_path / "text.keras").write_text("weights")
    for name, why in (("plain", "has no judge.json"), ("odd", "that is no JSON"), ("text", "is no .keras file")):
        with pytest.raises(EaselError, match=f"{name}.keras .*{why}"):
            card.read(tmp_path / f"{name}.keras")


def test_one_class_is_an_error(tmp_path):
    write_json(tmp_path / "dataset.json", {"name": "flat", "classes": ["all images"]})
    with pytest.raises(EaselError, match=r"the dataset has one class, .* use one that needs no classes"):
        judges.of_kind("classifier").make(
            ClassifierSettings(kind="classifier"),
            tmp_path / "dataset.json",
            tmp_path / "classifier.keras",
            "judge",
            1,
            0,
        )


def test_features_are_computed_with_on_all_cores_where_those_of_a_judge_are_large():
    assert judges.cores_for(["a/classifier.keras"], 8) == 1
    assert judges.cores_for(["a/classifier.keras", "b/inception.pb"], 8) == 8
