"""Where results are kept."""

import pytest

from easel.notebook import hosts
from easel.notebook.places import find, kept_folder, place_for
from easel.runtime.errors import EaselError


def test_results_on_drive_are_reached_by_a_link_in_a_folder_of_the_machine(colab, checkout, home):
    place = place_for(checkout, "Google Drive/Easel")
    assert place.kept == hosts.DRIVE / "MyDrive" / "Easel"
    assert place.work.is_relative_to(home)
    assert (place.work / "results").samefile(place.results)
    assert place.studies == place.kept / "studies"
    assert [path for path in place.kept.rglob("*") if path.is_symlink()] == []


def test_the_same_place_is_found_again(checkout, tmp_path):
    """So that the paths in a study, such as that of unpacked pictures, stay."""
    assert place_for(checkout, str(tmp_path / "kept")) == place_for(checkout, str(tmp_path / "kept"))
    assert place_for(checkout, str(tmp_path / "kept")).scratch != place_for(checkout, str(tmp_path / "other")).scratch


@pytest.mark.parametrize("keep_in", ["this machine", "This machine", " ", "Google Drive/Easel", "MyDrive/Easel"])
def test_elsewhere_results_are_kept_in_the_checkout(checkout, keep_in, capsys):
    place = place_for(checkout, keep_in)
    assert (place.work, place.results) == (checkout, checkout / "results")
    assert place.studies == checkout / "config" / "studies"
    said = f"There is no Google Drive here, only on Colab. Results are kept on this machine: {checkout / 'results'}\n"
    assert capsys.readouterr().out == (said if "Drive" in keep_in else "")


def test_on_kaggle_results_are_kept_with_the_notebooks_output(checkout, monkeypatch):
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert kept_folder("this machine", checkout) == hosts.KAGGLE_OUTPUT / "easel"


def test_a_folder_that_cannot_be_had_is_an_error_in_one_line(checkout, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EaselError, match=r"^results cannot be kept in .*file/Easel: Not a directory. Choose another"):
        place_for(checkout, str(tmp_path / "file" / "Easel"))


def test_a_path_may_begin_with_the_home_folder(home):
    assert find("~/kept") == home / "kept"


@pytest.mark.parametrize(
    "written", ["MyDrive", "My Drive", "google drive", "Google drive", "GoogleDrive", "Google Drive/My Drive"]
)
def test_drive_is_meant_however_it_is_written(colab, written):
    assert find(f"{written}/Easel") == hosts.DRIVE / "MyDrive" / "Easel"
    assert find(written) == hosts.DRIVE / "MyDrive"


def test_a_path_on_colabs_drive_connects_it(colab):
    assert not hosts.DRIVE.exists()
    assert find(f"{hosts.DRIVE}/My Drive/Easel") == hosts.DRIVE / "MyDrive" / "Easel"
    assert (hosts.DRIVE / "MyDrive").is_dir()
    assert find(f"{hosts.DRIVE}/Shareddrives/lab") == hosts.DRIVE / "Shareddrives" / "lab"
    assert find(f"{hosts.DRIVE}2/birds") == hosts.DRIVE.with_name("drive2") / "birds"


def test_what_is_on_drive_is_found_on_colab_alone(colab, monkeypatch):
    assert find("Google Drive/birds.zip") == hosts.DRIVE / "MyDrive" / "birds.zip"
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    with pytest.raises(EaselError, match=r"^Google Drive/birds.zip: there is no Google Drive here, only on Colab"):
        find("Google Drive/birds.zip")
