"""Tables of the set-up: judges, compute and settings; as CSV, every value unrounded."""

from collections.abc import Mapping
from typing import Any

from easel.report.load import StudyResults
from easel.report.page.numbers import (
    NBSP,
    format_device,
    format_hours,
    format_large_number,
    format_rounded,
    joined_sentences,
    joined_with_semicolons,
    mean,
    plural,
)
from easel.report.page.plain import english
from easel.report.paper.records import JudgeRecords, PaperRecords
from easel.report.paper.results import collapse_mark, flat
from easel.report.paper.tables import DASH, Cell, Notes, PaperTable, label_of
from easel.report.tables.headers import SAMPLERS
from easel.report.tables.settings import all_equal, display_value, settings_of_runs
from easel.texts import format_number, say, verbatim

MOST_RUNS = 5
"""Most runs that are columns of one table."""


def heading(name: str) -> Cell:
    """The heading of a column."""
    return Cell(english(say(f"paper.columns.{name}")))


# --- judges --------------------------------------------------------------------------------------------


def judge_table(records: PaperRecords) -> PaperTable:
    """What each judge is and what its check found: a column for each."""
    found = {name: judge_properties(records, judge) for name, judge in records.judges.items()}
    labels = list(dict.fromkeys(label for own in found.values() for label in own))
    return PaperTable(
        label=label_of(records.name, "judges"),
        caption=english(say("paper.judges", dataset=records.dataset["name"])),
        header=[Cell(""), *map(Cell, found)],
        rows=[[Cell(label), *(Cell(own.get(label) or DASH) for own in found.values())] for label in labels],
        align="l" + "r" * len(found),
    )


def judge_properties(records: PaperRecords, judge: JudgeRecords) -> dict[str, str]:
    """The properties of a judge, as far as it has them: label -> value."""
    made, check = judge.record, judge.check
    features, noise, accuracy = check["features"], check["noise"], check["accuracy"]
    properties: dict[str, Any] = {
        "kind": verbatim(judge.kind.replace("_", " ")),
        "reference": format_number(records.dataset["splits"]["train"]["images"]),
        "features": format_number(features["dimensions"]),
        "participation": format_rounded(features["participation_ratio"]),
        "parameters": made.get("parameters") and format_large_number(made["parameters"]),
        "accuracy": accuracy and f"{100 * accuracy['correct'] / accuracy['n']:.1f}{NBSP}%",
        "fid_of_test_images": check_fid(noise, "test_images"),
        "fid_of_noise": check_fid(noise, "pixel_gaussian"),
        "made_in": made.get("seconds") and seconds_text(made["seconds"]),
        "made_on": made.get("device") and made["device"]["name"],
    }
    labels = {key: say(f"paper.of_judge.{key}", n=noise["n"]) for key in properties}
    settings = {key: value for key, value in flat(made["settings"]).items() if key not in WHERE_FROM and value != ""}
    return {
        **{english(labels[key]): english(value) for key, value in properties.items() if value},
        **{english(say("paper.of_judge.setting", name=key)): display_value(value) for key, value in settings.items()},
    }


WHERE_FROM = ("urls", "path", "kind")
"""Settings of a judge that say where its file was fetched from, or what the table says already."""


def check_fid(noise: Mapping, images: str) -> str:
    """The FID of some images in a judge's check."""
    found = noise[images]
    return format_rounded(found["fid"], found["uncertainty"]["value"], noise["n"])


def seconds_text(seconds: float) -> str:
    """A time in seconds: of four digits at most."""
    return say("time.s", n=format_rounded(seconds))


def judge_rows(records: PaperRecords) -> list[dict[str, Any]]:
    """The record and the check of each judge, as docs/files.md describes them, unrounded."""
    return [
        flat({"judge": name, "kind": judge.kind, **judge.record, "check": check_without_texts(judge.check)})
        for name, judge in records.judges.items()
    ]


def check_without_texts(check: Mapping) -> dict[str, Any]:
    """check.json with its caveats as kinds."""
    return {**check, "caveats": [caveat["kind"] for caveat in check["caveats"]]}


# --- compute -------------------------------------------------------------------------------------------


def compute_table(records: PaperRecords) -> PaperTable:
    """The length, time, speed and size of every run's trainings: means over seeds."""
    notes = Notes()
    rows, used = [], []
    for run in records.study.runs:
        trained = records.trainings[run["run"]]
        first = trained[0]
        parameters = {name: network["parameters"] for name, network in first["networks"].items()}
        sampler = next((name for name in parameters if name in SAMPLERS), None)
        cpu = [each["cpu_seconds"] for each in trained if each.get("cpu_seconds") is not None]
        used.append((format_device(first["device"]), first["precision"]))
        rows.append(
            [
                Cell(run["run"], collapse_mark(run, notes)),
                Cell(str(len(trained))),
                Cell(format_epochs_number(run)),
                Cell(format_number(round(mean([each["steps"] for each in trained])))),
                Cell(format_rounded(mean([each["seconds"] for each in trained]))),
                Cell(format_rounded(mean(cpu)) if cpu else DASH),
                Cell(format_number(round(mean([each["images_per_second"] for each in trained])))),
                Cell(format_large_number(parameters[sampler]) if sampler else DASH),
                Cell(format_large_number(sum(parameters.values()))),
            ]
        )
    names = ["seeds", "epochs", "steps", "seconds", "cpu_seconds", "per_second", "sampler", "all_networks"]
    alike = len(set(used)) == 1
    if not alike:
        rows = [[*row, *map(Cell, of_run)] for row, of_run in zip(rows, used, strict=True)]
        names += ["device", "precision"]
    everything = [each["seconds"] for trained in records.trainings.values() for each in trained]
    caption = [
        say("paper.compute"),
        *([say("cost.all_on", device=used[0][0], precision=used[0][1])] if alike else []),
        say("cost.total", hours=format_hours(sum(everything)), trainings=plural(len(everything), "training")),
    ]
    return PaperTable(
        label=label_of(records.name, "compute"),
        caption=english(joined_sentences(caption)),
        header=[Cell(""), *map(heading, names)],
        rows=rows,
        align="l" + "r" * 8 + "l" * (len(names) - 8),
        notes=notes,
    )


def format_epochs_number(run: Mapping) -> str:
    """The epochs of a run without their unit: `4`, or `2.5 to 4` if seeds differ."""
    epochs = sorted(
        {format_number(each["epochs"]) for each in run["seeds"]}, key=lambda text: float(text.replace(",", ""))
    )
    return english(say("scores.span", low=epochs[0], high=epochs[-1])) if len(epochs) > 1 else epochs[0]


def compute_rows(records: PaperRecords) -> list[dict[str, Any]]:
    """Each training, and the snapshot that was sampled, unrounded."""
    keys = (
        "run", "seed", "preset", "dataset", "epochs", "steps", "images", "seconds", "seconds_in_steps", "cpu_seconds",
        "images_per_second", "device", "precision", "xla", "deterministic", "images_held", "replicas", "collapse",
    )  # fmt: skip
    samples = {
        (run["run"], each["seed"]): {
            key: each["samples"].get(key) for key in ("step", "epoch", "select", "batch_size", "why")
        }
        for run in records.study.runs
        for each in run["seeds"]
    }
    return [
        flat(
            {
                **{key: trained.get(key) for key in keys},
                "parameters": {name: network["parameters"] for name, network in trained["networks"].items()},
                "sampled": samples[trained["run"], trained["seed"]],
            }
        )
        for of_run in records.trainings.values()
        for trained in of_run
    ]


# --- settings ------------------------------------------------------------------------------------------


def settings_tables(records: PaperRecords) -> list[PaperTable]:
    """The settings that differ between runs, with the others in the notes; several tables if there are many runs."""
    settings = settings_of_runs(records.study)
    names = list(dict.fromkeys(name for own in settings.values() for name in own))
    different = [name for name in names if not all_equal([own.get(name) for own in settings.values()])]
    common = [name for name in names if name not in different and next(iter(settings.values()))[name] not in ("", None)]
    alike = joined_with_semicolons(
        [
            english(say("paper.setting", name=name, value=setting_text(next(iter(settings.values())), name)))
            for name in common
        ]
    )
    runs = list(settings)
    groups = [runs[start : start + MOST_RUNS] for start in range(0, len(runs), MOST_RUNS)]
    return [
        PaperTable(
            label=label_of(records.name, "settings", i + 1 if len(groups) > 1 else ""),
            caption=english(say("paper.settings_that_differ")),
            header=[Cell(""), *map(Cell, group)],
            rows=[[Cell(name), *(Cell(setting_text(settings[run], name)) for run in group)] for name in different],
            align="l" + "r" * len(group),
            remarks=[english(say("paper.settings_alike", settings=alike))] if common and i == len(groups) - 1 else [],
        )
        for i, group in enumerate(groups)
    ]


def setting_text(settings: Mapping[str, object], name: str) -> str:
    """A setting as it is written in YAML; a dash if the run does not have it."""
    value = settings.get(name)
    return DASH if value is None or value == "" else display_value(value)


def settings_rows(study: StudyResults) -> list[dict[str, Any]]:
    """Every setting of every run that a number may depend on, as it was trained and sampled."""
    return [
        {"run": run, "setting": name, "value": flat({"value": value})["value"]}
        for run, own in settings_of_runs(study).items()
        for name, value in own.items()
    ]
