"""Compare presets trained for the same time: their FID by the classifier judge after some seconds of training.

    make compare-presets ARGS="results/datasets/cifar10 --minutes 3 --seeds 0 1 2"

trains every preset of config/presets/ (or those given by --presets, where `vae_gan:8` means vae_gan of width 8) and the
TensorFlow tutorial's loop, `tutorial_loop`, for the same time one after the other, seed by seed, and judges samples of
each against the training images. It needs a dataset's folder and its judge in results/judges/, as `snakemake metrics`
leaves them. It prints a table and writes the measurements to a JSON file. Called again on the same machine it continues
from that file, and repeats measurements whose recipe, code or judge has changed.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

import numpy as np

from easel import judges
from easel.evaluation import features
from easel.images import grid, save_png
from easel.metrics import fid
from easel.runtime.files import sha256
from easel.study.files import read_yaml
from easel.tracking.fingerprint import code_of
from easel.training.devices import use_threads

ROOT = Path(__file__).parents[1]
CONTESTANT = ROOT / "benchmarks/contestants/by_the_clock.py"
TUTORIAL = "tutorial_loop"


def presets() -> list[str]:
    """Every preset, and the TensorFlow tutorial's loop."""
    return [TUTORIAL, *sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml"))]


def named(name: str) -> str:
    """A name from the command line, `preset` or `preset:width`."""
    known, colon, width = name.partition(":")
    if known not in presets() or (colon and (known == TUTORIAL or not width.isdecimal() or int(width) < 1)):
        raise argparse.ArgumentTypeError(
            f"{name!r} is no preset; choose from {', '.join(presets())}, or give a width as in vae_gan:8"
        )
    return name


class JudgedDataset:
    """The judge of a dataset, and its statistics of the training images."""

    def __init__(self, folder: Path):
        self.judge = judges.load(folder / "classifier.keras")
        with np.load(folder / "reference.npz") as arrays:
            self.mean, self.covariance = arrays["train_mean"], arrays["train_covariance"]

    def fid(self, images: np.ndarray, label: str) -> float:
        return fid.distance_to(features.outputs(self.judge, images, label).features, self.mean, self.covariance)


def train(asked: argparse.Namespace, preset: str, seed: int, output: Path) -> None:
    """Train and sample in a process of its own."""
    job = {"preset": preset, "seed": seed, **conditions(asked)}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT / "workflow")}
    subprocess.run(
        [sys.executable, CONTESTANT, asked.dataset, output, json.dumps(job)],
        check=True, env=os.environ | quiet, stderr=None if asked.verbose else subprocess.DEVNULL,
    )  # fmt: skip


def conditions(asked: argparse.Namespace) -> dict:
    """The conditions that comparable measurements share."""
    return {name: getattr(asked, name) for name in ("seconds", "samples", "clock", "threads")}


def made_by(asked: argparse.Namespace, preset: str) -> str:
    """A hash of the recipe, the training code and the judge that a measurement depends on: 12 hexadecimal digits."""
    name = preset.partition(":")[0]
    if name == TUTORIAL:
        training = sha256(CONTESTANT.with_name(f"{TUTORIAL}.py"))
    else:
        recipe = read_yaml(ROOT / f"config/presets/{name}.yaml", ROOT)
        modules = f"easel.models.{recipe['model']}", f"easel.training.objectives.{recipe['family']}"
        training = recipe, code_of("train_run.py", *modules)
    parts = training, sha256(asked.judge / "classifier.keras")
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def is_current(each: dict, asked: argparse.Namespace) -> bool:
    """True if a measurement was made with today's code and under the conditions asked for."""
    if each["preset"].partition(":")[0] not in presets():
        return False
    now = conditions(asked) | {"made_by": made_by(asked, each["preset"])}
    return all(each.get(name) == value for name, value in now.items())


def measure(asked: argparse.Namespace, judge: JudgedDataset, preset: str, seed: int) -> dict:
    """Train a preset, sample from it, and judge the samples."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "samples.npz"
        train(asked, preset, seed, output)
        with np.load(output) as found:
            samples = {mark: found[f"images-{mark:g}"] for mark in asked.seconds}
            if asked.pictures:
                for mark in asked.seconds:
                    name, picture = preset.replace(":", "-width-"), grid(found[f"picture-{mark:g}"], columns=10)
                    save_png(asked.pictures / f"{name}-seed-{seed}-{mark:g}s.png", picture)
            return {
                "preset": preset, "seed": seed, **conditions(asked), "made_by": made_by(asked, preset),
                "fid": [judge.fid(images, f"{preset} seed {seed}") for images in samples.values()],
                "images": found["seen"].tolist(), "images_per_second": float(found["speed"]),
                "parameters": int(found["parameters"]),
                "reconstruction_mse": float(found["reconstruction_mse"]) if "reconstruction_mse" in found else None,
            }  # fmt: skip


def table(found: list[dict], baseline: str) -> str:
    """A table of the FID at the last mark, also as a multiple of the baseline's with the same seed, best first."""
    of = {}
    for each in found:
        of.setdefault(each["preset"], {})[each["seed"]] = each
    lines = [
        "| preset | FID, mean | of each seed | times the baseline's | images/s | parameters | MSE |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for preset, by_seed in sorted(of.items(), key=lambda item: mean(each["fid"][-1] for each in item[1].values())):
        last = {seed: each["fid"][-1] for seed, each in by_seed.items()}
        base = of.get(baseline, {})
        ratios = [value / base[seed]["fid"][-1] for seed, value in last.items() if seed in base]
        errors = [each["reconstruction_mse"] for each in by_seed.values() if each["reconstruction_mse"]]
        lines.append(
            f"| `{preset}` | {mean(last.values()):.2f} | {', '.join(f'{value:.2f}' for value in last.values())} "
            f"| {f'{mean(ratios):.3f}' if ratios else ''} "
            f"| {mean(each['images_per_second'] for each in by_seed.values()):,.0f} "
            f"| {next(iter(by_seed.values()))['parameters'] / 1e6:.2f} M | {f'{mean(errors):.5f}' if errors else ''} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, help="results/datasets/<name>")
    parser.add_argument("--judge", type=Path, help="a folder; by default the dataset's own classifier")
    parser.add_argument("--presets", nargs="+", default=presets(), type=named, metavar="PRESET")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--also-at", nargs="+", type=float, default=[], metavar="SECONDS", help="judge then, too")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu: where others use the machine, too"
    )
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--baseline", default="tutorial_dcgan", type=named, metavar="PRESET")
    parser.add_argument("--found", type=Path, default=Path("presets.json"), help="what was found; read first")
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of each one's samples")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    asked.seconds = sorted({*asked.also_at, asked.minutes * 60})
    asked.judge = asked.judge or asked.dataset.parents[1] / "judges" / asked.dataset.name / "classifier"
    use_threads(asked.threads)
    judge = JudgedDataset(asked.judge)
    found = json.loads(asked.found.read_text(encoding="utf-8")) if asked.found.exists() else []
    done = {(each["preset"], each["seed"]) for each in found if is_current(each, asked)}
    for seed in asked.seeds:
        for preset in asked.presets:
            if (preset, seed) not in done:
                found.append(measure(asked, judge, preset, seed))
                print(json.dumps(found[-1]), flush=True)
                asked.found.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(table([each for each in found if is_current(each, asked)], asked.baseline))


if __name__ == "__main__":
    main()
