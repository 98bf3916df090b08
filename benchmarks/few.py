"""Little data: recipes trained for the same time on few pictures, by FID and by near copies of training pictures.

    python -m benchmarks.few /path/to/work --count 200 --size 64 --seconds 240 --seeds 0 1 2
    python -m benchmarks.few /path/to/work --count 2000 --runs few dcgan_small

Pictures are drawn by `composites.py`, so that any number of held-out ones can be had: a recipe is trained on `--count`
pictures, and its samples are compared with HELD_OUT others, which no training has seen. The judge is the workflow's
`self_supervised` with the settings JUDGE, trained on JUDGE_IMAGES more pictures, the same for all counts. Contestants
are the runs of few.yaml. Each trains in a process of its own, with one thread, until it has used `--seconds` of CPU
time after its first steps. Pictures, judge and measurements are kept in the folder: called again, it continues.

- FID: of SAMPLES samples, against the held-out pictures. Against the training pictures it would reward copies.
- near copies: the fraction of samples that are as near to a training picture, or to its mirror image, as the nearest
  hundredth of the held-out pictures are, in the judge's features (`easel.metrics.memorisation`). Fresh held-out
  pictures, measured the same way, are the row `held_out`; the training pictures themselves are `train`.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from benchmarks import composites

from easel import judges
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.data import prepared
from easel.evaluation import features
from easel.images import grid, save_png
from easel.metrics import cells, fid, memorisation, neighbours
from easel.runtime.files import read_json, write_json
from easel.study.files import read_yaml

ROOT = Path(__file__).parents[1]
CONTESTANT = ROOT / "benchmarks/contestants/by_the_clock.py"
HELD_OUT = JUDGE_IMAGES = SAMPLES = 2_000
JUDGE = {"steps": 500, "width": 16, "batch_size": 64}  # smaller and shorter than the workflow's, for a slow machine
FRESH = 1_000  # held-out pictures of the row `held_out`


def dataset(folder: Path, split: str, count: int, size: int) -> Path:
    """A prepared dataset of `count` pictures of a split and HELD_OUT pictures for testing; its dataset.json."""
    record = folder / f"{split}-{count}-{size}" / "dataset.json"
    if not record.exists():
        record.parent.mkdir(parents=True, exist_ok=True)
        images = {"train": composites.draw(split, count, size), "test": held_out(folder, size)}
        splits = {name: prepared.Split(some, np.zeros(len(some), np.int64)) for name, some in images.items()}
        described = prepared.describe("composites", "drawn", {"kind": "benchmark"}, ["picture"], splits)
        arrays = {}
        for name, (some, labels) in splits.items():
            arrays[str(record.with_name(f"{name}_images.npy"))] = some
            arrays[str(record.with_name(f"{name}_labels.npy"))] = labels
        prepared.write(record, described, arrays)
    return record


def held_out(folder: Path, size: int) -> np.ndarray:
    """Pictures that no training sees: uint8 (HELD_OUT + FRESH, size, size, 3)."""
    file = folder / f"held-out-{size}.npy"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(file, composites.draw("test", HELD_OUT + FRESH, size))
    return np.load(file)


class Measured:
    """The judge, and what it sees of the training and the held-out pictures."""

    def __init__(self, folder: Path, count: int, size: int):
        weights = folder / f"judge-{size}" / "self_supervised.keras"
        if not weights.exists():
            weights.parent.mkdir(parents=True, exist_ok=True)
            settings = SelfSupervisedSettings(kind="self_supervised", **JUDGE)
            source = dataset(folder, "judge", JUDGE_IMAGES, size)
            made = judges.of_kind("self_supervised").make(settings, source, weights, "the judge", 1, 0)
            write_json(weights.with_suffix(".json"), made)
        self.judge = judges.load(weights)
        self.training = composites_of(dataset(folder, "train", count, size), "train")
        others = held_out(folder, size)
        seen = self.seen(others, "held-out pictures")
        self.held_out, self.fresh = seen[:HELD_OUT], seen[HELD_OUT:]
        self.mean, self.covariance = fid.statistics(self.held_out)
        mirrored = np.concatenate([self.training, self.training[:, :, ::-1]])
        self.train = self.seen(mirrored, "training pictures")
        self.centres = cells.centres(self.train, HELD_OUT)

    def seen(self, images: np.ndarray, label: str) -> np.ndarray:
        return features.outputs(self.judge, images, label).features

    def scores(self, found: np.ndarray) -> dict[str, float]:
        """FID, near copies with their standard error, and data-copying AUC of features (n, d)."""
        nearest, held_out_nearest = (
            neighbours.nearest_neighbours(some, self.train)[0] for some in (found, self.held_out)
        )
        in_cells = [cells.cells_of(some, self.centres) for some in (found, self.held_out)]
        copies = memorisation.memorisation(nearest, held_out_nearest, *in_cells)
        return {
            "fid": fid.distance_to(found, self.mean, self.covariance),
            "near_copy_rate": copies["near_copy_rate"].value,
            "near_copy_error": copies["near_copy_rate"].uncertainty.value,
            "data_copying_auc": copies["data_copying_auc"].value,
        }


def composites_of(record: Path, split: str) -> np.ndarray:
    return np.asarray(prepared.load_split(record.parent, split).images)


def train(asked: argparse.Namespace, run: dict[str, Any], seed: int, output: Path) -> None:
    """Train and sample in a process of its own."""
    overrides = {key: value for key, value in run.items() if key != "preset"}
    job = {
        "preset": run["preset"], "overrides": overrides, "seed": seed, "seconds": [asked.seconds],
        "threads": 1, "samples": SAMPLES, "clock": "cpu",
    }  # fmt: skip
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT / "workflow")}
    folder = dataset(asked.folder, "train", asked.count, asked.size).parent
    subprocess.run([sys.executable, CONTESTANT, folder, output, json.dumps(job)], check=True, env=os.environ | quiet)


def measure(asked: argparse.Namespace, measured: Measured, name: str, run: dict[str, Any], seed: int) -> dict[str, Any]:
    """Train a contestant, sample from it, and judge the samples."""
    conditions = {"run": run, "seed": seed, "count": asked.count, "size": asked.size, "seconds": asked.seconds}
    file = asked.folder / "found" / f"{name}-{asked.count}-{asked.size}-{asked.seconds:g}s-seed-{seed}.json"
    if file.exists() and read_json(file)["conditions"] == conditions:
        return read_json(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    output = file.with_suffix(".npz")
    train(asked, run, seed, output)
    with np.load(output) as arrays:
        images = arrays[f"images-{asked.seconds:g}"]
        save_png(file.with_suffix(".png"), grid(images[:64], columns=16))
        found = {
            "name": name, "conditions": conditions, "images": int(arrays["seen"][-1]),
            "parameters": int(arrays["parameters"]), "images_per_second": float(arrays["speed"]),
        }  # fmt: skip
    output.unlink()
    found |= measured.scores(measured.seen(images, name))
    write_json(file, found)
    return found


def table(found: list[dict[str, Any]], baselines: dict[str, dict[str, float]]) -> str:
    """A row for each contestant, with its values of each seed; baselines first."""
    lines = ["| run | FID | each seed | near copies | data-copying AUC | images | M parameters |", "| --- " * 7 + "|"]
    for name, scores in baselines.items():
        lines.append(
            f"| `{name}` | {scores['fid']:.2f} | | {scores['near_copy_rate']:.3f} ± {scores['near_copy_error']:.3f} "
            f"| {scores['data_copying_auc']:.2f} | | |"
        )
    for name in dict.fromkeys(each["name"] for each in found):
        rows = [each for each in found if each["name"] == name]
        each = {
            key: ", ".join(format(row[key], form) for row in rows)
            for key, form in (("fid", ".2f"), ("near_copy_rate", ".3f"), ("data_copying_auc", ".2f"))
        }
        lines.append(
            f"| `{name}` | {mean(row['fid'] for row in rows):.2f} | {' | '.join(each.values())} "
            f"| {mean(row['images'] for row in rows):,.0f} | {rows[0]['parameters'] / 1e6:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200, help="training pictures")
    parser.add_argument("--size", type=int, default=64, help="pixels from side to side")
    parser.add_argument("--seconds", type=float, default=240.0, help="CPU seconds of training")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--contestants", type=Path, default=Path(__file__).with_suffix(".yaml"))
    parser.add_argument("--runs", nargs="*", help="those of the contestants to train; all by default")
    asked = parser.parse_args()
    runs = read_yaml(asked.contestants, ROOT)
    measured = Measured(asked.folder, asked.count, asked.size)
    chosen = np.random.default_rng(0).choice(len(measured.train) // 2, SAMPLES)
    baselines = {"held_out": measured.scores(measured.fresh), "train": measured.scores(measured.train[chosen])}
    found = []
    for seed in asked.seeds:
        for name in asked.runs or runs:
            found.append(measure(asked, measured, name, runs[name], seed))
            print(f"\n{table(found, baselines)}\n", flush=True)


if __name__ == "__main__":
    main()
