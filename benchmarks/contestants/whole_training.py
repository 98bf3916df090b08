"""A whole training as the workflow runs it: whole_training.py DATASET_FOLDER SETTINGS.json OUTPUT_FOLDER THREADS

Prints the seconds from the start of the process to the end of its first step.
"""

import json
import sys
import time
from pathlib import Path

import psutil


def main(dataset: str, settings: str, output: str, threads: str) -> None:
    from scripts.train_run import train_run

    from easel.runtime.console import job
    from easel.training.steps import CallLength

    timed = CallLength.timed

    def first_timed(self, run_steps, first, count):
        rows = timed(self, run_steps, first, count)
        print(time.time() - psutil.Process().create_time(), flush=True)
        CallLength.timed = timed
        return rows

    CallLength.timed = first_timed
    with job(Path(output) / "log"):
        train_run(
            dataset=Path(dataset) / "dataset.json", record=Path(output) / "train.json",
            settings=json.loads(Path(settings).read_text(encoding="utf-8")), study="benchmark", run="benchmark", seed=0,
            preset="benchmark", code={}, threads=int(threads), gpus=1,
        )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
