"""Compare a judge's published values with those computed here: calibration.json."""

from pathlib import Path

from easel.config.judges import KINDS
from easel.evaluation import calibration
from easel.evaluation.reference import load_statistics
from easel.runtime.console import job, log
from easel.runtime.cpu import multiply_with
from easel.runtime.files import read_json, write_json


def calibrate(
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz
    check: Path,  # check.json
    output: Path,  # calibration.json
    judge: str,  # its name
    dataset: str,
    sha256: str,  # of the dataset's archive
    threads: int,
) -> None:
    """Write each published value next to the computed one, and log whether they agree."""
    multiply_with(threads)
    known = KINDS[weights.stem].known_answers
    official = sha256 == known.sha256
    found = calibration.calibrate(load_statistics(statistics), known.answers, official)
    for row in found:
        verdict = {True: "as published", False: "NOT as published", None: "not the published dataset"}
        log.info(
            "%s on %s: %s of the %s images %.5g, published %.5g (%s): %s", judge, dataset, row["metric"], row["split"],
            row["value"], row["published"], row["source"], verdict[row["as_published"]],
        )  # fmt: skip
    about = {"judge": judge, "device": read_json(check)["device"], "dataset": dataset}
    write_json(output, {**about, "published_for": known.dataset, "answers": found})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        calibrate(
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.input.statistics),
            check=Path(snakemake.input.check),
            output=Path(snakemake.output[0]),
            judge=snakemake.wildcards.judge,
            dataset=snakemake.wildcards.dataset,
            sha256=snakemake.params.spec["sha256"],
            threads=snakemake.threads,
        )
