"""Sensitivity: which damages a judge sees, by which metrics and from which severity on."""

import json

import numpy as np
import pytest
from helpers.pixels_judge import TEST, TRAIN, Pixels

from easel.data.prepared import Split
from easel.evaluation import damages, reference
from easel.evaluation.reference import Reference
from easel.evaluation.sensitivity import METRICS, Value, left_out_of, measure, verdict
from easel.judges import Outputs


class Counting(Pixels):
    """Counts the images that it judges."""

    judged = 0

    def outputs(self, images: np.ndarray) -> Outputs:
        self.judged += len(images)
        return super().outputs(images)


class Colours(Pixels):
    """Features: the mean of each channel in the left and in the right half."""

    def outputs(self, images: np.ndarray) -> Outputs:
        halves = images.reshape(-1, 32, 2, 16, 3).mean(axis=(1, 3)).reshape(-1, 6).astype(np.float32) / 255
        return Outputs(halves, halves)


@pytest.fixture(scope="module")
def counting() -> Counting:
    return Counting()


@pytest.fixture(scope="module")
def found(counting, known):
    return measure(counting, known, TEST, mirrorable=True)


def of(found, damage):
    return next(each for each in found["damages"] if each["damage"] == damage)


def seen_by_fid(found):
    return {each["damage"] for each in found["damages"] if each["verdicts"]["fid"]["seen"]}


def values(*found: float, error: float = 0.1) -> list[Value]:
    return [Value(each, error) for each in found]


def test_a_record_of_every_damage_at_every_severity(found):
    assert (found["n"], found["reference_split"], found["reference_n"]) == (75, "train", 600)
    severities = {each["damage"]: tuple(row["severity"] for row in each["rows"]) for each in found["damages"]}
    assert severities == damages.SEVERITIES
    assert list(severities) == list(damages.SEVERITIES)
    for row in [{"metrics": found["undamaged"]}, *(row for each in found["damages"] for row in each["rows"])]:
        assert list(row["metrics"]) == list(METRICS)
        assert all(np.isfinite([each["value"], each["error"]]).all() for each in row["metrics"].values())
    assert json.loads(json.dumps(found)) == found


def test_a_judge_of_patches_sees_no_pattern_within_one(found):
    """Its features are the means of 8 × 8 pixels: where no value is clipped, a checkerboard leaves them as they are."""
    before, after = (each["metrics"]["fid"]["value"] for each in of(found, "checkerboard")["rows"][:2])
    assert after == pytest.approx(before, rel=0.05)
    assert "checkerboard" not in seen_by_fid(found)


def test_a_judge_of_colours_sees_colours_and_where_they_are(tmp_path):
    """Reddish images, which are darker on the left: mirrored ones are seen, too."""
    shade = np.linspace(0.5, 1.0, 32)[:, None] * [1.0, 0.6, 0.3]
    train, test = (Split((each.images * shade).astype(np.uint8), each.labels) for each in (TRAIN, TEST))
    files = tmp_path / "reference.npz", tmp_path / "train_features.npy"
    reference.write(Colours(), train, test, *files)
    found = measure(Colours(), Reference.read(files[0], train.labels), test, mirrorable=False)
    assert seen_by_fid(found) >= {*damages.COLOURS, "mirrored"}
    assert seen_by_fid(found).isdisjoint({"gaussian_noise", "blur", "checkerboard"})
    assert of(found, "swapped_channels")["verdicts"]["fid"]["noticed_from"] <= 0.5


def test_repeated_images_cost_recall_and_not_precision(found):
    verdicts = of(found, "repeated_images")["verdicts"]
    assert verdicts["recall"] == {"seen": True, "steady": True, "noticed_from": 2}
    assert not verdicts["precision"]["seen"]


def test_only_images_that_changed_are_judged(counting, found):
    """Each of 75 at each severity, or a quarter, half and all of them; dropped and repeated ones are known."""
    of_some = len(damages.OF_SOME)
    most = 75 * 3 * (len(damages.PIXELS) - of_some) + of_some * (19 + 38 + 75)
    assert 0.9 * most < counting.judged <= most


def test_the_same_each_time(known, found):
    assert measure(Pixels(), known, TEST, mirrorable=True) == found


def test_more_damage_than_noise_is_noticed():
    steps = (1, 2, 3)
    assert verdict("fid", values(1, 1.3, 1.5, 2), steps) == {"seen": True, "steady": True, "noticed_from": 2}
    assert verdict("fid", values(1, 1.1, 1.2, 1.4), steps) == {"seen": False, "steady": True, "noticed_from": None}
    assert verdict("recall", values(0.9, 0.4, 0.3, 0.2), steps)["noticed_from"] == 1
    assert not verdict("recall", values(0.2, 0.5, 0.7, 0.9), steps)["seen"], "better is no damage"


def test_damage_that_is_noticed_only_when_light_is_not_seen():
    assert verdict("fid", values(1, 3, 1.2), (1, 2)) == {"seen": False, "steady": False, "noticed_from": None}
    assert verdict("fid", values(1, 2, 1.2, 2.5), (1, 2, 3))["noticed_from"] == 3


def test_a_rise_with_a_step_back_is_not_steady():
    assert verdict("fid", values(1, 3, 2.5), (1, 2)) == {"seen": False, "steady": False, "noticed_from": 1}
    assert verdict("fid", values(1, 3, 2.9), (1, 2))["seen"], "within a standard error"


def test_damages_that_a_dataset_cannot_have():
    images, labels = TEST.images[:40], TEST.labels
    grey = np.repeat(images[..., :1], 3, axis=-1)
    assert left_out_of(grey, labels) == dict.fromkeys(damages.COLOURS, "colourless")
    assert left_out_of(images, labels) == {}
    assert left_out_of(images, np.zeros(150, int)) == {"dropped_classes": "one_class"}
    assert left_out_of(images, np.arange(78) % 2) == {"dropped_classes": "few_images"}
    assert left_out_of(images[:39], labels) == {"repeated_images": "few_images"}


def test_few_grey_images_of_one_class(tmp_path):
    few = Split(np.repeat(TEST.images[:10, ..., :1], 3, axis=-1), np.zeros(10, np.int64))
    files = tmp_path / "reference.npz", tmp_path / "train_features.npy"
    reference.write(Pixels(), few, few, *files)
    found = measure(Pixels(), Reference.read(files[0], few.labels), few, mirrorable=False)
    assert found["n"] == 10
    assert {each["damage"]: each["why"] for each in found["left_out"]} == {
        "grey": "colourless", "swapped_channels": "colourless", "shifted_hue": "colourless",
        "dropped_classes": "one_class", "repeated_images": "few_images",
    }  # fmt: skip
    assert json.dumps(found, allow_nan=False)
