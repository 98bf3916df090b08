"""The jobs of a rule in a study, from the values that wildcards can have and the rule's own constraints on them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any

Job = dict[str, str]
"""The values of a job's wildcards, by their names."""


def jobs_of(
    names: Iterable[str],  # of the rule's wildcards
    constraints: Mapping[str, str],  # regular expressions that the rule asks of some of them
    combinations: Iterable[Mapping[str, Sequence[Any]]],  # values of all wildcards that can occur together
) -> list[Job]:
    """The wildcards of each job that a rule can have, each once. A rule without wildcards has one job."""
    names = sorted(names)
    patterns = {name: re.compile(constraints[name]) for name in names if name in constraints}
    found: dict[tuple[str, ...], None] = {}
    for values in combinations:
        allowed = [
            [value for value in map(str, values[name]) if name not in patterns or patterns[name].fullmatch(value)]
            for name in names
        ]
        found |= dict.fromkeys(product(*allowed))
    return [dict(zip(names, values, strict=True)) for values in found]


def code_of_jobs(code: Mapping[str, str] | Callable[[Any], Mapping[str, str]], jobs: Iterable[Job]) -> dict[str, str]:
    """The code of all jobs of a rule together: file -> fingerprint.

    code: the rule's param of that name, a mapping or a function of wildcards.
    """
    if not callable(code):
        return dict(code)
    return {file: mark for job in jobs for file, mark in code(SimpleNamespace(**job)).items()}
