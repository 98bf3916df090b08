"""Notes on sampling: truncation and classes of samples."""

from collections.abc import Mapping, Sequence

from easel.metrics.catalogue import SAMPLING_KEYS
from easel.report.page.numbers import joined_with_and, joined_with_commas, plural
from easel.texts import Text, say


def sampling_details(record: Mapping) -> list[Text]:
    """The sampling settings that differ from the default: `truncation 0.7`, `class star`.

    record: anything with the keys `truncation` and `label`: a row of metrics.json, a column of the summary, or
        `sampling` of samples.json.
    """
    there = [key for key in SAMPLING_KEYS if record.get(key) is not None]
    return [say(f"sampling.{key}", value=format_setting(record[key])) for key in there]


def format_image_count(row: Mapping, unit: str = "image") -> str:
    """The number of images behind a value, with their sampling settings: `2,000 images, truncation 0.7`."""
    return joined_with_commas([plural(row["n"], unit), *sampling_details(row)])


def format_setting(value: float | str) -> str:
    """A sampling setting: a number in short form, or a string."""
    return f"{value:g}" if isinstance(value, float | int) else value


def sampled_classes(training: Mapping, samples: Mapping) -> list[str]:
    """The classes that were sampled, in the order of their labels; empty for unconditional models.

    training: train.json. samples: samples.json, or an empty mapping.
    """
    classes = training.get("classes") or {"names": [], "images": []}
    label = samples.get("sampling", {}).get("label")
    return [label] if label else [name for name, n in zip(classes["names"], classes["images"], strict=True) if n]


def classes_of_rows(classes: Sequence[str], rows: int) -> Text | None:
    """The classes of a grid's rows, as a sentence; None for unconditional models.

    classes: of successive rows, repeated if there are more rows than classes.
    """
    if not classes:
        return None
    if len(classes) == 1:
        return say("sampling.all_of_class", name=classes[0])
    names = joined_with_and(list(classes[:rows]))
    return say("sampling.rows" if len(classes) >= rows else "sampling.rows_in_turn", names=names)
