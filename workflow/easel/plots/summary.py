"""What a report says in words and numbers: its title, key numbers, settings, time and provenance."""

from collections.abc import Sequence

from easel.config.presets import Gan, Vae, VaeGan
from easel.plots import collapse
from easel.plots.html import Html, details, element, joined, paragraph, side_by_side, table, tiles, valued
from easel.plots.pictures import gallery, picture
from easel.plots.results import Run, Study
from easel.plots.scores import reference, title_of, value_of
from easel.plots.words import NBSP, count, device_words, duration, epoch_words, grouped, listed, measured, plural

SETTINGS = {"gan": Gan, "vae": Vae, "vae_gan": VaeGan}
SAMPLERS = ("generator", "decoder")
HELD = {
    "resident": "all in device memory",
    "streamed": "brought to the device batch by batch",
}


# --- one run -------------------------------------------------------------------------------------------


def run_title(run: Run) -> Html:
    """The head of a run's report: what was trained, on what, the key numbers, and a notice if it collapsed."""
    training, data = run.training, run.dataset
    height, width, _ = data["image_shape"]
    what = run.settings.get("description") or f"Preset {training['preset']}"
    sentence = (
        f"{what}. Trained for {plural(training['epochs'], 'epoch')} on the "
        f"{plural(data['splits']['train']['images'], 'training image')} of {data['name']} ({width} × {height} pixels): "
        f"{plural(training['steps'], 'step')} of {plural(run.settings['batch_size'], 'image')}, "
        f"in {duration(training['seconds'])} on {device_words(training['device'])}."
    )
    head = element(
        "header",
        paragraph(
            element("a", training["study"], href="../../report.html"), f" / {run.name} / seed {training['seed']}",
            class_="crumbs",
        ),
        element("h1", f"{run.name} on {data['name']}"),
        paragraph(sentence, class_="lead"),
        tiles(key_numbers(run)),
    )  # fmt: skip
    return joined(head, collapse.notice(run))


def progress_captions(run: Run) -> dict[int, str]:
    """What stands under each of the grids drawn as training went on, by step."""
    return {
        step: f"step {step:,} · epoch {epoch_words(run.epoch(step))}" + " · collapsed" * run.collapsed(step)
        for step in run.progress
    }


def key_numbers(run: Run) -> list[tuple[str, str, str]]:
    """Name, value and note of what one wants to know first."""
    training = run.training
    numbers = [
        (title_of(row["metric"]), value_of(row), f"judge {row['judge']}, {row['n']:,} samples against {reference(row)}")
        for row in run.metrics
        if row["of"] == "samples" and row["metric"] == "fid"
    ]
    sampler = next((name for name in training["networks"] if name in SAMPLERS), None)
    if sampler:
        everything = sum(network["parameters"] for network in training["networks"].values())
        alone = training["networks"][sampler]["parameters"]
        numbers.append(("parameters", count(alone), f"in the {sampler}; {count(everything)} in all networks"))
    return [
        *numbers,
        ("training time", duration(training["seconds"]), f"{plural(training['images'], 'image')} seen"),
        ("speed", f"{grouped(round(training['images_per_second']))} images/s", training["precision"]),
        ("device", training["device"]["kind"].upper(), device_words(training["device"])),
    ]


def settings_table(run: Run) -> Html:
    """Every setting that the run was trained with, and what it means."""
    fields = SETTINGS[run.settings["family"]].model_fields if run.settings["family"] in SETTINGS else {}
    meaning = {name: (field.description or "").replace("`", "") for name, field in fields.items()}
    return table(
        ["setting", "value", "meaning"],
        [
            [name, shown(value), meaning.get(name)]
            for name, value in run.settings.items()
            if value != "" and name != "description"
        ],
    )


def provenance(run: Run) -> Html:
    """Where and with what the run was trained, as far as repeating it may need."""
    training = run.training
    device, prints = training["device"], training["fingerprints"]
    rows = [
        ("device", device_words(device)),
        ("precision", training["precision"]),
        ("training time", f"{duration(training['seconds'])} ({training['images_per_second']:,.0f} images/s)"),
        ("budget", f"{plural(training['epochs'], 'epoch')}, {plural(training['steps'], 'step')}"),
        ("seed", training["seed"]),
        ("preset", training["preset"]),
        *((name, value) for name, value in computing(training) if value),
    ]
    if training["resumed_at_steps"]:
        rows.append(("resumed at step", listed([f"{step:,}" for step in training["resumed_at_steps"]])))
    if training["snapshots"]:
        rows.append(("snapshots at step", listed([f"{each['step']:,}" for each in training["snapshots"]])))
    rows += [(f"{name} version", version) for name, version in training["versions"].items()]
    rows += [(f"fingerprint: {name}", element("code", prints[name])) for name in ("state", "data") if name in prints]
    code = [(file, element("code", fingerprint)) for file, fingerprint in prints.get("code", {}).items()]
    return joined(
        table(["", "value"], rows),
        details("Fingerprints of the code", table(["file", "fingerprint"], code)) if code else None,
    )


def computing(training: dict) -> list[tuple[str, str | None]]:
    """How the steps were computed, as far as train.json says so."""
    answers = {True: "yes", False: "no"}
    images, replicas, seconds = (training.get(name) for name in ("images_held", "replicas", "seconds_in_steps"))
    return [
        (
            "time in training steps",
            seconds and f"{duration(seconds)} ({100 * seconds / training['seconds']:.0f}{NBSP}% of the training time)",
        ),
        ("compiled with XLA", answers.get(training.get("xla"))),
        ("deterministic operations", answers.get(training.get("deterministic"))),
        ("training images", HELD.get(images, images)),
        ("replicas", replicas and (f"{replicas}, each with a part of every batch" if replicas > 1 else "1")),
    ]


# --- a study -------------------------------------------------------------------------------------------


def study_title(study: Study) -> Html:
    """The head of a study's report: what is compared, and the key numbers."""
    comparison = study.comparison
    seeds = [each for run in study.runs for each in run["seeds"]]
    numbers = [("dataset", comparison["dataset"], "")]
    if study.external:
        numbers.insert(0, ("made elsewhere", str(len(study.external)), "images of other programs"))
    if study.runs:
        numbers = [
            ("runs", str(len(study.runs)), f"with {plural(len(comparison['seeds']), 'seed')} each"),
            ("training time", duration(sum(each["seconds"] for each in seeds)), "all runs and seeds together"),
            *numbers,
            ("device", listed(sorted({each["device"]["kind"].upper() for each in seeds})),
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
    sentences = [run_sentence(study, run) for run in study.runs]
    sentences += [external_sentence(study, run) for run in study.external]
    return element("ul", *(element("li", sentence) for sentence in sentences), class_="runs")


def run_sentence(study: Study, run: dict) -> Html:
    """What a run is, what it took, how it did by every judge; links to the reports of its seeds."""
    epochs, seconds = epochs_of(run), mean([each["seconds"] for each in run["seeds"]])
    judged = scores_of(study, run)
    sentence = collapse.sentence(run)
    seeds = [joined(" ", run_link(study, run, each["seed"], str(each["seed"]))) for each in run["seeds"]]
    return joined(
        element("strong", run_link(study, run, run["seeds"][0]["seed"], run["run"])),
        f": {run['description']}, trained for {epochs} epoch{'' if epochs == '1' else 's'} in {duration(seconds)}",
        judged and f"; {judged}",
        ".",
        sentence and joined(" ", element("em", sentence)),
        joined(" Seeds:", *seeds, ".") if len(seeds) > 1 else None,
    )


def external_sentence(study: Study, run: dict) -> Html:
    """What images made elsewhere are, and how they did by every judge."""
    origin, judged = run["seeds"][0]["samples"], scores_of(study, run)
    return joined(
        element("strong", run["run"]),
        f": {run['description'] or 'images made elsewhere'}, {plural(origin['found'], 'image')} found in {run['path']}",
        judged and f"; {judged}",
        ".",
        *(f" {note}." for note in origin["notes"]),
    )


def epochs_of(run: dict) -> str:
    """How many epochs a run was trained for: `4`; `2.5 to 4` where a seed was stopped before the others."""
    epochs = [each["epochs"] for each in run["seeds"]]
    return " to ".join(dict.fromkeys([grouped(min(epochs)), grouped(max(epochs))]))


def scores_of(study: Study, run: dict) -> str:
    """How a run did by every judge: `FID 41.2 ± 0.8 (judge classifier, 2,000 samples)`; ± is half of an interval."""
    return listed(
        [
            f"{title_of('fid')} {mean_words(each)} (judge {column['judge']}, {column['n']:,} samples)"
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
    captions = {
        run["run"]: "; ".join(filter(None, [scores_of(study, run), collapse.of_first(run)])) for run in everything
    }
    return gallery(grids, captions, study.dataset["image_shape"][:2])


def nearest_of_runs(study: Study) -> Html | None:
    """The samples of every run, of its first seed, that lie nearest to a training image, each over that image."""
    found = [
        picture(
            study.run_folder(run["run"], run["seeds"][0]["seed"]) / "nearest.png",
            f"Samples of {run['run']}, and below each its nearest training image", None, run["run"],
            study.dataset["image_shape"][:2], together=2, zoom=1,
        )
        for run in (*study.runs, *study.external)
    ]  # fmt: skip
    return side_by_side((each for each in found if each), 21)


def cost_table(study: Study) -> Html | None:
    """What every run took: budget, time, speed and size; the hardware in the caption where all had the same."""
    if not study.runs:
        return None
    seeds = [each for run in study.runs for each in run["seeds"]]
    machines = {(device_words(each["device"]), each["precision"]) for each in seeds}
    rows = []
    for run in study.runs:
        first, seconds = run["seeds"][0], mean([each["seconds"] for each in run["seeds"]])
        sampler = next((name for name in first["parameters"] if name in SAMPLERS), None)
        row = [
            run["run"],
            epochs_of(run),
            valued(duration(seconds), seconds),
            grouped(round(mean([each["images_per_second"] for each in run["seeds"]]))),
            count(first["parameters"][sampler]) if sampler else "",
            count(sum(first["parameters"].values())),
        ]
        rows.append(row + [device_words(first["device"]), first["precision"]] * (len(machines) > 1))
    caption = "Parameters are those of the network that draws the samples, and of all that were trained."
    if len(seeds) > len(study.runs):
        caption += " Time and speed are means over the seeds."
    if any((each.get("collapse") or {}).get("stopped") for each in seeds):
        caption += " A training that collapsed was stopped early, as the study asks."
    if len(machines) == 1:
        caption += " All on {}, in {}.".format(*machines.pop())
    header = ["", "epochs", "time", "images/s", "sampling network", "all networks", "device", "precision"]
    return table(header[: len(rows[0])], rows, caption, sortable=True)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def shown(value: object) -> str:
    """A setting as the YAML file says it."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
