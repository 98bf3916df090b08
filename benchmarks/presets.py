"""Compare presets trained for the same time: their FID by several judges after some seconds of training.

    make compare-presets ARGS="results/datasets/cifar10 --minutes 3 --seeds 0 1 2"

trains every preset of config/presets/ (or those given by --presets, where `vae_gan:8` means vae_gan of width 8) and the
TensorFlow tutorial's loop, `tutorial_loop`, for the same time one after the other, seed by seed, and judges samples of
each against the training images. It needs a dataset's folder and its judges in results/judges/, as `snakemake metrics`
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

from easel.images import grid, save_png
from easel.runtime.files import sha256
from easel.study.files import read_yaml
from easel.tracking.fingerprint import code_of
from easel.training.devices import use_threads

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.speedrun import judging  # noqa: E402 (a folder beside this file's)
from benchmarks.speedrun.checks import weights_of  # noqa: E402

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
    """A hash of the recipe, the training code and the judges that a measurement depends on: 12 hexadecimal digits."""
    name = preset.partition(":")[0]
    if name == TUTORIAL:
        training = sha256(CONTESTANT.with_name(f"{TUTORIAL}.py"))
    else:
        recipe = read_yaml(ROOT / f"config/presets/{name}.yaml", ROOT)
        modules = f"easel.models.{recipe['model']}", f"easel.training.objectives.{recipe['family']}"
        training = recipe, code_of("train_run.py", *modules)
    parts = training, {name: sha256(weights_of(folder)) for name, folder in asked.judges.items()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def is_current(each: dict, asked: argparse.Namespace) -> bool:
    """True if a measurement was made with today's code and under the conditions asked for."""
    if each["preset"].partition(":")[0] not in presets():
        return False
    now = conditions(asked) | {"made_by": made_by(asked, each["preset"])}
    return all(each.get(name) == value for name, value in now.items())


def measure(asked: argparse.Namespace, preset: str, seed: int) -> dict:
    """Train a preset, sample from it, and judge the samples."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "samples.npz"
        train(asked, preset, seed, output)
        with np.load(output) as found:
            samples = {f"{preset} seed {seed} at {mark:g} s": found[f"images-{mark:g}"] for mark in asked.seconds}
            if asked.pictures:
                for mark in asked.seconds:
                    name, picture = preset.replace(":", "-width-"), grid(found[f"picture-{mark:g}"], columns=10)
                    save_png(asked.pictures / f"{name}-seed-{seed}-{mark:g}s.png", picture)
            return {
                "preset": preset, "seed": seed, **conditions(asked), "made_by": made_by(asked, preset),
                "fid": {
                    name: [scores.fid for scores in judging.judged(folder, samples, only_fid=True).values()]
                    for name, folder in asked.judges.items()
                },
                "images": found["seen"].tolist(), "images_per_second": float(found["speed"]),
                "parameters": int(found["parameters"]),
                "reconstruction_mse": float(found["reconstruction_mse"]) if "reconstruction_mse" in found else None,
            }  # fmt: skip


def table(found: list[dict], baseline: str) -> str:
    """A table of the FIDs at the last mark: means over seeds, and multiples of the baseline's with the same seed, the
    smallest mean multiple first."""
    of: dict[str, dict[int, dict]] = {}
    for each in found:
        of.setdefault(each["preset"], {})[each["seed"]] = each
    names = list(found[0]["fid"])
    lines = [
        f"| preset | {' | '.join(f'FID by {name} (×)' for name in names)} | images/s | parameters | MSE |",
        "| --- " * (4 + len(names)) + "|",
    ]
    for preset, by_seed in sorted(of.items(), key=lambda item: overall(item[1], of.get(baseline, {}), names)):
        cells = [cell(by_seed, of.get(baseline, {}), name) for name in names]
        errors = [each["reconstruction_mse"] for each in by_seed.values() if each["reconstruction_mse"]]
        lines.append(
            f"| `{preset}` | {' | '.join(cells)} | {mean(each['images_per_second'] for each in by_seed.values()):,.0f} "
            f"| {next(iter(by_seed.values()))['parameters'] / 1e6:.2f} M | {f'{mean(errors):.5f}' if errors else ''} |"
        )
    return "\n".join(lines)


def cell(by_seed: dict[int, dict], base: dict[int, dict], judge: str) -> str:
    """The mean FID by a judge, each seed's, and the mean multiple of the baseline's."""
    values = [each["fid"][judge][-1] for each in by_seed.values()]
    times = ratios(by_seed, base, judge)
    multiple = f"; {mean(times):.2f}" if times else ""
    return f"{mean(values):.1f} ({', '.join(f'{value:.1f}' for value in values)}{multiple})"


def ratios(by_seed: dict[int, dict], base: dict[int, dict], judge: str) -> list[float]:
    """Multiples of the baseline's FID, of the seeds that both have."""
    return [each["fid"][judge][-1] / base[seed]["fid"][judge][-1] for seed, each in by_seed.items() if seed in base]


def overall(by_seed: dict[int, dict], base: dict[int, dict], judges: list[str]) -> float:
    """The mean multiple of the baseline's FID over all judges; without a baseline, the mean FID."""
    found = [mean(ratios(by_seed, base, judge) or [each["fid"][judge][-1] for each in by_seed.values()])
             for judge in judges]  # fmt: skip
    return mean(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, help="results/datasets/<name>")
    parser.add_argument("--judges", nargs="*", default=[], metavar="NAME", help="by default all that there are")
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
    asked.judges = judging.judge_folders(asked.dataset.parents[1] / "judges" / asked.dataset.name, asked.judges)
    use_threads(asked.threads)
    found = json.loads(asked.found.read_text(encoding="utf-8")) if asked.found.exists() else []
    done = {(each["preset"], each["seed"]) for each in found if is_current(each, asked)}
    for seed in asked.seeds:
        for preset in asked.presets:
            if (preset, seed) not in done:
                found.append(measure(asked, preset, seed))
                print(json.dumps(found[-1]), flush=True)
                asked.found.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(table([each for each in found if is_current(each, asked)], asked.baseline))


if __name__ == "__main__":
    main()
