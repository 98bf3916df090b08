"""Folders of pictures, small and large."""

import pytest
from helpers.photographs import damage, write_photographs

from easel.config.datasets import Folder


@pytest.fixture
def settings():
    """A function that gives the settings of a folder, as its jobs are given them."""

    def settings(**changed):
        return Folder(format="folder", path="/data", **changed).model_dump()

    return settings


@pytest.fixture(scope="session")
def photographs(tmp_path_factory):
    """A folder of 2,000 pictures, not to be changed."""
    folder = tmp_path_factory.mktemp("photographs") / "photographs"
    write_photographs(folder, 2000)
    return folder


@pytest.fixture(scope="session")
def damaged(tmp_path_factory):
    """A folder of 200 pictures among files with everything that can be wrong; and the kind of problem of each name."""
    folder = tmp_path_factory.mktemp("damaged") / "photographs"
    write_photographs(folder, 200)
    return folder, damage(folder)
