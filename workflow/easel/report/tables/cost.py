"""Cost of each run: budget, time, speed and size."""

from easel.report.load import StudyResults
from easel.report.page.html import Html, sort_value, table
from easel.report.page.numbers import (
    format_device,
    format_duration,
    format_hours,
    format_large_number,
    joined_sentences,
    mean,
    plural,
)
from easel.report.tables.budget import with_budget
from easel.report.tables.headers import SAMPLERS
from easel.report.tables.run_summaries import format_epochs
from easel.texts import format_number, say


def cost_table(study: StudyResults) -> Html | None:
    """The cost of every run: budget, time, speed and size; the hardware in the caption if it is the same for all."""
    if not study.runs:
        return None
    seeds = [each for run in study.runs for each in run["seeds"]]
    machines = {(format_device(each["device"]), each["precision"]) for each in seeds}
    several = len(seeds) > len(study.runs)
    rows = []
    for run in study.runs:
        first, seconds = run["seeds"][0], [each["seconds"] for each in run["seeds"]]
        sampler = next((name for name in first["parameters"] if name in SAMPLERS), None)
        row = [
            run["run"],
            with_budget(format_epochs(run), first),
            sort_value(format_duration(mean(seconds)), mean(seconds)),
            *([sort_value(format_duration(sum(seconds)), sum(seconds))] if several else []),
            format_hours(sum(seconds)),
            format_number(round(mean([each["images_per_second"] for each in run["seeds"]]))),
            format_large_number(first["parameters"][sampler]) if sampler else "",
            format_large_number(sum(first["parameters"].values())),
        ]
        rows.append(row + [format_device(first["device"]), first["precision"]] * (len(machines) > 1))
    total = sum(each["seconds"] for each in seeds)
    caption = [
        say("cost.total", hours=format_hours(total), trainings=plural(len(seeds), "training")),
        say("cost.parameters"),
    ]
    if several:
        caption.append(say("cost.means"))
    if any((each.get("collapse") or {}).get("stopped") for each in seeds):
        caption.append(say("cost.stopped"))
    if len(machines) == 1:
        device, precision = machines.pop()
        caption.append(say("cost.all_on", device=device, precision=precision))
    columns = [
        "budget", "time", *(["all_seeds"] if several else []), "hours", "per_second", "sampler", "all_networks",
        "device", "precision",
    ]  # fmt: skip
    header = ["", *(say(f"cost.{name}") for name in columns)]
    return table(header[: len(rows[0])], rows, joined_sentences(caption), sortable=True)
