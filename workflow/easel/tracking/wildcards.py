"""Names as a short regular expression, for the constraints of wildcards."""

import re
from collections import defaultdict
from collections.abc import Iterable

Parts = tuple[str, ...]


def one_of(names: Iterable[str]) -> str:
    """A regular expression that matches exactly these names, and is short if they are the runs of a sweep.

    Every path with a wildcard contains its constraint, and Snakemake parses it for every file. As plain alternatives,
    the names of 1,000 runs are 30,000 characters, so the total time grows with the square of the number of runs.
    Here, names that differ in one part share the others: `a-x-1|a-x-2|a-y-1|a-y-2` becomes `a-(?:x|y)-(?:1|2)`, whose
    length grows with the lists of values and not with their combinations.
    """
    parts = {tuple(name.split("-")) for name in names}
    return alternatives(parts) if parts else "(?!)"  # matches nothing


def alternatives(names: set[Parts]) -> str:
    """The expression for names that are split into parts."""
    rests_of: dict[str, set[Parts]] = defaultdict(set)
    for first, *rest in names:
        rests_of[first].add(tuple(rest))
    firsts_of: dict[frozenset[Parts], list[str]] = defaultdict(list)
    for first in sorted(rests_of):
        firsts_of[frozenset(rests_of[first])].append(re.escape(first))
    return any_of([f"{any_of(firsts)}{following(set(rests))}" for rests, firsts in firsts_of.items()])


def following(rests: set[Parts]) -> str:
    """The expression for the rests of names with the same first parts; () is a name that ends there."""
    if rests == {()}:
        return ""
    longer = f"-{alternatives(rests - {()})}"
    return f"(?:{longer})?" if () in rests else longer


def any_of(choices: list[str]) -> str:
    """An expression that matches any of several."""
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"
