"""Fetch the archive of a judge that is not trained here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges import KINDS
from easel.runtime.console import job


def fetch_judge(
    file: Path,  # appears only once its SHA-256 is right
    settings: Mapping[str, Any],  # the judge's entry of config/judges.yaml
) -> None:
    """Download the archive, or copy it from a local path."""
    chosen = KINDS[settings["kind"]].model_validate(dict(settings))
    judges.of_kind(chosen.kind).fetch(chosen, file)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        fetch_judge(file=Path(snakemake.output[0]), settings=snakemake.params.settings)
