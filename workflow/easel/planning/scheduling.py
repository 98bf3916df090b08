"""The finish time of a graph of jobs: a simulation of a scheduler that starts every job that is ready and fits.

Snakemake works in the same way. Like Snakemake, the simulation ignores durations when it chooses, so the last job is
sometimes a long one that might have started earlier.
"""

import heapq
import itertools
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple


class Task(NamedTuple):
    """A job, as the scheduler sees it."""

    seconds: float
    cores: int
    gpus: int
    after: AbstractSet[int]
    """Indices, in the list of tasks, of those that must end first."""


class ClusterModel(NamedTuple):
    """The machines that tasks run on: equal nodes. A task runs on one node."""

    nodes: int
    cores: int
    """Per node."""
    gpus: int
    """Per node. Tasks get at most so many. For nodes without GPUs, 1 lets one training run at a time."""


class Slot(NamedTuple):
    """The time and place of a task."""

    start: float
    end: float
    node: int
    lane: int
    """The row of a timetable: the lowest that is free on the node when the task starts."""


def schedule(tasks: Sequence[Task], cluster: ClusterModel) -> list[Slot]:
    """The time and place of each task, in seconds from the start. Tasks that are ready start in their order.

    A task that asks for more than a node has gets all of a node. Raises ValueError if tasks wait for each other.
    """
    waiting = [set(task.after) for task in tasks]
    followers: list[list[int]] = [[] for _ in tasks]
    for index, task in enumerate(tasks):
        for before in task.after:
            followers[before].append(index)
    asks = [(min(task.cores, cluster.cores), min(task.gpus, cluster.gpus)) for task in tasks]
    ready: dict[tuple[int, int], list[int]] = {}  # cores and GPUs -> heap of the tasks that are ready and ask for them
    for index, after in enumerate(waiting):
        if not after:
            heapq.heappush(ready.setdefault(asks[index], []), index)
    nodes = [Node(cluster.cores, cluster.gpus) for _ in range(cluster.nodes)]
    running: list[tuple[float, int]] = []  # heap of (end, index)
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
            index = heapq.heappop(ready[ask])
            if not ready[ask]:
                fits.discard(ask)
            slots[index] = Slot(now, now + tasks[index].seconds, chosen, nodes[chosen].take(*ask))
            heapq.heappush(running, (slots[index].end, index))
        if not running:
            break
        now = running[0][0]
        while running and running[0][0] <= now:
            _, index = heapq.heappop(running)
            nodes[slots[index].node].give_back(*asks[index], slots[index].lane)
            for follower in followers[index]:
                waiting[follower].discard(index)
                if not waiting[follower]:
                    heapq.heappush(ready.setdefault(asks[follower], []), follower)
    if len(slots) < len(tasks):
        raise ValueError("some tasks wait for each other")
    return [slots[index] for index in range(len(tasks))]


class Node:
    """The free cores and GPUs of one node."""

    def __init__(self, cores: int, gpus: int):
        self.cores, self.gpus = cores, gpus
        self.lanes: set[int] = set()  # occupied ones

    def has(self, cores: int, gpus: int) -> bool:
        """True if so many cores and GPUs are free."""
        return self.cores >= cores and self.gpus >= gpus

    def take(self, cores: int, gpus: int) -> int:
        """Occupy cores and GPUs. Returns the lowest free lane, which is occupied, too."""
        self.cores -= cores
        self.gpus -= gpus
        lane = next(lane for lane in itertools.count() if lane not in self.lanes)
        self.lanes.add(lane)
        return lane

    def give_back(self, cores: int, gpus: int, lane: int) -> None:
        """Free what `take` has occupied."""
        self.cores += cores
        self.gpus += gpus
        self.lanes.discard(lane)


def makespan(slots: Sequence[Slot]) -> float:
    """The end of the last task; 0 without tasks."""
    return max((slot.end for slot in slots), default=0.0)
