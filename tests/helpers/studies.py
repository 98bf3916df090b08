"""Texts of small studies, and the message of a wrong one."""

from collections.abc import Callable

import pytest

from easel.study.messages import MOST_SHOWN, ConfigError

GOOD = "dataset: shapes\nruns:\n  a: {preset: dcgan}\n"
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CONDITIONAL = "preset: dcgan, model: lean_gan, conditional: true"
NAMES = "should consist of letters, digits, '_', '.' and '-', with a letter or digit first"


def run(overrides: str) -> str:
    """A study of one run."""
    return f"dataset: shapes\nruns:\n  a: {{{overrides}}}\n"


def dataset(settings: str) -> str:
    """A study with a dataset of its own, which it does not use."""
    return f"{GOOD}datasets:\n  m: {{{settings}}}\n"


def message(load: Callable, *arguments: object) -> str:
    """The error of a study that cannot be loaded."""
    with pytest.raises(ConfigError) as error:
        load(*arguments)
    assert str(error.value).count("\n") <= MOST_SHOWN
    return str(error.value)
