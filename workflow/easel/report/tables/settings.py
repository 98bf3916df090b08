"""Settings: all settings of one run, and those that differ between the runs of a study."""

from collections.abc import Sequence
from typing import get_args

from easel.config.affects import Affects, names_of
from easel.config.presets import FAMILIES
from easel.report.load import RunResults, StudyResults, read_optional_json
from easel.report.page.html import Html, paragraph, table
from easel.report.page.numbers import joined_sentences
from easel.texts import Text, say, translated

NOT_COMPARED = {
    name for family in FAMILIES for name in family.model_fields.keys() - set(names_of(family, Affects.TRAINING))
}
"""Settings that no training depends on."""
MOST_COLUMNS = 5
"""Most runs that are columns; more runs become rows, if there are fewer settings than runs."""


def differing_settings(study: StudyResults) -> Html | None:
    """A table of the settings that differ between runs, and the number of those that do not; None for a single run.

    Settings are rows and runs columns, or the other way round if there are many runs. Seeds are not settings: every run
    has the study's.
    """
    settings = settings_of_runs(study)
    if len(settings) < 2:
        return None
    names = list(dict.fromkeys(name for own in settings.values() for name in own))
    different = [name for name in names if not all_equal([own.get(name) for own in settings.values()])]
    equal = len(names) - len(different)
    if not different:
        return paragraph(say("differing_settings.alike", n=equal))
    caption = [say("differing_settings.others", n=equal) if equal else say("differing_settings.no_others")]
    if any(name not in own for own in settings.values() for name in different):
        caption.append(say("differing_settings.dash"))
    cells = {run: [setting_cell(own.get(name)) for name in different] for run, own in settings.items()}
    labels = [say("differing_settings.preset") if name == "preset" else name for name in different]
    if len(settings) > max(MOST_COLUMNS, len(different)):
        return table(
            [say("differing_settings.run"), *labels],
            [[run, *row] for run, row in cells.items()],
            joined_sentences(caption),
        )
    rows = [[label, *row] for label, *row in zip(labels, *cells.values(), strict=True)]
    return table([say("differing_settings.setting"), *cells], rows, joined_sentences(caption))


def settings_of_runs(study: StudyResults) -> dict[str, dict[str, object]]:
    """The preset and settings of every trained run, as it was trained."""
    found = {}
    for run in study.runs:
        first = run["seeds"][0]
        record = read_optional_json(study.run_folder(run["run"], first["seed"]) / "train.json")
        if record:
            trained = {name: value for name, value in record["settings"].items() if name not in NOT_COMPARED}
            sampling = {f"sampling.{name}": value for name, value in first["samples"].get("sampling", {}).items()}
            found[run["run"]] = {"preset": record["preset"], **trained, **sampling}
    return found


def all_equal(values: Sequence[object]) -> bool:
    """True if all values are equal; a missing value (None) differs from any other."""
    return all(value == values[0] and isinstance(value, bool) == isinstance(values[0], bool) for value in values)


def setting_cell(value: object) -> str:
    """A setting as it is written in YAML; a dash if the run does not have it."""
    if value is None:
        return say("differing_settings.none")
    return display_value(value)


SETTINGS_BY_FAMILY = {get_args(family.model_fields["family"].annotation)[0]: family for family in FAMILIES}


def settings_table(run: RunResults) -> Html:
    """Every setting of a training, with its meaning."""
    fields = (
        SETTINGS_BY_FAMILY[run.settings["family"]].model_fields if run.settings["family"] in SETTINGS_BY_FAMILY else {}
    )
    return table(
        [say(f"summary.{name}") for name in ("setting", "value", "meaning")],
        [
            [
                name,
                display_value(value),
                setting_meaning(name, (fields[name].description or "") if name in fields else ""),
            ]
            for name, value in run.settings.items()
            if value != "" and name not in NOT_COMPARED
        ],
    )


def setting_meaning(setting: str, description: str) -> Text:
    """The meaning of a setting. description: the English text, from the schema."""
    return translated(f"settings.{setting}", description.replace("`", ""))


def display_value(value: object) -> str:
    """A setting as it is written in YAML."""
    if isinstance(value, list):
        return f"[{', '.join(map(display_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
