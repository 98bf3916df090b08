"""Provenance of a training: hardware, precision, versions and fingerprints."""

from easel.report.load import RunResults
from easel.report.page.html import Html, details, element, fragment, table
from easel.report.page.numbers import format_device, format_duration, joined_with_and, joined_with_commas, plural
from easel.report.tables.metric_rows import judging_devices
from easel.texts import Text, has_text, say


def provenance_table(run: RunResults) -> Html:
    """Hardware, software and fingerprints of a training, as needed to repeat it."""
    training = run.training
    device, prints = training["device"], training["fingerprints"]
    per_second = say("summary.per_second", n=round(training["images_per_second"]))
    budget = [plural(training["epochs"], "epoch"), plural(training["steps"], "step")]
    rows = [
        (say("summary.device"), format_device(device)),
        (say("summary.precision"), training["precision"]),
        (
            say("summary.training_time"),
            say("summary.in_brackets", first=format_duration(training["seconds"]), then=per_second),
        ),
        (say("summary.budget"), joined_with_commas(budget)),
        (say("summary.seed"), training["seed"]),
        (say("summary.preset_name"), training["preset"]),
        *((name, value) for name, value in computation_rows(training) if value),
        *((name, value) for name, value in judging_rows(run) if value),
    ]
    if training["resumed_at_steps"]:
        rows.append((say("summary.resumed"), joined_with_and([f"{step:,}" for step in training["resumed_at_steps"]])))
    if training["snapshots"]:
        rows.append(
            (say("summary.snapshots"), joined_with_and([f"{each['step']:,}" for each in training["snapshots"]]))
        )
    rows += [(say("summary.version", name=name), version) for name, version in training["versions"].items()]
    rows += [
        (say(f"summary.fingerprint_{name}"), element("code", prints[name]))
        for name in ("state", "data")
        if name in prints
    ]
    code = [(file, element("code", fingerprint)) for file, fingerprint in prints.get("code", {}).items()]
    header = [say("summary.file"), say("summary.fingerprint")]
    return fragment(
        table(["", say("summary.value")], rows),
        details(say("summary.fingerprints"), table(header, code)) if code else None,
    )


def computation_rows(training: dict) -> list[tuple[Text, str | None]]:
    """Details of the computation of training steps, as far as train.json records them."""
    images, replicas, seconds = (training.get(name) for name in ("images_held", "replicas", "seconds_in_steps"))
    share = seconds and say("summary.share", percent=f"{100 * seconds / training['seconds']:.0f}")
    held = say(f"summary.held.{images}") if has_text(f"summary.held.{images}") else images
    return [
        (
            say("summary.in_steps"),
            seconds and say("summary.in_brackets", first=format_duration(seconds), then=share),
        ),
        (say("summary.xla"), yes_or_no(training.get("xla"))),
        (say("summary.deterministic"), yes_or_no(training.get("deterministic"))),
        (say("summary.images_held"), held),
        (say("summary.replicas"), replicas and (say("summary.each_a_part", n=replicas) if replicas > 1 else "1")),
    ]


def judging_rows(run: RunResults) -> list[tuple[Text, str]]:
    """The devices that drew the samples and judged them; "" where there are none."""
    drawn, judged = run.metrics_record.get("samples", {}), run.metrics
    return [
        (say("summary.sampled_on"), joined_with_and(judging_devices([], [drawn]))),
        (say("summary.judged_on"), joined_with_and(judging_devices(judged))),
    ]


def yes_or_no(value: bool | None) -> Text | None:
    """Yes or no; None if unknown."""
    return None if value is None else say("summary.yes" if value else "summary.no")
