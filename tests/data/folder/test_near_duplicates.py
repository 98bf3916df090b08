"""Near duplicates in and across splits: named, and left out of training where that is asked for."""

import pytest
from helpers.photographs import photograph

from easel.data.folder.decode import Outcome
from easel.data.folder.listing import Picture
from easel.data.folder.near_duplicates import MOST, among, table, without_leaks
from easel.data.folder.reading import read
from easel.runtime.errors import EaselError

ALIKE, LIKEWISE, OTHER, ANOTHER = "00" * 56, "01" + "00" * 55, "ff" * 56, "0f" * 28 + "a5" * 28


def pictures_of(*groups):
    return [Picture(f"{group}/{i}.png", group) for i, group in enumerate(groups)]


def outcomes_of(*looks):
    return [Outcome(True, [], look=look) for look in looks]


def test_pairs_across_splits_come_first_with_the_test_picture_in_front():
    outcomes = outcomes_of(ALIKE, OTHER, ALIKE, LIKEWISE, ANOTHER)
    sides = {"train": [0, 1, 3, 4], "test": [2]}
    found = among(outcomes, sides)
    assert found.pairs.tolist() == [[2, 0, 0], [2, 3, 1], [0, 3, 1]]
    assert (found.across, found.within) == (2, 1)
    lines = table(pictures_of(*"aabbb"), sides, found).splitlines()
    assert lines[0] == "file\tsplit\tother\tother_split\tbits"
    assert lines[1:] == [
        "b/2.png\ttest\ta/0.png\ttrain\t0", "b/2.png\ttest\tb/3.png\ttrain\t1", "a/0.png\ttrain\tb/3.png\ttrain\t1",
    ]  # fmt: skip
    assert among(outcomes_of(ALIKE, OTHER), {"train": [0], "test": [1]}).pairs.shape == (0, 3)


def test_training_pictures_like_a_test_picture_are_dropped_but_for_the_last_of_a_class():
    pictures = pictures_of(*"abab")
    sides = {"train": [0, 1, 2], "test": [3]}
    found = among(outcomes_of(ALIKE, ALIKE, OTHER, LIKEWISE), sides)
    kept, left_out = without_leaks(pictures, sides, found)
    assert kept == {"train": [1, 2], "test": [3]}, "1 is the last of class b"
    assert left_out == {0: 3}


def test_of_pictures_that_all_look_alike_some_pairs_are_listed_and_all_are_dropped():
    train, test = 400, 100
    sides = {"train": [*range(train)], "test": [*range(train, train + test)]}
    found = among(outcomes_of(*[ALIKE] * (train + test)), sides)
    assert (found.across, found.within) == (train * test, train * (train - 1) // 2 + test * (test - 1) // 2)
    assert found.pairs.tolist()[:2] == [[train, 0, 0], [train, 1, 0]]
    assert len(found.pairs) == MOST < found.across
    kept, left_out = without_leaks(pictures_of(*["a"] * (train + test)), sides, found)
    assert kept["train"] == [0]
    assert left_out == dict.fromkeys(range(1, train), train)


@pytest.mark.parametrize("fit", ["crop", "random_crop"])
def test_near_duplicates_of_a_folder(tmp_path, settings, fit):
    folder, scratch = tmp_path / "pictures", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    for i in range(60):
        photograph(i, 90, 60).save(folder / f"{i:02}.png")
        photograph(i, 90, 60).save(folder / f"{i:02} again.jpg", quality=60)

    def prepared(**changed):
        return read(folder, settings(fit=fit, test_fraction=0.3, **changed), scratch, 2, lambda n: lambda done: None)

    named, dropped = prepared(), prepared(near_duplicates="drop")
    assert named.near.across + named.near.within == 60
    assert named.near.across > 10
    assert len(named.near_table.splitlines()) == 61
    counts = [{side: len(split.labels) for side, split in each.splits.items()} for each in (named, dropped)]
    assert counts[1] == {"train": counts[0]["train"] - named.near.across, "test": counts[0]["test"]}
    (problem,) = (each for each in dropped.account["problems"] if each["kind"] == "near_duplicate")
    assert problem["count"] == named.near.across == dropped.account["left_out"]
    assert "again.jpg" in problem["files"][0]
    assert "test" not in {line.split("\t")[1] for line in dropped.near_table.splitlines() if "\ttrain\t" in line}


def test_a_folder_of_look_alikes_leaves_too_few(tmp_path, settings):
    folder, scratch = tmp_path / "pictures", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    for i in range(60):
        picture = photograph(1, 90, 60)
        picture.paste((4 * i,) * 3, (15, 0, 25, 10))  # no duplicates
        picture.save(folder / f"{i:02}.png")
    with pytest.raises(EaselError) as error:
        read(folder, settings(test_fraction=0.3, near_duplicates="drop"), scratch, 2, lambda n: lambda done: None)
    assert "look like one for testing and were left out. Expected at least 10 of each" in str(error.value)
    assert str(error.value).endswith("set 'near_duplicates: keep', or add pictures that look different.")
