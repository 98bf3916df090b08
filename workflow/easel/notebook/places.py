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
MY_DRIVE = "MyDrive"
"""What Colab calls the top folder of a user's Google Drive."""


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
    def shipped_studies(self) -> Path:
        """The studies that come with Easel."""
        return self.checkout / "config" / "studies"

    @property
    def studies(self) -> Path:
        return self.shipped_studies if self.kept == self.checkout else self.kept / "studies"

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
    if squeezed(keep_in) == squeezed(ON_THIS_MACHINE):
        return here
    if inside_drive(keep_in) is not None and hosts.host() != "Colab":
        print(f"There is no Google Drive here, only on Colab. Results are kept on this machine: {here / 'results'}")
        return here
    return find(keep_in)


def find(path: str) -> Path:
    """The folder or file that a user names, which need not exist; Google Drive is connected if it is named.

    Raises EaselError where there is no Google Drive.
    """
    inside = inside_drive(path)
    if inside is None:
        return Path(path).expanduser().resolve()
    if hosts.host() != "Colab":
        raise EaselError(f"{path}: there is no Google Drive here, only on Colab. Name a path of this machine")
    return hosts.mount_drive().parent / inside


def inside_drive(path: str) -> Path | None:
    """The path in `hosts.DRIVE` of what is on Google Drive; None for what is elsewhere.

    "Google Drive" and "My Drive" name it in any case, with and without spaces; so does their path on Colab. Taken for a
    folder of the machine, a path that means Drive would lose all results with the machine.
    """
    names = [squeezed(part) for part in Path(path).parts[:2]]
    if names == [squeezed(ON_DRIVE), squeezed(MY_DRIVE)]:
        return Path(MY_DRIVE, *Path(path).parts[2:])
    if names and names[0] in (squeezed(ON_DRIVE), squeezed(MY_DRIVE)):
        return Path(MY_DRIVE, *Path(path).parts[1:])
    mounted = Path(os.path.abspath(Path(path).expanduser()))  # not resolved: links in it change when Drive is connected
    if hosts.host() != "Colab" or not mounted.is_relative_to(hosts.DRIVE):
        return None
    inside = mounted.relative_to(hosts.DRIVE)
    in_mine = [squeezed(part) for part in inside.parts[:1]] == [squeezed(MY_DRIVE)]
    return Path(MY_DRIVE, *inside.parts[1:]) if in_mine else inside  # else on a drive that is shared


def squeezed(name: str) -> str:
    """A name in lower case and without spaces."""
    return name.casefold().replace(" ", "")
