"""The page of a plan: what is outdated, what it takes, when it would be done, and where the figures come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel import judges
from easel.planning.plan import COUNTS, Plan
from easel.planning.scheduling import Slot
from easel.plots.html import Html, details, element, figure, joined, paragraph, side_by_side, table, tiles
from easel.plots.style import INK, area_swatch, colour, key, panel, styled, svg
from easel.plots.words import NBSP, duration, listed, plural

STAGES = {
    "data": ("draw_shapes", "download", "prepare", "preview"),
    "training": ("train_run", "train_autoencoder"),
    "judges": ("fetch_judge", *judges.rules(), "reference", "limits", "calibrate"),
    "samples": ("judge_snapshots", "sample", "import_samples", "reconstruct"),
    "metrics and reports": ("evaluate", "compare", "report_run", "report_study"),
}
"""What the colours stand for."""

LISTED = 200  # jobs that are listed one by one, at most; plan.tsv has them all
FINEST = 1 / 100  # of the time that is drawn: what is shorter is drawn together with its neighbour


def sections(plan: Plan, probes: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Html | None]]:
    """What the page shows under each of its headings; "" is its head."""
    if not plan.jobs:
        return {"": [title(plan)]}
    return {
        "": [title(plan)],
        "When it would be done": [finish_times(plan), timetables(plan)],
        "What it takes": [by_rule(plan)],
        "Every job": [every_job(plan)],
        "Where the figures come from": [sources(plan), measurements(probes)],
    }


def title(plan: Plan) -> Html:
    """The head: what is planned, in a sentence, and the key numbers."""
    crumbs = paragraph(element("a", plan.study, href="report.html"), " / plan", class_="crumbs")
    if not plan.jobs:
        lead = paragraph("Nothing is outdated: there is nothing to pay.", class_="lead")
        return element("header", crumbs, element("h1", f"{plan.title}: the plan"), lead)
    trainings = sum(bool(job.run) and job.rule.startswith("train_") for job in plan.jobs)
    numbers = [
        ("jobs", f"{len(plan.jobs):,}", f"{plural(trainings, 'training')} among them"),
        ("work", duration(plan.seconds), "one job after the other"),
        ("memory", size(plan.memory_mb), "for the job that takes most"),
        ("disk", size(plan.disk_mb), "for all that jobs leave, checkpoints included"),
    ]
    lead = paragraph(f"{sentence(plan)}", class_="lead")
    return element("header", crumbs, element("h1", f"{plan.title}: the plan"), lead, tiles(numbers))


def sentence(plan: Plan) -> str:
    """The whole plan in a sentence: `7 jobs, 42 min of work, 1.3 GB at most, 310 MB of disk; done in …`."""
    if not plan.jobs:
        return "Nothing is outdated."
    ends = [duration(plan.finish[count]) + f" with {count}" for count in COUNTS]
    ends[0] += f" {plan.unit}" + " like this one" * (plan.unit == "node")
    return (
        f"{plural(len(plan.jobs), 'job')}, {duration(plan.seconds)} of work, {size(plan.memory_mb)} of memory at most, "
        f"{size(plan.disk_mb)} of disk; done in {listed(ends)}."
    )


def size(mb: float) -> str:
    """A size in two or three digits: `1.3 GB`, `310 MB`, `0.4 MB`."""
    if mb >= 999.5:
        return f"{mb / 1000:,.1f}{NBSP}GB"
    return f"{mb:.0f}{NBSP}MB" if mb >= 9.95 else f"{mb:.1f}{NBSP}MB"


# --- when it would be done -------------------------------------------------------------------------------


@styled
def finish_times(plan: Plan) -> Html:
    """A bar for each number of GPUs or nodes: how long all would take."""
    drawn, axes = panel(7, 1.9)
    unit, name = clock(max(plan.finish.values()))
    ends = [plan.finish[count] / unit for count in COUNTS]
    names = [plural(count, plan.unit) for count in COUNTS]
    axes.barh(names, ends, height=0.62, color=colour(0))
    for place, count in enumerate(COUNTS):
        axes.annotate(
            duration(plan.finish[count]), (ends[place], place), xytext=(5, 0), textcoords="offset points", va="center"
        )
    axes.set(xlabel=name, xlim=(0, 1.16 * max(ends)))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    alt = "All done in " + listed(
        [f"{duration(plan.finish[count])} with {plural(count, plan.unit)}" for count in COUNTS]
    )
    longest = max(plan.forecasts, key=lambda forecast: forecast.seconds)
    caption = (
        "Snakemake starts whatever is ready and fits, without knowing how long it takes; so does this simulation. "
        f"However many {plan.unit}s there are, nothing ends before the longest chain of jobs that wait for each other; "
        f"the longest single job takes {duration(longest.seconds)}."
    )
    if plan.unit == "node":
        caption += " There is no GPU here, so these are machines like this one, each with one training at a time."
    return figure(svg(drawn, alt + "."), caption)


def timetables(plan: Plan) -> Html:
    """For each number of GPUs or nodes: which stage is at work when, side by side with what else is."""
    present = [stage for stage in STAGES if any(stage_of(job.rule) == stage for job in plan.jobs)]
    pictures = [
        figure(timetable(plan, plan.slots[count], count), title=f"With {plural(count, plan.unit)}") for count in COUNTS
    ]
    swatches = key(list(STAGES), picture=area_swatch) if present else None
    return joined(swatches, side_by_side(pictures, 24))


@styled
def timetable(plan: Plan, slots: Sequence[Slot], count: int) -> Html:
    """Bars of the jobs over time, a row for each that can be at work beside others."""
    unit, name = clock(max(slot.end for slot in slots))
    rows = sorted({(slot.node, slot.lane) for slot in slots})
    drawn, axes = panel(4.6, 0.75 + 0.17 * max(len(rows), 2))
    end = max(slot.end for slot in slots)
    for number, stage in enumerate(STAGES):
        for place, row in enumerate(rows):
            mine = [
                (slot.start, slot.end)
                for slot, job in zip(slots, plan.jobs, strict=True)
                if (slot.node, slot.lane) == row and stage_of(job.rule) == stage
            ]
            bars = [(start / unit, (stop - start) / unit) for start, stop in together(mine, end * FINEST)]
            axes.broken_barh(bars, (place - 0.4, 0.8), color=colour(number), linewidth=0.4, edgecolor=INK)
    axes.set(xlabel=name, yticks=[], xlim=(0, end / unit), ylim=(len(rows) - 0.5, -0.5))
    axes.spines["left"].set_visible(False)
    busiest = f"{plural(len(plan.jobs), 'job')} in {plural(len(rows), 'row')}"
    return svg(drawn, f"{busiest} with {plural(count, plan.unit)}, done after {duration(end)}.")


def together(spans: Sequence[tuple[float, float]], finest: float) -> list[tuple[float, float]]:
    """Spans of time in order; those that are too short to be seen apart are one with their neighbour."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] < finest and (end - start < finest or found[-1][1] - found[-1][0] < finest):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def stage_of(rule: str) -> str:
    """Which stage a rule belongs to."""
    return next((stage for stage, rules in STAGES.items() if rule in rules), "metrics and reports")


def clock(seconds: float) -> tuple[float, str]:
    """The unit of an axis that goes to so many seconds, in seconds, and its name."""
    return next(((unit, name) for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes"))
                 if seconds >= 2 * unit), (1, "seconds"))  # fmt: skip


# --- what it takes ---------------------------------------------------------------------------------------


def by_rule(plan: Plan) -> Html:
    """A row for each rule: how many jobs, what one and what all of them take."""
    rules = dict.fromkeys(job.rule for job in plan.jobs)
    order = [rule for stage in STAGES.values() for rule in stage if rule in rules]
    rows = []
    for rule in [*order, *(rule for rule in rules if rule not in order)]:
        mine = [forecast for job, forecast in zip(plan.jobs, plan.forecasts, strict=True) if job.rule == rule]
        times = [forecast.seconds for forecast in mine]
        rows.append(
            [
                rule.replace("_", " "),
                f"{len(mine):,}",
                " to ".join(dict.fromkeys([duration(min(times)), duration(max(times))])),
                duration(sum(times)),
                size(max(forecast.memory_mb for forecast in mine)),
                size(sum(forecast.disk_mb for forecast in mine)),
                listed(list(dict.fromkeys(forecast.source for forecast in mine))),
            ]
        )
    rows.append(["together", f"{len(plan.jobs):,}", "", duration(plan.seconds), size(plan.memory_mb),
                 size(plan.disk_mb), ""])  # fmt: skip
    return table(["", "jobs", "one", "all", "memory at most", "disk", "from"], rows)


def every_job(plan: Plan) -> Html:
    """A row for each job, the longest first, folded away."""
    pairs = sorted(zip(plan.jobs, plan.forecasts, strict=True), key=lambda pair: -pair[1].seconds)
    rows = [
        [
            job.rule.replace("_", " "), " ".join(filter(None, [job.run, job.seed and f"seed {job.seed}"])) or "all",
            duration(forecast.seconds), size(forecast.memory_mb), size(forecast.disk_mb), forecast.source,
            job.reason.partition(";")[0],
        ]
        for job, forecast in pairs[:LISTED]
    ]  # fmt: skip
    more = len(pairs) - LISTED
    caption = f"The longest {LISTED}; the other {more:,} are in plan.tsv." if more > 0 else "The longest first."
    header = ["", "run", "time", "memory", "disk", "from", "why it is outdated"]
    return details(plural(len(pairs), "job"), table(header, rows, caption))


# --- where the figures come from -------------------------------------------------------------------------

MEANING = {
    "earlier run": "what a job of the same recipe took on this machine before",
    "measured here": "each thing that the job does was timed here, for some seconds, on images of noise",
    "measured here, at most": "the same; but a judge is done as soon as it recognises enough, which may be early",
    "estimate": "what such steps usually take: little, and roughly known",
}


def sources(plan: Plan) -> Html:
    """What each source of figures is, as far as the plan has figures from it."""
    machine = f"{plural(plan.machine['cores'], 'core')} of {plan.machine['cpu']}"
    if plan.machine["gpus"]:
        machine = f"{plural(len(plan.machine['gpus']), 'GPU')} ({plan.machine['gpus'][0]}) and {machine}"
    shown = [element("li", element("strong", source), f": {MEANING.get(source, source)}.") for source in plan.sources]
    return joined(paragraph(f"Here is {machine}."), element("ul", *shown, class_="runs"))


def measurements(probes: Sequence[Mapping[str, Any]]) -> Html | None:
    """A row for each recipe that was measured."""
    rows = []
    for probe in probes:
        recipe, seconds = probe["recipe"], probe["seconds"]
        settings = recipe["settings"]
        name = f"{settings['model']}, width {settings['width']}" if recipe["kind"] == "training" else (
            f"judge {recipe['kind']}, width {settings['width']}"
        )  # fmt: skip
        thousand = seconds.get("thousand_drawn", seconds.get("thousand_judged"))
        rows.append(
            [
                name, settings["batch_size"], probe["precision"], f"{1000 * seconds['step']:.3g}{NBSP}ms",
                f"{settings['batch_size'] / seconds['step']:,.0f}",
                duration(seconds["import"] + seconds["build"] + seconds["first_call"]),
                duration(thousand), size(probe["memory_mb"]), probe["measured"].replace("T", " ").rstrip("Z"),
            ]
        )  # fmt: skip
    header = ["", "batch", "precision", "a step", "images/s", "until the second step", "1,000 images drawn or judged",
              "memory", "measured (UTC)"]  # fmt: skip
    return table(header, rows) if rows else None
