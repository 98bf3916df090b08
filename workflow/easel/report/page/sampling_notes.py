"""How samples were drawn, as far as it is not as usual: with truncated latents, or of one class only."""

from collections.abc import Mapping, Sequence

from easel.metrics.catalogue import DRAWING
from easel.report.page.numbers import joined_with_and, joined_with_commas, plural
from easel.texts import Text, say


def sampling_details(drawn: Mapping) -> list[Text]:
    """What is to be said of how samples were drawn.

    drawn: what has the keys `truncation` and `label`: a row of metrics.json, a column of the summary, `sampling` of
    samples.json.
    """
    return [say(f"drawing.{key}", value=format_setting(drawn[key])) for key in DRAWING if drawn.get(key) is not None]


def format_image_count(row: Mapping, unit: str = "image") -> Text:
    """How many images a number is of, and how these were drawn: `2,000 images, truncation 0.7`."""
    return joined_with_commas([plural(row["n"], unit), *sampling_details(row)])


def format_setting(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float | int) else value


def sampled_classes(training: Mapping, samples: Mapping) -> list[str]:
    """The classes that were drawn of a training, in the order of their labels; none where its networks are told none.

    training: train.json. samples: samples.json, or nothing of it.
    """
    told = training.get("classes") or {"names": [], "images": []}
    label = samples.get("sampling", {}).get("label")
    return [label] if label else [name for name, n in zip(told["names"], told["images"], strict=True) if n]


def classes_of_rows(classes: Sequence[str], rows: int) -> Text | None:
    """Of which classes the rows of a grid are; None where networks are told none.

    classes: that its rows show in turn.
    """
    if not classes:
        return None
    if len(classes) == 1:
        return say("drawing.all_of_class", name=classes[0])
    names = joined_with_and(list(classes[:rows]))
    return say("drawing.rows" if len(classes) >= rows else "drawing.rows_in_turn", names=names)
