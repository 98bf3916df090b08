"""Compare budgets in minutes with the time that trainings take: is it within 5 %?

    .venv/bin/python benchmarks/budgets.py [--minutes 2 4] [--presets dcgan vae fast_cpu]

For each preset and each budget, the rule `measure_budget` measures the epochs that fit and a training takes them, both
through Snakemake, in a folder of their own. Nothing else should run meanwhile. See README.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from easel.runtime.files import read_json

ROOT = Path(__file__).parents[1]
TOLERANCE = 0.05
HEADER = "| preset | minutes | epochs | images/s | took | difference |\n| --- | --- | --- | --- | --- | --- |"


def study_of(asked: argparse.Namespace) -> str:
    """A study of one run for each preset and each budget."""
    runs = [f"  {preset}: {{preset: {preset}, minutes: {asked.minutes}}}" for preset in asked.presets]
    return "\n".join([f"dataset: {asked.dataset}", "runs:", *runs, ""])


def train(study: Path, threads: int) -> None:
    """Measure every budget and train with it, one after the other."""
    command = [
        sys.executable, "-m", "snakemake", "train", "--snakefile", ROOT / "Snakefile",
        "--workflow-profile", ROOT / "profiles/default", "--directory", study.parent,
        "--cores", threads, "--config", f"study={study}", f"threads={threads}",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=environment)


def row(record: Path) -> str:
    """A row of the table. record: train.json."""
    trained = read_json(record)
    budget = trained["budget"]
    difference = trained["seconds"] / (60 * budget["minutes"]) - 1
    cells = [
        trained["preset"],
        f"{budget['minutes']:g}",
        f"{budget['epochs']:.4g}",
        f"{budget['images_per_second']:.0f}",
        f"{trained['seconds'] / 60:.2f}",
        f"{100 * difference:+.1f} %" + ("" if abs(difference) <= TOLERANCE else ", missed"),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[2.0, 4.0])
    parser.add_argument("--presets", nargs="+", default=["dcgan", "vae", "fast_cpu"])
    parser.add_argument("--dataset", default="shapes")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "budgets.yaml"
        study.write_text(study_of(asked), encoding="utf-8")
        train(study, asked.threads)
        records = sorted(Path(folder).glob("results/budgets/*/seed-0/train.json"))
        print(HEADER, *map(row, records), sep="\n")


if __name__ == "__main__":
    main()
