"""Made-up results, altered for a test: collapsed, conditional, untrained, or reduced to a few files."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from easel.evaluation.agreement import agreement
from easel.evaluation.comparison import summary
from easel.evaluation.judge_failures import JudgeAtChance
from easel.report.load import RunResults, StudyResults
from easel.runtime.files import write_json
from helpers.fake_results import metrics, train_record


def conditional_run(run, folder, **sampling) -> RunResults:
    """The run as if its networks were conditional: samples of all classes in turn, or of class 3 given a `label`."""
    shutil.copytree(run.folder, folder)
    with np.load(folder / "samples.npz") as arrays:
        images = arrays["images"]
    labels = np.arange(len(images)) % 10 if "label" not in sampling else np.full(len(images), 3)
    np.savez(folder / "samples.npz", images=images, labels=labels)
    classes = {"names": run.dataset["classes"], "images": [1000] * 10}
    samples = {**run.metrics_record["samples"], "sampling": {"truncation": None, "label": None, "seed": 0} | sampling}
    training, metrics_record = run.training | {"classes": classes}, run.metrics_record | {"samples": samples}
    return replace(run, folder=folder, training=training, metrics_record=metrics_record)


def collapsed_run(run: RunResults, family: str = "gan", settings: dict | None = None, **entry: object) -> RunResults:
    """The run as if it were of another family and had collapsed. entry: changes of `collapse` in train.json."""
    known = {"kind": "diversity", "first_step": 1200, "first_epoch": 3.07, "rows": 14, "of_rows": 40}
    found = {**known, "at_end": True, "stopped": False, **entry}
    kept = {"learning_rate": 0.0002, "epochs": 4, "batch_size": 128}
    training = {**run.training, "collapse": found, "settings": {**kept, "family": family, **(settings or {})}}
    return replace(run, training=training)


def made_up_study(
    *presets: str, seeds: int = 1, judges: tuple[str, ...] = ("classifier",), change=lambda runs: None
) -> StudyResults:
    """A study of made-up scores without files. change: alters its runs before they are compared."""
    runs = [
        {
            "run": preset,
            "seeds": [{"seed": seed, "samples": {}, "metrics": metrics(preset, seed, judges)} for seed in range(seeds)],
        }
        for preset in presets
    ]
    change(runs)
    columns = summary(runs)
    about = {"dataset": "shapes", "judges": list(judges), "left_out": []}
    found = {"runs": runs, "external": [], "summary": columns, "agreement": agreement(columns)}
    return StudyResults(Path("results/q"), about | found)


def uneven(runs: list[dict]) -> None:
    """Change the first run's last seed a little: with the same differences in all seeds there is no test."""
    for row in runs[0]["seeds"][-1]["metrics"]:
        row["value"] *= 1.01


def failed(runs: list[dict]) -> None:
    """Let the judges of all rows have failed their check."""
    for run in runs:
        for seed in run["seeds"]:
            for row in seed["metrics"]:
                row["caveats"] = [JudgeAtChance(5, 51, 0.12).as_json(), *row["caveats"]]


def trained_study(folder: Path, presets: Mapping[str, str], **changes: Mapping[str, object]) -> StudyResults:
    """A study of these runs with nothing but train.json on disk. changes: settings by run."""
    for run, preset in presets.items():
        (folder / run / "seed-0").mkdir(parents=True)
        record = train_record(run, preset, 0, "study")
        record["settings"] |= changes.get(run, {})
        write_json(folder / run / "seed-0/train.json", record)
    runs = [{"run": run, "seeds": [{"seed": 0, "samples": {}}]} for run in presets]
    return StudyResults(folder, {"runs": runs, "external": []})


def history(rows: int, **columns: float) -> dict[str, np.ndarray]:
    """A history whose columns rise linearly from 0 to the given values."""
    done = np.linspace(1 / rows, 1, rows)
    return {"epoch": 4 * done, "step": 100 * done} | {name: end * done for name, end in columns.items()}


def marked(*collapsed: float, **columns: float) -> dict[str, np.ndarray]:
    """A history of one row per epoch with these values in the column `collapsed`."""
    rows = len(collapsed)
    return history(rows, **columns) | {"epoch": np.arange(1.0, rows + 1), "collapsed": np.array(collapsed, float)}
