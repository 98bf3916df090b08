"""What the runs of a study ask of the dataset's size and classes, where they are known before the first job.

A folder of pictures is listed for that, which can take a while on a network's disk: once per command is enough.
"""

from collections.abc import Iterator
from pathlib import Path

from easel.config.datasets import Folder
from easel.config.models import model_of
from easel.data.sizes import FEWEST, expected, in_record, record_of_same_files
from easel.study.load import Study
from easel.study.messages import ConfigError
from easel.study.wording import as_yaml, display_path, suggestion


def check_sizes(study: Study, results: Path, root: Path) -> None:
    """Refuse a study of which a job could only fail, as the dataset is too small or lacks a class.

    results: the folder in which datasets are prepared. root: the checkout.
    """
    where = display_path(study.file, root)
    problems = [
        *too_few_pictures(study),
        *too_large_batches(study, results),
        *too_few_latents(study),
        *missing_classes(study, results),
    ]
    if problems:
        raise ConfigError(*(f"{where}: {problem}" for problem in problems))


def too_few_pictures(study: Study) -> Iterator[str]:
    """A folder whose files cannot make both splits."""
    dataset, count = study.dataset, pictures(study)
    if isinstance(dataset, Folder) and count is not None and count < 2 * FEWEST:
        yield (
            f"dataset: the folder {dataset.path} has {count} pictures; it needs at least {2 * FEWEST}, {FEWEST} for "
            f"training and {FEWEST} for testing. Add pictures"
        )


def too_large_batches(study: Study, results: Path) -> Iterator[str]:
    """Runs with batches of more images than there can be for training."""
    most = most_training_images(study, results)
    for run in study.runs.values():
        if most is not None and FEWEST <= most < run.settings.batch_size:
            yield (
                f"runs.{run.name}: batch_size is {run.settings.batch_size}, but '{study.dataset_name}' has "
                f"{'at most ' if isinstance(study.dataset, Folder) else ''}{most:,} training images; set batch_size to "
                f"{most} or less"
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


def missing_classes(study: Study, results: Path) -> Iterator[str]:
    """Runs that sample a class which the prepared dataset lacks; `checks.check_labels` knows the others."""
    if (record := record_of_same_files(study.dataset, results / "datasets" / study.dataset_name)) is None:
        return
    for run in study.runs.values():
        label = run.settings.sampling.label
        if label and label not in record["classes"]:
            valid = suggestion(label, record["classes"])
            yield f"runs.{run.name}: sampling.label: '{study.dataset_name}' has no class {as_yaml(label)}{valid}"


def most_training_images(study: Study, results: Path) -> int | None:
    """The training images that the dataset has at most; None if nothing tells before it is prepared."""
    if isinstance(study.dataset, Folder):
        count = pictures(study)
        return None if count is None else count - FEWEST
    if record := record_of_same_files(study.dataset, results / "datasets" / study.dataset_name):
        return in_record(record).train
    return expected(study.dataset).train


def pictures(study: Study) -> int | None:
    """The files of a folder that look like pictures, of which a few may be left out; None if it is out of reach."""
    if not isinstance(study.dataset, Folder) or not Path(study.dataset.path).is_dir():
        return None
    sizes = expected(study.dataset)
    return sizes.train + sizes.test
