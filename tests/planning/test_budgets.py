"""The epochs that fit into a run's minutes."""

import pytest
from helpers.config_types import GAN, check
from helpers.fake_plans import TIMES

from easel.config.budgets import Budget
from easel.config.presets import Preset
from easel.planning.budgets import LONGEST, budget, seconds_of_measurement
from easel.planning.training_time import TrainingTime
from easel.runtime.errors import EaselError

TIME = TrainingTime(check(Preset, GAN | {"batch_size": 64}), 1000, TIMES)


def test_a_budget_is_what_a_training_can_read():
    made = budget(2.0, TIME, "a")
    assert Budget.model_validate(made).epochs == pytest.approx(made["steps"] * 64 / 1000)
    assert TIME.until(made["steps"]) <= 120 < TIME.until(made["steps"] + 1)
    assert made["images_per_second"] == 640.0


def test_twice_the_minutes_are_more_than_twice_the_epochs():
    """What happens only once is paid for only once."""
    short, long = budget(1.0, TIME, "a"), budget(2.0, TIME, "a")
    assert 2 < long["epochs"] / short["epochs"] < 2.2


def test_minutes_that_are_shorter_than_the_start_are_refused():
    with pytest.raises(EaselError) as error:
        budget(0.05, TIME, "mine")
    assert str(error.value) == (
        "runs.mine: minutes is 0.05, but here it takes 4.8 seconds to compile the first step, draw pictures and keep a "
        "snapshot. Set minutes to more than 0.08, or set epochs"
    )
    assert budget(0.0801, TIME, "mine")["steps"] >= 1


def test_a_measurement_takes_a_share_of_the_budget():
    assert seconds_of_measurement(0.5) == pytest.approx(3.0)
    assert seconds_of_measurement(1000.0) == LONGEST
