"""Samples per class, and factors of variation of a synthetic dataset."""

from easel.report.load import RunResults
from easel.report.page.html import Html, fragment, table
from easel.report.page.numbers import format_value, plural
from easel.texts import say


def classes_table(run: RunResults) -> Html | None:
    """Samples per class as classified by the judge, and the FID within each requested, or else predicted, class.

    For datasets with known factors, also the samples per class as determined by their factors.
    """
    factors = run.metrics_record.get("factors") or {}
    tables = []
    for judged in run.metrics_record.get("classes", []):
        rows = zip(judged["names"], judged["samples"], judged["expected"], judged["fid"], strict=True)
        labels = factors.get("labels") or []
        known = labels if len(labels) == len(judged["names"]) else []
        body = [
            [
                name, f"{samples:,}", *([f"{known[i]:,}"] if known else []), f"{expected:,.0f}",
                "" if fid is None else format_value(fid),
            ]
            for i, (name, samples, expected, fid) in enumerate(rows)
        ]  # fmt: skip
        caption = say("scores.classes_by_factors" if known else "scores.classes", judge=judged["judge"])
        header = ["class", "samples", *(["by_factors"] if known else []), "expected", f"class_fid_{judged['fid_by']}"]
        tables.append(table([say(f"scores.{name}") for name in header], body, caption, sortable=True))
    return fragment(*tables) if tables else None


def factors_table(run: RunResults) -> Html | None:
    """The share of each factor's range that the samples cover, for a dataset with known factors."""
    found = run.metrics_record.get("factors")
    if not found:
        return None
    body = [
        [name, f"{each['reached']:.0%}", f"{each['reached_by_real']:.0%}", f"{each['total_variation']:.2f}"]
        for name, each in found["factors"].items()
    ]
    caption = say(
        "scores.factors",
        samples=plural(found["n"], "sample"),
        bins=found["bins"],
        unmeasurable=plural(found["unmeasurable"], "sample"),
    )
    real = say("scores.reached_by_real", images=plural(found["reference_n"], "real image"))
    header = [say("scores.factor"), say("scores.reached"), real, say("scores.variation")]
    return table(header, body, caption=caption)
