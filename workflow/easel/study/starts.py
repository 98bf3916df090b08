"""Trained networks that runs start from: trainings of this study or of another, and .keras files."""

import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from easel.config.base import is_training
from easel.config.presets import PresetBase
from easel.runtime.files import read_if_whole
from easel.study.checks import absolute
from easel.study.messages import ConfigError
from easel.study.resolve import Run
from easel.study.wording import display_path, listed, shortened, suggestion


def with_start(settings: PresetBase, file: Path) -> PresetBase:
    """The settings with the .keras file that they start from, if any, as an absolute path. file: the study's."""
    source = settings.start_from
    if source is None or is_training(source):
        return settings
    return settings.model_copy(update={"start_from": absolute(source, file)})


def file_of_start(source: str) -> str:
    """The file that a training depends on if it starts from `source`: a training's record, or the .keras file."""
    return f"results/{source}/train.json" if is_training(source) else source


def check_starts(study: str, runs: Mapping[str, Run], seeds: list[int], file: Path, root: Path) -> None:
    """Refuse runs that start from a training that is not there and that this study does not make, or from themselves.

    study: its name. file: the study's. root: the checkout.
    """
    where = display_path(file, root)
    problems = [f"{where}: {problem}" for problem in problems_of(study, runs, seeds, root)]
    if problems:
        raise ConfigError(*problems)


def problems_of(study: str, runs: Mapping[str, Run], seeds: list[int], root: Path) -> Iterator[str]:
    """What is wrong with what runs start from, each with its key."""
    for run in runs.values():
        source = run.settings.start_from
        if source is None:
            continue
        key = f"runs.{run.name}.start_from"
        if not is_training(source):
            if not os.path.isfile(source):
                yield f"{key}: there is no file {shortened(source)}"
            elif not zipfile.is_zipfile(source):
                yield f"{key}: {shortened(source)} is no .keras file; save a network with Keras 3's model.save"
            continue
        its_study, its_run, its_seed = parts_of(source)
        if its_study == study:
            if its_run not in runs:
                yield f"{key}: this study trains no run '{its_run}'{suggestion(its_run, set(runs) - {run.name})}"
                continue
            if its_seed not in seeds:
                yield f"{key}: this study has no seed {its_seed}; its seeds are {listed(map(str, seeds), 'and')}"
                continue
        elif not os.path.isfile(file_of_start(source)):
            there = (root / "config/studies" / f"{its_study}.yaml").is_file()
            named = its_study if there else f"<the file of the study {its_study}>"
            yield (
                f"{key}: there is no {file_of_start(source)}; train it first: snakemake {file_of_start(source)} "
                f"--cores all --config study={named}"
            )
            continue
        if len(chain := chain_of(study, run.name, runs)) > 1 and chain[0] == chain[-1]:
            yield f"{key}: the run would start from itself: {' from '.join(chain)}; start one of them anew"


def parts_of(source: str) -> tuple[str, str, int]:
    """The study, the run and the seed of `<study>/<run>/seed-<k>`."""
    study, run, seed = source.split("/")
    return study, run, int(seed.removeprefix("seed-"))


def chain_of(study: str, run: str, runs: Mapping[str, Run]) -> list[str]:
    """The run, the one that it starts from, the one that that starts from, and so on: `study/run` each.

    Those of other studies as their records have it. It ends at the first that starts anew or that is there twice.
    """
    chain = [f"{study}/{run}"]
    source = runs[run].settings.start_from
    while source is not None and is_training(source):
        its_study, its_run, _ = parts_of(source)
        chain.append(f"{its_study}/{its_run}")
        if chain[-1] in chain[:-1]:
            break
        if its_study == study:
            source = runs[its_run].settings.start_from if its_run in runs else None
        else:
            source = read_if_whole(Path(file_of_start(source))).get("settings", {}).get("start_from")
    return chain
