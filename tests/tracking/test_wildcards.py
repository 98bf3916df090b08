"""Names as a regular expression: it matches them, nothing else, and is short for sweeps."""

import re
from itertools import product

import pytest

from easel.tracking.wildcards import one_of

PRODUCT = [
    "-".join(parts) for parts in product(["run"], ["p", "q"], ["rate"], ["0.0001", "1e-05", "2e-05"], ["x", "y"])
]


@pytest.mark.parametrize(
    "names",
    [
        ["a"],
        ["a", "b", "ab"],
        ["a", "a-b", "a-b-c", "a-c", "b-c"],
        ["a-", "a--1", "-a", "--", "-"],
        ["dcgan", "vae", "vae_gan"],
        ["1.5", "1x5"],
        ["a+b", "a|b", "(a"],
        PRODUCT,
        PRODUCT[1:],
        PRODUCT[::2],
    ],
)
def test_it_matches_the_names_and_nothing_else(names):
    pattern = re.compile(one_of(names))
    assert all(pattern.fullmatch(name) for name in names)
    parts = {part for name in names for part in name.split("-")} | {"z", ""}
    others = {"-".join(some) for length in range(1, 4) for some in product(sorted(parts), repeat=length)}
    others |= (
        {name[:-1] for name in names} | {f"{name}-x" for name in names} | {name.replace(".", "x") for name in names}
    )
    others |= set(PRODUCT)
    assert not [name for name in others - set(names) if pattern.fullmatch(name)]


def test_no_names_match_nothing():
    assert not re.match(one_of([]), "")


def test_its_length_is_that_of_the_lists_and_not_of_their_combinations():
    presets, rates = [f"preset{i}" for i in range(10)], [f"{i}.5" for i in range(100)]
    names = [f"run-preset-{preset}-rate-{rate}" for preset, rate in product(presets, rates)]
    assert len(one_of(names)) < 1_000 < len("|".join(names)) / 20


def test_it_is_the_same_in_every_process_and_order():
    assert one_of(PRODUCT) == one_of(reversed(PRODUCT)) == "run-(?:p|q)-rate-(?:0\\.0001-(?:x|y)|(?:1e|2e)-05-(?:x|y))"
