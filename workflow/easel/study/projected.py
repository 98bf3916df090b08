"""Pictures that runs project into latent space: what is refused before the first job.

Only a whole command refuses them (`easel.study.size_checks`); each of its jobs reads the study, too, maybe on a machine
that does not see them.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from easel.config.presets import PresetBase
from easel.data.sources import out_of_reach
from easel.study.checks import absolute
from easel.study.resolve import Run
from easel.study.wording import shortened


def with_pictures(settings: PresetBase, file: Path) -> PresetBase:
    """The settings with the paths of pictures absolute. file: the study's."""
    if not settings.project:
        return settings
    return settings.model_copy(update={"project": [absolute(path, file) for path in settings.project]})


def missing_pictures(runs: Mapping[str, Run], results: Path) -> Iterator[str]:
    """Pictures that are not there, or twice in a run. A run that has been projected keeps what it has while one is out
    of reach.

    results: the study's folder.
    """
    for run in runs.values():
        is_projected = any((results / run.name).glob("seed-*/projection.json"))
        for problem in problems_of(run.settings.project, is_projected):
            yield f"runs.{run.name}.project: {problem}"


def problems_of(paths: list[str], is_projected: bool) -> Iterator[str]:
    """What is wrong with the paths of a run's pictures."""
    first: dict[str, str] = {}
    for path in paths:
        shown = shortened(path)
        if not os.path.lexists(path):
            if not is_projected:
                yield f"there is no file {shown}{remedy(path)}"
        elif os.path.isdir(path):
            yield f"{shown} is a folder; name the pictures in it, each by itself"
        elif os.path.exists(path) and not os.path.isfile(path):
            yield f"{shown} is no file; name a picture"
        elif os.path.isfile(path) and not os.path.getsize(path):
            yield f"{shown} is empty; name a PNG, JPEG, WebP or BMP file"
        elif os.path.islink(path) and not os.path.exists(path) and not is_projected:
            yield f"{shown} {out_of_reach(path)}; name a picture"
        if (before := first.setdefault(os.path.realpath(path), path)) != path:
            yield f"{shown} is the same file as {shortened(before)}; name it once"
        elif paths.count(path) > 1:
            yield f"{shown} is listed twice; name it once"


def remedy(path: str) -> str:
    """What to do about a path of which there is no file, if it was meant to be something else."""
    if re.search("/https?:/", path):  # a URL is made absolute like any path, which leaves one slash
        return "; download the picture, and name the file"
    is_pattern = any(mark in os.path.basename(path) for mark in "*?[")
    return "; a pattern is not expanded: name each picture" if is_pattern else ""


def unusable_pictures(pictures: Mapping[str, list[str]], settings: Mapping[str, Any]) -> Iterator[str]:
    """Pictures within reach that cannot be decoded, or that are equal to another of their run.

    pictures: the paths of each run that has any. settings: those of `easel.data.named_pictures.preparation`.
    """
    from easel.data import single_pictures  # which takes NumPy and Pillow, and most studies have no such picture

    paths = sorted({path for named in pictures.values() for path in named if not out_of_reach(path)})
    outcomes = dict(zip(paths, single_pictures.prepare(paths, settings).outcomes, strict=True)) if paths else {}
    for run, named in pictures.items():
        first: dict[str, str] = {}
        for path, outcome in ((path, outcomes[path]) for path in named if path in outcomes):
            if why := single_pictures.problem(path, outcome, settings["max_pixels"]):
                yield f"runs.{run}.project: {shortened(path)} {why}"
            elif (before := first.setdefault(outcome.content, path)) != path:
                yield (
                    f"runs.{run}.project: {shortened(path)} is the same picture as {shortened(before)}; name it once"
                )
