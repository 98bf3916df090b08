"""Samples: a run's grids, its samples by class, and the pairs of nearest images of all runs of a study."""

from collections.abc import Mapping, Sequence

import numpy as np

from easel.images import grid, images_at
from easel.report.figures.image_grids import (
    allowed,
    embedded_image,
    grid_figure,
    grid_size,
    images_that_fit,
    picture,
    with_transparent_gaps,
)
from easel.report.load import RunResults, StudyResults
from easel.report.page.html import Html, element, fragment, side_by_side, table, tiles
from easel.report.page.numbers import joined_sentences, joined_with_commas
from easel.report.page.sampling_notes import classes_of_rows, sampled_classes, sampling_details
from easel.report.tables.headers import key_numbers
from easel.texts import Text, say

MAX_CLASSES = 100  # shown at most; a folder may have thousands
CLASS_PIXELS = 210_000  # of all images shown by class
ONE_CLASS_A_ROW = ("samples", "interpolation")  # one class a row for conditional models
GRID_BYTES = 1_000_000  # of a run's page, at most, for one grid
IN_PAIRS = ("reconstructions", "nearest")  # grids whose every second row belongs to the one above
NEAREST_BYTES = 2_000_000  # of a study's page, at most, for the nearest pairs of all runs


def run_opening(run: RunResults) -> Html | None:
    """The samples of a run, and its key numbers beside them."""
    return element("div", run_picture(run, "samples"), tiles(key_numbers(run)), class_="opening")


def run_picture(run: RunResults, name: str) -> Html | None:
    """A grid of a run's folder: samples, interpolation, reconstructions, projection or nearest. None if there is none.

    Only its first rows if all would take more than GRID_BYTES of the page, as those of large and noisy images do.
    """
    file, cell, together = run.folder / f"{name}.png", run.dataset["image_shape"][:2], 2 if name in IN_PAIRS else None
    if not file.is_file():
        return None
    columns, rows = grid_size(file, cell)

    def shown(rows: int) -> Html:
        alt = say(f"pictures.{name}_of_run", name=run.name, columns=columns, rows=rows)
        about = [say("pictures.uncurated")] if name == "samples" else []
        note = rows_note(run, rows) if name in ONE_CLASS_A_ROW else None
        caption = joined_sentences([*about, *([note] if note else [])]) or None
        return grid_figure(file, alt, caption, cell=cell, rows=rows, together=together)

    whole, most = shown(rows), allowed(GRID_BYTES, cell[1])
    if len(whole) <= most:
        return whole
    step = together or 1
    return shown(max(step, int(rows * most / len(whole)) // step * step))


def rows_note(run: RunResults, rows: int) -> str | None:
    """Sampling settings and the classes of a grid's rows, as sentences; None if there is nothing to note."""
    samples = run.metrics_record.get("samples", {})
    of_classes = classes_of_rows(sampled_classes(run.training, samples), rows)
    details = sampling_details(samples.get("sampling", {}) | {"label": None})
    statistics = samples.get("batch_statistics")
    sentences = [
        *([say("sampling.samples", details=joined_with_commas(details))] if details else []),
        *([say("sampling.batch_statistics", n=statistics["latents"])] if statistics else []),
        *([of_classes] if of_classes else []),
    ]
    return joined_sentences(sentences) or None


def samples_by_class(run: RunResults) -> Html | None:
    """The first samples of every class: as requested, for conditional models, and as classified by a judge.

    None if neither is known.
    """
    judged = next((each for each in run.metrics_record.get("classes", []) if "first" in each), None)
    conditional = run.training.get("classes")
    if not (run.folder / "samples.npz").is_file():
        return None
    found = []
    if conditional:
        with np.load(run.folder / "samples.npz") as arrays:
            labels = arrays["labels"]
        requested = {name: np.flatnonzero(labels == label).tolist() for label, name in enumerate(conditional["names"])}
        requested = {
            name: requested[name] for name in sampled_classes(run.training, run.metrics_record.get("samples", {}))
        }
        found.append(class_table(run, requested, "pictures.requested_class", say("pictures.as_asked")))
    if judged:
        predicted = dict(zip(judged["names"], judged["first"], strict=True))
        found.append(class_table(run, predicted, "pictures.of_class", say("pictures.by_class", judge=judged["judge"])))
    return fragment(*found) if found else None


def class_table(run: RunResults, samples: Mapping[str, Sequence[int]], alt: str, caption: Text) -> Html:
    """The first samples of each class, a row each.

    samples: indices into samples.npz by class, in order. alt: text key of a row's alternative text.
    """
    height, width = run.dataset["image_shape"][:2]
    names = list(samples)[:MAX_CLASSES]
    columns = int(np.clip(CLASS_PIXELS // (len(names) * height * width), 1, 10))
    first = [samples[name][:columns] for name in names]
    images = iter(images_at(run.folder / "samples.npz", [index for indices in first for index in indices]))
    rows = []
    for name, indices in zip(names, first, strict=True):
        shown = [next(images) for _ in indices]
        row_alt = say(alt, n=len(shown), name=name)
        sheet = shown and embedded_image(
            with_transparent_gaps(grid(np.stack(shown), columns), (height, width)), row_alt, 2, width
        )
        rows.append([name, sheet or say("pictures.no_samples")])
    return table([say("pictures.class"), say("pictures.first_samples")], rows, caption)


def nearest_of_all_runs(study: StudyResults) -> Html | None:
    """The samples of every run's first seed that are closest to a training image, each with that image below.

    Fewer of them for many runs or large images.
    """
    everything, cell = [*study.runs, *study.external], study.dataset["image_shape"][:2]
    images = images_that_fit(NEAREST_BYTES, cell) // max(len(everything), 1)
    rows = 4 if images >= 12 else 2
    found = [
        picture(
            study.run_folder(run["run"], run["seeds"][0]["seed"]) / "nearest.png",
            say("summary.nearest", run=run["run"]), None, run["run"], cell,
            columns=min(10, max(2, images // rows)), rows=rows, together=2, zoom=1,
        )
        for run in everything
    ]  # fmt: skip
    return side_by_side((each for each in found if each), 21)
