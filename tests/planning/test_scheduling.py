"""Schedules, against ones worked out by hand and against bounds."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from easel.planning.scheduling import ClusterModel, Task, makespan, schedule


def task(seconds: float, after: set[int] = frozenset(), cores: int = 1, gpus: int = 0) -> Task:
    return Task(seconds, cores, gpus, after)


def test_a_chain_takes_as_long_on_any_machine():
    chain = [task(3), task(4, {0}), task(5, {1})]
    for nodes in (1, 2, 8):
        assert makespan(schedule(chain, ClusterModel(nodes, cores=4, gpus=1))) == 12


def test_trainings_run_one_by_one_on_one_gpu_and_in_parallel_on_two():
    """Data (1), three trainings (10 each, a GPU), each followed by sampling (2, no GPU)."""
    tasks = [task(1), *(task(10, {0}, gpus=1) for _ in range(3)), *(task(2, {1 + i}) for i in range(3))]
    ends = [makespan(schedule(tasks, ClusterModel(1, cores=8, gpus=gpus))) for gpus in (1, 2, 3, 8)]
    assert ends == [1 + 30 + 2, 1 + 20 + 2, 1 + 10 + 2, 1 + 10 + 2]


def test_a_task_as_large_as_a_node_waits_for_an_empty_one():
    tasks = [task(4, cores=2), task(3, cores=1), task(2, cores=2)]
    assert [slot[:3] for slot in schedule(tasks, ClusterModel(1, cores=2, gpus=0))] == [(0, 4, 0), (4, 7, 0), (7, 9, 0)]
    two = schedule(tasks, ClusterModel(2, cores=2, gpus=0))
    assert [slot[:3] for slot in two] == [(0, 4, 0), (0, 3, 1), (3, 5, 1)]


def test_a_small_task_overtakes_a_large_one_that_does_not_fit():
    tasks = [task(4, gpus=1), task(4, gpus=1), task(1)]
    assert [slot.start for slot in schedule(tasks, ClusterModel(1, cores=2, gpus=1))] == [0, 4, 0]
    assert [slot.lane for slot in schedule(tasks, ClusterModel(1, cores=2, gpus=1))] == [0, 0, 1]


def test_a_task_larger_than_a_node_gets_all_of_it():
    assert makespan(schedule([task(5, cores=64, gpus=4)], ClusterModel(1, cores=2, gpus=1))) == 5


def test_nothing_to_do_takes_no_time():
    assert makespan(schedule([], ClusterModel(1, 1, 1))) == 0


def test_tasks_that_wait_for_each_other_are_an_error():
    with pytest.raises(ValueError, match="wait for each other"):
        schedule([task(1, {1}), task(1, {0})], ClusterModel(1, 1, 1))


@pytest.mark.parametrize("seed", range(20))
def test_random_schedules_respect_resources_order_and_bounds(seed):
    """Never more at once than there is, nothing before what it waits for, no later than Graham's bound."""
    draw = random.Random(seed)
    tasks = [
        Task(draw.uniform(1, 9), 1, draw.randint(0, 1), {draw.randrange(i) for _ in range(draw.randint(0, 2)) if i})
        for i in range(40)
    ]
    for cores in (1, 2, 4):
        slots = schedule(tasks, ClusterModel(1, cores, gpus=1))
        path: list[float] = []  # the longest chain that ends with each task
        for each, slot in zip(tasks, slots, strict=True):
            path.append(each.seconds + max((path[before] for before in each.after), default=0))
            assert all(slots[before].end <= slot.start for before in each.after)
            beside = [i for i, other in enumerate(slots) if other.start <= slot.start < other.end]
            assert len(beside) <= cores
            assert sum(tasks[i].gpus for i in beside) <= 1
            assert len({slots[i].lane for i in beside}) == len(beside)
        work, on_gpu = (sum(each.seconds for each in tasks if each.gpus >= gpus) for gpus in (0, 1))
        end = makespan(slots)
        assert end >= max(max(path), work / cores, on_gpu) - 1e-9
        assert end <= max(path) + work / cores + on_gpu + 1e-9


def test_a_study_of_a_thousand_runs_is_scheduled_within_seconds():
    tasks = [task(1)]
    for _ in range(1000):
        tasks += [task(60, {0}, cores=2, gpus=1), task(9, {len(tasks)}), task(9, {len(tasks) + 1})]
    started = datetime.now(UTC)
    end = makespan(schedule(tasks, ClusterModel(8, cores=2, gpus=1)))
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert end >= 1000 * (2 * 60 + 9 + 9) / (8 * 2)
