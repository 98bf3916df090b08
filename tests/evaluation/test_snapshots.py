"""The scores of snapshots, and the snapshot that is sampled."""

import numpy as np
import pytest
from helpers.pixels_judge import TRAIN, Pixels

from easel.evaluation.judge_failures import ConstantFeatures
from easel.evaluation.snapshots import choose, file_of, judge_snapshot
from easel.runtime.errors import EaselError

JUDGED = [
    {
        **{"generator": f"snapshots/step-{step:06d}.keras", "encoder": f"snapshots/step-{step:06d}-encoder.keras"},
        **{"step": step, "epoch": step / 10, "fid": fid, "uncertainty": 0.5},
    }
    for step, fid in ((10, 80.0), (20, 41.25), (40, 60.0))
]
SCORES = {"judge": "pixels", "snapshots": JUDGED, "caveats": []}


def test_the_best_snapshot_is_the_one_with_the_lowest_fid():
    chosen = choose(SCORES, "best")
    assert (chosen["step"], chosen["select"]) == (20, "best")
    assert chosen["why"] == {"kind": "best", "of": 3, "fid": 41.25, "fid_at_end": 60.0}


def test_the_last_snapshot_is_the_end():
    chosen = choose(SCORES, "last")
    assert (chosen["step"], chosen["fid"]) == (40, 60.0)
    assert chosen["why"] == {"kind": "last"}


def test_the_latest_of_equals_is_sampled():
    equal = {"snapshots": [{**snapshot, "fid": 5.0} for snapshot in JUDGED], "caveats": []}
    assert choose(equal, "best")["step"] == 40
    assert choose(equal, "best")["why"] == {"kind": "best_at_end", "of": 3, "fid": 5.0}
    assert choose(SCORES | {"snapshots": JUDGED[:1]}, "best")["why"] == {"kind": "only"}


def test_a_judge_that_failed_its_check_selects_no_snapshot():
    chosen = choose(SCORES | {"caveats": [ConstantFeatures(16).as_json()]}, "best")
    assert (chosen["step"], chosen["select"]) == (40, "best")
    assert chosen["why"] == {"kind": "judge_failed", "of": 3}
    assert choose(SCORES | {"caveats": [ConstantFeatures(16).as_json()]}, "last")["why"] == {"kind": "last"}


def test_a_generator_of_real_images_scores_better_than_one_of_noise(known):
    latents = np.zeros((200, 4), np.float32)
    latents[:, 0] = np.arange(200)

    def real(batch, training):
        return TRAIN.images[batch[:, 0].astype(int)] / np.float32(127.5) - 1

    def noise(batch, training):
        return np.random.default_rng(0).uniform(-1, 1, (len(batch), 32, 32, 3)).astype(np.float32)

    good, bad = (judge_snapshot(draws, latents, None, Pixels(), known.statistics, "it") for draws in (real, noise))
    assert 0 <= good["fid"] < 0.1 * bad["fid"]
    assert 0 < good["uncertainty"]["value"] < good["fid"] + 1
    assert good["uncertainty"]["kind"] == "bootstrap"


def test_a_missing_snapshot_is_an_error(tmp_path):
    with pytest.raises(EaselError, match=r"step-000020.keras: this snapshot is gone; delete .*train.json"):
        file_of(JUDGED[1], tmp_path / "train.json")
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots/step-000020.keras").touch()
    assert file_of(JUDGED[1], tmp_path / "train.json") == tmp_path / "snapshots/step-000020.keras"
    with pytest.raises(EaselError, match=r"step-000020-encoder.keras: this snapshot is gone"):
        file_of(JUDGED[1], tmp_path / "train.json", "encoder")
