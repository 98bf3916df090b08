"""When a graph of jobs would be done: a simulation of a scheduler that starts whatever is ready and fits.

That is what Snakemake does, and as honest as the durations that it is given. It looks at no durations itself, so that
now and then the last job is a long one that might have started sooner.
"""

import heapq
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple


class Task(NamedTuple):
    """A job to the scheduler."""

    seconds: float
    cores: int
    gpus: int
    after: AbstractSet[int]
    """The places, in the list of tasks, of those that must have ended."""


class Machine(NamedTuple):
    """What tasks run on: so many nodes, each with so many cores and GPUs. A task runs on one node."""

    nodes: int
    cores: int
    gpus: int
    """Tasks that ask for GPUs get at most so many; where a node has none, 1 lets one such task run at a time."""


class Slot(NamedTuple):
    """When and where a task runs."""

    start: float
    end: float
    node: int
    lane: int
    """Among the tasks that run beside it on its node; the lowest that is free."""


def schedule(tasks: Sequence[Task], machine: Machine) -> list[Slot]:
    """When and where each task would run, in seconds from the start. Tasks that are ready are started in their order.

    A task that asks for more than a node has gets what it has. Raises ValueError where tasks wait for each other.
    """
    waiting = {place: set(task.after) for place, task in enumerate(tasks)}
    ready = sorted(place for place, after in waiting.items() if not after)
    followers: dict[int, list[int]] = {}
    for place, after in waiting.items():
        for before in after:
            followers.setdefault(before, []).append(place)
    free = [[machine.cores, machine.gpus] for _ in range(machine.nodes)]
    lanes: list[set[int]] = [set() for _ in range(machine.nodes)]
    running: list[tuple[float, int]] = []  # (end, place), the soonest first
    slots: dict[int, Slot] = {}
    now = 0.0
    while ready or running:
        left = []
        for place in ready:
            task = tasks[place]
            wanted = (min(task.cores, machine.cores), min(task.gpus, machine.gpus))
            node = next((node for node, has in enumerate(free) if has[0] >= wanted[0] and has[1] >= wanted[1]), None)
            if node is None:
                left.append(place)
                continue
            free[node] = [has - want for has, want in zip(free[node], wanted, strict=True)]
            lane = next(lane for lane in range(len(tasks)) if lane not in lanes[node])
            lanes[node].add(lane)
            slots[place] = Slot(now, now + task.seconds, node, lane)
            heapq.heappush(running, (now + task.seconds, place))
        ready = left
        if not running:
            break
        now = running[0][0]
        while running and running[0][0] <= now:
            _, place = heapq.heappop(running)
            task, slot = tasks[place], slots[place]
            wanted = (min(task.cores, machine.cores), min(task.gpus, machine.gpus))
            free[slot.node] = [has + want for has, want in zip(free[slot.node], wanted, strict=True)]
            lanes[slot.node].discard(slot.lane)
            for follower in followers.get(place, ()):
                waiting[follower].discard(place)
                if not waiting[follower]:
                    ready.append(follower)
        ready.sort()
    if len(slots) < len(tasks):
        raise ValueError("some tasks wait for each other")
    return [slots[place] for place in range(len(tasks))]


def makespan(slots: Sequence[Slot]) -> float:
    """When the last task has ended; 0 where there is none."""
    return max((slot.end for slot in slots), default=0.0)
