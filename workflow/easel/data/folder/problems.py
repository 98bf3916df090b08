"""Kinds of problems with the files of a folder. Every file that is left out or changed is counted under one."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from easel.data.picture_files import printable_name

NAMED = 10  # files per kind, in dataset.json


class Kind(NamedTuple):
    """One kind of problem."""

    words: str
    """The problem in English, for errors, logs and pages. Its translations are `dataset_files.kinds` in texts/."""
    taken: bool = False
    """True if the picture is in the dataset all the same."""


KINDS = {
    # left out
    "damaged": Kind("damaged or truncated"),
    "empty": Kind("empty files"),
    "no_image": Kind("files that are not pictures"),
    "odd_pixels": Kind("pixel formats without red, green and blue"),
    "too_large": Kind("more pixels than `max_pixels`"),
    "too_small": Kind("a side shorter than `min_side`"),
    "too_long": Kind("unpack to more bytes than `max_pixels` pixels can have"),
    "crashed": Kind("the decoder crashed, or took more than a minute or too much memory"),
    "closed": Kind("files or folders without read permission"),
    "vanished": Kind("deleted before they could be read"),
    "duplicate": Kind("duplicates of another picture"),
    "duplicate_across": Kind("duplicates of a picture in another class"),
    "duplicate_split": Kind("duplicates of a picture in another split"),
    "outside_classes": Kind("outside the class folders"),
    "empty_class": Kind("classes without a picture"),
    "near_duplicate": Kind("training pictures that look like one for testing"),
    "needs_heif": Kind("HEIC, which is read once pillow-heif is installed: pip install pillow-heif"),
    "needs_avif": Kind("AVIF, which this Pillow cannot read: pip install --upgrade pillow"),
    "other_picture": Kind("pictures of another type: convert them to PNG, JPEG, WebP or BMP"),
    "other_type": Kind("files of types other than PNG, JPEG, WebP, AVIF, HEIC and BMP"),
    "hidden": Kind("hidden files and folders, and those of systems"),
    "no_file": Kind("pipes, sockets and devices"),
    "broken_link": Kind("broken or circular links"),
    "outside_link": Kind("links that point outside the folder, read only with `follow_links: true`"),
    "repeated_folder": Kind("links to a folder that is read anyway"),
    "elsewhere": Kind("names and links in the archive that lead out of it"),
    "sealed": Kind("encrypted, or compressed in a way that is not read: pack them again without a password"),
    # taken
    "rotated": Kind("rotated upright by their EXIF orientation", taken=True),
    "alpha": Kind("transparent: placed on the background colour", taken=True),
    "grey": Kind("grey: the same in all three channels", taken=True),
    "deep": Kind("16 bits per channel: reduced to 8", taken=True),
    "palette": Kind("palette colours", taken=True),
    "cmyk": Kind("CMYK colours, converted without a colour profile", taken=True),
    "profile": Kind("a colour profile, which was not applied", taken=True),
    "frames": Kind("several frames, of which the first is used", taken=True),
    "enlarged": Kind("smaller than `image_size`: enlarged", taken=True),
    "misnamed": Kind("a format other than the name says", taken=True),
    "repeated_name": Kind("several files of one name in the archive, of which the last is used", taken=True),
    "odd_name": Kind("names that cannot be printed as they are", taken=True),
}


class Problem(NamedTuple):
    """A problem of one file or folder."""

    kind: str
    """A key of KINDS."""
    name: str
    """Relative to the folder, as the operating system gives it; a folder's ends in "/"."""
    other: str = ""
    """For duplicates: the file that it is a duplicate of."""

    @property
    def where(self) -> str:
        """The name, and the other file's, as printable text."""
        return printable_name(self.name) + (f" (as {printable_name(self.other)})" if self.other else "")


def by_kind(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as in dataset.json: the count and the first names of each kind that occurs."""
    names = defaultdict(list)
    for problem in problems:
        names[problem.kind].append(problem.where)
    return [
        {"kind": kind, "taken": taken, "count": len(names[kind]), "files": names[kind][:NAMED]}
        for kind, (_, taken) in KINDS.items()
        if names[kind]
    ]


def count_problems(found: Iterable[dict[str, Any]], names: int = 2) -> str:
    """The reasons for which files were left out, as a phrase: "3 damaged or truncated (a.png, b.png, …), 1 …"."""
    return "; ".join(
        f"{each['count']:,} {KINDS[each['kind']].words} "
        f"({', '.join(each['files'][:names])}{', …' * (each['count'] > names)})"
        for each in found
        if not each["taken"]
    )
