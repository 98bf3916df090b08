"""Overfitting and memorisation seen while a network trained: the notice on a run's page."""

from collections.abc import Mapping

from easel.report.load import RunResults
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.numbers import format_epoch, joined_sentences
from easel.texts import Text, say


def notice(run: RunResults) -> Html | None:
    """What was seen and when, how far it went, and remedies; None if nothing was."""
    found = run.training.get("overfitting")
    if not found:
        return None
    return element(
        "aside",
        *(
            fragment(
                paragraph(element("strong", say(f"overfitting.kinds.{sign['kind']}.title"))),
                paragraph(description(run, sign)),
            )
            for sign in found
        ),
        paragraph(say("overfitting.try")),
        element("ul", *(element("li", each) for each in advice(run, found))),
        role="note", aria_label=say("overfitting.label"), class_="notice",
    )  # fmt: skip


def description(run: RunResults, sign: Mapping) -> str:
    """When a sign was first seen, how far it went, whether it was there at the end, and where its curve is."""
    when = say("overfitting.when", step=sign["first_step"], epoch=format_epoch(sign["first_epoch"]))
    most = {"percent": round(100 * sign["most"]), "held_out": run.training["held_out"]}
    sentences = [
        say(f"overfitting.kinds.{sign['kind']}.meaning", when=when, **most),
        say("overfitting.at_end" if sign["at_end"] else "overfitting.passed"),
        say("overfitting.seen_in", curves=element("a", say("overfitting.curves"), href="#training-curves")),
    ]
    return joined_sentences(sentences)


def advice(run: RunResults, found: list[Mapping]) -> list[Text]:
    """Suggestions, the most useful first."""
    said: list[Text] = []
    first = min(sign["first_step"] for sign in found)
    before = [each for each in run.training["snapshots"] if each["step"] < first]
    if before:
        file, epoch = element("code", before[-1]["generator"]), format_epoch(before[-1]["epoch"])
        said.append(say("overfitting.earlier", file=file, epoch=epoch))
    if "augment" in run.settings and "ada" not in run.settings["augment"]:
        said.append(say("overfitting.augment", setting=element("code", "augment: ada")))
    return [*said, say("overfitting.shorter"), say("overfitting.more_pictures")]
