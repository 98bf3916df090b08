"""Write a study for a folder of pictures: config/studies/<study>.yaml.

make new STUDY=birds DATA=/path/to/pictures
python -m easel.new birds /path/to/pictures
"""

import argparse
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from easel.config.base import Name
from easel.config.datasets import Dataset
from easel.config.studies import RESERVED_STUDY_NAMES
from easel.data.folder.layout import LayoutError
from easel.data.sizes import expected
from easel.new.choices import Machine, choose
from easel.new.pictures import Pictures, look_at
from easel.new.study_text import classes_in_words, study_text
from easel.planning.jobs import outdated
from easel.planning.knowledge import Knowledge
from easel.planning.machine import CORES, this_machine
from easel.planning.presets import threads_here
from easel.planning.speed import training_gflops
from easel.runtime.console import RESULTS
from easel.runtime.errors import EaselError
from easel.study.files import adapter, read_entries
from easel.study.load import load_study
from easel.study.messages import ConfigError, requirement
from easel.study.size_checks import check_sizes
from easel.study.wording import as_yaml, display_path
from easel.tracking.fingerprint import ROOT

EXAMPLE = "make new STUDY=birds DATA=/path/to/pictures"
CLASSES = ("folders", "first", "none")
SPLITS = ("auto", "none")
"""Settings of a folder that say how its layout is read, as in `easel.config.datasets.Folder`, the usual one first."""
EXTENSIONS = (".yaml", ".yml")


def main(arguments: list[str] | None = None) -> int:
    """Write the study and say what is next. Returns the exit code: 1, and nothing is written, if anything is wrong."""
    asked = parser().parse_args(arguments)
    try:
        for line in new_study(asked.study, asked.data, asked.classes, asked.splits, ROOT, asked.folder, asked.minutes):
            print(line, flush=True)
    except LayoutError as error:
        print(f"DATA: {error}", file=sys.stderr)
        option = option_in(str(error))
        print(f"Such a setting is an option: {option}; with make, ARGS='{option}'", file=sys.stderr)
        return 1
    except EaselError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def option_in(message: str) -> str:
    """The first setting that a message about a layout names, as an option."""
    named = re.search(rf"\b(classes: (?:{'|'.join(CLASSES[1:])})|splits: (?:{'|'.join(SPLITS[1:])}))\b", message)
    setting, _, value = (named[1] if named else f"classes: {CLASSES[-1]}").partition(": ")
    return f"--{setting} {value}"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m easel.new", description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", default="", help="the study's name")
    parser.add_argument("data", nargs="?", default="", help="the folder of the pictures, or a zip of it")
    parser.add_argument("--classes", choices=CLASSES, default=CLASSES[0], help="as in config/README.md, format: folder")
    parser.add_argument("--splits", choices=SPLITS, default=SPLITS[0], help="likewise")
    parser.add_argument("--folder", type=Path, help="for the study's file; config/studies if left out")
    parser.add_argument("--minutes", type=float, help="of each training; chosen to suit the pictures if left out")
    return parser


def new_study(
    name: str,
    data: str,
    classes_from: str,
    splits: str,
    root: Path,
    folder: Path | None = None,  # for the study's file; config/studies of `root` if None
    minutes: float | None = None,  # of each training; chosen to suit the pictures if None
) -> Iterator[str]:
    """Write a study and yield what to say about it.

    Raises EaselError, and writes nothing, if anything is wrong.
    """
    file = new_file(name, root, folder)
    if not data:
        raise EaselError(f"DATA is missing: the folder of your pictures, as in {EXAMPLE}")
    yield "Looking at the pictures"
    pictures = look_at(data, classes_from, splits)
    threads = threads_here(root)
    machine = Machine(this_machine()["gpus"], training_gflops(threads))
    choices = choose(pictures, machine)
    if minutes is not None:
        choices = choices._replace(minutes=minutes)
    text = study_text(file.stem, dataset_name(file.stem, root), pictures, choices, machine.gpus)
    in_all = checked(file.name, text, machine.gflops / threads, root)
    write_new(file, text, root)
    yield from summary(file, pictures, root)
    yield (
        f"It trains {len(choices.runs)} models for {choices.minutes:g} minutes each. All in all it takes at most "
        f"{in_all:.0f} minutes on this machine, by a rule of thumb."
    )
    yield from next_commands(file, root)


# --- before it is written ------------------------------------------------------------------------------


def new_file(name: str, root: Path, folder: Path | None = None) -> Path:
    """The file of a study that does not exist yet. Raises EaselError for a name that cannot be taken."""
    if not name:
        raise EaselError(f"STUDY is missing: a name for the study, as in {EXAMPLE}")
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    try:
        adapter(Name).validate_python(stem)
    except ValidationError as error:
        raise EaselError(f"STUDY: {as_yaml(stem)}: a study's name {requirement(error.errors()[0])}") from None
    if stem in RESERVED_STUDY_NAMES:
        raise EaselError(
            f"STUDY: a study cannot be called '{stem}', as results/{stem} is Easel's own; choose another name"
        )
    studies = root / "config" / "studies"
    if not studies.is_dir():
        raise EaselError(f"there is no folder {studies}: a study is written into a checkout of Easel")
    for searched in (studies, Path(), *([folder] if folder else [])):
        for taken in (searched / f"{stem}{end}" for end in EXTENSIONS):
            if os.path.lexists(taken):
                raise EaselError(
                    f"STUDY: {display_path(taken, root)} exists already, and is left as it is; choose another name"
                )
    if os.path.lexists(root / RESULTS / stem):
        raise EaselError(
            f"STUDY: {RESULTS / stem}/ has results of another study of this name; choose another name, or remove it"
        )
    return (folder or studies) / f"{stem}.yaml"


def dataset_name(study: str, root: Path) -> str:
    """The name of the study's dataset: the study's own, if config/datasets.yaml does not have it."""
    shared = read_entries(Dataset, root / "config" / "datasets.yaml", root)
    return f"{study}_pictures" if study in shared else study


def checked(file_name: str, text: str, thread_gflops: float, root: Path) -> float:
    """Load the study and plan its jobs, in another folder. Returns the minutes that they take at most.

    Raises EaselError if the study could not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / file_name
        try:
            file.write_text(text, encoding="utf-8")
            study = load_study({"study": str(file), "thread_gflops": thread_gflops}, root)
            check_sizes(study, RESULTS, root)
        except ConfigError as error:
            raise EaselError("\n".join(problem.removeprefix(f"{file}: ") for problem in error.problems)) from None
        jobs = outdated(root / "Snakefile", root / "profiles" / "default", {"study": str(file)}, CORES)
        known = Knowledge(study, expected(study.dataset), RESULTS, probes={}, trainings={})
        return sum(known.by_rule_of_thumb(job).seconds for job in jobs) / 60


def write_new(file: Path, text: str, root: Path) -> None:
    """Write a file that does not exist yet."""
    try:
        with open(file, "x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise EaselError(f"{display_path(file, root)} cannot be written: {error.strerror}") from error


# --- messages ------------------------------------------------------------------------------------------


def summary(file: Path, pictures: Pictures, root: Path) -> Iterator[str]:
    """What was written, and what was found."""
    about = "about " if pictures.looked_at < pictures.files else ""
    classes = f"in {classes_in_words(pictures.classes)}" if pictures.classes else "without classes"
    yield f"Wrote {display_path(file, root)}: {about}{pictures.train + pictures.test:,} pictures, {classes}."
    if pictures.left_out:
        yield f"Left out: {pictures.left_out}."
    if pictures.alike:
        yield f"Pairs of a training and a test picture that look alike: {pictures.alike:,}; the preview shows them."


def next_commands(file: Path, root: Path) -> Iterator[str]:
    """The commands to type next."""
    study = file.stem
    yield "Next: see whether the pictures were read as you meant, what they would cost, and run it:"
    if Path.cwd() != root:
        yield f"cd {shlex.quote(str(root))}"
    if sys.prefix != sys.base_prefix and not os.environ.get("VIRTUAL_ENV"):
        yield f"source {shlex.quote(os.path.relpath(sys.prefix, root))}/bin/activate"
    named = study if file.parent == root / "config" / "studies" else shlex.quote(str(file.resolve()))
    option = f"--cores all --config study={named}"
    yield f"snakemake preview {option}    # makes results/datasets/{study}/preview.html"
    yield f"snakemake plan {option}       # makes results/{study}/plan.html"
    yield f"snakemake {option}            # makes results/{study}/report.html"
