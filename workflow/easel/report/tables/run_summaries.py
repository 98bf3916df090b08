"""Summaries of a study's runs, a few sentences each."""

from easel.report.load import StudyResults
from easel.report.page.html import Html, element, fragment
from easel.report.page.numbers import format_duration, format_value, joined_sentences, joined_with_and, mean, plural
from easel.report.page.records import record_sentence
from easel.report.page.sampling_notes import format_image_count
from easel.report.tables import collapse_notice
from easel.report.tables.judge_notice import has_failed
from easel.report.tables.metric_texts import metric_title
from easel.texts import Text, format_number, say


def run_summaries(study: StudyResults) -> Html:
    """A summary of each run with a link to its page."""
    summaries = [run_summary(study, run) for run in study.runs]
    summaries += [external_summary(study, run) for run in study.external]
    return element("ul", *(element("li", summary) for summary in summaries), class_="runs")


def run_summary(study: StudyResults, run: dict) -> str:
    """A run's description, cost and scores by every judge, with links to the pages of its seeds."""
    seconds, judged = mean([each["seconds"] for each in run["seeds"]]), score_summary(study, run)
    collapsed = collapse_notice.seeds_sentence(run)
    sentences = [
        say(
            "summary.run_judged" if judged else "summary.run",
            run=element("strong", run_link(study, run, run["seeds"][0]["seed"], run["run"])),
            description=run["description"],
            epochs=format_epochs(run),
            time=format_duration(seconds),
            scores=judged,
        )
    ]
    if collapsed:
        sentences.append(say("summary.emphasised", sentence=element("em", collapsed)))
    if len(run["seeds"]) > 1:
        links = [run_link(study, run, each["seed"], str(each["seed"])) for each in run["seeds"]]
        sentences.append(say("summary.seeds", links=fragment(*(part for link in links for part in (" ", link)))))
    return joined_sentences(sentences)


def external_summary(study: StudyResults, run: dict) -> str:
    """A description of external samples, and their scores by every judge."""
    origin, judged = run["seeds"][0]["samples"], score_summary(study, run)
    summary = say(
        "summary.external_judged" if judged else "summary.external",
        run=element("strong", run["run"]),
        description=run["description"] or say("summary.external_images"),
        images=plural(origin["found"], "image"),
        path=run["path"],
        scores=judged,
    )
    caveats = [say("summary.note", note=record_sentence("caveats", caveat)) for caveat in origin["caveats"]]
    return joined_sentences([summary, *caveats])


def format_epochs(run: dict) -> Text:
    """The epochs of a run: `4 epochs`; `2.5 to 4 epochs` if a seed was stopped earlier than others."""
    epochs = [each["epochs"] for each in run["seeds"]]
    if format_number(min(epochs)) == format_number(max(epochs)):
        return plural(max(epochs), "epoch")
    return say("summary.epochs_between", low=min(epochs), high=max(epochs))


def score_summary(study: StudyResults, run: dict) -> str:
    """A run's FID by every judge: `FID 41.2 ± 0.8 (judge classifier, 2,000 samples)`; ± is half an interval.

    A judge that failed its check is left out.
    """
    return joined_with_and(
        [
            say(
                "summary.score",
                metric=metric_title("fid"),
                value=format_mean(each),
                judge=column["judge"],
                samples=format_image_count(column, "sample"),
            )
            for column in study.summary
            for each in column["runs"]
            if each["run"] == run["run"] and column["metric"] == "fid" and column["of"] == "samples"
            if not has_failed(column)
        ]
    )


def format_mean(mean: dict) -> str:
    """A run's mean in the summary, with half the width of its interval."""
    return format_value(mean["mean"], None if mean["low"] is None else (mean["high"] - mean["low"]) / 2)


def run_link(study: StudyResults, run: dict, seed: int, text: str) -> Html:
    """A link to the page of a training."""
    folder = study.run_folder(run["run"], seed).relative_to(study.folder)
    return element("a", text, href=f"{folder.as_posix()}/report.html")
