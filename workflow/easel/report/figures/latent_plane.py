"""Latent plane: a grid of images over a slice of latent space, with the marked image enlarged.

The grid is one picture in the page. notebooks/template/plane.js enlarges the marked image, which is chosen by dragging
or with two sliders; without JavaScript, and on paper, only the grid is shown.
"""

import numpy as np

from easel.images import load_png
from easel.report.figures.image_grids import GAP, allowed, embedded_image
from easel.report.load import RunResults
from easel.report.page.html import Html, element, figure
from easel.report.page.numbers import joined_sentences
from easel.report.page.sampling_notes import sampled_classes
from easel.texts import say

BYTES = 1_500_000  # of the page, at most, for the grid
LARGE = 320  # screen pixels of the enlarged image, approximately


def latent_plane(run: RunResults) -> Html | None:
    """The images of latent_plane.png (see `easel.sampling`) to explore; None if the file is missing.

    Of large images every second row and column is dropped until they fit into BYTES.
    """
    file = run.folder / "latent_plane.png"
    if not file.is_file():
        return None
    height, width = run.dataset["image_shape"][:2]
    images = grid_images(load_png(file), (height, width))
    shape = "sphere" if run.settings["latent_dim"] > 2 else "plane" if len(images) > 1 else "line"
    picture = plane_picture(images, shape)
    while len(picture) > allowed(BYTES, width) and images.shape[1] > 3:
        images = images[::2, ::2]
        picture = plane_picture(images, shape)
    rows, columns = images.shape[:2]
    zoom = max(1, round(LARGE / width))
    large = element(
        "div", role="img", aria_label=say("plane.large"), class_="large",
        style=f"width: {zoom * width}px; aspect-ratio: {width} / {height}",
    )  # fmt: skip
    pad = element("div", picture, element("span", class_="mark"), class_="pad")
    sliders = [slider(f"plane.{way}", count) for way, count in (("across", columns), ("up", rows)) if count > 1]
    moved = element("div", *sliders, class_="sliders", hidden="")
    whole = element("div", element("div", pad, moved), large, class_="plane", data_rows=rows, data_columns=columns)
    caption = [say(f"plane.caption.{shape}", n=run.settings["latent_dim"])]
    if classes := sampled_classes(run.training, run.metrics_record.get("samples", {})):
        caption.append(say("sampling.all_of_class", name=classes[0]))
    return figure(whole, joined_sentences(caption))


def plane_picture(images: np.ndarray, shape: str) -> Html:
    """Images (rows, columns, H, W, 3) as one picture without gaps."""
    rows, columns = images.shape[:2]
    alt = say(f"plane.alt.{shape}", rows=rows, columns=columns)
    return embedded_image(np.concatenate(np.concatenate(images, axis=1), axis=1), alt, 1, images.shape[3])


def grid_images(grid: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """The images of a full grid: uint8 (H', W', 3) to uint8 (rows, columns, H, W, 3)."""
    height, width = (each + GAP for each in cell)
    padded = np.pad(grid, ((0, GAP), (0, GAP), (0, 0)))
    rows, columns = len(padded) // height, padded.shape[1] // width
    return padded.reshape(rows, height, columns, width, 3).swapaxes(1, 2)[:, :, : cell[0], : cell[1]]


def slider(key: str, count: int) -> Html:
    """A slider over `count` positions that starts in the middle."""
    entry = element("input", type="range", min=1, max=count, value=(count + 1) // 2, step=1)
    return element("label", element("span", say(key)), entry, class_="slider")
