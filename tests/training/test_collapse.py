"""Collapse detection on made-up samples and measurements."""

import numpy as np
import pytest

from easel.training import collapse
from easel.training.history import Check, History

RANDOM = np.random.default_rng(0)
DATA = RANDOM.integers(0, 256, (64, 8, 8, 3)).astype(np.uint8)
OTHERS = RANDOM.integers(0, 256, (64, 8, 8, 3)).astype(np.uint8)
PER_EPOCH = 10.0


def test_median_nearest_neighbour_distance():
    images = np.zeros((4, 1, 1, 3), np.uint8)
    images[:, 0, 0, 0] = [0, 3, 10, 110]  # nearest others at 3, 3, 7 and 100
    assert collapse.median_nn_distance(images) == 5.0


def test_samples_like_the_data_have_diversity_1():
    assert collapse.diversity(OTHERS, DATA) == pytest.approx(1.0, abs=0.05)


def test_identical_samples_have_no_diversity():
    assert collapse.diversity(np.repeat(OTHERS[:1], 64, axis=0), DATA) == 0.0


def test_two_distant_modes_have_no_diversity_despite_their_spread():
    modes = np.repeat(OTHERS[:2], 32, axis=0)
    assert modes.std(axis=0).mean() > 0.5 * DATA.std(axis=0).mean()
    assert collapse.diversity(modes, DATA) == 0.0


def test_identical_training_images_make_diversity_1():
    assert collapse.diversity(OTHERS, np.repeat(DATA[:1], 64, axis=0)) == 1.0


def history_of(steps: int, real: float = 0.9, fake: float = 0.9, checks: tuple[float, ...] = ()) -> History:
    history = History(("generator_loss", "real_accuracy", "fake_accuracy"))
    history.add(np.tile(np.array([1.0, real, fake], np.float32), (steps, 1)), 1.0)
    history.checks = [Check(10 * (i + 1), diversity, "") for i, diversity in enumerate(checks)]
    return history


@pytest.mark.parametrize(
    ("history", "diversity", "kind"),
    [
        (history_of(30, checks=(0.7, 0.7)), 0.6, ""),
        (history_of(30, checks=(0.7, 0.1)), 0.1, "diversity"),
        (history_of(30, checks=(0.7, 0.19)), 0.19, "diversity"),
        (history_of(30, checks=(0.7, 0.21)), 0.21, ""),  # as config/README.md has it: less than a fifth
        (history_of(30, checks=(0.7, 0.19)), 0.21, ""),
        (history_of(10, checks=(0.1,)), 0.1, "diversity"),  # at the end of the first epoch
        (history_of(30, checks=(0.1, 0.7)), 0.1, ""),  # once is chance
        (history_of(30, checks=(0.1, 0.1)), 0.5, ""),  # recovered
        (history_of(5, checks=(0.1,)), 0.1, ""),  # every training begins so
        (history_of(30, real=1.0, fake=0.995, checks=(0.7,)), 0.6, "discriminator"),
        (history_of(30, real=1.0, fake=0.98, checks=(0.7,)), 0.6, ""),
        (history_of(30, real=0.989, fake=1.0, checks=(0.7,)), 0.6, ""),
        (history_of(30, real=0.991, fake=0.991, checks=(0.7,)), 0.6, "discriminator"),
        (history_of(10, real=1.0, fake=1.0), 0.6, "discriminator"),
        (history_of(9, real=1.0, fake=1.0), 0.6, ""),
    ],
)
def test_detection(history, diversity, kind):
    assert collapse.detect(history, diversity, PER_EPOCH) == kind


def test_a_discriminator_must_win_for_a_whole_epoch():
    history = history_of(30, real=0.5)
    history.add(np.ones((9, 3), np.float32), 1.0)
    assert collapse.detect(history, 1.0, PER_EPOCH) == ""
    history.add(np.ones((1, 3), np.float32), 1.0)
    assert collapse.detect(history, 1.0, PER_EPOCH) == "discriminator"


def test_an_autoencoder_has_no_winning_discriminator():
    history = History(("loss", "kl"))
    history.add(np.ones((30, 2), np.float32), 1.0)
    assert collapse.detect(history, 1.0, PER_EPOCH) == ""


def test_the_summary_has_the_first_sign_and_the_end():
    checks = [Check(10, 0.6, ""), Check(20, 0.1, "diversity"), Check(30, 0.6, "")]
    rows = [{"collapsed": 0}, {"collapsed": 1}, {"collapsed": 1}, {"collapsed": 0}]
    assert collapse.summary(checks, rows, PER_EPOCH, stopped=False) == {
        "kind": "diversity", "first_step": 20, "first_epoch": 2.0, "rows": 2, "of_rows": 4, "at_end": False,
        "stopped": False,
    }  # fmt: skip
    assert collapse.summary(checks[:1], rows[:1], PER_EPOCH, stopped=False) is None


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (Check(20, 0.19, ""), [{"kind": "alike_samples", "n": 20}]),
        (Check(20, 0.21, ""), []),
        (Check(20, 0.1, "diversity"), []),  # which has a notice of its own
    ],
)
def test_a_training_that_ends_before_its_samples_differ_says_so(last, expected):
    found = collapse.caveats([Check(10, 0.1, ""), last])
    assert [caveat.as_json() for caveat in found] == expected
    assert collapse.caveats([Check(10, 0.6, ""), last]) == [], "they have differed"
