"""The time of a training from that of its parts, against the schedule that trains."""

import pytest
from helpers.config_types import GAN, check
from helpers.fake_plans import TIMES

from easel.config.presets import Preset
from easel.planning.training_time import TrainingTime, steps_of
from easel.training.schedule import Schedule


def settings(**changes):
    return check(Preset, GAN | {"batch_size": 64, "draw_every": 40, "checkpoint_every": 0.5} | changes)


def time_of(images=1000, seconds=TIMES, **changes) -> TrainingTime:
    return TrainingTime(settings(**changes), images, seconds)


@pytest.mark.parametrize("images", [64, 1000, 1024, 77_777])
@pytest.mark.parametrize(
    ("first", "last"),
    [(first, last) for first in (0, 1, 39, 40) for last in (1, 2, 15, 16, 40, 250, 1000) if first < last],
)
def test_what_is_due_is_what_the_schedule_says(images, last, first):
    time = time_of(images)
    schedule = Schedule.of(settings(epochs=last * 64 / images), images)
    assert schedule.last == last
    steps = range(first + 1, last + 1)
    assert time.pictures(last, first) == sum(map(schedule.draws, steps)) + (first == 0)
    assert time.snapshots(last, first) == sum(step in schedule.snapshots for step in steps)
    assert time.checkpoints(last, first) == sum(map(schedule.checkpoints, steps[:-1]))


def test_every_part_counts():
    time, steps = time_of(images=1000), 100
    parts = 0.5 + 4.0 + 99 * 0.1 + 2 * 0.5 + 0.25 + 4 * 0.25 + 12 * 0.2 - 0.25
    assert (time.pictures(steps), time.snapshots(steps), time.checkpoints(steps)) == (3, 4, 12)
    assert time.until(steps) == pytest.approx(parts)
    assert time.until(steps) - time.until(steps, first=99) == pytest.approx(
        99 * 0.1 + 0.5 + 2 * 0.5 + 3 * 0.25 + 12 * 0.2
    )
    assert time.until(steps, first=100) == 0.0


@pytest.mark.parametrize(
    ("first", "last", "between"),
    [(0, 499, 0), (0, 501, 1), (0, 1215, 2), (0, 1216, 2), (0, 2430, 4), (0, 2931, 5), (600, 2430, 3), (1215, 1815, 1)],
)
def test_in_an_epoch_of_two_minutes_the_clock_asks_for_checkpoints_too(first, last, between):
    time = time_of(images=1215 * 64, checkpoint_every=1)
    assert time.checkpoints_between(last, first) == between
    rare = time_of(images=1215 * 64, checkpoint_every=1, seconds=TIMES | {"checkpoint": 0.0})
    both = time.checkpoints(last, first) + between
    assert time.until(last, first) - rare.until(last, first) == pytest.approx(0.2 * both)


@pytest.mark.parametrize("seconds", [5.0, 7.3, 60.0, 1234.5])
def test_the_most_steps_that_fit(seconds):
    time = time_of()
    steps = time.steps_within(seconds)
    assert time.until(steps) <= seconds < time.until(steps + 1)
    again = steps_of(time.settings.model_copy(update={"epochs": time.epochs_of(steps)}), time.images)
    assert again == steps


def test_not_even_one_step_may_fit():
    assert time_of().steps_within(4.0) == 0
    assert time_of().steps_within(4.76) == 1


def test_steps_of_a_fraction_of_an_epoch():
    assert steps_of(settings(epochs=0.5), 1000) == 8
    assert steps_of(settings(epochs=1e-6), 1000) == 1
