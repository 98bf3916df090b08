"""Training progress as a filmstrip: frames in a row, and a slider over more of them.

All frames are in the page. notebooks/template/slider.js shows one at a time, with a slider to choose it; without
JavaScript, and on paper, a few of them form the strip.
"""

import numpy as np

from easel.report.figures.image_grids import EXACT, GAP, allowed, embedded_image, load_grid
from easel.report.load import RunResults
from easel.report.page.html import Html, element, figure, paragraph
from easel.report.page.numbers import format_epoch
from easel.report.page.sampling_notes import classes_of_rows
from easel.texts import Text, say

STRIP = 8  # frames shown without the slider
STOPS = 40  # most frames of the slider
BYTES = 1_500_000  # of the page, at most, for all frames
ACROSS = 200  # most pixels across a frame
LARGE = 2  # images across a frame of those that are not shown pixel by pixel
ZOOM = 4  # screen pixels per file pixel when the slider shows one frame


def filmstrip(run: RunResults) -> Html | None:
    """The grids drawn during training, each cropped to a few images, in order; None if there are no grids.

    There are at most STOPS frames, and fewer if they would take more than BYTES. They are denser at the start, where
    training changes most.
    """
    steps = list(run.progress)
    if not steps:
        return None
    cell = run.dataset["image_shape"][:2]
    side = min(4, ACROSS // cell[1]) if cell[1] <= EXACT else LARGE
    last = frame(run, steps[-1], side, cell)
    steps = spread_steps(steps, int(np.clip(allowed(BYTES, cell[1]) // len(last), STRIP, STOPS)))
    in_strip = spread_steps(steps, STRIP)
    frames = [frame(run, step, side, cell, step in in_strip) for step in steps]
    slider = element("input", type="range", min=0, max=len(steps) - 1, value=len(steps) - 1, step=1)
    control = element("label", element("span", say("filmstrip.slider")), slider, class_="slider", hidden="")
    width = ZOOM * (side * (cell[1] + GAP) - GAP)
    rows = classes_of_rows((run.training.get("classes") or {"names": []})["names"], side)
    return element(
        "div",
        control if len(steps) > 1 else None,
        element("div", *frames, class_="panels", style=COLUMNS),
        paragraph(rows, class_="note") if rows else None,
        class_="filmstrip",
        style=f"--wide: {width}px",
    )


COLUMNS = "display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr)); gap: 1.5rem"


def frame(run: RunResults, step: int, side: int, cell: tuple[int, int], in_strip: bool = True) -> Html:
    """The upper left `side` × `side` images of the grid drawn at a step, with a caption."""
    pixels = load_grid(run.progress[step], cell, side, side)
    picture = embedded_image(pixels, say("filmstrip.alt", n=side**2, step=step), 2, cell[1])
    return figure(picture, frame_caption(run, step), style=None if in_strip else "display: none")


def frame_caption(run: RunResults, step: int) -> Text:
    """`step 200 · epoch 1.3`, with `collapsed` added if the training counted as collapsed then."""
    form = "collapsed" if run.collapsed(step) else "caption"
    return say(f"filmstrip.{form}", step=step, epoch=format_epoch(run.epoch(step)))


def spread_steps(steps: list[int], most: int) -> list[int]:
    """At most `most` (two or more) of the steps, including the first and the last, denser at the start."""
    if len(steps) <= most:
        return steps
    places = np.rint(np.geomspace(1, len(steps), most) - 1).astype(int)
    for i in range(1, most):
        places[i] = max(places[i], places[i - 1] + 1)
    return [steps[place] for place in places]
