"""Planned vs. actual cost of a study's jobs."""

from collections.abc import Sequence

from easel.planning.predictions import PlannedAndActual, known, planned_and_actual
from easel.planning.rules import Work, rule
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, fragment, paragraph, table
from easel.report.page.numbers import format_duration
from easel.texts import Text, say, verbatim


def planned_vs_actual_table(study: StudyResults) -> Html | None:
    """Planned and actual time and memory of every planned step; None if the study was never planned."""
    found = planned_and_actual(study.folder.parent, study.comparison["study"])
    if not found:
        return None
    trainings = [each for each in found if each.run and rule(each.rule).work is Work.TRAINING]
    steps = list(dict.fromkeys(each.rule for each in found))
    rows = [jobs_row(verbatim(step.replace("_", " ")), [each for each in found if each.rule == step]) for step in steps]
    header = ["", *(say(f"planned_vs_actual.{name}") for name in COLUMNS)]
    alone = [
        [say("planned_vs_actual.of_seed", run=each.run, seed=each.seed), *jobs_row(verbatim(""), [each])[2:]]
        for each in trainings
    ]
    return fragment(
        paragraph(verdict(found)),
        table(header, [*rows, jobs_row(say("planned_vs_actual.together"), found)]),
        details(say("planned_vs_actual.every_training"), table(["", *header[2:]], alone)) if trainings else None,
    )


COLUMNS = ("jobs", "time_planned", "time", "difference", "memory_planned", "memory")


def jobs_row(name: Text, jobs: Sequence[PlannedAndActual]) -> list[str]:
    """A group of jobs: the sum of their times and the maximum of their memory."""
    planned, taken = sum(each.planned_minutes for each in jobs), sum(each.minutes for each in jobs)
    memory = known(each.memory_mb for each in jobs)
    return [
        name,
        f"{len(jobs):,}",
        format_duration(60 * planned),
        format_duration(60 * taken),
        relative_difference(planned, taken),
        f"{max(each.planned_memory_mb for each in jobs):,.0f} MB",
        f"{max(memory):,.0f} MB" if memory else "",
    ]


def verdict(jobs: Sequence[PlannedAndActual]) -> Text:
    """A sentence on the overall deviation from the plan."""
    planned, taken = sum(each.planned_minutes for each in jobs), sum(each.minutes for each in jobs)
    return say(
        "planned_vs_actual.verdict",
        planned=format_duration(60 * planned),
        taken=format_duration(60 * taken),
        difference=relative_difference(planned, taken),
    )


def relative_difference(planned: float, taken: float) -> str:
    """The deviation from the plan in per cent: `+12 %`."""
    return f"{100 * (taken / planned - 1):+.0f} %" if planned > 0 else ""
