"""What a training started from, and how much of it was taken."""

from collections.abc import Mapping
from typing import Any

from easel.report.load import RunResults
from easel.report.page.html import Html, paragraph
from easel.report.page.numbers import joined_sentences, joined_with_commas, plural
from easel.texts import Text, say


def start_note(run: RunResults) -> Html | None:
    """A paragraph about the trained networks that a training started from; None if it started anew."""
    start = run.training.get("start")
    return paragraph(joined_sentences(start_sentences(start)), class_="note") if start else None


def start_sentences(start: Mapping[str, Any]) -> list[Text]:
    """The sentences about the entry `start` of train.json."""
    if start["step"] is None:
        first = say("start.file", source=start["from"])
    else:
        first = say("start.training", source=start["from"], steps=plural(start["step"], "step"))
    return [first, *(network_sentence(name, entry) for name, entry in start["networks"].items())]


def network_sentence(name: str, entry: Mapping[str, Any]) -> Text:
    """What a network has taken. entry: its layers `taken` and `left`, each with its parameters."""
    taken, left = entry["taken"], entry["left"]
    if entry["from"] is None:
        return say("start.none", network=name)
    if not taken:
        return say("start.nothing", network=name)
    if not left:
        return say("start.all", network=name)
    parameters = [sum(each["parameters"] for each in part) for part in (taken, left)]
    return say(
        "start.some", network=name, taken=len(taken), n=len(taken) + len(left),
        percent=f"{100 * parameters[0] / max(1, sum(parameters)):.0f}",
        left=joined_with_commas([each["layer"] for each in left]),
    )  # fmt: skip
