"""Compare the runs of a study: comparison.json and comparison.csv."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from easel.evaluation import comparison
from easel.evaluation.agreement import agreement
from easel.runtime.console import job
from easel.runtime.files import atomic, read_json, write_json


def compare(
    metrics: Sequence[Path],  # metrics.json of every run and seed
    training: Sequence[Path],  # train.json of every run and seed
    record: Path,  # comparison.json
    table: Path,  # comparison.csv
    study: str,
    title: str,
    description: str,
    dataset: str,
    runs: Mapping[str, Mapping[str, str]],  # run -> preset, family, description
    seeds: Sequence[int],
    external: Mapping[str, Mapping[str, str]],  # external samples: name -> description
    judges: Sequence[str],  # in the order of the study
    left_out: Mapping[str, str],  # judges of a panel that the dataset cannot have: judge -> panel
) -> None:
    """Collect the metrics of every run and seed, the differences between runs, and what the judges agree on."""
    metrics_records = [read_json(file) for file in metrics]
    compared = comparison.compare(runs, seeds, metrics_records, map(read_json, training))
    external_rows = comparison.external(external, metrics_records)
    about = {
        "study": study, "title": title, "description": description, "dataset": dataset, "seeds": list(seeds),
        "judges": list(judges), "left_out": [{"judge": judge, "panel": panel} for judge, panel in left_out.items()],
    }  # fmt: skip
    together = [*compared, *external_rows]
    summary = comparison.summary(together)
    found = {"runs": compared, "external": external_rows, "summary": summary, "agreement": agreement(summary)}
    write_json(record, {**about, **found})
    rows = comparison.table(study, together)
    with atomic(table) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        compare(
            metrics=[Path(file) for file in snakemake.input.metrics],
            training=[Path(file) for file in snakemake.input.training],
            record=Path(snakemake.output.json),
            table=Path(snakemake.output.csv),
            study=snakemake.wildcards.study,
            **snakemake.params.spec,
        )
