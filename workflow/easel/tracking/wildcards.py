"""Names as a regular expression."""

import re
from collections import defaultdict
from collections.abc import Iterable

Parts = tuple[str, ...]


def one_of(names: Iterable[str]) -> str:
    """A regular expression that matches exactly these names, and is short where they are the runs of a sweep.

    A constraint is part of every path that has its wildcard, and Snakemake reads it whole for every file. As plain
    alternatives, the names of 1,000 runs are 30,000 characters, and each file costs in proportion: the square of the
    number of runs in all. So names that differ in one part only share the others: `a-x-1|a-x-2|a-y-1|a-y-2`
    becomes `a-(?:x|y)-(?:1|2)`, whose length is that of the lists of values, not of their combinations.
    """
    parts = {tuple(name.split("-")) for name in names}
    return alternatives(parts) if parts else "(?!)"  # which matches nothing


def alternatives(names: set[Parts]) -> str:
    """The expression for names that are given in parts."""
    rests_of: dict[str, set[Parts]] = defaultdict(set)
    for first, *rest in names:
        rests_of[first].add(tuple(rest))
    firsts_of: dict[frozenset[Parts], list[str]] = defaultdict(list)
    for first in sorted(rests_of):
        firsts_of[frozenset(rests_of[first])].append(re.escape(first))
    return grouped([f"{grouped(firsts)}{following(set(rests))}" for rests, firsts in firsts_of.items()])


def following(rests: set[Parts]) -> str:
    """The expression for what may follow the same first parts; the empty rest is a name that ends there."""
    if rests == {()}:
        return ""
    longer = f"-{alternatives(rests - {()})}"
    return f"(?:{longer})?" if () in rests else longer


def grouped(choices: list[str]) -> str:
    """One of several expressions."""
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"
