"""Fetch the archive of a judge that is not trained here."""

from pathlib import Path

from easel import judges
from easel.config.judges.base import JudgeSettings
from easel.runtime.console import job
from easel.study.load import load_study
from easel.tracking.fingerprint import ROOT


def fetch_judge(
    file: Path,  # appears only once its SHA-256 is right
    settings: JudgeSettings,
) -> None:
    """Download the archive, or copy it from a local path."""
    judges.of_kind(settings.kind).fetch(settings, file)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        # Read from the study here, as Snakemake may write params down, and an address can hold a password.
        found = load_study(dict(snakemake.config), ROOT).judges.values()
        fetched = (judge for judge in found if judge.is_fetched)
        settings = next(judge for judge in fetched if judge.archive == snakemake.wildcards.archive)
        fetch_judge(file=Path(snakemake.output[0]), settings=settings)
