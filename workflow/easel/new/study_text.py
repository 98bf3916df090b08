"""A study as a commented YAML file."""

import json
import re
import textwrap
from datetime import date
from typing import Any

from easel.config.datasets import IMAGE_SIZES
from easel.data.folder.problems import NAMED
from easel.data.picture_files import printable_name
from easel.new.choices import Choices
from easel.new.pictures import Pictures

COLUMNS = 110
PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
TIED = "\N{NO-BREAK SPACE}"  # stands for a space at which no line may end
WORDS = ("null", "true", "false")
"""What YAML takes for something else than a text."""

MIRRORED = (
    "Remove the # below if a mirrored picture could be one of yours, too: the networks then learn from twice as many. "
    "True of most photographs, but not of letters, signs, clocks and whatever faces one way."
)
CROPPED = (
    "Of a picture that is no square, the centre is kept. Remove the # below to keep all of it, with bars beside it; or "
    "write stretch, or random_crop. `snakemake preview` shows what is cut off."
)
ALIKE = (
    "Pairs of a training and a test picture that look alike: {n}. They flatter what copies. Remove the # below to "
    "leave out those for training."
)
CLASSES = "Each folder is a class. If your folders mean something else, remove the # below: all pictures are one class."
FEW = "There are few pictures: `augment` alters what the discriminator sees, which then learns less of it by heart."
OF_FEW = "It alters what the discriminator sees, which then learns less of your few pictures by heart."
SEEDS = "with [0, 1, 2], each run is trained three times, which tells a better run from a lucky one"
CONDITIONAL = "A GAN that learns to draw each class; it gives recognisable samples after minutes on a CPU."
UNCONDITIONAL = "A GAN without classes; it gives recognisable samples after minutes on a CPU."
AUTOENCODER = "An autoencoder: blurred samples, but sharp reconstructions, and latents in which pictures can be mixed."
PRESETS = "`make presets` lists all presets, with their cost on this machine."
UNTRIED = "`fast_gpu` was made for a GPU, but has not been tried on one yet."
JUDGES = (
    "The judges are a panel (config/judges.yaml) of networks that are made here and see different things{also}. A run "
    "is the best only where they agree. FIDs compare within this study only."
)
ALSO = "; those that learn to tell classes apart are left out"
"""Where there is one class."""
DOUBTFUL = "With so few pictures for testing, the classifier may not pass its check; the report would say so."
FEW_TESTS = 100
"""Test pictures below which a judge's accuracy is hardly known."""
INCEPTION = (
    "For values beside published ones, write `judge: [{judge}, inception]`: that judge is the network of 2015 that "
    "publications use. Its file of 96 MB is downloaded once, and two CPU cores judge about 8 images per second."
)


def study_text(name: str, dataset: str, pictures: Pictures, choices: Choices, gpus: list[str]) -> str:
    """The text of a study. name: its own. dataset: the name of its dataset. gpus: of this machine."""
    return "".join(
        f"{line}\n"
        for line in (
            "# yaml-language-server: $schema=../../workflow/schemas/study.schema.json",
            *comment(heading(pictures)),
            f"title: {scalar(name)}",
            "# notes: What was tried, and what came of it, in Markdown for the report",
            f"dataset: {scalar(dataset)}",
            "datasets:",
            f"  {scalar(dataset)}:",
            *indented(4, dataset_lines(pictures, choices)),
            f"seeds: [0]  # {SEEDS}",
            f"minutes: {choices.minutes:g}  # of each training; measured here once, and kept as a number of epochs",
            "runs:",
            *indented(2, run_lines(pictures, choices, gpus)),
            *comment(judge_in_words(pictures, choices.judge)),
            f"judge: {choices.judge}",
            f"samples: {choices.samples}  # are drawn from each run, and judged",
            f"snapshot_samples: {choices.snapshot_samples}  # the same from each snapshot, of which the best is kept",
        )
    )


def heading(pictures: Pictures) -> str:
    """What was found in the folder, and where every key is explained."""
    classes = f"in {classes_in_words(pictures.classes)}" if pictures.classes else "without classes"
    sampled = pictures.looked_at < pictures.files
    about = "about " if sampled else ""
    said = [
        f"Pictures in {printable_name(pictures.folder)}, {classes}: {about}{pictures.train:,} for training and "
        f"{about}{pictures.test:,} for testing. Written by `make new` on {date.today()}."
    ]
    if pictures.left_out:
        looked = f" Of {pictures.files:,} pictures, {pictures.looked_at:,} were opened." if sampled else ""
        said.append(f"Left out: {pictures.left_out}.{looked}")
    said.append("Change what you like: only what depends on it is computed again. config/README.md explains every key.")
    return "\n".join(said)


def classes_in_words(classes: list[str]) -> str:
    """The number of classes, and the names of the first."""
    more = ", …" if len(classes) > NAMED else ""
    return f"{len(classes):,} classes ({', '.join(classes[:NAMED])}{more})"


def dataset_lines(pictures: Pictures, choices: Choices) -> list[str]:
    """The settings of the dataset."""
    sizes = ", ".join(str(size) for size in IMAGE_SIZES if size != choices.image_size)
    lines = [
        "format: folder",
        f"path: {scalar(pictures.folder)}",
        f"image_size: {choices.image_size}  # or {sizes}; twice the size costs four times as much",
    ]
    if pictures.oblong:
        lines += [*comment(CROPPED), "# fit: pad"]
    if pictures.alike:
        lines += [*comment(ALIKE.format(n=f"{pictures.alike:,}")), "# near_duplicates: drop"]
    if pictures.test_fraction not in (None, 0.1):
        lines.append(f"test_fraction: {pictures.test_fraction:g}  # the least that leaves enough pictures for testing")
    lines += [f"{key}: {value}" for key, value in given(pictures).items()]
    lines += [*comment(MIRRORED), "# mirrorable: true"]
    if pictures.classes and "classes" not in given(pictures):
        lines += [*comment(CLASSES), "# classes: none"]
    return lines


def given(pictures: Pictures) -> dict[str, str]:
    """The settings of the layout that are not the usual ones."""
    usual = {"classes": "folders", "splits": "auto"}
    found = {"classes": pictures.classes_from, "splits": pictures.splits}
    return {key: value for key, value in found.items() if value != usual[key]}


def run_lines(pictures: Pictures, choices: Choices, gpus: list[str]) -> list[str]:
    """The runs, and what each is."""
    return [
        *comment(CONDITIONAL if pictures.classes else UNCONDITIONAL),
        *(comment(FEW) if "augment" in choices.runs["gan"] else []),
        *(comment(OF_FEW) if choices.runs["gan"]["preset"] == "few" else []),
        *run("gan", choices),
        *comment(AUTOENCODER),
        *run("vae", choices),
        *comment(PRESETS),
        *([*comment(UNTRIED), "# fast_gpu: {preset: fast_gpu}"] if gpus and pictures.classes else []),
    ]


def run(name: str, choices: Choices) -> list[str]:
    """A run on one line, or on several with whole settings each."""
    settings = ", ".join(f"{key}: {value_of(value)}".replace(" ", TIED) for key, value in choices.runs[name].items())
    lines = textwrap.wrap(f"{name}:{TIED}{{{settings}}}", COLUMNS, subsequent_indent="  ", break_long_words=False)
    return [line.replace(TIED, " ") for line in lines]


def judge_in_words(pictures: Pictures, judge: str) -> str:
    """What the judges are. judge: the panel's name."""
    said = JUDGES.format(also="" if pictures.classes else ALSO)
    doubtful = [DOUBTFUL] if pictures.classes and pictures.test < FEW_TESTS else []
    return "\n".join([" ".join([said, *doubtful]), INCEPTION.format(judge=judge)])


# --- YAML ----------------------------------------------------------------------------------------------


def scalar(text: str) -> str:
    """A text as YAML: plain, or in double quotes with escapes for what cannot be printed."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else escaped(each) for each in quoted)


def escaped(character: str) -> str:
    """YAML's escape of a character."""
    return f"\\U{ord(character):08x}"


def value_of(value: Any) -> str:
    """A setting that needs no quotes."""
    if isinstance(value, list):
        return f"[{', '.join(map(value_of, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def comment(text: str) -> list[str]:
    """A text as lines of comment, each of its lines wrapped."""
    wrapped = (
        textwrap.wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )
    return [f"# {line}" for lines in wrapped for line in lines]


def indented(spaces: int, lines: list[str]) -> list[str]:
    """Lines below a key."""
    return [" " * spaces + line for line in lines]
