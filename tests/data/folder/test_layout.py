"""Splits and classes, from the names of pictures."""

from pathlib import Path

import pytest

from easel.data.folder.layout import LayoutError, understand

FOLDER = Path("/pictures")


def names(*folders):
    """The name of a picture in each folder."""
    return sorted(f"{folder}/1.png" if folder else "1.png" for folder in folders)


def layout_of(*folders, classes="folders", splits="auto"):
    return understand(FOLDER, names(*folders), classes, splits)


# --- understood --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folders", "splits", "classes"),
    [
        (["cat", "dog"], {}, ["cat", "dog"]),
        ([""], {}, []),
        (["images"], {}, []),
        (["", "more"], {}, []),
        (["cat", "cat/kittens", "dog"], {}, ["cat", "dog"]),
        (["cat/images", "dog/images"], {}, ["cat", "dog"]),
        (["train", "bus", "car"], {}, ["bus", "car", "train"]),
        (["freight train", "passenger train"], {}, ["freight train", "passenger train"]),
        (["a", "a b"], {}, ["a", "a b"]),
        (["train/cat", "train/dog", "test/cat", "test/dog"], {"test": "test", "train": "train"}, ["cat", "dog"]),
        (["train/cat", "train/dog", "test/cat"], {"test": "test", "train": "train"}, ["cat", "dog"]),
        (
            ["Training/cat", "Training/dog", "VALID/dog", "Test/cat"],
            {"Test": "test", "Training": "train", "VALID": "test"},
            ["cat", "dog"],
        ),
        (["train", "validation"], {"train": "train", "validation": "test"}, []),
        (["train/images", "val/images"], {"train": "train", "val": "test"}, []),
        (
            ["train/cat", "training/dog", "test/cat"],
            {"test": "test", "train": "train", "training": "train"},
            ["cat", "dog"],
        ),
    ],
)
def test_clear_layouts_are_understood(folders, splits, classes):
    assert layout_of(*folders) == (splits, classes)


def test_a_picture_has_the_split_and_the_class_of_its_folders():
    layout = layout_of("train/cat", "train/dog", "test/cat")
    assert [(layout.split_of(name), layout.class_of(name)) for name in ("train/dog/a/1.png", "test/1.png")] == [
        ("train", "dog"), ("test", None),
    ]  # fmt: skip


def test_a_setting_overrules_names_and_depth():
    assert layout_of("train", "test", splits="none") == ({}, ["test", "train"])
    assert layout_of("train/cat", "test/cat", splits="none", classes="first") == ({}, ["test", "train"])
    assert layout_of("cat/2020", "cat/2021", "dog/2021", classes="first") == ({}, ["cat", "dog"])
    assert layout_of("cat/train", "cat/test", "dog", classes="first") == ({}, ["cat", "dog"])
    assert layout_of("animals/cat", "animals/dog", classes="none") == ({}, [])
    assert layout_of("train/cat", "train/dog", "test", classes="none") == ({"test": "test", "train": "train"}, [])


# --- refused, with what was seen and what would be right -----------------------------------------------------


@pytest.mark.parametrize(
    ("folders", "seen", "right"),
    [
        (["train/cat", "train/dog"], "all pictures are in the folder 'train'", "Set the path to /pictures/train"),
        (["test"], "in the folder 'test', which is called like a split, and there is no 'train'", "/pictures/test"),
        (["test", "val"], "'test' and 'val' are called like splits, but none is called 'train'", "'splits: none'"),
        (["train", "training"], "none is called 'test'", "'splits: none'"),
        (["train", "test", "bus"], "beside the splits 'test' and 'train' there are other folders ('bus')", "elsewhere"),
        (["train", "test", ""], "beside the splits 'test' and 'train' there are pictures ('1.png')", "elsewhere"),
        (["train", ""], "beside the splits 'train' there are pictures ('1.png')", "elsewhere"),
        (["seg_train/a", "seg_test/a"], "'seg_test' and 'seg_train' look like splits", "Rename them"),
        (["trainA", "trainB", "testA", "testB"], "'testA', 'testB', 'trainA' and 1 more look like splits", "Rename"),
        (["train/cat", "train/dog", "test"], "'test' has pictures ('1.png') and no folders", "'cat' and 'dog'"),
        (["train/cat", "train/dog", "test/cow"], "'test' has 'cow', of which there is no training", "the same names"),
        (["train", "test/cat", "test/dog"], "'test' has 'cat' and 'dog', of which there is no training", "same names"),
        (["train/cat", "test/dog"], "'test' has 'dog', of which there is no training", "same names"),
        (["cat/train", "cat/test", "dog"], "'cat' has 'test' and 'train' inside", "put the classes into them"),
        (["cat", "cat/test", "dog"], "'cat' has 'test' inside", "(test/cat)"),
        (["images/cat", "images/dog"], "the only folder with pictures, 'images'", "Set the path to /pictures/images"),
        (["images/train", "images/test"], "'images', has 'test' and 'train' inside", "/pictures/images"),
        (["", "images/cat", "images/dog"], "'images', has 'cat' and 'dog' inside", "/pictures/images"),
        (["data/images/cat", "data/images/dog"], "pictures, 'data/images', has 'cat' and", "/pictures/data/images"),
        (["a/a/cat", "a/a/dog", "b/b/cat"], "the folder 'a/a' has 'cat' and 'dog' inside", "/pictures/a/a"),
        (["training_set/cat", "training_set/dog", "test_set/cat"], "'test_set' and 'training_set' look like", "Rename"),
        (["train/train/cat", "train/train/dog", "test/test/cat"], "/pictures/train: the folder 'train' has", "one"),
        (["data/Train/cat", "data/Train/dog"], "the only folder with pictures, 'data', has 'Train' inside", "/data"),
        (["cat/images/train", "cat/images/test", "dog"], "'cat/images' has 'test' and 'train' inside", "(test/cat)"),
        (["animals/cat", "animals/dog", "cars/bmw"], "'animals' has 'cat' and 'dog' inside", "/pictures/animals"),
        (["train/cat", "train/a/b", "train/a/c", "bus"], "'train' has 'a' and 'cat' inside", "'classes: first'"),
        (["train/x/cat", "train/x/dog", "test/x"], "/pictures/train: the folder 'x' has 'cat' and", "one folder"),
    ],
)  # fmt: skip
def test_unclear_layouts_are_refused(folders, seen, right):
    with pytest.raises(LayoutError) as error:
        layout_of(*folders)
    assert seen in str(error.value)
    assert right in str(error.value)
    assert "\n" not in str(error.value)
