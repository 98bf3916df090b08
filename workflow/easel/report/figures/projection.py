"""Pictures that a study names, in the latent space of a run: each with its projection, and walks between them."""

from typing import Any

import numpy as np

from easel.images import grid
from easel.report.figures.image_grids import embedded_image, with_transparent_gaps
from easel.report.figures.samples import run_picture
from easel.report.load import RunResults
from easel.report.page.html import Html, element, fragment, paragraph, table
from easel.report.page.numbers import joined_sentences
from easel.texts import Text, say

ZOOM = 3  # screen pixels per pixel
NAME = "display: inline-block; max-width: 14rem; overflow-wrap: anywhere"
"""Of a file's name: a long one leaves the other columns their width."""


def projected_pictures(run: RunResults) -> Html | None:
    """The pictures that a run projects, with how far their projections are; None of a run without any."""
    record = run.projection
    if not record:
        return None
    with np.load(run.folder / "projection.npz") as arrays:
        pairs = np.stack([arrays["pictures"], arrays["images"]], axis=1)
    with_classes = (record["classes"] or 0) > 1
    columns = ["picture", "projection", *(["class"] if with_classes else []), "rmse", "nearest", "random"]
    rows = [row(run, picture, pair, with_classes) for picture, pair in zip(record["pictures"], pairs, strict=True)]
    walks = run_picture(run, "projection") if len(rows) > 1 else None
    return fragment(
        paragraph(joined_sentences(about(record, with_classes)), class_="note"),
        table([say(f"projection.columns.{name}") for name in columns], rows),
        paragraph(say("projection.walks" if not with_classes else "projection.walks_of_classes")) if walks else None,
        walks,
    )


def about(record: dict[str, Any], with_classes: bool) -> list[Text]:
    """How the projections were found, and what the numbers are."""
    if record["by"] == "encoder":
        return [say("projection.encoder"), say("projection.levels")]
    searched = say("projection.search_of_classes" if with_classes else "projection.search", n=record["samples"])
    return [searched, say("projection.levels")]


def row(run: RunResults, picture: dict[str, Any], pair: np.ndarray, with_classes: bool) -> list[object]:
    """The row of a picture. pair: it and its projection, uint8 (2, H, W, 3)."""
    height, width = pair.shape[1:3]
    alt = say("projection.alt", name=picture["name"], run=run.name)
    shown = embedded_image(with_transparent_gaps(grid(pair, columns=2), (height, width)), alt, ZOOM, width)
    name = element("span", picture["name"], style=NAME)
    numbers = [f"{picture[name]:.1f}" for name in ("rmse", "nearest_sample", "random_sample")]
    return [name, shown, *([picture["class"]] if with_classes else []), *numbers]
