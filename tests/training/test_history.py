"""The measurements of a training, and the rows of history.csv computed from them."""

import numpy as np
import pytest

from easel.training.history import Check, History

ROWS = np.arange(14, dtype=np.float32).reshape(7, 2)  # 7 steps of two metrics


def measured(*cuts: int) -> History:
    """Seven steps of half a second each, added by calls that end at `cuts`."""
    history = History(("loss", "kl"))
    for start, end in zip((0, *cuts), (*cuts, 7), strict=True):
        history.add(ROWS[start:end], 0.5 * (end - start))
    return history


@pytest.mark.parametrize("cuts", [(), (1, 2, 5), (3,), (6,)])
def test_rows_do_not_depend_on_how_steps_were_divided_into_calls(cuts):
    rows = measured(*cuts).rows(log_every=3, per_epoch=2.0, batch_size=10)
    assert [row["step"] for row in rows] == [3, 6, 7]
    assert [row["epoch"] for row in rows] == [1.5, 3.0, 3.5]
    assert [row["images"] for row in rows] == [30, 60, 70]
    assert [row["seconds"] for row in rows] == [1.5, 3.0, 3.5]
    assert [row["loss"] for row in rows] == [2.0, 8.0, 12.0]
    assert [row["kl"] for row in rows] == [3.0, 9.0, 13.0]


def test_rows_after_a_step():
    assert [row["step"] for row in measured().rows(3, 2.0, 10, since=3)] == [6, 7]


def test_a_row_has_the_last_diversity_check_before_its_end():
    history = measured()
    history.checks = [Check(2, 0.5, ""), Check(4, 0.1, "diversity"), Check(7, 0.6, "")]
    rows = history.rows(3, 2.0, 10)
    assert [row["diversity"] for row in rows] == [0.5, 0.1, 0.6]
    assert [row["collapsed"] for row in rows] == [0, 1, 0]


def test_time_after_the_last_step_counts_with_it():
    history = measured(2)
    history.spend(1.5)
    assert history.seconds == 5.0
    history.add(ROWS[:1], 0.5)
    assert history.seconds == 5.5
    assert history.rows(log_every=7, per_epoch=2.0, batch_size=10)[0]["seconds"] == 5.0


def test_diversity_is_nan_before_the_first_check():
    assert np.isnan(measured().rows(3, 2.0, 10)[0]["diversity"])


def test_a_checkpoint_restores_it():
    history = measured(2, 3)
    history.checks = [Check(2, 0.5, "")]
    again = History(("loss", "kl"))
    again.restore(history.arrays(), [list(check) for check in history.checks])
    assert (again.step, again.seconds, again.checks) == (7, 3.5, history.checks)
    assert again.rows(3, 2.0, 10) == history.rows(3, 2.0, 10)
