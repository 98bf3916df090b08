"""Samples per class, and coverage of the factors of a synthetic dataset."""

from easel.report.load import RunResults
from easel.report.page.html import Html, fragment, table
from easel.report.page.numbers import format_value, plural
from easel.texts import say


def classes_table(run: RunResults) -> Html | None:
    """How many samples each class has, as the judge sees them, and how near each class comes to its own images.

    Where the factors of the images are known, also how many samples are of each class by what their pixels measure.
    """
    factors = run.judged.get("factors") or {}
    tables = []
    for judged in run.judged.get("classes", []):
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
        caption = say("scores.classes_known" if known else "scores.classes", judge=judged["judge"])
        header = ["class", "samples", *(["known"] if known else []), "expected", "class_fid"]
        tables.append(table([say(f"scores.{name}") for name in header], body, caption, sortable=True))
    return fragment(*tables) if tables else None


def factors_table(run: RunResults) -> Html | None:
    """What of each factor's range the samples reach, on a dataset whose factors are known."""
    found = run.judged.get("factors")
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
