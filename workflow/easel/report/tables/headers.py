"""Page headers: title, summary and facts; the key numbers of a run."""

from pathlib import Path

from easel.report.load import RunResults, StudyResults
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.numbers import (
    NBSP,
    format_device,
    format_duration,
    format_large_number,
    joined_sentences,
    joined_with_and,
    joined_with_dots,
    plural,
)
from easel.report.page.sampling_notes import format_image_count
from easel.report.tables import collapse_notice, overfitting_notice
from easel.report.tables.budget import budget_sentence
from easel.report.tables.judge_notice import fids_of_samples, judge_notices
from easel.report.tables.metric_rows import format_row, reference_images
from easel.report.tables.metric_texts import metric_title
from easel.texts import say

SAMPLERS = ("generator", "decoder")


def run_header(run: RunResults) -> Html:
    """The header of a run's page: title, summary, and notices of a failed judge and of a training that collapsed or
    overfitted."""
    training, data = run.training, run.dataset
    height, width, _ = data["image_shape"]
    sentence = say(
        "summary.trained",
        what=say("summary.preset", preset=training["preset"]),
        epochs=plural(training["epochs"], "epoch"),
        images=plural(data["splits"]["train"]["images"], "training image"),
        dataset=data["name"],
        width=width,
        height=height,
        steps=plural(training["steps"], "step"),
        batch=plural(run.settings["batch_size"], "image"),
        time=format_duration(training["seconds"]),
        device=format_device(training["device"]),
    )
    budget = budget_sentence(training)
    head = element(
        "header",
        paragraph(
            say(
                "summary.crumbs", study=element("a", training["study"], href="../../report.html"), run=run.name,
                seed=training["seed"],
            ),
            class_="crumbs",
        ),
        element("h1", say("summary.run_on", run=run.name, dataset=data["name"])),
        paragraph(joined_sentences([sentence, *([budget] if budget else [])]), class_="lead"),
    )  # fmt: skip
    return fragment(head, judge_notices(run.metrics), collapse_notice.notice(run), overfitting_notice.notice(run))


def key_numbers(run: RunResults) -> list[tuple[str, str, str]]:
    """Name, value and note of a run's key numbers; none by a judge that failed its check."""
    training = run.training
    numbers = [
        (
            metric_title(row["metric"]),
            format_row(row).replace(f"{NBSP}±", " ±"),  # a tile may be narrower than the value with its uncertainty
            say(
                "summary.judged",
                judge=row["judge"],
                samples=format_image_count(row, "sample"),
                reference=reference_images(row),
            ),
        )
        for row in fids_of_samples(run.metrics)
    ]
    sampler = next((name for name in training["networks"] if name in SAMPLERS), None)
    if sampler:
        everything = sum(network["parameters"] for network in training["networks"].values())
        alone = training["networks"][sampler]["parameters"]
        network = say(f"summary.in_the_{sampler}", all=format_large_number(everything))
        numbers.append((say("summary.parameters"), format_large_number(alone), network))
    seen = say("summary.seen", images=plural(training["images"], "image"))
    speed = say("summary.per_second", n=round(training["images_per_second"]))
    return [
        *numbers,
        (say("summary.training_time"), format_duration(training["seconds"]), seen),
        (say("summary.speed"), speed, training["precision"]),
        (say("summary.device"), training["device"]["kind"].upper(), format_device(training["device"])),
    ]


def study_header(study: StudyResults) -> Html:
    """The header of a study's page: title, description, facts, and notices of failed judges."""
    comparison = study.comparison
    head = element(
        "header",
        link_to_all_studies(study.folder),
        element("h1", comparison["title"] or comparison["study"]),
        comparison["description"] and paragraph(comparison["description"], class_="lead"),
        paragraph(joined_with_dots(study_facts(study)), class_="facts"),
    )
    return fragment(head, judge_notices(study.summary))


def study_facts(study: StudyResults) -> list[str]:
    """The number of runs, the dataset, the time of all trainings, and the devices."""
    facts: list[str] = [say("summary.dataset_is", dataset=study.comparison["dataset"])]
    if study.external:
        facts.insert(0, plural(len(study.external), "external sample"))
    if not study.runs:
        return facts
    seeds = [each for run in study.runs for each in run["seeds"]]
    each_has = plural(len(study.comparison["seeds"]), "seed")
    return [
        say("summary.runs_with_seeds", n=len(study.runs), seeds=each_has),
        *facts,
        say("summary.trained_in", time=format_duration(sum(each["seconds"] for each in seeds))),
        joined_with_and(sorted({format_device(each["device"]) for each in seeds})),
    ]


def link_to_all_studies(folder: Path) -> Html | None:
    """A link from a study's page to the list of studies; None if there is no such file."""
    if not (folder.parent / "report.html").is_file():
        return None
    link = element("a", say("studies.all"), href="../report.html", data_outside="")
    return paragraph(link, class_="crumbs")
