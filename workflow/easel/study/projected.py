"""Pictures that runs project into latent space: what is refused before the first job."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from easel.config.presets import PresetBase
from easel.data.sources import out_of_reach
from easel.study.checks import absolute
from easel.study.messages import ConfigError
from easel.study.resolve import Run
from easel.study.wording import display_path, shortened

LONGEST = 300
"""Characters of a path in a message."""


def with_pictures(settings: PresetBase, file: Path) -> PresetBase:
    """The settings with the paths of pictures absolute. file: the study's."""
    if not settings.project:
        return settings
    return settings.model_copy(update={"project": [absolute(path, file) for path in settings.project]})


def check_pictures(runs: Mapping[str, Run], file: Path, root: Path) -> None:
    """Refuse pictures that are not there, or twice in a run; what is in them, only `easel.study.size_checks` reads.

    A run that has been projected keeps what it has while a picture is out of reach. file: the study's. root: the
    checkout.
    """
    where = display_path(file, root)
    problems = [
        f"{where}: runs.{run.name}.project: {problem}"
        for run in runs.values()
        for problem in problems_of(run.settings.project, is_projected=has_projection(file.stem, run.name))
    ]
    if problems:
        raise ConfigError(*problems)


def has_projection(study: str, run: str) -> bool:
    """True if a training of the run has been projected to before."""
    return any(Path("results", study, run).glob("seed-*/projection.json"))


def problems_of(paths: list[str], is_projected: bool) -> Iterator[str]:
    """What is wrong with the paths of a run's pictures."""
    first: dict[str, str] = {}
    for path in paths:
        shown = shortened(path, LONGEST)
        if not os.path.lexists(path) and not is_projected:
            yield f"there is no file {shown}"
        elif os.path.isdir(path):
            yield f"{shown} is a folder; name the pictures in it, each by itself"
        elif os.path.lexists(path) and not os.path.isfile(path) and not is_projected:
            yield f"{shown} {out_of_reach(path) if os.path.islink(path) else 'is no file'}; name a picture"
        if (before := first.setdefault(os.path.realpath(path), path)) != path:
            yield f"{shown} is the same file as {shortened(before, LONGEST)}; name it once"
        elif paths.count(path) > 1:
            yield f"{shown} is listed twice; name it once"


def unusable_pictures(pictures: Mapping[str, list[str]], settings: Mapping[str, Any]) -> Iterator[str]:
    """Pictures within reach that cannot be decoded, or that are equal to another of their run.

    pictures: the paths of each run that has any. settings: those of `easel.data.single_pictures.preparation`.
    """
    from easel.data import single_pictures  # which takes NumPy and Pillow, and most studies have no such picture

    paths = sorted({path for named in pictures.values() for path in named if not out_of_reach(path)})
    outcomes = dict(zip(paths, single_pictures.prepare(paths, settings).outcomes, strict=True)) if paths else {}
    for run, named in pictures.items():
        first: dict[str, str] = {}
        for path, outcome in ((path, outcomes[path]) for path in named if path in outcomes):
            if why := single_pictures.problem(path, outcome, settings["max_pixels"]):
                yield f"runs.{run}.project: {shortened(path, LONGEST)} {why}"
            elif (before := first.setdefault(outcome.content, path)) != path:
                yield (
                    f"runs.{run}.project: {shortened(path, LONGEST)} is the same picture as "
                    f"{shortened(before, LONGEST)}; name it once"
                )
