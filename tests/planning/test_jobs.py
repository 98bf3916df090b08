"""The outdated jobs."""

from pathlib import Path

import pytest
from helpers.fake_plans import chain

from easel.planning.jobs import last_lines, outdated, waits_for
from easel.runtime.errors import EaselError

ROOT = Path(__file__).parents[2]


def test_jobs_wait_for_those_that_make_their_inputs():
    assert waits_for(chain()) == [set(), {0}, {0}, {1, 2}]


def test_a_study_that_cannot_be_read_is_an_error_with_snakemakes_message(tmp_path):
    with pytest.raises(EaselError, match=r"there is no file .*nowhere.yaml"):
        outdated(ROOT / "Snakefile", ROOT / "profiles/default", {"study": str(tmp_path / "nowhere.yaml")}, 1)


def test_only_the_last_lines_of_output_are_repeated():
    assert last_lines("\n".join(map(str, range(100))) + "\n\n", 2) == "98\n99"
