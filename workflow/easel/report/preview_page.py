"""The page that shows a dataset before anything is trained: what was taken, what was left out, and how crops look."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from easel.data.folder.tables import FileRow, NearRow
from easel.data.prepared import Split
from easel.report.embedding import picture_source
from easel.report.figures.training_images import of_every_class
from easel.report.page.html import Html, details, element, figure, fragment, paragraph, side_by_side, table, tiles
from easel.report.page.legend import area_swatch, legend
from easel.report.page.numbers import joined_with_dots
from easel.report.page.style import css_colour
from easel.report.tables.dataset_files import problem_name
from easel.texts import Text, say

ORIGINAL = 320
"""Pixels of the longer side of an original."""
FEWEST_PICTURES, MOST_PICTURES = 6, 18
"""Pictures that are shown with their crops: of large images, as many as take SHOWN bytes."""
SHOWN = 3_500_000
MOST_PAIRS = 9
"""Pairs of near duplicates that are shown, at most."""
MOST_CLASSES = 60
"""Classes in the table, at most; the others are summed up."""
NAMED, LISTED = 5, 200
"""Names of left-out files for each reason: at first, and folded away."""
QUALITY = 82  # of WebP


class Preview(NamedTuple):
    """What the page shows."""

    dataset: Mapping[str, Any]
    """The content of dataset.json."""
    splits: Mapping[str, Split]
    """ "train" and "test"."""
    files: Sequence[FileRow] = ()
    """Of a folder of pictures, as the rest: every file."""
    near: Sequence[NearRow] = ()
    originals: Mapping[str, np.ndarray] = {}
    """Whole pictures by name, uint8 (height, width, 3): those of `chosen` and `chosen_pairs` that could be read."""


def chosen(preview: Preview) -> list[FileRow]:
    """The pictures to show: of every class in turn, evenly spread over its files."""
    height, width, _ = preview.dataset["image_shape"]
    most = max(FEWEST_PICTURES, min(MOST_PICTURES, SHOWN // (4 * height * width + ORIGINAL**2)))
    taken = [file for file in preview.files if file.row is not None]
    labels = np.array([preview.splits[file.split].labels[file.row] for file in taken], np.int64)
    return [taken[place] for place in of_every_class(labels, most)]


def chosen_pairs(near: Sequence[NearRow]) -> list[NearRow]:
    """The near duplicates to show."""
    return list(near[:MOST_PAIRS])


def names_wanted(preview: Preview) -> set[str]:
    """The names of all pictures whose originals the page shows."""
    pairs = {name for pair in chosen_pairs(preview.near) for name in (pair.name, pair.other)}
    return pairs | {file.name for file in chosen(preview)}


def sections(preview: Preview) -> dict[str, list[Html | None]]:
    """The pieces of the page by section, as keys of `sections.preview` in the texts; "" is the header."""
    return {
        "": [header(preview)],
        "what-the-networks-see": [crops(preview) if preview.files else examples(preview)],
        "classes-and-splits": [class_table(preview.dataset)],
        "left-out": [left_out_table(preview)],
        "near-duplicates": [near_duplicates(preview)] if preview.files else [],
        "taken-after-a-change": [changed_table(preview)],
    }


def header(preview: Preview) -> Html:
    """The title, a sentence, and key numbers."""
    dataset = preview.dataset
    height, width, _ = dataset["image_shape"]
    train, test = (dataset["splits"][split]["images"] for split in ("train", "test"))
    from_where = "one_class" if is_one_class(dataset) else "by_folder" if preview.files else "of_dataset"
    numbers = [
        (say("preview.training"), f"{train:,}", say("preview.images", width=width, height=height)),
        (say("preview.testing"), f"{test:,}", say("preview.held_out")),
        (say("preview.classes"), f"{len(dataset['classes']):,}", say(f"preview.{from_where}")),
    ]
    if preview.files:
        numbers.append((say("preview.left_out"), f"{dataset['files']['left_out']:,}", say("preview.files")))
        numbers.append((say("preview.leaks"), f"{pairs_across(preview):,}", say("preview.across")))
    return element(
        "header",
        paragraph(say("preview.crumbs", name=dataset["name"]), class_="crumbs"),
        element("h1", say("preview.title", name=dataset["name"])),
        paragraph(say("preview.lead_folder" if preview.files else "preview.lead"), class_="lead"),
        tiles(numbers),
    )


def pairs_across(preview: Preview) -> int:
    """The pairs of near duplicates in different splits."""
    return sum(pair.split != pair.other_split for pair in preview.near)


def is_one_class(dataset: Mapping[str, Any]) -> bool:
    """True for a dataset without classes."""
    return len(dataset["classes"]) == 1


# --- pictures -------------------------------------------------------------------------------------------


def crops(preview: Preview) -> Html | None:
    """Some pictures: the original with its crop drawn on it, beside the image that the networks see."""
    shown = [crop_figure(preview, file) for file in chosen(preview)]
    said = say("preview.beside" if preview.originals else "preview.no_originals")
    return fragment(paragraph(said), side_by_side(shown, 16, "crops"))


def crop_figure(preview: Preview, file: FileRow) -> Html:
    """One picture: the original, if it could be read, and the image."""
    assert file.row is not None
    split = preview.splits[file.split]
    name = preview.dataset["classes"][int(split.labels[file.row])]
    said = [say(f"preview.split.{file.split}")]
    said += [] if is_one_class(preview.dataset) else [name]
    said += [say("preview.sides", width=file.size[0], height=file.size[1])] if file.size else []
    return element(
        "figure",
        original(preview.originals[file.name], file) if file.name in preview.originals else None,
        network_image(split.images[file.row], say("preview.image_alt", name=file.name)),
        element("figcaption", element("strong", file.name), element("br"), joined_with_dots(said)),
    )


def original(picture: np.ndarray, file: FileRow) -> Html:
    """A whole picture, with the part that was kept framed and the rest darkened."""
    frame = None
    if file.crop:
        left, top, right, bottom = (100 * edge for edge in file.crop)
        style = f"left: {left:.2f}%; top: {top:.2f}%; width: {right - left:.2f}%; height: {bottom - top:.2f}%"
        frame = element("span", style=style)
    return element("div", photograph(picture, say("preview.original_alt", name=file.name)), frame, class_="whole")


def photograph(picture: np.ndarray, alt: Text) -> Html:
    """A picture, uint8 (height, width, 3), compressed."""
    source = picture_source(Image.fromarray(picture), "WEBP", quality=QUALITY)
    return element("img", src=source, alt=alt, width=picture.shape[1], height=picture.shape[0])


def network_image(image: np.ndarray, alt: Text) -> Html:
    """An image as the networks see it, pixel by pixel."""
    source = picture_source(Image.fromarray(np.ascontiguousarray(image)), "PNG", optimize=True)
    return element("img", src=source, alt=alt, width=image.shape[1], height=image.shape[0], class_="exact")


def examples(preview: Preview) -> Html | None:
    """Training images of every class in turn, of a dataset that is no folder."""
    train = preview.splits["train"]
    shown = []
    for row in of_every_class(np.asarray(train.labels), MOST_PICTURES):
        name = preview.dataset["classes"][train.labels[row]]
        shown.append(figure(network_image(train.images[row], say("preview.image_alt", name=name)), name))
    return side_by_side(shown, 6, "thumbs")


# --- tables ---------------------------------------------------------------------------------------------


def class_table(dataset: Mapping[str, Any]) -> Html:
    """A row for each class: its images in both splits, as numbers and as a bar."""
    counts = [dataset["splits"][split]["per_class"] for split in ("train", "test")]
    largest = max(map(sum, zip(*counts, strict=True)))
    rows = [
        [name, f"{train:,}", f"{test:,}", bar(train / largest, test / largest)]
        for name, train, test in list(zip(dataset["classes"], *counts, strict=True))[:MOST_CLASSES]
    ]
    if (more := len(dataset["classes"]) - MOST_CLASSES) > 0:
        train, test = (sum(count[MOST_CLASSES:]) for count in counts)
        rows.append([say("preview.more_classes", n=more), f"{train:,}", f"{test:,}", ""])
    names = [say("preview.training"), say("preview.testing")]
    return fragment(legend(names, draw=area_swatch), table(["", *names, ""], rows, class_="counts"))


def bar(train: float, test: float) -> Html:
    """A bar of two parts, each a fraction of the largest class."""
    parts = enumerate((train, test))
    spans = (element("span", style=f"width: {100 * part:.1f}%; background: {css_colour(i)}") for i, part in parts)
    return element("div", *spans, class_="share", aria_hidden="true")


def left_out_table(preview: Preview) -> Html | None:
    """A row for each reason why files are left out: how many, and their names."""
    if not preview.files:
        return None
    rows = problem_rows(preview, taken=False)
    if not rows:
        return paragraph(say("preview.nothing_left_out"))
    return table([say("preview.reason"), say("preview.files"), say("preview.names")], rows)


def changed_table(preview: Preview) -> Html | None:
    """A row for each way in which pictures were changed before they were taken."""
    rows = problem_rows(preview, taken=True)
    return table([say("preview.change"), say("preview.files"), say("preview.names")], rows) if rows else None


def problem_rows(preview: Preview, taken: bool) -> list[list[object]]:
    """A row for each kind of problem: of files that were taken, or of those that were not."""
    problems = preview.dataset["files"]["problems"] if preview.files else []
    return [
        [problem_name(each["kind"]), f"{each['count']:,}", names_of(preview.files, each)]
        for each in problems
        if each["taken"] is taken
    ]


def names_of(files: Iterable[FileRow], problem: Mapping[str, Any]) -> Html:
    """The names of the files with a problem: the first ones, and more folded away."""
    kind = problem["kind"]
    names = [
        f"{file.name} ({found.partition(' ')[2]})" if " " in found else file.name
        for file in files
        for found in file.problems
        if found.split(" ")[0] == kind
    ] or problem["files"]
    first = names_in_row(names[:NAMED])
    if len(names) <= NAMED:
        return first
    more = names[NAMED:LISTED]
    end = paragraph(say("preview.and_more", n=problem["count"] - LISTED)) if problem["count"] > LISTED else None
    return fragment(first, details(say("preview.further", n=problem["count"] - NAMED), names_in_row(more), end))


def names_in_row(names: Sequence[str]) -> Html:
    """File names, separated by commas."""
    return element("span", ", ".join(names), class_="names")


def near_duplicates(preview: Preview) -> Html:
    """The pairs of pictures that look alike, those in different splits first."""
    if not preview.near:
        return paragraph(say("preview.no_near"))
    across = pairs_across(preview)
    said = say("preview.near_across", n=across) if across else say("preview.near_within_only")
    shown = [pair_figure(preview, pair) for pair in chosen_pairs(preview.near)]
    rest = len(preview.near) - len(shown)
    more = paragraph(say("preview.more_near", n=rest), class_="note") if rest else None
    notice = element("div", paragraph(said), paragraph(say("preview.near_remedy")), class_="notice") if across else None
    return fragment(notice or paragraph(said), side_by_side(shown, 16, "crops near"), more)


def pair_figure(preview: Preview, pair: NearRow) -> Html:
    """Two pictures that look alike, as far as they could be read."""
    pictures = [
        element("div", photograph(preview.originals[name], say("preview.original_alt", name=name)), class_="whole")
        for name in (pair.name, pair.other)
        if name in preview.originals
    ]
    ends = [
        fragment(element("strong", name), " ", say(f"preview.split.{split}"))
        for name, split in ((pair.name, pair.split), (pair.other, pair.other_split))
    ]
    return element("figure", *pictures, element("figcaption", ends[0], element("br"), ends[1]))
