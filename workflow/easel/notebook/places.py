"""Where a notebook's results are kept, and the folder in which Snakemake runs.

What is kept lies in one folder, which may be on Google Drive: results/, studies/ and pictures/. Drive has no links and
no locks, so Snakemake runs in a folder of the machine's own disk, whose `results` is a link to the kept ones.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from easel.notebook import hosts
from easel.runtime.errors import EaselError

ON_DRIVE = "Google Drive"
ON_THIS_MACHINE = "this machine"


@dataclass(frozen=True)
class Place:
    """Folders of one notebook.

    checkout: of Easel. kept: what outlives the machine; the checkout itself, to keep results as outside of a notebook.
    scratch: what may be lost with the machine; its path depends on `kept` alone.
    """

    checkout: Path
    kept: Path
    scratch: Path

    @property
    def work(self) -> Path:
        """Where Snakemake runs."""
        return self.checkout if self.kept == self.checkout else self.scratch

    @property
    def results(self) -> Path:
        return self.kept / "results"

    @property
    def studies(self) -> Path:
        return self.checkout / "config" / "studies" if self.kept == self.checkout else self.kept / "studies"

    @property
    def pictures(self) -> Path:
        """Archives of pictures that were uploaded."""
        return self.kept / "pictures"


def place_for(checkout: Path, keep_in: str) -> Place:
    """Make the folders for what is kept.

    keep_in: "this machine", "Google Drive/<folder>", or the path of a folder. Raises EaselError if it cannot be used.
    """
    kept = kept_folder(keep_in.strip() or ON_THIS_MACHINE, checkout)
    mark = hashlib.sha256(os.fsencode(kept)).hexdigest()[:8]
    place = Place(checkout, kept, Path.home() / ".cache" / "easel" / mark)
    link = place.scratch / "results"
    try:
        for folder in (place.results, place.studies, place.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        if place.work == place.scratch and not link.is_symlink():
            link.symlink_to(place.results, target_is_directory=True)
    except OSError as error:
        raise EaselError(f"results cannot be kept in {kept}: {error.strerror}. Choose another folder") from None
    return place


def kept_folder(keep_in: str, checkout: Path) -> Path:
    """The folder for what is kept: for Google Drive where there is none, as for "this machine"."""
    here = hosts.KAGGLE_OUTPUT / "easel" if hosts.host() == "Kaggle" else checkout
    if keep_in == ON_THIS_MACHINE:
        return here
    if is_on_drive(keep_in) and hosts.host() != "Colab":
        print(f"There is no Google Drive here, only on Colab. Results are kept on this machine: {here / 'results'}")
        return here
    return find(keep_in)


def find(path: str) -> Path:
    """The folder or file that a user names, which need not exist; Google Drive is connected if it is named.

    Raises EaselError where there is no Google Drive.
    """
    if not is_on_drive(path):
        return Path(path).expanduser().resolve()
    if hosts.host() != "Colab":
        raise EaselError(f"{path}: there is no Google Drive here, only on Colab. Name a path of this machine")
    return hosts.mount_drive().joinpath(*Path(path).parts[1:])


def is_on_drive(path: str) -> bool:
    """True for "Google Drive" and what is in it."""
    return Path(path).parts[:1] == (ON_DRIVE,)
