"""Latent vectors of a study's runs: which runs share them, image by image."""

from easel.report.load import StudyResults
from easel.report.page.html import Html, paragraph
from easel.report.page.numbers import joined_sentences, joined_with_and
from easel.report.page.sampling_notes import sampling_details
from easel.report.tables.settings import settings_of_runs
from easel.texts import say


def latents_note(study: StudyResults) -> Html | None:
    """The runs whose samples share their latent vectors, image by image; None if no run is trained.

    Latent vectors depend only on the seed, their length and the truncation (easel.sampling.latent_points). All runs
    have the same seeds unless their `sampling` sets one.
    """
    runs_of: dict[tuple, list[str]] = {}
    for run, own in settings_of_runs(study).items():
        truncation = own.get("sampling.truncation")
        for detail in sampling_details({"truncation": truncation}):
            run = say("summary.in_brackets", first=run, then=detail)
        runs_of.setdefault((own["latent_dim"], truncation, own.get("sampling.seed")), []).append(run)
    found = [
        say("latents.shared" if len(runs) > 1 else "latents.own", runs=joined_with_and(runs), n=numbers)
        for (numbers, *_), runs in runs_of.items()
    ]
    if not found:
        return None
    if study.external:
        found.append(say("latents.external", runs=joined_with_and([run["run"] for run in study.external])))
    return paragraph(joined_sentences(found), class_="note")
