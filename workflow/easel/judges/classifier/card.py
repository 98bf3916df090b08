"""What a classifier.keras says of itself, in judge.json within the file: so that the file alone can be handed on.

Keras ignores that entry. It is read without TensorFlow, before any job starts.
"""

import json
import zipfile
import zlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from easel.runtime.errors import EaselError

ENTRY = "judge.json"
MOST_BYTES = 2**24  # of the entry


class Card(BaseModel):
    """A trained classifier: its dataset, its accuracy, and the precision it was trained in."""

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)

    dataset: str
    """The dataset's name where it was trained."""
    classes: list[str] = Field(min_length=2)
    """The names of the classes, in the order of the logits."""
    image_shape: list[int] = Field(min_length=3, max_length=3)
    """Height, width and channels."""
    test_accuracy: float = Field(ge=0, le=1)
    train_accuracy: float = Field(ge=0, le=1)
    """Of the first 10,000 training images."""
    feature_dim: int
    parameters: int
    precision: str


def write(card: Card, file: Path) -> None:
    """Add the card to a .keras file. The bytes depend on the file and the card alone."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(ENTRY), json.dumps(card.model_dump()))


def read(file: str | Path) -> Card:
    """The card in a .keras file.

    Raises EaselError for any other file, and OSError for one that cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(ENTRY).file_size > MOST_BYTES:
                raise ValueError(f"{ENTRY} is longer than {MOST_BYTES:,} bytes")
            return Card.model_validate(json.loads(archive.read(ENTRY)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise no_judge(file, f"is no .keras file ({error})") from error
    except KeyError as error:
        raise no_judge(file, f"has no {ENTRY} in it") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        raise no_judge(file, f"has a {ENTRY} with a wrong {'.'.join(map(str, wrong['loc']))}") from error
    except (ValueError, RecursionError) as error:
        raise no_judge(file, f"has a {ENTRY} that is no JSON ({error})") from error


def no_judge(file: str | Path, why: str) -> EaselError:
    return EaselError(
        f"{file} {why}. Expected the classifier.keras of a judge that Easel trained, from results/judges/"
        "<dataset>/<judge>/"
    )


def mismatch(card: Card, classes: list[str] | None, image_shape: list[int], at_most: bool = False) -> str:
    """Why a judge cannot judge images of a dataset with these classes, as the end of a sentence; "" if it can.

    classes: None if they are not known. at_most: the dataset may lack some of them.
    """
    if card.image_shape != image_shape:
        return f"judges images of {by(card.image_shape)}, and the dataset's are of {by(image_shape)}"
    if classes is not None and not (set(card.classes) <= set(classes) if at_most else card.classes == classes):
        known, there = described(card.classes), described(classes)
        first = "" if known != there else f"; {first_difference(card.classes, classes)}"
        return f"knows {known} of '{card.dataset}', and the dataset has {there}{first}"
    return ""


def by(image_shape: list[int]) -> str:
    return " × ".join(map(str, image_shape))


def described(classes: list[str]) -> str:
    """`the 3 classes a, b, c`, without those after the twelfth."""
    return f"the {len(classes)} classes {', '.join(classes[:12])}{', …' if classes[12:] else ''}"


def first_difference(known: list[str], there: list[str]) -> str:
    """`class 13 is 'x' for the judge and 'y' in the dataset`, of lists of equal length that differ."""
    pairs = enumerate(zip(known, there, strict=True), 1)
    number, (one, other) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    return f"class {number} is '{one}' for the judge and '{other}' in the dataset"
