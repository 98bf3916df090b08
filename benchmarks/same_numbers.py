"""Check that a change of the code changed no number: every preset trained for 30 steps and judged, before and after.

    git worktree add ../before <commit>
    python benchmarks/same_numbers.py run ../before /tmp/before
    python benchmarks/same_numbers.py run . /tmp/after
    python benchmarks/same_numbers.py compare /tmp/before /tmp/after

`run` writes a study with every preset (float32, one seed, the dataset `shapes`) and runs a checkout's Snakemake on it.
Four presets need `--threads 1`: `r3gan`, `tutorial_dcgan`, `vae_gan` and `wgan_gp`. On several threads, the order of
some of their sums is not fixed, so two runs of the same code can differ in the last bits. `r3gan` has been seen to
take either of two courses even on one thread: repeat it.
`compare` prints a row for each preset: whether the generator's weights, the history and the metrics are equal to the
last bit. It exits with 1 if anything differs.
"""

import argparse
import csv
import io
import json
import math
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
from ruamel.yaml import YAML

STEPS = 30
IMAGES = 2_000
STUDY = "same"
RENAMED = {
    "nearer": "data_copying_auc",
    "copies": "near_copy_rate",
    "classes_drawn": "class_coverage",
    "class_imbalance": "class_tv_distance",
}
"""Metrics that have had another name: old -> new."""


def study_of(checkout: Path, wanted: list[str]) -> dict:
    """A study of every preset of a checkout, or of those that are wanted, each trained for STEPS steps."""
    presets = {file.stem: YAML(typ="safe").load(file) for file in sorted((checkout / "config/presets").glob("*.yaml"))}
    runs = {
        name: {"preset": name, "epochs": STEPS * preset["batch_size"] / IMAGES, "precision": "float32", "log_every": 1}
        for name, preset in presets.items()
        if not wanted or name in wanted
    }
    return {
        "dataset": "small_shapes",
        "datasets": {"small_shapes": {"format": "shapes", "train_images": IMAGES, "test_images": 500}},
        "runs": runs,
        "judge": "small_judge",
        "judges": {"small_judge": {"kind": "classifier", "epochs": 1, "width": 8}},
        "samples": 200,
        "snapshot_samples": 100,
    }


def run(checkout: Path, folder: Path, cores: int, wanted: list[str], threads: int | None) -> None:
    """Run the study in `folder` with the code of `checkout`, one training after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    study = folder / f"{STUDY}.yaml"
    with open(study, "w", encoding="utf-8") as file:
        YAML(typ="safe").dump(study_of(checkout, wanted), file)
    checkout = checkout.resolve()
    command = [
        sys.executable, "-m", "snakemake", "metrics", "--snakefile", str(checkout / "Snakefile"),
        "--workflow-profile", str(checkout / "profiles/default"), "--directory", str(folder), "--cores", str(cores),
        "--resources", "gpu=1", "--config", f"study={study.resolve()}",
        *([f"threads={threads}"] if threads else []),
    ]  # fmt: skip
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(checkout / "workflow")})


def end_of_training(folder: Path) -> Path:
    """The generator at the end of a training, whatever snapshot was chosen."""
    return max((folder / "snapshots").glob(f"step-{6 * '[0-9]'}.keras"))


def weights(file: Path) -> bytes:
    """The bytes of all weights of a .keras file, in the order of their names in it."""
    found: list[tuple[str, bytes]] = []

    def take(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found.append((name, np.asarray(item).tobytes()))

    with zipfile.ZipFile(file) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as stored:
        stored.visititems(take)
    return b"".join(part for _, part in sorted(found))


def history(file: Path) -> list[dict[str, str]]:
    """The rows of history.csv without the clock."""
    with open(file, newline="", encoding="utf-8") as table:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(table)]


def metrics(file: Path) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """The values and uncertainties of metrics.json, by what they are of and the metric's name today."""

    def number(entry: object) -> float | None:
        return float(entry) if isinstance(entry, int | float) and math.isfinite(entry) else None

    return {
        (row["of"].replace("_", " ").lower(), RENAMED.get(row["metric"], row["metric"])): (
            number(row["value"]), spread(row), row["n"],
        )
        for row in json.loads(file.read_text(encoding="utf-8"))["metrics"]
    }  # fmt: skip


def spread(row: dict) -> float | None:
    """A row's uncertainty: a number, or in records since version 0.2 an entry of a mapping."""
    found = row["uncertainty"]
    return found["value"] if isinstance(found, dict) else found


def compare(before: Path, after: Path) -> bool:
    """Print a row per preset; return True if everything is equal."""
    equal = True
    print(f"{'preset':<16} {'weights':<9} {'history':<9} {'metrics':<18}")
    for other in sorted((after / "results" / STUDY).glob("*/seed-0")):
        folder = before / "results" / STUDY / other.relative_to(after / "results" / STUDY)
        if not folder.is_dir():
            continue
        old, new = metrics(folder / "metrics.json"), metrics(other / "metrics.json")
        differing = [" ".join(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
        checks = (
            weights(end_of_training(folder)) == weights(end_of_training(other)),
            history(folder / "history.csv") == history(other / "history.csv"),
            not differing,
        )
        words = ["equal" if each else "DIFFER" for each in checks]
        scores = f"{words[2]} ({len(old)} values)"
        print(f"{folder.parent.name:<16} {words[0]:<9} {words[1]:<9} {scores:<18} {', '.join(sorted(differing)[:3])}")
        equal &= all(checks)
    return equal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="run the study with a checkout's code")
    runs.add_argument("checkout", type=Path)
    runs.add_argument("folder", type=Path)
    runs.add_argument("--cores", type=int, default=2)
    runs.add_argument("--threads", type=int, help="of a training; the checkout's setting if left out")
    runs.add_argument("--presets", nargs="*", default=[], help="only these")
    compares = commands.add_parser("compare", help="compare two folders that `run` has filled")
    compares.add_argument("before", type=Path)
    compares.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "run":
        run(given.checkout, given.folder, given.cores, given.presets, given.threads)
    elif not compare(given.before, given.after):
        sys.exit(1)


if __name__ == "__main__":
    main()
