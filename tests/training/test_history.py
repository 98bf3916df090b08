"""What a training measured, and the rows of history.csv that come of it."""

import numpy as np
import pytest

from easel.training.history import History, Look

ROWS = np.arange(14, dtype=np.float32).reshape(7, 2)  # 7 steps of two metrics


def measured(*cuts: int) -> History:
    """Seven steps, half a second each, taken in by calls that end at `cuts`."""
    history = History(("loss", "kl"))
    for start, end in zip((0, *cuts), (*cuts, 7), strict=True):
        history.add(ROWS[start:end], 0.5 * (end - start))
    return history


@pytest.mark.parametrize("cuts", [(), (1, 2, 5), (3,), (6,)])
def test_rows_do_not_depend_on_how_steps_were_cut_into_calls(cuts):
    rows = measured(*cuts).rows(log_every=3, per_epoch=2.0, batch_size=10)
    assert [row["step"] for row in rows] == [3, 6, 7]
    assert [row["epoch"] for row in rows] == [1.5, 3.0, 3.5]
    assert [row["images"] for row in rows] == [30, 60, 70]
    assert [row["seconds"] for row in rows] == [1.5, 3.0, 3.5]
    assert [row["loss"] for row in rows] == [2.0, 8.0, 12.0]
    assert [row["kl"] for row in rows] == [3.0, 9.0, 13.0]


def test_rows_after_a_step():
    assert [row["step"] for row in measured().rows(3, 2.0, 10, since=3)] == [6, 7]


def test_a_row_has_the_newest_look_before_its_end():
    history = measured()
    history.looks = [Look(2, 0.5, ""), Look(4, 0.1, "diversity"), Look(7, 0.6, "")]
    rows = history.rows(3, 2.0, 10)
    assert [row["diversity"] for row in rows] == [0.5, 0.1, 0.6]
    assert [row["collapsed"] for row in rows] == [0, 1, 0]


def test_before_the_first_look_there_is_no_diversity():
    assert np.isnan(measured().rows(3, 2.0, 10)[0]["diversity"])


def test_a_checkpoint_brings_it_back():
    history = measured(2, 3)
    history.looks = [Look(2, 0.5, "")]
    again = History(("loss", "kl"))
    again.restore(history.arrays(), [list(look) for look in history.looks])
    assert (again.step, again.seconds, again.looks) == (7, 3.5, history.looks)
    assert again.rows(3, 2.0, 10) == history.rows(3, 2.0, 10)
