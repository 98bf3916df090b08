"""Self-checks of the judges against published values."""

from easel.report.load import StudyResults
from easel.report.page.html import Html, table
from easel.report.page.numbers import format_value
from easel.report.tables.metric_texts import metric_title, split_name
from easel.texts import say


def calibration_table(study: StudyResults) -> Html | None:
    """Published values next to those that the study's judges compute here."""
    rows = []
    for record in study.calibrations:
        for answer in record["answers"]:
            against = answer["reference_n"]
            verdict = {
                True: say("scores.as_published"),
                False: say("scores.not_as_published"),
                None: say("scores.another_dataset", dataset=record["published_for"]),
            }
            images = say(
                "scores.calibrated_against" if against else "scores.calibrated_of",
                n=answer["n"],
                split=split_name(answer["split"]),
                against=against,
            )
            rows.append(
                [
                    say("scores.calibrated", metric=metric_title(answer["metric"]), judge=record["judge"]), images,
                    format_value(answer["value"]), format_value(answer["published"]), answer["source"],
                    verdict[answer["as_published"]],
                ]
            )  # fmt: skip
    caption = say("scores.calibration", dataset=study.comparison["dataset"])
    header = ["", *(say(f"scores.{name}") for name in ("of_column", "here", "published", "by", "verdict"))]
    return table(header, rows, caption=caption) if rows else None
