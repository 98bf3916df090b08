"""Sweeps written out: which runs a list stands for, and what they are called."""

import re

import pytest

from easel.config.base import NAME
from easel.study import sweeps
from easel.study.sweeps import label_of, variants


def names(entry, **overrides):
    return [variant.name for variant in variants(entry, {"preset": "dcgan"} | overrides)]


def test_without_lists_there_is_one_run_of_that_name():
    (only,) = variants("a", {"preset": "dcgan", "epochs": 3})
    assert (only.name, only.preset, only.overrides, only.at, only.swept) == ("a", "dcgan", {"epochs": 3}, {}, {})


def test_a_list_is_a_run_per_value():
    first, second = variants("a", {"preset": "dcgan", "epochs": 3, "width": [8, 16]})
    assert (first.name, first.overrides) == ("a-width-8", {"epochs": 3, "width": 8})
    assert (second.name, second.overrides) == ("a-width-16", {"epochs": 3, "width": 16})
    assert (second.at, second.swept) == ({"width": 1}, {"width": 16})


def test_lists_are_combined_in_the_order_written():
    assert names("a", loss=["x", "y"], flip=[True, False]) == [
        "a-loss-x-flip-true", "a-loss-x-flip-false", "a-loss-y-flip-true", "a-loss-y-flip-false",
    ]  # fmt: skip
    swapped = variants("a", {"epochs": [1, 2], "preset": ["dcgan", "vae"]})
    assert [(variant.preset, variant.overrides["epochs"]) for variant in swapped] == [
        ("dcgan", 1), ("vae", 1), ("dcgan", 2), ("vae", 2),
    ]  # fmt: skip


def test_a_preset_is_swept_too():
    first, second = variants("a", {"preset": ["dcgan", "vae"], "epochs": 2})
    assert (first.name, first.overrides) == ("a-preset-dcgan", {"epochs": 2})
    assert (second.preset, second.swept) == ("vae", {"preset": "vae"})


def test_one_more_value_renames_no_run():
    few, many = names("a", width=[8], loss=["x", "y"]), names("a", width=[8, 4], loss=["y", "z", "x"])
    assert set(few) < set(many)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1e-4, "0.0001"),
        (2e-5, "2e-05"),
        (4.0, "4"),
        (4, "4"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e16, "1e16"),
        (-1, "-1"),
        (True, "true"),
        ("auto", "auto"),
        ("a b/c=d", "a_b_c_d"),
        ("größe", "gr_e"),
        (None, "None"),
        ([1, 2], "_1_2_"),
    ],
)
def test_labels_are_readable_and_fit_into_names(value, label):
    assert label_of(value) == label
    assert re.fullmatch(NAME, f"a-{label}")


def test_a_long_name_is_shortened_and_stays_the_same():
    long = "x" * 200
    one, other = names("a", source=[long, f"{long}y"])
    assert len(one) == len(other) == 100
    assert one != other
    assert re.fullmatch(NAME, one)
    assert names("a", source=[f"{long}y"]) == [other]
    assert names("a" * 93, epochs=[1]) != ["a" * 93 + "-epochs-1"], "102 characters"
    assert names("a" * 91, epochs=[1]) == ["a" * 91 + "-epochs-1"], "100 characters"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], r"width: should not be empty; found \[\]"),
        ([8, 16, 8], "width: 8 is listed twice"),
        ([4, 4.0], "width: 4 is listed twice"),
        (["a b", "a=b"], "width: two values are both 'a_b' in the names of runs"),
    ],
)
def test_values_of_the_same_label_are_refused(values, said):
    with pytest.raises(ValueError, match=said):
        list(variants("a", {"preset": "dcgan", "width": values}))


def test_a_setting_whose_value_is_a_list_is_not_swept(monkeypatch):
    monkeypatch.setattr(sweeps, "LISTS", {"stages": list})
    (only,) = variants("a", {"preset": "dcgan", "stages": [1, 2]})
    assert (only.name, only.overrides) == ("a", {"stages": [1, 2]})
