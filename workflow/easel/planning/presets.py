"""A list of all presets: what each is good for, and what it costs on this machine.

python -m easel.planning.presets [dataset]
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from easel.config.datasets import Dataset, Sizes
from easel.config.presets import AUTOENCODERS, Preset, PresetBase
from easel.data.sizes import sizes_of
from easel.planning import recipes
from easel.planning.costs import estimated_step
from easel.planning.earlier import trainings
from easel.planning.machine import CORES, this_machine
from easel.planning.speed import training_gflops
from easel.runtime.console import RESULTS
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole
from easel.runtime.surroundings import open_standard_streams
from easel.study.files import parse, read_entries, read_yaml
from easel.study.flips import with_flip
from easel.study.load import load_study
from easel.study.machine import named_studies
from easel.study.messages import ConfigError
from easel.study.wording import as_yaml, display_path, suggestion
from easel.tracking.fingerprint import ROOT

GROUPS = {
    "GANs for pictures in classes": lambda settings: settings.is_conditional,
    "Other GANs": lambda settings: not isinstance(settings, AUTOENCODERS),
    "Autoencoders": lambda settings: True,
}
"""The heading of a group -> whether a preset belongs there, if no earlier group has it."""
UNITS = (("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


class Line(NamedTuple):
    """A preset in the list."""

    name: str
    group: str
    epoch: float
    """Seconds for one pass over the training images."""
    measured: bool
    """True if they were measured on this machine, False if they are estimated."""
    epochs: float
    """The preset's own length; of a preset with `minutes`, about as many as fit into them."""
    good_for: str


def lines(dataset: Dataset, sizes: Sizes, results: Path, root: Path) -> list[Line]:
    """A line for each preset of `root`/config/presets/, in the order of GROUPS, the cheapest first."""
    threads, machine = threads_here(root), this_machine()
    known, gflops = seconds_per_step(results, machine, threads), training_gflops(threads)
    found = []
    for file in (root / "config" / "presets").glob("*.yaml"):
        settings = parse(Preset, read_yaml(file, root), display_path(file, root))
        step = known.get(recipes.name_of(recipes.of_training(with_flip(settings, dataset), sizes)))
        epoch = step * sizes.train / settings.batch_size if step else estimated(settings, sizes, gflops)
        group = next(heading for heading, takes in GROUPS.items() if takes(settings))
        epochs = settings.epochs or 60 * settings.minutes / epoch
        found.append(Line(file.stem, group, epoch, step is not None, epochs, settings.good_for))
    return sorted(found, key=lambda line: (list(GROUPS).index(line.group), line.epoch, line.name))


def threads_here(root: Path) -> int:
    """The CPU threads that a training gets on this machine."""
    return min(read_yaml(root / "config" / "config.yaml", root)["threads"], CORES)


def seconds_per_step(results: Path, machine: Mapping[str, Any], threads: int) -> dict[str, float]:
    """The measured seconds of a step, by the name of its recipe: of earlier trainings, else of probes."""
    found = {}
    for file in (results / "benchmarks" / "recipes").glob("*.json"):
        measured = read_if_whole(file)
        if measured.get("machine") == machine and measured.get("threads") == threads:
            found[file.stem] = measured["seconds"]["step"]
    for name, earlier in trainings(results, machine, threads).items():
        found[name] = median(each.seconds_per_step for each in earlier)
    return found


def estimated(settings: PresetBase, sizes: Sizes, gflops: float) -> float:
    """Seconds for one pass over the training images, by the rule of thumb of costs.py."""
    step = estimated_step(settings, sizes.image_shape[0])
    return sizes.train / settings.batch_size * step / 1000 / gflops


# --- on the terminal -----------------------------------------------------------------------------------


def listing(name: str, sizes: Sizes, found: list[Line], threads: int, machine: Mapping[str, Any]) -> Iterator[str]:
    """The list as lines of at most 100 characters. name: of the dataset."""
    height, width, _ = sizes.image_shape
    yield f"Presets for {name}: {sizes.train:,} training images of {height} × {width} pixels"
    yield f"on {threads} threads of {machine['cpu']}"[:100]
    yield ""
    yield f"{'':16}{'an epoch':>9}{'epochs':>7}{'in all':>10}  good for"
    heading = ""
    for line in found:
        if line.group != heading:
            heading = line.group
            yield heading
        epoch, whole = (in_words(seconds, line.measured) for seconds in (line.epoch, line.epochs * line.epoch))
        yield f"  {line.name:14}{epoch:>9}{line.epochs:>7g}{whole:>10}  {line.good_for}"
    yield ""
    yield "~ is estimated from the size of the networks and a matrix product on this CPU; it can be off by two."
    if machine["gpus"]:
        yield f"{machine['gpus'][0]} takes a small part of that; `snakemake plan` measures it."
    yield "Name a preset in a study (config/README.md), or have a study written for your pictures:"
    yield "make new STUDY=birds DATA=/path/to/pictures"


def in_words(seconds: float, measured: bool) -> str:
    """Seconds in a unit that suits them, with two digits: `4.2 min`, `~1.5 days` if they are estimated."""
    unit, size = next(((unit, size) for unit, size in UNITS if seconds >= 1.5 * size), UNITS[-1])
    return f"{'' if measured else '~'}{float(f'{seconds / size:.2g}'):g} {unit}"


def dataset_called(name: str, root: Path) -> tuple[str, Dataset]:
    """A dataset of config/datasets.yaml, or that of a study of config/studies/. Raises ConfigError for another name."""
    shared = read_entries(Dataset, root / "config" / "datasets.yaml", root)
    studies = named_studies(root / "config" / "studies")
    if name in shared:
        return name, shared[name]
    if name not in studies:
        known = dict.fromkeys([*shared, *studies])  # cifar10 is both
        raise ConfigError(f"DATASET: unknown name {as_yaml(name)}{suggestion(name, known)}")
    study = load_study({"study": name}, root)
    return study.dataset_name, study.dataset


def main(arguments: list[str] | None = None) -> int:
    """Print the list. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m easel.planning.presets", description=__doc__.splitlines()[0])
    parser.add_argument("dataset", nargs="?", default="cifar10", help="of config/datasets.yaml, or a study's name")
    try:
        name, dataset = dataset_called(parser.parse_args(arguments).dataset or "cifar10", ROOT)
        sizes = sizes_of(dataset, RESULTS / "datasets" / name)
        found = lines(dataset, sizes, RESULTS, ROOT)
    except EaselError as error:
        print(error, file=sys.stderr)
        return 1
    print(*listing(name, sizes, found, threads_here(ROOT), this_machine()), sep="\n")
    return 0


if __name__ == "__main__":
    open_standard_streams()
    sys.exit(main())
