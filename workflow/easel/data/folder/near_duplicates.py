"""Near duplicates among the pictures that are taken: those in different splits leak from training to test.

Easel does not move one of them to the split of the other: whether a picture is for testing would then depend on what
other pictures there are. If A alone is for training, and B alone for testing, one of them would move when the other is
added. So they are named, and with `near_duplicates: drop` the one for training is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from easel.data.folder.decode import Outcome
from easel.data.folder.listing import Picture
from easel.data.folder.looks import near_duplicates
from easel.data.picture_files import printable_name

MOST = 10_000
"""Pairs that are listed, at most; those in different splits come first."""
COLUMNS = ("file", "split", "other", "other_split", "bits")


class NearDuplicates(NamedTuple):
    """The pairs of a dataset."""

    pairs: np.ndarray
    """int (N, 3), N at most MOST: the rows of both, and the bits in which their hashes differ. First those in different
    splits, of which the first is for testing; the most alike first."""
    across: int
    """How many there are in different splits."""
    within: int
    """And in the same."""
    leaks: dict[int, int]
    """The row of each training picture that looks like one for testing -> the row of the most alike of these."""


def among(outcomes: Sequence[Outcome], sides: Mapping[str, Sequence[int]]) -> NearDuplicates:
    """The near duplicates among the pictures of both splits. sides: the rows of each.

    Of pictures that all look alike, such as scans of forms, there are millions of pairs; no more are held than are
    listed.
    """
    rows = np.array([*sides["train"], *sides["test"]])
    is_test = np.arange(len(rows)) >= len(sides["train"])
    across, within, leaks = Kept(the_first), Kept(the_first), Kept(most_alike)
    for found in near_duplicates([outcomes[row].look for row in rows]):
        apart = is_test[found[:, 0]] != is_test[found[:, 1]]  # the first is for training, as those come first
        pairs = np.column_stack([rows[found[:, 0]], rows[found[:, 1]], found[:, 2]])
        tested = pairs[apart][:, [1, 0, 2]]
        across.add(tested)
        leaks.add(tested)
        within.add(pairs[~apart])
    return NearDuplicates(
        np.concatenate([across.pairs, within.pairs])[:MOST],
        across.count,
        within.count,
        {int(train): int(test) for test, train, _ in leaks.pairs},
    )


class Kept:
    """Pairs that come in parts, of which `chosen` keeps some. It is called now and then, and not for every part."""

    def __init__(self, chosen: Callable[[np.ndarray], np.ndarray]):
        self.chosen, self.parts = chosen, [np.empty((0, 3), np.int64)]
        self.count, self.waiting = 0, 0  # all that have come, and those that `chosen` has not seen

    def add(self, pairs: np.ndarray) -> None:
        """Take a part, int (n, 3)."""
        self.parts.append(pairs)
        self.count += len(pairs)
        self.waiting += len(pairs)
        if self.waiting > 4 * MOST:
            self.parts, self.waiting = [self.pairs], 0

    @property
    def pairs(self) -> np.ndarray:
        """What is kept of all that has come."""
        return self.chosen(np.concatenate(self.parts))


def in_order(pairs: np.ndarray) -> np.ndarray:
    """Pairs by how alike they are, then by row."""
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0], pairs[:, 2]))]


def the_first(pairs: np.ndarray) -> np.ndarray:
    """Those that are listed."""
    return in_order(pairs)[:MOST]


def most_alike(pairs: np.ndarray) -> np.ndarray:
    """For each second row, the pair that is most alike."""
    ordered = in_order(pairs)
    return ordered[np.unique(ordered[:, 1], return_index=True)[1]]


def without_leaks(
    pictures: Sequence[Picture], sides: Mapping[str, Sequence[int]], found: NearDuplicates
) -> tuple[dict[str, list[int]], dict[int, int]]:
    """The splits without training pictures that look like one for testing; and each of these -> that one.

    The last training picture of a class stays.
    """
    left_out = dict(found.leaks)
    kept = {pictures[row].group for row in sides["train"] if row not in left_out}
    for row in sides["train"]:
        if pictures[row].group not in kept:
            kept.add(pictures[row].group)
            del left_out[row]
    return {"train": [row for row in sides["train"] if row not in left_out], "test": [*sides["test"]]}, left_out


def table(pictures: Sequence[Picture], sides: Mapping[str, Sequence[int]], found: NearDuplicates) -> str:
    """near_duplicates.tsv, tab-separated: a line for each pair."""
    side_of = {row: side for side, rows in sides.items() for row in rows}
    lines = ["\t".join(COLUMNS)]
    for first, second, bits in found.pairs.tolist():
        if first in side_of and second in side_of:
            ends = [(printable_name(pictures[row].name), side_of[row]) for row in (first, second)]
            lines.append("\t".join([*ends[0], *ends[1], str(bits)]))
    return "\n".join(lines) + "\n"
