"""Where the runs of a study differ from the start: in their settings, and in the latents that they draw from."""

from collections.abc import Sequence

from easel.report.load import Study, read_if_there
from easel.report.page.html import Html, paragraph, table
from easel.report.page.numbers import listed, sentences
from easel.report.page.sampling_notes import how
from easel.report.tables.summary import shown as as_written
from easel.texts import say

NOT_COMPARED = ("description", "source")
"""What says what a run is, and changes nothing."""
MOST_COLUMNS = 5
"""Runs that have a column each; more of them have a row each, if there are fewer settings than runs."""


def differing_settings(study: Study) -> Html | None:
    """A table of the settings that are not the same in all runs; of the others, how many there are.

    A row for each setting and a column for each run, or the other way round where there are many runs. Nothing where
    there is one run. Seeds are no settings: every run has the study's.
    """
    settings = settings_of(study)
    if len(settings) < 2:
        return None
    names = list(dict.fromkeys(name for own in settings.values() for name in own))
    different = [name for name in names if not alike([own.get(name) for own in settings.values()])]
    equal = len(names) - len(different)
    if not different:
        return paragraph(say("differences.alike", n=equal))
    caption = [say("differences.others", n=equal) if equal else say("differences.no_others")]
    if any(name not in own for own in settings.values() for name in different):
        caption.append(say("differences.dash"))
    cells = {run: [shown(own.get(name)) for name in different] for run, own in settings.items()}
    labels = [say("differences.preset") if name == "preset" else name for name in different]
    if len(settings) > max(MOST_COLUMNS, len(different)):
        return table([say("differences.run"), *labels], [[run, *row] for run, row in cells.items()], sentences(caption))
    rows = [[label, *row] for label, *row in zip(labels, *cells.values(), strict=True)]
    return table([say("differences.setting"), *cells], rows, sentences(caption))


def settings_of(study: Study) -> dict[str, dict[str, object]]:
    """The preset and the settings of every run that has been trained, as it was trained."""
    found = {}
    for run in study.runs:
        first = run["seeds"][0]
        record = read_if_there(study.run_folder(run["run"], first["seed"]) / "train.json")
        if record:
            trained = {name: value for name, value in record["settings"].items() if name not in NOT_COMPARED}
            drawn = {f"sampling.{name}": value for name, value in first["samples"].get("sampling", {}).items()}
            found[run["run"]] = {"preset": record["preset"], **trained, **drawn}
    return found


def alike(values: Sequence[object]) -> bool:
    """Whether all are the same; one that is missing (None) is not the same as one that is there."""
    return all(value == values[0] and isinstance(value, bool) == isinstance(values[0], bool) for value in values)


def shown(value: object) -> str:
    """A setting as the YAML file says it, a number in six digits; a dash where there is none."""
    if value is None:
        return say("differences.none")
    return as_written(value)


def latents_of_runs(study: Study) -> Html | None:
    """Which runs' samples are of the same latent points, image by image; nothing where no run is trained.

    The points depend on the seed, on how many numbers one has and on whether they are truncated, and on nothing else
    (easel.sampling.latent_points); and every run has the same seeds, if `sampling` gives it none of its own.
    """
    runs_of: dict[tuple, list[str]] = {}
    for run, own in settings_of(study).items():
        truncation = own.get("sampling.truncation")
        for said in how({"truncation": truncation}):
            run = say("summary.in_brackets", first=run, then=said)
        runs_of.setdefault((own["latent_dim"], truncation, own.get("sampling.seed")), []).append(run)
    found = [
        say("latents.shared" if len(runs) > 1 else "latents.own", runs=listed(runs), n=numbers)
        for (numbers, *_), runs in runs_of.items()
    ]
    if not found:
        return None
    if study.external:
        found.append(say("latents.external", runs=listed([run["run"] for run in study.external])))
    return paragraph(sentences(found), class_="note")
