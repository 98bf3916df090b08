"""When a graph of jobs would be done: a simulation of a scheduler that starts whatever is ready and fits.

That is what Snakemake does, and as honest as the durations that it is given. It looks at no durations itself, so that
now and then the last job is a long one that might have started sooner.
"""

import heapq
import itertools
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
    waiting = [set(task.after) for task in tasks]
    followers: list[list[int]] = [[] for _ in tasks]
    for place, task in enumerate(tasks):
        for before in task.after:
            followers[before].append(place)
    asks = [(min(task.cores, machine.cores), min(task.gpus, machine.gpus)) for task in tasks]
    ready: dict[tuple[int, int], list[int]] = {}  # what tasks ask for -> those that are ready, the first one first
    for place, after in enumerate(waiting):
        if not after:
            heapq.heappush(ready.setdefault(asks[place], []), place)
    nodes = [Node(machine.cores, machine.gpus) for _ in range(machine.nodes)]
    running: list[tuple[float, int]] = []  # (end, place), the soonest first
    slots: dict[int, Slot] = {}
    now = 0.0
    while True:
        fits = {ask for ask in ready if ready[ask]}
        while fits:
            ask = min(fits, key=lambda ask: ready[ask][0])
            chosen = next((number for number, node in enumerate(nodes) if node.has(*ask)), None)
            if chosen is None:
                fits.discard(ask)
                continue
            place = heapq.heappop(ready[ask])
            if not ready[ask]:
                fits.discard(ask)
            slots[place] = Slot(now, now + tasks[place].seconds, chosen, nodes[chosen].take(*ask))
            heapq.heappush(running, (slots[place].end, place))
        if not running:
            break
        now = running[0][0]
        while running and running[0][0] <= now:
            _, place = heapq.heappop(running)
            nodes[slots[place].node].give_back(*asks[place], slots[place].lane)
            for follower in followers[place]:
                waiting[follower].discard(place)
                if not waiting[follower]:
                    heapq.heappush(ready.setdefault(asks[follower], []), follower)
    if len(slots) < len(tasks):
        raise ValueError("some tasks wait for each other")
    return [slots[place] for place in range(len(tasks))]


class Node:
    """One node: what is free on it."""

    def __init__(self, cores: int, gpus: int):
        self.cores, self.gpus = cores, gpus
        self.lanes: set[int] = set()  # that are taken

    def has(self, cores: int, gpus: int) -> bool:
        """Whether so much is free."""
        return self.cores >= cores and self.gpus >= gpus

    def take(self, cores: int, gpus: int) -> int:
        """Take so much; returns the lowest lane that was free."""
        self.cores -= cores
        self.gpus -= gpus
        lane = next(lane for lane in itertools.count() if lane not in self.lanes)
        self.lanes.add(lane)
        return lane

    def give_back(self, cores: int, gpus: int, lane: int) -> None:
        """Give back what was taken."""
        self.cores += cores
        self.gpus += gpus
        self.lanes.discard(lane)


def makespan(slots: Sequence[Slot]) -> float:
    """When the last task has ended; 0 where there is none."""
    return max((slot.end for slot in slots), default=0.0)
