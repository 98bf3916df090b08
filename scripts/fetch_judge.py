"""Get what a judge is made of, where that is no dataset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges import KINDS
from easel.runtime.console import job


def fetch_judge(
    file: Path,  # appears only once it is known to be the right one
    settings: Mapping[str, Any],  # the judge's entry of config/judges.yaml
) -> None:
    """Download it, or take it from a local path."""
    chosen = KINDS[settings["kind"]].model_validate(dict(settings))
    judges.of_kind(chosen.kind).fetch(chosen, file)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        fetch_judge(file=Path(snakemake.output[0]), settings=snakemake.params.settings)
