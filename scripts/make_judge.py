"""Make a judge: train it on the dataset, or unpack what was fetched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges import KINDS
from easel.runtime.console import job
from easel.runtime.files import read_json, write_json


def make_judge(
    source: Path,  # dataset.json, next to the arrays, or the judge's archive
    weights: Path,  # classifier.keras and its like
    record: Path,  # classifier.json and its like
    name: str,  # of the judge
    dataset: str,  # the dataset whose samples it will judge
    settings: Mapping[str, Any],  # its entry of config/judges.yaml
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    judged: str | Path | None = None,  # dataset.json, if the archive is a judge of certain classes
) -> None:
    """Write the judge's weights and its record."""
    chosen = KINDS[settings["kind"]].model_validate(dict(settings))
    if judged:
        data = read_json(judged)
        judges.of_kind(chosen.kind).require(chosen, source, data["classes"], data["image_shape"])
    made = judges.of_kind(chosen.kind).make(chosen, source, weights, f"{name} on {dataset}", threads, gpus)
    write_json(record, {"judge": name, **made, "settings": chosen.model_dump()})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        make_judge(
            source=Path(snakemake.input[0]),
            weights=Path(snakemake.output.weights),
            record=Path(snakemake.output.record),
            name=snakemake.wildcards.judge,
            dataset=snakemake.wildcards.dataset,
            settings=snakemake.params.settings,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            judged=snakemake.input.get("judged"),
        )
