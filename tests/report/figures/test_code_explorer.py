"""The controls of an autoencoder's code."""

import re

from helpers.page_text import text_of

from easel.report.figures.code_explorer import code_explorer


def record(count: int, **codes) -> dict:
    entry = {"images": 500, "centre": [0.1] * count, "deviation": [0.5 + i for i in range(count)], "kl": None}
    return {"image_shape": [32, 32, 3], "codes": entry | codes}


def numbers(markup: str) -> list[str]:
    return re.findall(r"Number (\d+): ", text_of(markup))


def test_numbers_that_carry_most_come_first():
    found = code_explorer(record(3, kl=[0.004, 2.5, 1.25]))
    assert numbers(found) == ["2", "3", "1"]
    assert "Number 2: 2.50 nats" in text_of(found)
    assert re.findall(r'data-index="(\d)"', found) == ["1", "2", "0"]


def test_codes_without_a_posterior_are_sorted_by_their_spread():
    found = code_explorer(record(3))
    assert numbers(found) == ["3", "2", "1"]
    assert "standard deviation" in text_of(found)


def test_a_slider_reaches_as_far_as_codes_do():
    found = code_explorer(record(1, kl=[1.0]))
    assert 'min="-2.9" max="3.1" step="any" value="0.1"' in found  # a VAE's posterior is compared with N(0, 1)
    assert 'min="-1.4" max="1.6"' in code_explorer(record(1))


def test_more_than_sixteen_numbers_are_folded_away():
    assert "<details>" not in code_explorer(record(16))
    found = code_explorer(record(18))
    assert found.index("<details>") > found.index("Number 3: ")
    assert "the other 2" in text_of(found)


def test_other_networks_have_no_codes():
    assert code_explorer({"image_shape": [32, 32, 3], "codes": None}) is None
