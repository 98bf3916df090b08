"""Pictures of pixels: grids of images as an earlier step left them, seen through the page's own background."""

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from easel.images import grid, images_at, load_png
from easel.report.load import Run
from easel.report.page.html import Html, element, figure, joined, side_by_side, table
from easel.report.page.numbers import in_a_row, sentences
from easel.report.page.sampling_notes import drawn_classes, how, rows_of
from easel.texts import Text, say

GAP = 2  # pixels between the images of a grid
CLASSES = 100  # shown, at most: a folder may have thousands
OF_CLASSES = 210_000  # pixels of all images that are shown class by class
BY_ROWS = ("samples", "interpolation")  # grids that show one class in each row, if networks are told classes
OF_RUN = 1_000_000  # bytes that one grid of a run may take of its page
WALL = 3_000_000  # bytes that the samples of all runs may take of their study's page
SIDE = 6  # samples of a run from side to side on the wall, at most
IN_PAIRS = ("reconstructions", "nearest")  # grids of which every second row belongs to the one above


def picture(
    file: Path, alt: Text, caption: object = None, title: str | None = None, cell: tuple[int, int] | None = None,
    columns: int | None = None, rows: int | None = None, together: int | None = None, zoom: int = 2,
) -> Html | None:  # fmt: skip
    """A PNG file as a figure; nothing where there is no such file.

    cell: height and width of one image, if the file is a grid of images; the gaps then show the page.
    columns, rows: how many of the grid's are shown, from the upper left; None shows all.
    together: how many rows belong together; some room then parts them from the next.
    zoom: screen pixels per pixel of the file, where the screen is wide enough.
    """
    if not file.is_file():
        return None
    pixels = load_png(file) if cell is None else opened(file, cell, columns, rows)
    if cell is not None and together is not None:
        pixels = parted(pixels, together * (cell[0] + GAP))
    return figure(embedded(pixels, alt, zoom), caption, title)


def opened(file: Path, cell: tuple[int, int], columns: int | None = None, rows: int | None = None) -> np.ndarray:
    """The upper left of a PNG file that is a grid of images, its gaps transparent: uint8 (H, W, 4).

    cell: height and width of one image. columns, rows: how many are kept; None keeps all.
    """
    return without_gaps(cropped(load_png(file), cell, columns, rows), cell)


def run_picture(run: Run, name: str) -> Html | None:
    """A grid in a run's folder: samples, interpolation, reconstructions or nearest. Nothing where it is missing.

    Its first rows alone where all would take more than OF_RUN of the page, as those of large and noisy images do.
    """
    file, cell, together = run.folder / f"{name}.png", run.dataset["image_shape"][:2], 2 if name in IN_PAIRS else None
    if not file.is_file():
        return None
    columns, rows = grid_of(file, cell)

    def shown(rows: int) -> Html:
        alt = say(f"pictures.{name}_of_run", name=run.name, columns=columns, rows=rows)
        caption = about_rows(run, rows) if name in BY_ROWS else None
        return picture(file, alt, caption, cell=cell, rows=rows, together=together)

    whole = shown(rows)
    if len(whole) <= OF_RUN:
        return whole
    step = together or 1
    return shown(max(step, int(rows * OF_RUN / len(whole)) // step * step))


def grid_of(file: Path, cell: tuple[int, int]) -> tuple[int, int]:
    """How many columns and rows a PNG file has that is a grid of images. cell: height and width of one."""
    with Image.open(file) as sheet:
        return (sheet.width + GAP) // (cell[1] + GAP), (sheet.height + GAP) // (cell[0] + GAP)


def about_rows(run: Run, rows: int) -> Text | None:
    """How a run's samples were drawn, and of which classes the rows of a grid are; None where nothing is to be said."""
    samples = run.judged.get("samples", {})
    of_classes = rows_of(drawn_classes(run.training, samples), rows)
    drawn = how(samples.get("sampling", {}) | {"label": None})
    said = [*([say("drawing.samples", how=in_a_row(drawn))] if drawn else []), *([of_classes] if of_classes else [])]
    return sentences(said) or None


def examples(dataset_folder: Path, dataset: dict) -> Html | None:
    """Some training images of every class (of the first 100); where their arrays are gone, the dataset's preview.

    dataset: the content of dataset.json, which lies in `dataset_folder` beside the arrays.
    """
    files = [dataset_folder / f"train_{kind}.npy" for kind in ("images", "labels")]
    if not all(file.is_file() for file in files):
        return picture(dataset_folder / "preview.png", say("pictures.preview", name=dataset["name"]), dataset["source"])
    images, labels = (np.load(file, mmap_mode="r") for file in files)
    pixels = len(dataset["classes"][:CLASSES]) * images.shape[1] * images.shape[2]
    columns = int(np.clip(np.sqrt(OF_CLASSES / pixels), 1, 4))
    found = []
    for label, name in enumerate(dataset["classes"][:CLASSES]):
        chosen = images[np.flatnonzero(labels == label)[: columns**2]]
        if len(chosen):
            sheet = without_gaps(grid(chosen, columns), images.shape[1:3])
            alt = say("pictures.training_images", n=len(chosen), name=name)
            found.append(figure(embedded(sheet, alt, 2), name))
    return side_by_side(found, 9)


def samples_by_class(run: Run) -> Html | None:
    """The first samples of every class: as they were asked for, if a network is told classes, and as a judge sees them.

    Nothing where neither is known.
    """
    judged = next((each for each in run.judged.get("classes", []) if "first" in each), None)
    told = run.training.get("classes")
    if not (run.folder / "samples.npz").is_file():
        return None
    found = []
    if told:
        with np.load(run.folder / "samples.npz") as arrays:
            labels = arrays["labels"]
        asked = {name: np.flatnonzero(labels == label).tolist() for label, name in enumerate(told["names"])}
        drawn = {name: asked[name] for name in drawn_classes(run.training, run.judged.get("samples", {}))}
        found.append(class_table(run, drawn, "pictures.asked_of_class", say("pictures.as_asked")))
    if judged:
        seen = dict(zip(judged["names"], judged["first"], strict=True))
        found.append(class_table(run, seen, "pictures.of_class", say("pictures.by_class", judge=judged["judge"])))
    return joined(*found) if found else None


def class_table(run: Run, samples: Mapping[str, Sequence[int]], alt: str, caption: Text) -> Html:
    """The first samples of each class beside its name.

    samples: indices into samples.npz by class, in order. alt: key of the text that says what is in a row.
    """
    height, width = run.dataset["image_shape"][:2]
    names = list(samples)[:CLASSES]
    columns = int(np.clip(OF_CLASSES // (len(names) * height * width), 1, 10))
    first = [samples[name][:columns] for name in names]
    images = iter(images_at(run.folder / "samples.npz", [index for indices in first for index in indices]))
    rows = []
    for name, indices in zip(names, first, strict=True):
        shown = [next(images) for _ in indices]
        said = say(alt, n=len(shown), name=name)
        sheet = shown and embedded(without_gaps(grid(np.stack(shown), columns), (height, width)), said, 2)
        rows.append([name, sheet or say("pictures.no_samples")])
    return table([say("pictures.class"), say("pictures.first_samples")], rows, caption)


def gallery(grids: Mapping[str, Path], captions: Mapping[str, object], cell: tuple[int, int]) -> Html | None:
    """The first images of several grids beside each other: SIDE × SIDE of each, or as many as there is room for.

    grids: PNG file by name; one that does not exist is left out. captions: what stands under each.
    """
    there = {name: file for name, file in grids.items() if file.is_file()}
    side = int(np.clip(np.sqrt(room(WALL, cell) / max(len(there), 1)), 2, SIDE))
    found = [
        picture(file, say("pictures.samples", n=side**2, name=name), captions[name], name, cell, side, side)
        for name, file in there.items()
    ]
    return side_by_side(found, 16)


def room(bytes_: int, cell: tuple[int, int]) -> int:
    """How many images have room in so many bytes of a page, even if they are noise, which no PNG makes smaller.

    cell: height and width of one. A pixel of noise takes 4.8 bytes, three channels and some of alpha as base64.
    """
    return bytes_ // (5 * cell[0] * cell[1])


def cropped(sheet: np.ndarray, cell: tuple[int, int], columns: int | None, rows: int | None) -> np.ndarray:
    """The upper left of a grid (H, W, 3): so many columns and rows, or all that there are."""
    height, width = (each + GAP for each in cell)
    return sheet[: rows and rows * height - GAP, : columns and columns * width - GAP]


def without_gaps(sheet: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """A grid with its gaps transparent: uint8 (H, W, 3) → (H, W, 4)."""
    height, width = (each + GAP for each in cell)
    y, x = (np.arange(size) for size in sheet.shape[:2])
    inside = (y % height < cell[0])[:, None] & (x % width < cell[1])[None, :]
    return np.dstack([sheet, np.where(inside, 255, 0).astype(np.uint8)])


def parted(sheet: np.ndarray, every: int) -> np.ndarray:
    """A sheet (H, W, 4) with transparent rows put in after `every` so many of its own."""
    places = np.arange(every, len(sheet), every).repeat(3 * GAP)
    return np.insert(sheet, places, 0, axis=0)


def embedded(pixels: np.ndarray, alt: str, zoom: int) -> Html:
    """uint8 (H, W, 3 or 4) as an image element that holds its own data and keeps its pixels sharp."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    height, width = pixels.shape[:2]
    return element(
        "img",
        src="data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode(),
        alt=alt,
        width=width * zoom,
        height=height * zoom,
        style="max-width: 100%; height: auto; image-rendering: pixelated",
    )
