"""Which study a choice stands for, and the file that holds it."""

import json
import re
from pathlib import Path

from easel.notebook.places import Place, find
from easel.runtime.errors import EaselError

CIFAR10, OWN_PICTURES = "CIFAR-10", "my own pictures"
CHOICES = ("quickstart", CIFAR10, OWN_PICTURES)
MINUTES = re.compile(r"^minutes: (\d+(?:\.\d+)?)", re.MULTILINE)
DATASET = re.compile(r"^dataset: (\w+)", re.MULTILINE)
PICTURES = re.compile(r"^ +path: (.+)$", re.MULTILINE)


def check_minutes(minutes: float) -> None:
    """Raise EaselError if nothing can be trained for so long."""
    if not isinstance(minutes, int | float) or not 0 < minutes <= 720:
        raise EaselError(f"minutes should be a number above 0 and at most 720, not {minutes!r}")


def study_file(place: Place, study: str, minutes: float, with_gpu: bool) -> Path:
    """The file of a study that there is, by its name or path. Raises EaselError if there is none.

    minutes, with_gpu: for CIFAR10. A copy with other minutes than Easel's own is kept under another name, and stays as
    its reader changes it.
    """
    folder = place.checkout / "config" / "studies"
    if study != CIFAR10:
        for file in (folder / f"{study}.yaml", place.studies / f"{study}.yaml", find(study)):
            if file.is_file():
                return file
        raise EaselError(
            f"study: there is no study {study!r}. Choose {', '.join(CHOICES)}, or name the file of a study"
        )
    file = folder / f"cifar10_{'gpu' if with_gpu else 'cpu'}.yaml"
    text = file.read_text(encoding="utf-8")
    changed = with_minutes(text, minutes)
    if changed == text:
        return file
    name = f"{file.stem}_{minutes:g}_minutes".replace(".", "_")
    kept = place.studies / f"{name}.yaml"
    return kept if kept.exists() else write(kept, changed)


def own_study(place: Place, name: str) -> Path:
    """The file of the study of one's own pictures."""
    return place.studies / f"{name}.yaml"


def check_pictures(file: Path, folder: Path) -> None:
    """Raise EaselError if a study is of other pictures than those in a folder."""
    found = PICTURES.search(file.read_text(encoding="utf-8"))
    path = found[1] if found else ""
    if (json.loads(path) if path.startswith('"') else path) != str(folder):
        of = f"of other pictures, those in {path}" if path else "of something else"
        raise EaselError(f"{file.stem} is already a study {of}: choose another pictures_name")


def set_minutes(file: Path, minutes: float) -> None:
    """Change the minutes of a study's file."""
    text = file.read_text(encoding="utf-8")
    if (changed := with_minutes(text, minutes)) != text:
        write(file, changed)


def with_minutes(text: str, minutes: float) -> str:
    """The text of a study with other minutes."""
    return MINUTES.sub(f"minutes: {minutes:g}", text, count=1)


def dataset_of(file: Path) -> str:
    """The name of the dataset of a study's file."""
    found = DATASET.search(file.read_text(encoding="utf-8"))
    return found[1] if found else ""


def write(file: Path, text: str) -> Path:
    """Write a study's file whole."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return file
