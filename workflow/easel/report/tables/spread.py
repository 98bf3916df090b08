"""How much of the spread over seeds is training, and how much sampling."""

from collections.abc import Mapping

from easel.report.load import StudyResults
from easel.report.page.html import Html, element, fragment, paragraph, table
from easel.report.page.numbers import format_rounded
from easel.report.tables.agreement import metric_as_sampled
from easel.report.tables.judge_notice import fids_of_samples
from easel.texts import Text, say


def spread_table(study: StudyResults) -> Html | None:
    """A sentence on the FID by each judge, and a row for each of its runs; None without a FID."""
    columns = fids_of_samples(study.summary)
    if not columns:
        return None
    several_judges = len({column["judge"] for column in columns}) > 1
    rows = [
        [run["run"], *([column["judge"]] if several_judges else []), *cells_of(run)]
        for column in columns
        for run in column["runs"]
    ]
    names = ["seeds", "over_seeds", "sampling", "training", "share"]
    header = ["", *([say("scores.judge_column")] if several_judges else []), *(say(f"spread.{name}") for name in names)]
    sentences = element("ul", *(element("li", sentence(column)) for column in columns))
    caption = say("spread.caption")
    return fragment(sentences if len(columns) > 1 else paragraph(sentence(columns[0])), table(header, rows, caption))


def sentence(column: Mapping) -> Text:
    """What moves the FID in a column more, averaged over its runs: training again, or sampling again."""
    found = column["spread"]
    if found["total"] is None:
        kind = "unknown" if found["sampling"] is None else "one_seed"
    elif found["training"] is None:
        kind = "total"
    else:
        kind = "parted" if found["training"] > 0 else "sampling_only"
    return say(
        f"spread.sentences.{kind}",
        fid=say(
            "summary.in_brackets", first=metric_as_sampled(column), then=say("scores.by_judge", judge=column["judge"])
        ),
        training=deviation(found["training"]),
        sampling=deviation(found["sampling"]),
        total=deviation(found["total"]),
        percent=percent(found["share"]),
    )


def cells_of(run: Mapping) -> list[Text | str]:
    """The cells of a run: seeds, and standard deviations."""
    found = run["spread"]
    training = deviation(found["training"])
    if found["training"] is not None:
        bounds = say("scores.span", low=deviation(found["low"]), high=deviation(found["high"]))
        training = say("summary.in_brackets", first=training, then=bounds)
    share = "" if found["share"] is None else say("spread.percent", percent=percent(found["share"]))
    return [str(run["seeds"]), deviation(found["total"]), deviation(found["sampling"]), training, share]


def deviation(value: float | None) -> str:
    """A standard deviation to its first digit, and its second if the first is 1: a few seeds tell no more."""
    return "" if value is None else format_rounded(value, value)


def percent(share: float | None) -> str:
    """A share in per cent."""
    return "" if share is None else f"{100 * share:.0f}"
