"""The page of a plan: outdated jobs, their cost, a simulated schedule, and the sources of the estimates."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.planning.jobs import Job
from easel.planning.knowledge import EstimateSource
from easel.planning.plan import COUNTS, Plan
from easel.planning.rules import RULES, Stage, rule
from easel.planning.scheduling import Slot
from easel.report.page.html import Html, details, element, figure, fragment, paragraph, side_by_side, table, tiles
from easel.report.page.legend import area_swatch, legend
from easel.report.page.numbers import (
    NBSP,
    format_duration,
    joined_sentences,
    joined_with_and,
    joined_with_semicolons,
    plural,
)
from easel.report.page.style import PAPER, area_hatch, new_panel, series_colour, styled
from easel.report.page.svg import svg
from easel.texts import Text, say

MAX_ROWS = 200  # most jobs that are listed; plan.tsv has all
MAX_REASONS = 2  # most reasons of one kind that are listed for a job
MIN_SHARE = 1 / 100  # of the time axis; shorter bars are merged with their neighbour


def sections(plan: Plan, probes: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Html | None]]:
    """The pieces of the page by section, as keys of `sections.plan` in the texts; "" is the header."""
    if not plan.jobs:
        return {"": [plan_header(plan)]}
    return {
        "": [plan_header(plan)],
        "time-to-finish": [finish_times(plan), timetables(plan)],
        "cost-per-step": [rule_table(plan)],
        "all-jobs": [job_table(plan)],
        "where-the-estimates-come-from": [source_list(plan), probe_table(probes)],
    }


def plan_header(plan: Plan) -> Html:
    """The header: title, one-sentence summary and key numbers."""
    crumbs = paragraph(say("plan.crumbs", study=element("a", plan.study, href="report.html")), class_="crumbs")
    heading = element("h1", say("plan.title", study=plan.title))
    if not plan.jobs:
        return element("header", crumbs, heading, paragraph(say("plan.no_jobs"), class_="lead"))
    trainings = sum(rule(job.rule).stage is Stage.TRAINING for job in plan.jobs)
    among = say("plan.among", trainings=plural(trainings, "training"))
    numbers = [
        (say("plan.jobs"), f"{len(plan.jobs):,}", among),
        (say("plan.work"), format_duration(plan.seconds), say("plan.one_after_the_other")),
        (say("plan.memory"), format_size(plan.memory_mb), say("plan.for_the_largest")),
        (say("plan.disk"), format_size(plan.disk_mb), say("plan.all_outputs")),
    ]
    lead = paragraph(sentence(plan), class_="lead")
    return element("header", crumbs, heading, lead, tiles(numbers), flip_note(plan))


def sentence(plan: Plan) -> Text:
    """The plan in a sentence: `7 jobs, 42 min of work, at most 1.3 GB of memory, 310 MB of disk; done in …`."""
    if not plan.jobs:
        return say("plan.nothing")
    first, *more = COUNTS
    ends = [say(f"plan.end_first_{plan.unit}", time=format_duration(plan.finish[first]), n=first)]
    ends += [say("plan.end", time=format_duration(plan.finish[count]), n=count) for count in more]
    return say(
        "plan.sentence",
        jobs=plural(len(plan.jobs), "job"),
        work=format_duration(plan.seconds),
        memory=format_size(plan.memory_mb),
        disk=format_size(plan.disk_mb),
        ends=joined_with_and(ends),
    )


def flip_note(plan: Plan) -> Html | None:
    """The planned trainings whose images are mirrored at random, and those whose are not."""
    planned = dict.fromkeys(job.run for job in plan.jobs if rule(job.rule).stage is Stage.TRAINING)
    said = []
    for flip, key in ((True, "plan.mirrored"), (False, "plan.unmirrored")):
        if runs := [run for run in planned if plan.flips.get(run) is flip]:
            said.append(say(key, runs=joined_with_and(runs)))
    return paragraph(joined_sentences(said)) if said else None


def format_size(mb: float) -> str:
    """A size in two or three digits: `1.3 GB`, `310 MB`, `0.4 MB`."""
    if mb >= 999.5:
        return f"{mb / 1000:,.1f}{NBSP}GB"
    return f"{mb:.0f}{NBSP}MB" if mb >= 9.95 else f"{mb:.1f}{NBSP}MB"


# --- time to finish -------------------------------------------------------------------------------


@styled
def finish_times(plan: Plan) -> Html:
    """A bar for each number of GPUs or nodes: the time until everything is done."""
    chart, axes = new_panel(height=1.9)
    unit, name = axis_unit(max(plan.finish.values()))
    ends = [plan.finish[count] / unit for count in COUNTS]
    names = [plural(count, plan.unit) for count in COUNTS]
    axes.barh(range(len(names)), ends, height=0.62, color=series_colour(0))
    axes.set_yticks(range(len(names)), names)
    for place, count in enumerate(COUNTS):
        axes.annotate(
            format_duration(plan.finish[count]),
            (ends[place], place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_xlabel(name)
    axes.set_xlim(0, 1.16 * max(ends))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    ends_text = [
        say("plan.end_with", time=format_duration(plan.finish[count]), units=plural(count, plan.unit))
        for count in COUNTS
    ]
    longest = max(plan.forecasts, key=lambda forecast: forecast.seconds)
    caption = [say(f"plan.simulated_{plan.unit}", time=format_duration(longest.seconds))]
    if plan.unit == "node":
        caption.append(say("plan.no_gpu"))
    return figure(svg(chart, say("plan.ends", ends=joined_with_and(ends_text))), joined_sentences(caption))


def timetables(plan: Plan) -> Html:
    """For each number of GPUs or nodes: the simulated schedule, coloured by stage."""
    schedules = [
        figure(timetable(plan, plan.slots[count], count), title=say("plan.with", units=plural(count, plan.unit)))
        for count in COUNTS
    ]
    stages = legend([say(f"plan.stages.{stage}") for stage in Stage], draw=area_swatch)
    return fragment(stages, side_by_side(schedules, 24))


@styled
def timetable(plan: Plan, slots: Sequence[Slot], count: int) -> Html:
    """Bars of the jobs over time, a row for each job that can run in parallel."""
    unit, name = axis_unit(max(slot.end for slot in slots))
    rows = sorted({(slot.node, slot.lane) for slot in slots})
    chart, axes = new_panel(4.6, 0.75 + 0.17 * max(len(rows), 2))
    end = max(slot.end for slot in slots)
    for number, stage in enumerate(Stage):
        for place, row in enumerate(rows):
            spans = [
                (slot.start, slot.end)
                for slot, job in zip(slots, plan.jobs, strict=True)
                if (slot.node, slot.lane) == row and rule(job.rule).stage is stage
            ]
            bars = [(start / unit, (stop - start) / unit) for start, stop in merge_short_spans(spans, end * MIN_SHARE)]
            axes.broken_barh(
                bars,
                (place - 0.4, 0.8),
                facecolor=series_colour(number),
                edgecolor=PAPER,
                linewidth=0.4,
                hatch=area_hatch(number),
            )
    axes.set_xlabel(name)
    axes.set(yticks=[], xlim=(0, end / unit), ylim=(len(rows) - 0.5, -0.5))
    axes.spines["left"].set_visible(False)
    alt = say(
        "plan.timetable",
        jobs=plural(len(plan.jobs), "job"),
        rows=plural(len(rows), "row"),
        units=plural(count, plan.unit),
        time=format_duration(end),
    )
    return svg(chart, alt)


def merge_short_spans(spans: Sequence[tuple[float, float]], finest: float) -> list[tuple[float, float]]:
    """Spans of time in order; spans too short to be distinguished are merged with their neighbour."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] < finest and (end - start < finest or found[-1][1] - found[-1][0] < finest):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def axis_unit(seconds: float) -> tuple[float, Text]:
    """The unit of an axis of this many seconds: its length in seconds, and its name."""
    units = ((86400, "days"), (3600, "hours"), (60, "minutes"))
    unit, name = next(((unit, name) for unit, name in units if seconds >= 2 * unit), (1, "seconds"))
    return unit, say(f"plan.clock.{name}")


# --- cost per step ---------------------------------------------------------------------------------------


def rule_table(plan: Plan) -> Html:
    """A row for each rule: number of jobs, and the cost of one and of all of them."""
    present = dict.fromkeys(job.rule for job in plan.jobs)
    order = [name for name in RULES if name in present]
    rows = []
    for name in [*order, *(name for name in present if name not in order)]:
        forecasts = [forecast for job, forecast in zip(plan.jobs, plan.forecasts, strict=True) if job.rule == name]
        times = [forecast.seconds for forecast in forecasts]
        rows.append(
            [
                name.replace("_", " "),
                f"{len(forecasts):,}",
                format_range(format_duration(min(times)), format_duration(max(times))),
                format_duration(sum(times)),
                format_size(max(forecast.memory_mb for forecast in forecasts)),
                format_size(sum(forecast.disk_mb for forecast in forecasts)),
                joined_with_and(list(dict.fromkeys(source_name(forecast.source) for forecast in forecasts))),
            ]
        )
    rows.append(
        [
            say("plan.together"), f"{len(plan.jobs):,}", "", format_duration(plan.seconds), format_size(plan.memory_mb),
            format_size(plan.disk_mb), "",
        ]
    )  # fmt: skip
    columns = ("jobs", "one", "all", "memory_at_most", "disk", "from")
    return table(["", *(say(f"plan.{name}") for name in columns)], rows)


def format_range(low: Text, high: Text) -> Text:
    """A range from the least to the most, or a single value if both are the same."""
    return low if low == high else say("plan.between", low=low, high=high)


def source_name(source: EstimateSource) -> Text:
    """The name of an estimate's source."""
    return say(f"plan.sources.{source}.name")


def job_table(plan: Plan) -> Html:
    """A row for each job, the longest first, folded away."""
    pairs = sorted(zip(plan.jobs, plan.forecasts, strict=True), key=lambda pair: -pair[1].seconds)
    rows = [
        [
            job.rule.replace("_", " "), run_and_seed(job), format_duration(forecast.seconds),
            format_size(forecast.memory_mb),
            format_size(forecast.disk_mb), source_name(forecast.source),
            reason_sentence(job.reasons),
        ]
        for job, forecast in pairs[:MAX_ROWS]
    ]  # fmt: skip
    more = len(pairs) - MAX_ROWS
    caption = say("plan.longest", shown=MAX_ROWS, others=more) if more > 0 else say("plan.longest_first")
    header = ["", *(say(f"plan.{name}") for name in ("run", "time", "memory", "disk", "from", "why"))]
    return details(plural(len(pairs), "job"), table(header, rows, caption))


def reason_sentence(reasons: Sequence[Mapping[str, Any]]) -> str:
    """The reasons for a job: the first few of each kind, and the number of the others."""
    kinds = dict.fromkeys(reason["kind"] for reason in reasons)
    said = []
    for kind in kinds:
        found = [reason for reason in reasons if reason["kind"] == kind]
        said += [say(f"plan.reasons.{kind}", **reason_values(reason)) for reason in found[:MAX_REASONS]]
        if len(found) > MAX_REASONS:
            said.append(say("plan.more_reasons", n=len(found) - MAX_REASONS))
    return joined_with_semicolons(said)


def reason_values(reason: Mapping[str, Any]) -> dict[str, Any]:
    """The values in a reason's sentence, each as one line of code; the number 4.0 is `4`, as a study has it."""

    def written(value: Any) -> str:
        return str(value).removesuffix(".0") if isinstance(value, float) else " ".join(str(value).split())

    return {name: element("code", written(value)) for name, value in reason.items() if name != "kind"}


def run_and_seed(job: Job) -> str:
    """A job's run and seed; `all` for a job that belongs to no run."""
    if not job.run:
        return say("plan.of_all")
    return say("plan.of_seed", run=job.run, seed=job.seed) if job.seed else job.run


# --- where the estimates come from -------------------------------------------------------------------------


def source_list(plan: Plan) -> Html:
    """The machine, and an explanation of each source of estimates that the plan uses."""
    machine = say("plan.cores_of", cores=plural(plan.machine["cores"], "core"), cpu=plan.machine["cpu"])
    if gpus := plan.machine["gpus"]:
        machine = say("plan.gpus_and", gpus=plural(len(gpus), "GPU"), name=gpus[0], cores=machine)
    shown = [element("li", source_meaning(source)) for source in plan.sources]
    return fragment(paragraph(say("plan.here", machine=machine)), element("ul", *shown, class_="runs"))


def source_meaning(source: EstimateSource) -> Text:
    """A source of estimates with its explanation."""
    name = element("strong", source_name(source))
    return say("plan.source", name=name, meaning=say(f"plan.sources.{source}.meaning"))


def probe_table(probes: Sequence[Mapping[str, Any]]) -> Html | None:
    """A row for each recipe that was measured."""
    rows = []
    for probe in probes:
        recipe, seconds = probe["recipe"], probe["seconds"]
        settings = recipe["settings"]
        what = ("plan.model", settings["model"]) if recipe["kind"] == "training" else ("plan.judge", recipe["kind"])
        name = say(what[0], name=what[1], width=settings["width"])
        thousand = seconds.get("samples_1000", seconds.get("features_1000"))
        rows.append(
            [
                name, settings["batch_size"], probe["precision"], say("time.ms", n=f"{1000 * seconds['step']:.3g}"),
                f"{settings['batch_size'] / seconds['step']:,.0f}",
                format_duration(seconds["import"] + seconds["build"] + seconds["first_call"]),
                format_duration(thousand), format_size(probe["memory_mb"]),
                probe["measured"].replace("T", " ").rstrip("Z"),
            ]
        )  # fmt: skip
    columns = ("batch", "precision", "a_step", "per_second", "until_second", "thousand", "memory", "measured")
    return table(["", *(say(f"plan.{name}") for name in columns)], rows) if rows else None
