"""The opening of a study's page: the samples of all runs side by side with real images, each with a sentence."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from easel.images import grid
from easel.report.figures.image_grids import (
    GAP,
    grid_size,
    images_that_fit,
    load_grid,
    sheet_image,
    with_transparent_gaps,
)
from easel.report.figures.training_images import mixed_training_images
from easel.report.load import StudyResults, read_optional_json
from easel.report.page.html import Html, details, element, figure, fragment, paragraph, side_by_side
from easel.report.page.measurements import Measured, measured_cells
from easel.report.page.numbers import joined_sentences, joined_with_commas, joined_with_semicolons
from easel.report.page.sampling_notes import classes_of_rows, format_image_count, sampled_classes, sampling_details
from easel.report.tables import collapse_notice
from easel.report.tables.comparison import baselines_like, ranked
from easel.report.tables.judge_notice import fids_of_samples
from easel.report.tables.metric_rows import mean_with_interval
from easel.report.tables.metric_texts import metric_title
from easel.report.tables.run_summaries import external_summary, run_link, run_summary, seed_links
from easel.texts import Text, say

GALLERY_BYTES = 2_000_000  # of a study's page, at most, for the samples that open it, and for more samples
MOST_CARDS = 7  # runs that are shown at once; the others are folded away
COLUMNS = 6  # most samples of a run across the gallery
COLUMNS_ALONE = 10  # likewise of a study's only run
ROWS = 5
REAL = None  # stands for the test images among the names of runs
CARD = 13.5  # rem: the least width of a card


class Part(NamedTuple):
    """The part of every run's grid of samples that is shown."""

    columns: int
    first: int
    """row, from 0"""
    rows: int


def study_gallery(study: StudyResults) -> Html | None:
    """A card for each run with its first samples, FID and a sentence, the best first as in the tables, and real images.

    All but the first MOST_CARDS runs are folded away.
    """
    runs, columns = runs_in_order(study), fids_of_samples(study.summary)
    part, scores = opening_part(study), score_cells(study, columns)
    cards = [run_card(study, run, part, scores.get(run["run"], [])) for run in runs]
    real = real_card(study, part, scores.get(REAL, []))
    first, further = cards[:MOST_CARDS], cards[MOST_CARDS:]
    folded = details(say("gallery.further", n=len(further)), wall(further)) if further else None
    return fragment(wall([*first, *([real] if real else [])]), folded, gallery_note(columns))


def wall(cards: Sequence[Html]) -> Html | None:
    """Cards side by side."""
    return side_by_side(cards, CARD, "panels cards")


def runs_in_order(study: StudyResults) -> list[dict]:
    """All runs, trained and external, in the order of the first table: the best first."""
    runs = {run["run"]: run for run in (*study.runs, *study.external)}
    columns = fids_of_samples(study.summary)
    return [runs[name] for name in (ranked(columns[0], runs) if columns else runs)]


def gallery_note(columns: Sequence[Mapping]) -> Html:
    """What the cards show, and how their FIDs were computed. columns: of the FIDs of samples."""
    sentences = [say("gallery.uncurated")]
    if columns:
        sentences.append(say("gallery.fid", protocols=joined_with_semicolons([protocol(column) for column in columns])))
    return paragraph(joined_sentences(sentences), class_="note")


def protocol(column: Mapping) -> str:
    """`judge classifier, 2,000 samples`."""
    judge = say("scores.by_judge", judge=column["judge"])
    return joined_with_commas([judge, format_image_count(column, "sample")])


def judge_and_sampling(column: Mapping, with_count: bool) -> str:
    """`judge classifier`, with the sampling settings that differ from the default. with_count: or `protocol`."""
    if with_count:
        return protocol(column)
    return joined_with_commas([say("scores.by_judge", judge=column["judge"]), *sampling_details(column)])


# --- cards ---------------------------------------------------------------------------------------------


def run_card(study: StudyResults, run: Mapping, part: Part, scores: Sequence[Html]) -> Html:
    """A run's samples with its name, scores and summary, and with what a reader of its samples has to know."""
    trained = "path" not in run  # else external
    name = run_link(study, run, run["seeds"][0]["seed"], run["run"]) if trained else run["run"]
    sentences = [
        run_summary(run) if trained else external_summary(run),
        collapse_notice.seeds_sentence(run) and element("em", collapse_notice.seeds_sentence(run)),
        collapse_notice.first_seed_note(run),
        row_classes(study, run, part),
        seed_links(study, run) if trained else None,
    ]
    samples = samples_sheet(study, run, part)
    return card(name, samples, scores, [paragraph(sentence) for sentence in sentences if sentence])


def real_card(study: StudyResults, part: Part, scores: Sequence[Html]) -> Html | None:
    """Training images as a card, with the scores of test images; None if the dataset's arrays are gone."""
    images = mixed_training_images(study.dataset_folder, part.columns * part.rows)
    if images is None:
        return None
    cell = images.shape[1:3]
    sheet = with_transparent_gaps(grid(images, part.columns), cell)
    alt = say("pictures.preview", name=study.dataset["name"])
    test_scores = [fragment(score, " ", element("small", say("gallery.of_test_images"))) for score in scores]
    sentence = say("gallery.real", dataset=study.dataset["name"])
    return card(say("gallery.real_title"), sheet_image(sheet, alt, cell), test_scores, [paragraph(sentence)], "real")


def card(
    name: object, samples: Html | None, scores: Sequence[Html], sentences: Sequence[Html], class_: str | None = None
) -> Html:  # fmt: skip
    """A figure with a name, a picture, scores and sentences."""
    return element(
        "figure",
        element("h2", name),
        samples,
        element("figcaption", *(paragraph(score, class_="score") for score in scores), *sentences),
        class_=class_,
    )


def score_cells(study: StudyResults, columns: Sequence[dict]) -> dict[str | None, list[Html]]:
    """Every FID of each run and of the test images, as `FID 41.2 ± 0.8`, by its name.

    columns: of the FIDs of samples; the judge is named if there are several.
    """
    found: dict[str | None, list[Html]] = {}
    several_counts = len({column["n"] for column in columns}) > 1
    for column in columns:
        values: dict[str | None, Measured] = {
            run["run"]: mean_with_interval(run, column["n"]) for run in column["runs"]
        }
        runs = len(values)
        real = baselines_like(study, [column]).get("test_images")
        values |= {REAL: real["fid"]} if real else {}
        cells = measured_cells(list(values.values()), leading=runs, align=False)
        by = [" ", element("small", judge_and_sampling(column, several_counts))] if len(columns) > 1 else []
        for name, cell in zip(values, cells, strict=True):
            score = fragment(metric_title("fid"), " ", element("strong", cell), *by)
            found.setdefault(name, []).append(score)
    return found


def row_classes(study: StudyResults, run: Mapping, part: Part) -> Text | None:
    """The classes of a card's rows; None for an unconditional run."""
    first = run["seeds"][0]
    training = read_optional_json(study.run_folder(run["run"], first["seed"]) / "train.json")
    classes = sampled_classes(training, first["samples"])
    if len(classes) > 1:
        classes = [classes[(part.first + i) % len(classes)] for i in range(max(len(classes), part.rows))]
    return classes_of_rows(classes, part.rows)


# --- pictures ------------------------------------------------------------------------------------------


def opening_part(study: StudyResults) -> Part:
    """The part of each grid that opens the page, so that the samples of all runs fit into GALLERY_BYTES."""
    runs = len(study.runs) + len(study.external)
    each = images_that_fit(GALLERY_BYTES, study.dataset["image_shape"][:2]) // (runs + 1)
    columns = int(np.clip(np.sqrt(each), 2, COLUMNS_ALONE if runs == 1 else COLUMNS))
    return Part(columns, 0, int(np.clip(each // columns, 2, ROWS)))


def samples_sheet(study: StudyResults, run: Mapping, part: Part) -> Html | None:
    """A part of the samples of a run's first seed; None if there are none."""
    file = study.run_folder(run["run"], run["seeds"][0]["seed"]) / "samples.png"
    cell = tuple(study.dataset["image_shape"][:2])
    if not file.is_file() or grid_size(file, cell)[1] <= part.first:
        return None
    pixels = load_grid(file, cell, part.columns, part.first + part.rows)[part.first * (cell[0] + GAP) :]
    return sheet_image(pixels, say("gallery.samples", name=run["run"]), cell)


def more_samples(study: StudyResults) -> Html | None:
    """As many rows again of every run's samples, the next ones; None if there are no more."""
    columns, _, rows = opening_part(study)
    part = Part(columns, rows, rows)
    found = []
    for run in runs_in_order(study):
        if sheet := samples_sheet(study, run, part):
            classes = row_classes(study, run, part)
            found.append(figure(sheet, classes, run["run"]))
    return wall(found)
