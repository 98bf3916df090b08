"""What a report says in words and numbers: its title, key numbers, settings, time and provenance."""

from collections.abc import Sequence
from typing import get_args

from easel.config.presets import FAMILIES
from easel.report.figures.pictures import SIDE, gallery, picture, room
from easel.report.load import Run, Study, read_if_there
from easel.report.page.html import Html, details, element, joined, paragraph, side_by_side, table, tiles, valued
from easel.report.page.numbers import (
    count,
    device_words,
    duration,
    grouped,
    in_a_row,
    listed,
    measured,
    plural,
    sentences,
)
from easel.report.page.sampling_notes import drawn_classes, images_of, rows_of
from easel.report.tables import collapse_notice
from easel.report.tables.metric_texts import in_words, title_of
from easel.report.tables.scores import reference, value_of
from easel.texts import Text, knows, say, translated

SETTINGS = {get_args(family.model_fields["family"].annotation)[0]: family for family in FAMILIES}
SAMPLERS = ("generator", "decoder")
NEAREST = 2_000_000  # bytes that the samples nearest to training images may take of their study's page, of all runs
# --- one run -------------------------------------------------------------------------------------------


def run_title(run: Run) -> Html:
    """The head of a run's report: what was trained, on what, the key numbers, and a notice if it collapsed."""
    training, data = run.training, run.dataset
    height, width, _ = data["image_shape"]
    sentence = say(
        "summary.trained",
        what=run.settings.get("description") or say("summary.preset", preset=training["preset"]),
        epochs=plural(training["epochs"], "epoch"),
        images=plural(data["splits"]["train"]["images"], "training image"),
        dataset=data["name"],
        width=width,
        height=height,
        steps=plural(training["steps"], "step"),
        batch=plural(run.settings["batch_size"], "image"),
        time=duration(training["seconds"]),
        device=device_words(training["device"]),
    )
    head = element(
        "header",
        paragraph(
            say(
                "summary.crumbs", study=element("a", training["study"], href="../../report.html"), run=run.name,
                seed=training["seed"],
            ),
            class_="crumbs",
        ),
        element("h1", say("summary.run_on", run=run.name, dataset=data["name"])),
        paragraph(sentence, class_="lead"),
        tiles(key_numbers(run)),
    )  # fmt: skip
    return joined(head, collapse_notice.notice(run))


def key_numbers(run: Run) -> list[tuple[str, str, str]]:
    """Name, value and note of what one wants to know first."""
    training = run.training
    numbers = [
        (
            title_of(row["metric"]),
            value_of(row),
            say("summary.judged", judge=row["judge"], samples=images_of(row, "sample"), reference=reference(row)),
        )
        for row in run.metrics
        if row["of"] == "samples" and row["metric"] == "fid"
    ]
    sampler = next((name for name in training["networks"] if name in SAMPLERS), None)
    if sampler:
        everything = sum(network["parameters"] for network in training["networks"].values())
        alone = training["networks"][sampler]["parameters"]
        network = say(f"summary.in_the_{sampler}", all=count(everything))
        numbers.append((say("summary.parameters"), count(alone), network))
    seen = say("summary.seen", images=plural(training["images"], "image"))
    speed = say("summary.per_second", n=round(training["images_per_second"]))
    return [
        *numbers,
        (say("summary.training_time"), duration(training["seconds"]), seen),
        (say("summary.speed"), speed, training["precision"]),
        (say("summary.device"), training["device"]["kind"].upper(), device_words(training["device"])),
    ]


def settings_table(run: Run) -> Html:
    """Every setting that the run was trained with, and what it means."""
    fields = SETTINGS[run.settings["family"]].model_fields if run.settings["family"] in SETTINGS else {}
    return table(
        [say(f"summary.{name}") for name in ("setting", "value", "meaning")],
        [
            [name, shown(value), meaning_of(name, (fields[name].description or "") if name in fields else "")]
            for name, value in run.settings.items()
            if value != "" and name != "description"
        ],
    )


def meaning_of(setting: str, said: str) -> Text:
    """What a setting means. said: its description in the schema, which is the English text."""
    return translated(f"settings.{setting}", said.replace("`", ""))


def provenance(run: Run) -> Html:
    """Where and with what the run was trained, as far as repeating it may need."""
    training = run.training
    device, prints = training["device"], training["fingerprints"]
    per_second = say("summary.per_second", n=round(training["images_per_second"]))
    budget = [plural(training["epochs"], "epoch"), plural(training["steps"], "step")]
    rows = [
        (say("summary.device"), device_words(device)),
        (say("summary.precision"), training["precision"]),
        (
            say("summary.training_time"),
            say("summary.in_brackets", first=duration(training["seconds"]), then=per_second),
        ),
        (say("summary.budget"), in_a_row(budget)),
        (say("summary.seed"), training["seed"]),
        (say("summary.preset_name"), training["preset"]),
        *((name, value) for name, value in computing(training) if value),
    ]
    if training["resumed_at_steps"]:
        rows.append((say("summary.resumed"), listed([f"{step:,}" for step in training["resumed_at_steps"]])))
    if training["snapshots"]:
        rows.append((say("summary.snapshots"), listed([f"{each['step']:,}" for each in training["snapshots"]])))
    rows += [(say("summary.version", name=name), version) for name, version in training["versions"].items()]
    rows += [
        (say(f"summary.fingerprint_{name}"), element("code", prints[name]))
        for name in ("state", "data")
        if name in prints
    ]
    code = [(file, element("code", fingerprint)) for file, fingerprint in prints.get("code", {}).items()]
    header = [say("summary.file"), say("summary.fingerprint")]
    return joined(
        table(["", say("summary.value")], rows),
        details(say("summary.fingerprints"), table(header, code)) if code else None,
    )


def computing(training: dict) -> list[tuple[Text, str | None]]:
    """How the steps were computed, as far as train.json says so."""
    images, replicas, seconds = (training.get(name) for name in ("images_held", "replicas", "seconds_in_steps"))
    share = seconds and say("summary.share", percent=f"{100 * seconds / training['seconds']:.0f}")
    held = say(f"summary.held.{images}") if knows(f"summary.held.{images}") else images
    return [
        (
            say("summary.in_steps"),
            seconds and say("summary.in_brackets", first=duration(seconds), then=share),
        ),
        (say("summary.xla"), answer(training.get("xla"))),
        (say("summary.deterministic"), answer(training.get("deterministic"))),
        (say("summary.images_held"), held),
        (say("summary.replicas"), replicas and (say("summary.each_a_part", n=replicas) if replicas > 1 else "1")),
    ]


def answer(value: bool | None) -> Text | None:
    """Yes or no; None for what is not known."""
    return None if value is None else say("summary.yes" if value else "summary.no")


# --- a study -------------------------------------------------------------------------------------------


def study_title(study: Study) -> Html:
    """The head of a study's report: what is compared, and the key numbers."""
    comparison = study.comparison
    seeds = [each for run in study.runs for each in run["seeds"]]
    numbers = [(say("summary.dataset"), comparison["dataset"], "")]
    if study.external:
        numbers.insert(0, (say("summary.elsewhere"), str(len(study.external)), say("summary.of_other_programs")))
    if study.runs:
        each_has = say("summary.seeds_each", seeds=plural(len(comparison["seeds"]), "seed"))
        numbers = [
            (say("summary.runs"), str(len(study.runs)), each_has),
            (say("summary.training_time"), duration(sum(each["seconds"] for each in seeds)), say("summary.all_runs")),
            *numbers,
            (say("summary.device"), listed(sorted({each["device"]["kind"].upper() for each in seeds})),
             listed(sorted({device_words(each["device"]) for each in seeds}))),
        ]  # fmt: skip
    return element(
        "header",
        element("h1", comparison["title"] or comparison["study"]),
        comparison["description"] and paragraph(comparison["description"], class_="lead"),
        tiles(numbers),
    )


def run_sentences(study: Study) -> Html:
    """A sentence for each run: what it is and how it did, with a link to its report."""
    said = [run_sentence(study, run) for run in study.runs]
    said += [external_sentence(study, run) for run in study.external]
    return element("ul", *(element("li", sentence) for sentence in said), class_="runs")


def run_sentence(study: Study, run: dict) -> Text:
    """What a run is, what it took, how it did by every judge; links to the reports of its seeds."""
    seconds, judged = mean([each["seconds"] for each in run["seeds"]]), scores_of(study, run)
    collapsed = collapse_notice.sentence(run)
    said = [
        say(
            "summary.run_judged" if judged else "summary.run",
            run=element("strong", run_link(study, run, run["seeds"][0]["seed"], run["run"])),
            description=run["description"],
            epochs=epochs_of(run),
            time=duration(seconds),
            scores=judged,
        )
    ]
    if collapsed:
        said.append(say("summary.stressed", sentence=element("em", collapsed)))
    if len(run["seeds"]) > 1:
        links = [run_link(study, run, each["seed"], str(each["seed"])) for each in run["seeds"]]
        said.append(say("summary.seeds", links=joined(*(part for link in links for part in (" ", link)))))
    return sentences(said)


def external_sentence(study: Study, run: dict) -> Text:
    """What images made elsewhere are, and how they did by every judge."""
    origin, judged = run["seeds"][0]["samples"], scores_of(study, run)
    said = say(
        "summary.external_judged" if judged else "summary.external",
        run=element("strong", run["run"]),
        description=run["description"] or say("summary.made_elsewhere"),
        images=plural(origin["found"], "image"),
        path=run["path"],
        scores=judged,
    )
    return sentences([said, *(say("summary.note", note=in_words(note)) for note in origin["notes"])])


def epochs_of(run: dict) -> Text:
    """How many epochs a run was trained for: `4 epochs`; `2.5 to 4 epochs` where a seed was stopped before others."""
    epochs = [each["epochs"] for each in run["seeds"]]
    if grouped(min(epochs)) == grouped(max(epochs)):
        return plural(max(epochs), "epoch")
    return say("summary.epochs_between", low=min(epochs), high=max(epochs))


def scores_of(study: Study, run: dict) -> str:
    """How a run did by every judge: `FID 41.2 ± 0.8 (judge classifier, 2,000 samples)`; ± is half of an interval."""
    return listed(
        [
            say(
                "summary.score",
                metric=title_of("fid"),
                value=mean_words(each),
                judge=column["judge"],
                samples=images_of(column, "sample"),
            )
            for column in study.summary
            for each in column["runs"]
            if each["run"] == run["run"] and column["metric"] == "fid" and column["of"] == "samples"
        ]
    )


def mean_words(mean: dict) -> str:
    """A run's mean in the summary, with half of its interval."""
    return measured(mean["mean"], None if mean["low"] is None else (mean["high"] - mean["low"]) / 2)


def run_link(study: Study, run: dict, seed: int, text: str) -> Html:
    folder = study.run_folder(run["run"], seed).relative_to(study.folder)
    return element("a", text, href=f"{folder.as_posix()}/report.html")


def samples_of_runs(study: Study) -> Html | None:
    """The first samples of every run beside each other, of its first seed, and how the run did."""
    everything = [*study.runs, *study.external]
    grids = {run["run"]: study.run_folder(run["run"], run["seeds"][0]["seed"]) / "samples.png" for run in everything}
    captions = {run["run"]: about_samples(study, run) for run in everything}
    return gallery(grids, captions, study.dataset["image_shape"][:2])


def about_samples(study: Study, run: dict) -> Text:
    """How a run did, what its first seed was when it was sampled, and of which classes the rows of its samples are."""
    first = run["seeds"][0]
    training = read_if_there(study.run_folder(run["run"], first["seed"]) / "train.json")
    rows = rows_of(drawn_classes(training, first["samples"]), SIDE)
    said = in_a_row(list(filter(None, [scores_of(study, run), collapse_notice.of_first(run)])), "lists.semicolon")
    return sentences([say("summary.note", note=said), rows]) if rows else said


def nearest_of_runs(study: Study) -> Html | None:
    """The samples of every run, of its first seed, that lie nearest to a training image, each over that image.

    Of many runs or large images only the first of these.
    """
    everything, cell = [*study.runs, *study.external], study.dataset["image_shape"][:2]
    images = room(NEAREST, cell) // max(len(everything), 1)
    rows = 4 if images >= 12 else 2
    found = [
        picture(
            study.run_folder(run["run"], run["seeds"][0]["seed"]) / "nearest.png",
            say("summary.nearest", run=run["run"]), None, run["run"], cell,
            columns=min(10, max(2, images // rows)), rows=rows, together=2, zoom=1,
        )
        for run in everything
    ]  # fmt: skip
    return side_by_side((each for each in found if each), 21)


def cost_table(study: Study) -> Html | None:
    """What every run took: budget, time, speed and size; the hardware in the caption where all had the same."""
    if not study.runs:
        return None
    seeds = [each for run in study.runs for each in run["seeds"]]
    machines = {(device_words(each["device"]), each["precision"]) for each in seeds}
    several = len(seeds) > len(study.runs)
    rows = []
    for run in study.runs:
        first, seconds = run["seeds"][0], [each["seconds"] for each in run["seeds"]]
        sampler = next((name for name in first["parameters"] if name in SAMPLERS), None)
        row = [
            run["run"],
            epochs_of(run),
            valued(duration(mean(seconds)), mean(seconds)),
            *([valued(duration(sum(seconds)), sum(seconds))] if several else []),
            hours(sum(seconds)),
            grouped(round(mean([each["images_per_second"] for each in run["seeds"]]))),
            count(first["parameters"][sampler]) if sampler else "",
            count(sum(first["parameters"].values())),
        ]
        rows.append(row + [device_words(first["device"]), first["precision"]] * (len(machines) > 1))
    total = sum(each["seconds"] for each in seeds)
    caption = [say("cost.total", hours=hours(total), trainings=plural(len(seeds), "training")), say("cost.parameters")]
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
    return table(header[: len(rows[0])], rows, sentences(caption), sortable=True)


def hours(seconds: float) -> Text:
    """A time in hours, as it is paid for: `0.52 h`."""
    return say("time.h", n=f"{seconds / 3600:.2f}" if seconds < 36_000 else f"{seconds / 3600:,.0f}")


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def shown(value: object) -> str:
    """A setting as the YAML file says it."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
