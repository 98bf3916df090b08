"""The events of a training by step."""

import pytest

from easel.training.schedule import Schedule, doublings


def test_a_budget_in_epochs_becomes_steps(settings_of):
    schedule = Schedule.of(settings_of("dcgan", epochs=2.5, batch_size=16), images=100)
    assert schedule.last == round(2.5 * 100 / 16)
    assert schedule.per_epoch == 6.25


def test_even_a_tiny_budget_is_one_step(settings_of):
    assert Schedule.of(settings_of("dcgan", epochs=0.001), images=64).last == 1


@pytest.mark.parametrize(
    ("per_epoch", "last", "expected"),
    [(10, 5, []), (10, 10, [10]), (10, 45, [10, 20, 40]), (10, 40, [10, 20, 40]), (0.5, 3, [1, 2])],
)
def test_snapshots_double(per_epoch, last, expected):
    assert sorted(set(doublings(per_epoch, last))) == expected


def test_events_are_not_stepped_over(settings_of):
    schedule = Schedule.of(settings_of("dcgan", epochs=5, log_every=4, draw_every=7, checkpoint_every=1.25), images=64)
    step, visited = 0, []
    while step < schedule.last:
        step = schedule.next_event(step)
        visited.append(step)
    assert visited[-1] == schedule.last == 20
    assert {4, 8, 12, 16, 20, 7, 14, 5, 10, 15} <= set(visited)
    assert schedule.snapshots == {4, 8, 16, 20}
    assert [step for step in range(21) if schedule.draws(step)] == [0, 7, 14]


def test_logs_and_checkpoints_are_due_at_multiples_of_their_intervals(settings_of):
    schedule = Schedule.of(settings_of("dcgan", epochs=5, log_every=4, checkpoint_every=0.75), images=64)
    assert [step for step in range(1, 21) if schedule.logs(step)] == [4, 8, 12, 16, 20]
    assert [step for step in range(1, 21) if schedule.checkpoints(step)] == [3, 6, 9, 12, 15, 18]
    assert Schedule.of(settings_of("dcgan", checkpoint_every=0.01), images=64).checkpoint_every == 1
    assert [schedule.next_event(step) for step in (0, 3, 18)] == [3, 4, 20]


def test_a_longer_training_keeps_the_shorter_ones_events(settings_of):
    short, long = (Schedule.of(settings_of("vae", epochs=epochs), images=64) for epochs in (4, 8))
    assert short.snapshots <= long.snapshots
