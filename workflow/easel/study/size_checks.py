"""Checks before the first job of what only a job could fail at: sizes, classes, latents, files, packages.

A folder of pictures is listed for that, which can take a while on a network's disk: once per command is enough.
"""

import bisect
import importlib.util
import math
import os
from collections.abc import Iterable, Iterator
from math import isqrt
from pathlib import Path

from easel.config.datasets import Folder
from easel.config.exports import PACKAGES
from easel.config.models import model_of, unfit_size
from easel.config.presets import VqVae
from easel.data.folder import chance
from easel.data.folder.archive import ArchiveError
from easel.data.folder.contents import KEPT, files_before
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import Listing, listing_of
from easel.data.sizes import FEWEST, expected, in_record, record_of_same_files
from easel.data.sources import out_of_reach
from easel.runtime.errors import EaselError
from easel.study.load import Study
from easel.study.messages import ConfigError
from easel.study.projected import missing_pictures, unusable_pictures
from easel.study.wording import as_yaml, display_path, listed, suggestion

FEW = 200
"""Pictures that are few enough to be read before the first job, to see which are for testing."""
DOUBTFUL = 2 * FEWEST
"""Pictures of a split: if so few are expected by chance, all pictures are read, too, however many there are.

Where more are expected, fewer than FEWEST come of it once in 200 times or less.
"""


def check_sizes(study: Study, results: Path, root: Path) -> None:
    """Refuse a study of which a job could only fail: of too few images, a class that is not there, odd samples.

    results: the folder in which datasets are prepared. root: the checkout.
    """
    where = display_path(study.file, root)
    problems = [
        *too_few_pictures(study, results),
        *too_large_batches(study, results),
        *unfit_sizes(study),
        *too_few_latents(study),
        *unfit_grids(study),
        *too_many_frozen(study),
        *missing_classes(study, results),
        *unusable_samples(study),
        *undecodable_pictures(study, results),
        *missing_packages(study),
    ]
    if problems:
        raise ConfigError(*(f"{where}: {problem}" for problem in problems))


def too_few_pictures(study: Study, results: Path) -> Iterator[str]:
    """A folder whose files cannot make both splits, prepared before or not, unless it is out of reach.

    No folder is refused that the job would take. So what was prepared from the same files and settings passes.
    """
    dataset, listing = study.dataset, listing_of_folder(study)
    if not isinstance(dataset, Folder) or listing is None:
        return
    if out_of_reach(dataset.path, files_before(results / "datasets" / study.dataset_name / KEPT)):
        return  # the job would be refused for that, and what is prepared may be used meanwhile
    if listing.splits:
        yield from too_few_in_folders(dataset, listing)
        return
    count, smaller = len(listing.pictures), min(dataset.test_fraction, 1 - dataset.test_fraction)
    if count <= FEW or smaller * count <= DOUBTFUL:
        names = (picture.name for picture in listing.pictures)
        positions = chance.positions(Path(dataset.path), names, dataset.seed, dataset.max_pixels)
        yield from too_few_by_chance(dataset, positions, len(listing.classes))


def too_few_in_folders(dataset: Folder, listing: Listing) -> Iterator[str]:
    """Folders that are splits, of which one has too few pictures."""
    for split, purpose in (("train", "training"), ("test", "testing")):
        count = sum(picture.split == split for picture in listing.pictures)
        if count < FEWEST:
            yield (
                f"dataset: {dataset.path} has {count} pictures in its folders for {purpose}; it takes {FEWEST}. Add "
                "pictures"
            )


def too_few_by_chance(dataset: Folder, positions: list[float], classes: int) -> Iterator[str]:
    """A folder of too few pictures, or with a `test_fraction` that leaves too few for testing or for training.

    positions: of its pictures, in ascending order. classes: each may get a picture for training that is not there by
    chance.
    """
    count, test = len(positions), bisect.bisect_left(positions, dataset.test_fraction)
    if count < 2 * FEWEST:
        yield (
            f"dataset: the folder {dataset.path} has {count} different pictures; it takes {2 * FEWEST}, {FEWEST} for "
            f"training and {FEWEST} for testing. Add pictures"
        )
    elif test < FEWEST:
        fitting = math.ceil(1000 * positions[FEWEST - 1] + 0.5) / 1000
        yield (
            f"dataset: with a test_fraction of {dataset.test_fraction:g}, {test} of the {count} different pictures in "
            f"{dataset.path} are for testing; it takes {FEWEST}. Set test_fraction to {fitting:g}, or add pictures"
        )
    elif count - test + classes < FEWEST:
        fitting = math.floor(1000 * positions[-FEWEST] - 0.5) / 1000
        yield (
            f"dataset: with a test_fraction of {dataset.test_fraction:g}, {count - test} of the {count} different "
            f"pictures in {dataset.path} are for training; it takes {FEWEST}. Set test_fraction to {fitting:g}, or add "
            "pictures"
        )


def too_large_batches(study: Study, results: Path) -> Iterator[str]:
    """Runs with batches of more images than there can be for training."""
    most = most_training_images(study, results)
    if most is None or most < FEWEST:  # which is a problem of its own
        return
    for run in study.runs.values():
        if most < run.settings.batch_size:
            yield (
                f"runs.{run.name}: batch_size is {run.settings.batch_size}, but '{study.dataset_name}' has "
                f"{'at most ' if isinstance(study.dataset, Folder) else ''}{most:,} training images; set batch_size to "
                f"{most} or less"
            )


def unfit_sizes(study: Study) -> Iterator[str]:
    """Runs whose model is not made for images of the dataset's size."""
    image_size = expected(study.dataset).image_shape[0]
    for run in study.runs.values():
        if unfit := unfit_size(run.settings.model, image_size):
            yield f"runs.{run.name}: {unfit}; set the dataset's image_size to one of these, or use another preset"


def unfit_grids(study: Study) -> Iterator[str]:
    """Runs with a grid of codes that images of the dataset's size are not halved to."""
    image_size = expected(study.dataset).image_shape[0]
    for run in study.runs.values():
        settings = run.settings
        if isinstance(settings, VqVae) and settings.latent_dim not in (fitting := settings.grids_of(image_size)):
            side = isqrt(settings.latent_dim)
            yield (
                f"runs.{run.name}: latent_dim is {settings.latent_dim}, a grid of {side} × {side} codes, to which "
                f"images of {image_size} × {image_size} pixels cannot be halved; set latent_dim to "
                f"{listed(map(str, fitting))}"
            )


def too_few_latents(study: Study) -> Iterator[str]:
    """Runs whose model has more blocks for this size of image than there are numbers in a latent vector."""
    image_size = expected(study.dataset).image_shape[0]
    for run in study.runs.values():
        model, latent_dim = run.settings.model, run.settings.latent_dim
        if latent_dim < (fewest := model_of(model).fewest_latents(image_size)):
            yield (
                f"runs.{run.name}: latent_dim is {latent_dim}, but model {model} needs at least {fewest} for images of "
                f"{image_size} × {image_size} pixels; set latent_dim to {fewest} or more"
            )


def too_many_frozen(study: Study) -> Iterator[str]:
    """Runs that freeze more convolutions than their discriminator has."""
    image_size = expected(study.dataset).image_shape[0]
    for run in study.runs.values():
        count = model_of(run.settings.model).convolutions
        if count is not None and run.settings.frozen > (most := count(image_size)):
            yield (
                f"runs.{run.name}: freeze is {run.settings.frozen}, but the discriminator of model "
                f"{run.settings.model} has {most} convolutions for images of {image_size} × {image_size} pixels; set "
                f"freeze to {most} or less"
            )


def missing_classes(study: Study, results: Path) -> Iterator[str]:
    """Runs that sample a class which the prepared dataset lacks; `checks.check_labels` knows the others."""
    if (record := record_of_same_files(study.dataset, results / "datasets" / study.dataset_name)) is None:
        return
    for run in study.runs.values():
        label = run.settings.sampling.label
        if label and label not in record["classes"]:
            valid = suggestion(label, record["classes"])
            yield f"runs.{run.name}: sampling.label: '{study.dataset_name}' has no class {as_yaml(label)}{valid}"


def unusable_samples(study: Study) -> Iterator[str]:
    """External samples in a NumPy file whose header says that they are not of the dataset's form."""
    files = {name: Path(entry.path) for name, entry in study.external.items() if os.path.isfile(entry.path)}
    if not files:
        return
    from easel.data import image_arrays  # which takes NumPy, and most studies have no such file

    for name, file in files.items():
        try:
            with image_arrays.opened(file) as array:
                image_arrays.check(array, expected(study.dataset).image_shape)
        except EaselError as error:
            yield f"runs.{name}.path: {error}"
        except OSError as error:
            yield f"runs.{name}.path: {file}: cannot be read: {error.strerror or error}"


def undecodable_pictures(study: Study, results: Path) -> Iterator[str]:
    """Pictures to project that are not there, or cannot be used."""
    if not study.projected:
        return
    if missing := list(missing_pictures(study.runs, results / study.name)):
        yield from missing
        return
    from easel.data.named_pictures import preparation  # which takes NumPy, and most studies have no such picture

    pictures = {name: study.runs[name].settings.project for name in study.projected}
    yield from unusable_pictures(pictures, preparation(study.dataset))


def missing_packages(study: Study) -> Iterator[str]:
    """Formats of `export` for which packages are missing."""
    formats = {each for run in study.runs.values() for each in run.settings.export}
    for each in sorted(formats & PACKAGES.keys()):
        if problem := not_installed(PACKAGES[each]):
            yield f"export: {each} {problem}, or leave {each} out"


def not_installed(packages: Iterable[str]) -> str:
    """`needs a and b; b is not installed`, and how to install it, for packages of the extra `export`; "" if all are."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if not missing:
        return ""
    return (
        f"needs {listed(packages, 'and')}; {listed(missing, 'and')} {'is' if len(missing) == 1 else 'are'} not "
        "installed. Install Easel's extra 'export' (pip install --editable '.[export]')"
    )


def most_training_images(study: Study, results: Path) -> int | None:
    """The training images that the dataset has at most; None if nothing tells before it is prepared."""
    if isinstance(study.dataset, Folder):
        if (listing := listing_of_folder(study)) is None:
            return None
        return sum(each.split != "test" for each in listing.pictures) - (0 if listing.splits else FEWEST)
    if record := record_of_same_files(study.dataset, results / "datasets" / study.dataset_name):
        return in_record(record).train
    return expected(study.dataset).train


def listing_of_folder(study: Study) -> Listing | None:
    """The files of a folder that look like pictures, of which a few may be left out; None if it is out of reach."""
    dataset = study.dataset
    if not isinstance(dataset, Folder):
        return None
    try:
        return listing_of(dataset.path, dataset.classes, dataset.follow_links, dataset.splits)
    except (OSError, LayoutError, ArchiveError):
        return None
