"""Sentences about a study's runs: description, cost, links to the pages of their seeds."""

from collections.abc import Mapping

from easel.report.load import StudyResults
from easel.report.page.html import Html, element, fragment
from easel.report.page.numbers import format_duration, joined_sentences, mean, plural
from easel.report.page.records import record_sentence
from easel.texts import Text, format_number, say


def run_summary(run: Mapping) -> Text:
    """A run's description and cost."""
    seconds = mean([each["seconds"] for each in run["seeds"]])
    described = "summary.run" if run["description"] else "summary.run_undescribed"
    return say(described, description=run["description"], epochs=format_epochs(run), time=format_duration(seconds))


def external_summary(run: Mapping) -> str:
    """A description of external samples, and what is unusual about them."""
    origin = run["seeds"][0]["samples"]
    summary = say(
        "summary.external",
        description=run["description"] or say("summary.external_images"),
        images=plural(origin["found"], "image"),
        path=run["path"],
    )
    caveats = [say("summary.note", note=record_sentence("caveats", caveat)) for caveat in origin["caveats"]]
    return joined_sentences([summary, *caveats])


def seed_links(study: StudyResults, run: Mapping) -> Text | None:
    """Links to the pages of a run's seeds; None for a single seed."""
    if len(run["seeds"]) < 2:
        return None
    links = [run_link(study, run, each["seed"], str(each["seed"])) for each in run["seeds"]]
    return say("summary.seeds", links=fragment(*(part for link in links for part in (" ", link))))


def format_epochs(run: Mapping) -> Text:
    """The epochs of a run: `4 epochs`; `2.5 to 4 epochs` if a seed was stopped earlier than others."""
    epochs = [each["epochs"] for each in run["seeds"]]
    if format_number(min(epochs)) == format_number(max(epochs)):
        return plural(max(epochs), "epoch")
    return say("summary.epochs_between", low=min(epochs), high=max(epochs))


def run_link(study: StudyResults, run: Mapping, seed: int, text: str) -> Html:
    """A link to the page of a training."""
    folder = study.run_folder(run["run"], seed).relative_to(study.folder)
    return element("a", text, href=f"{folder.as_posix()}/report.html")
