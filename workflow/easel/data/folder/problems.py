"""What can be the matter with files of a folder: whatever is left out or changed is counted under one of these."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from easel.data.picture_files import printable_name

NAMED = 10  # files per kind, in dataset.json


class Kind(NamedTuple):
    """One kind of problem."""

    words: str
    """The problem in errors and logs; pages have their own texts, `dataset_files.kinds` in texts/."""
    taken: bool = False
    """Whether the picture is in the dataset all the same."""


KINDS = {
    # left out
    "damaged": Kind("damaged or cut short"),
    "empty": Kind("files of no bytes"),
    "no_image": Kind("no pictures, whatever their names say"),
    "odd_pixels": Kind("pixels of a kind that has no red, green and blue"),
    "too_large": Kind("more pixels than `max_pixels`"),
    "too_small": Kind("a side shorter than `min_side`"),
    "crashed": Kind("the decoder crashed, or took longer than a minute or more memory than there is"),
    "closed": Kind("files or folders that may not be read"),
    "vanished": Kind("gone before they could be read"),
    "duplicate": Kind("the same picture as another"),
    "duplicate_across": Kind("the same picture as one of another class"),
    "outside_classes": Kind("beside the folders of the classes"),
    "empty_class": Kind("classes without a picture"),
    "other_type": Kind("files of another type than PNG, JPEG, WebP and BMP"),
    "hidden": Kind("hidden files and folders"),
    "no_file": Kind("pipes, sockets and devices"),
    "broken_link": Kind("links to nowhere, or in a circle"),
    "outside_link": Kind("links out of the folder"),
    "repeated_folder": Kind("links to a folder that is read anyway"),
    # taken
    "rotated": Kind("turned upright as their EXIF orientation says", taken=True),
    "alpha": Kind("transparent: laid on the background", taken=True),
    "grey": Kind("grey: the same in all three channels", taken=True),
    "deep": Kind("16 bits per channel: scaled to 8", taken=True),
    "palette": Kind("colours of a palette", taken=True),
    "cmyk": Kind("printing colours (CMYK), converted without a colour profile", taken=True),
    "profile": Kind("a colour profile, which was not applied", taken=True),
    "frames": Kind("several frames: the first was taken", taken=True),
    "enlarged": Kind("smaller than `image_size`: enlarged", taken=True),
    "misnamed": Kind("another format than the name says", taken=True),
    "odd_name": Kind("names that cannot be printed as they are", taken=True),
}


class Problem(NamedTuple):
    """One file, or folder, and what is the matter with it."""

    kind: str
    """A key of KINDS."""
    name: str
    """Relative to the folder, as the operating system gives it; a folder's ends in "/"."""
    other: str = ""
    """The file that it is the same as, where it is the same."""

    @property
    def where(self) -> str:
        """The name, and the other's, in characters that can be printed."""
        return printable_name(self.name) + (f" (as {printable_name(self.other)})" if self.other else "")


def by_kind(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as dataset.json has them: of each kind that there is the number, and the first names."""
    names = defaultdict(list)
    for problem in problems:
        names[problem.kind].append(problem.where)
    return [
        {"kind": kind, "taken": taken, "count": len(names[kind]), "files": names[kind][:NAMED]}
        for kind, (_, taken) in KINDS.items()
        if names[kind]
    ]


def in_a_line(found: Iterable[dict[str, Any]], names: int = 2) -> str:
    """Why files were left out, as a phrase: "3 damaged or cut short (a.png, b.png, …), 1 …"."""
    return "; ".join(
        f"{each['count']:,} {KINDS[each['kind']].words} "
        f"({', '.join(each['files'][:names])}{', …' * (each['count'] > names)})"
        for each in found
        if not each["taken"]
    )
