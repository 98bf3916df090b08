"""Which study a choice stands for, and the file that holds it."""

import json
import re
from difflib import get_close_matches
from pathlib import Path

from easel.notebook.places import Place, find
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole

CIFAR10, OWN_PICTURES = "CIFAR-10", "my own pictures"
USUAL_CLASSES = "folders"
CHOICES = ("quickstart", CIFAR10, OWN_PICTURES)
MINUTES = re.compile(r"^minutes: (\d+(?:\.\d+)?)", re.MULTILINE)
DATASET = re.compile(r"^dataset: (\w+)", re.MULTILINE)
CLASSES = re.compile(r"^ +classes: (\w+)", re.MULTILINE)
PICTURES = re.compile(r"^ +path: (.+)$", re.MULTILINE)


def check_minutes(minutes: float) -> None:
    """Raise EaselError if nothing can be trained for so long."""
    if not isinstance(minutes, int | float) or not 0 < minutes <= 720:
        raise EaselError(f"minutes should be a number above 0 and at most 720, not {minutes!r}")


def chosen(place: Place, study: str) -> str:
    """One of CHOICES for a study that is written much like it, else `study` itself, which can be found.

    Raises EaselError if there is no such study.
    """
    if named(place, study):
        return study
    if alike := [choice for choice in CHOICES if plain(choice) == plain(study)]:
        return alike[0]
    known = {plain(name): name for name in (*names_in(place), *CHOICES)}
    close = get_close_matches(plain(study), known, n=1)
    meant = f"; did you mean {known[close[0]]!r}?" if close else "."
    choices = ", ".join(map(repr, CHOICES))
    raise EaselError(f"study: there is no study {study!r}{meant} Choose one of {choices}, or name the file of a study")


def named(place: Place, study: str) -> Path | None:
    """The file of a study by its name or path; None if there is none."""
    if not study.strip():
        return None
    files = (place.shipped_studies / f"{study}.yaml", place.studies / f"{study}.yaml", find(study))
    return next((file for file in files if file.is_file()), None)


def names_in(place: Place) -> list[str]:
    """The names of the studies that can be named."""
    return [file.stem for folder in (place.shipped_studies, place.studies) for file in sorted(folder.glob("*.yaml"))]


def plain(name: str) -> str:
    """The letters and digits of a name, in lower case."""
    return "".join(each for each in name.casefold() if each.isalnum())


def study_file(place: Place, study: str, minutes: float, with_gpu: bool) -> Path:
    """The file of a study that `chosen` has found. Raises EaselError if it is no longer there.

    minutes, with_gpu: for CIFAR10. A copy with other minutes than Easel's own is kept under another name, and stays as
    its reader changes it.
    """
    if study != CIFAR10:
        if file := named(place, study):
            return file
        raise EaselError(f"study: {study} is no longer there")
    file = place.shipped_studies / f"cifar10_{'gpu' if with_gpu else 'cpu'}.yaml"
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


def check_classes(file: Path, classes: str) -> None:
    """Raise EaselError if a study takes its folders for something else than `classes`."""
    found = CLASSES.search(file.read_text(encoding="utf-8"))
    if (has := found[1] if found else USUAL_CLASSES) != classes:
        raise EaselError(
            f"classes: {file.stem} was made with {has!r}: set classes to {has!r} again, or choose another pictures_name"
        )


def measured_on_a_gpu(results: Path) -> list[str]:
    """The runs of a study that have begun to train for `minutes` that a GPU was measured for. results: of the study."""
    began = {file.parents[3] for file in results.glob("*/seed-*/state/*/checkpoint-*.npz")
             if not (file.parents[2] / "train.json").exists()}  # fmt: skip
    return sorted(run.name for run in began if device_of(run / "budget.json") == "gpu")


def device_of(budget: Path) -> str:
    """The kind of device that a budget was measured on: "gpu", "cpu", or "" if there is none."""
    device = read_if_whole(budget).get("device")
    return str(device.get("kind", "")) if isinstance(device, dict) else ""


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
