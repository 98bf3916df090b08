"""Texts of metrics: titles, explanations, sources, and the grouping of metrics into tables."""

from collections.abc import Iterable

from easel.metrics.catalogue import METRICS, direction
from easel.report.page.html import Html, details, element, fragment, paragraph
from easel.texts import Text, has_text, say, verbatim

MAIN_TABLE = "samples"
"""The table of the metrics that are always shown."""
FOLDED_TABLES = ("distribution", "classes", "memorisation", "reconstructions")
"""The tables of the other metrics. Both are values of `Metric.table` in the catalogue."""


def metrics_in(table: str) -> list[str]:
    """The metrics in a table, in its order."""
    return [name for name, metric in METRICS.items() if metric.table == table]


def metric_title(metric: str) -> Text:
    """A metric's title; its name in metrics.json if the texts have none."""
    return say(f"metrics.{metric}.title") if has_text(f"metrics.{metric}.title") else verbatim(metric.replace("_", " "))


def better_values(metric: str) -> str:
    """The better values (`lower is better`) or the best value; "" for a metric that the catalogue does not have."""
    if metric not in METRICS:
        return ""
    better = METRICS[metric].better
    return say(f"scores.{better}_is_better") if isinstance(better, str) else f"{better:g}"


def metric_heading(metric: str) -> Html:
    """A metric's title with a one-line explanation."""
    brief = say(f"metrics.{metric}.brief") if has_text(f"metrics.{metric}.brief") else None
    return fragment(metric_title(metric), brief and element("small", brief))


def metric_meaning(metric: str) -> Text | None:
    """A metric's explanation; None if the texts have none."""
    return say(f"metrics.{metric}.meaning") if has_text(f"metrics.{metric}.meaning") else None


def metric_source(metric: str) -> Text | None:
    """The paper that introduced a metric; None for textbook metrics and Easel's own."""
    return say(f"metrics.{metric}.source") if has_text(f"metrics.{metric}.source") else None


def image_kind(of: str) -> Text:
    """A kind of judged images."""
    return say(f"scores.of.{of}")


def split_name(split: str) -> str:
    """A split's name."""
    return say(f"scores.splits.{split}") if has_text(f"scores.splits.{split}") else split


def metric_with_arrow(metric: str) -> Text:
    """A metric's title with an arrow for the better direction: `FID ↓`."""
    better = direction(metric)
    return say(f"scores.{better}", metric=metric_title(metric)) if better else metric_title(metric)


def metric_explanations(rows: Iterable[dict]) -> Html:
    """Explanations of all metrics of the rows, and of the baselines, folded away."""
    names = dict.fromkeys(row["metric"] for row in rows)
    known = [metric_explanation(name) for name in names if metric_meaning(name)]
    return details(
        say("scores.meanings"),
        fragment(*(paragraph(each, class_="note") for each in [*known, say("scores.references")])),
    )


def metric_explanation(metric: str) -> Text:
    """A metric's explanation and the paper that introduced it."""
    source = metric_source(metric)
    return say(
        "scores.meaning_with_source" if source else "scores.meaning",
        metric=element("strong", metric_title(metric)), meaning=metric_meaning(metric), source=source,
    )  # fmt: skip
