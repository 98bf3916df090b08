"""Drawing with a run's network: the controls; notebooks/template/player.js makes them work.

The network is in the page, and draws nothing before its reader wants it to. Without JavaScript, and on paper, only the
sentence about it is shown.
"""

from collections.abc import Iterable
from typing import Any

from easel.report.embedding import embedded_file
from easel.report.figures.code_explorer import code_explorer
from easel.report.figures.player_elements import action, canvas, slider
from easel.report.load import RunResults, read_optional_json
from easel.report.page.html import Html, element, paragraph
from easel.report.page.numbers import format_large_number, joined_with_and, plural
from easel.texts import Text, say, verbatim

WALL = 16  # pictures
KEPT = 8  # at most
LARGE = 320  # screen pixels across the large picture, about
FURTHEST = 3.0  # standard deviations along a direction, either way
TRUNCATION = (0.2, 2.5)  # the smallest threshold; the end of the slider, which stands for none


def network_player(run: RunResults) -> Html | None:
    """The network of a run to draw with; a sentence if it cannot be; None without player.json."""
    record = read_optional_json(run.folder / "player.json")
    if not record:
        return None
    if record["unplayable"]:
        return paragraph(refusal(record["unplayable"]), class_="note")
    return element(
        "div",
        paragraph(about(record), class_="note"),
        element("p", say("player.no_scripts"), data_part="no-scripts"),
        element("button", say("player.start"), type="button", data_part="start", class_="action", hidden=""),
        element("div", picture(record), controls(record, run), wall(record), kept(record), code_explorer(record),
                data_part="stage", class_="stage", hidden=""),
        messages("old", "failed", "large", "unreadable"),
        embedded_file("player.json", "player-record"),
        embedded_file("player.bin", "player-weights"),
        class_="player",
    )  # fmt: skip


def refusal(unplayable: dict[str, Any]) -> Text:
    """Why a network cannot be drawn with."""
    if unplayable["why"] == "layer":
        return say("player.unplayable.layer", layer=unplayable["layer"], type=unplayable["type"])
    return say("player.unplayable.size", parameters=format_large_number(unplayable["parameters"]))


def about(record: dict[str, Any]) -> Text:
    """What is in the page, and how far its pictures are from those of the original weights."""
    loss = record["loss"]
    return say(
        "player.about", weights=format_large_number(record["parameters"]), mean=f"{loss['mean']:.2g}",
        bits=joined_with_and([verbatim(str(bits)) for bits in record["bits"]]), largest=loss["largest"],
        samples=plural(loss["images"], "sample"),
    )  # fmt: skip


def picture(record: dict[str, Any]) -> Html:
    """The large picture, and what one can do with it."""
    return element(
        "div",
        canvas(record, LARGE, "large", role="img", aria_label=say("player.picture"), class_="large"),
        element("progress", data_part="progress", max=1, aria_label=say("player.progress"), hidden=""),
        element("p", *(action(name) for name in ("new", "keep", "save")), class_="actions"),
        class_="picture",
    )  # fmt: skip


def controls(record: dict[str, Any], run: RunResults) -> Html:
    """Class, truncation and directions."""
    sampling = run.metrics_record.get("samples", {}).get("sampling") or {}
    smallest, end = TRUNCATION
    found = [choice_of_class(record["classes"])] if record["classes"] else []
    truncation = min(sampling.get("truncation") or end, end)
    found.append(slider("truncation", say("player.truncation"), smallest, end, 0.1, truncation))
    if record["batch_normalised"]:
        found.append(paragraph(say("player.truncation_note"), class_="note"))
    if record["directions"]:
        found.append(element("h3", say("player.directions"), element("small", say("player.directions_note"))))
        found += [slider("direction", name, -FURTHEST, FURTHEST, 0.1, 0) for name in names_of(record["directions"])]
        found.append(element("p", action("reset"), class_="actions"))
    return element("div", *found, class_="controls")


def choice_of_class(classes: list[str]) -> Html:
    """The class to draw: one of them, or any."""
    options = [element("option", value="", label=say("player.any_class"))]
    options += [element("option", name, value=i) for i, name in enumerate(classes)]
    chosen = element("select", *options, data_part="class")
    return element("label", element("span", say("player.class")), chosen, class_="slider")


def names_of(directions: list[dict[str, Any]]) -> Iterable[Text]:
    """The names of directions: what they change, or their number; of the second that changes the same, with its own."""
    seen: dict[str, int] = {}
    for number, direction in enumerate(directions, 1):
        changes = direction["changes"]
        if changes is None:
            yield say("player.direction", n=number)
            continue
        seen[changes] = seen.get(changes, 0) + 1
        name = say(f"player.changes.{changes}")
        yield name if seen[changes] == 1 else say("player.another", name=name, n=seen[changes])


def wall(record: dict[str, Any]) -> Html:
    """Several samples, of which two can be picked, and the walk between them."""
    samples = [
        element("button", small(record), type="button", data_part="wall-one", aria_pressed="false",
                aria_label=say("player.sample", n=number), class_="cell")
        for number in range(1, WALL + 1)
    ]  # fmt: skip
    return element(
        "div",
        element("h3", say("player.wall"), element("small", say("player.wall_note"))),
        element("div", *samples, class_="wall"),
        slider("walk", say("player.walk"), 0, 1, 0.02, 0, disabled=""),
        element("p", action("new-wall"), class_="actions"),
    )


def kept(record: dict[str, Any]) -> Html:
    """The pictures that the reader keeps."""
    places = [
        element(
            "li",
            element("button", small(record), type="button", aria_label=say("player.kept_one", n=number), class_="cell"),
            element("button", "×", type="button", aria_label=say("player.remove", n=number), class_="remove"),
            data_part="kept-one",
            hidden="",
        )
        for number in range(1, KEPT + 1)
    ]  # fmt: skip
    return element(
        "div",
        element("h3", say("player.kept")),
        element("ul", *places, class_="wall"),
        element("p", action("save-kept"), class_="actions"),
        data_part="kept", hidden="",
    )  # fmt: skip


def small(record: dict[str, Any]) -> Html:
    """A picture inside a button, which says what it is."""
    return canvas(record, None, aria_hidden="true")


def messages(*names: str) -> Html:
    """Sentences of which scripts show one where something is wrong."""
    said = [paragraph_for(name) for name in names]
    return element("div", *said, role="status")


def paragraph_for(name: str) -> Html:
    """A message, hidden."""
    return element("p", say(f"player.messages.{name}"), data_message=name, class_="message", hidden="")
