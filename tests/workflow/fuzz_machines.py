"""Lose the machine in the middle of a training again and again, all but the results on its drive, and go on elsewhere.

    .venv/bin/python tests/workflow/fuzz_machines.py [--kills 10] [--seed 0] [--epochs 100] [--folder FOLDER]

The drive has neither file locks nor links, and its times are rounded, later than now, and others after each loss
(tests/helpers/limited_folder). Each time, a study whose dataset and judge are there is killed with SIGKILL at a random
moment of its training. A new machine, which has nothing but the drive, repeats the command, and a third one asks what
is left to do. A line for each kill. Exit code 1 where a byte of the results differs from an undisturbed run's, times
aside, where a step was run again that had ended, or where the third machine would run any.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers.compare_results import differences
from helpers.limited_folder import compile_into
from helpers.machine_with_drive import Machines, MachineWithDrive
from helpers.tiny_study import job_counts

from easel.runtime.files import read_json
from easel.training import checkpoints

STUDY = """\
title: Lost machines
description: One training of some seconds, and everything that follows it.
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
seeds: [0]
runs:
  dcgan: {preset: dcgan, epochs: EPOCHS, width: 4, latent_dim: 8, batch_size: 64, log_every: 5, checkpoint_every: 3}
judge: tiny_judge
judges:
  tiny_judge: {kind: classifier, epochs: 1, width: 4}
samples: 100
snapshot_samples: 60
"""
BEFORE = ("results/datasets/tiny_shapes/preview.png", "results/judges/tiny_shapes/tiny_judge/baselines-100.json")
RUN, STEPS_PER_EPOCH = "tiny/dcgan/seed-0", 4
PREPARING = {"draw_shapes", "draw_preview", "make_classifier", "compute_reference", "judge_baselines"}
FINISHED = re.compile(r"Finished jobid: \d+ \(Rule: (\w+)\)")


def run(machine: MachineWithDrive, *targets: str) -> str:
    """Run to the end; returns what Snakemake said."""
    done = machine.snakemake(*targets)
    if done.returncode != 0:
        sys.exit(done.stdout)
    return done.stdout


def saved_steps(machines: Machines) -> int:
    """The step of the newest checkpoint; 0 if there is none."""
    files = machines.drive.glob(f"{RUN}/state/*/checkpoint-*.npz")
    return max((checkpoints.step_of(file) for file in files), default=0)


def run_until_lost(machine: MachineWithDrive, target: str, step: int, seconds: float) -> set[str]:
    """Lose a machine some seconds after its training has saved a step; returns the rules whose jobs had ended."""
    with tempfile.TemporaryFile("w+") as log:
        snakemake = machine.start(target, stdout=log, stderr=subprocess.STDOUT)
        while not list(machine.drive.glob(f"{RUN}/state/*/progress/*.png")) or saved_steps(machine.machines) < step:
            if snakemake.poll() is not None:
                log.seek(0)
                sys.exit(log.read())
            time.sleep(0.01)
        time.sleep(seconds)
        machine.lose(snakemake)
        log.seek(0)
        return set(FINISHED.findall(log.read()))


def main(kills: int, seed: int, epochs: int, target: str, folder: Path) -> int:
    chance, study, steps = random.Random(seed), STUDY.replace("EPOCHS", str(epochs)), STEPS_PER_EPOCH * epochs
    machines = Machines(folder, compile_into(folder))
    prepared, undisturbed, started = folder / "prepared", folder / "undisturbed", time.monotonic()
    machine = machines.new(study)
    run(machine, *BEFORE)
    shutil.copytree(machines.drive, prepared)
    run(machine, target)
    machines.drive.rename(undisturbed)
    seconds = read_json(undisturbed / RUN / "train.json")["seconds"]
    print(f"undisturbed: {time.monotonic() - started:.0f} s, {seconds:.1f} s of them training", flush=True)
    bad = kill = 0
    while kill < kills:
        shutil.copytree(prepared, machines.drive)
        step, wait = chance.randrange(steps), chance.uniform(0, seconds / 10)
        ended = run_until_lost(machines.new(study), target, step, wait)
        saved = saved_steps(machines)
        if saved == steps:
            print("the training had ended already: again", flush=True)
            shutil.rmtree(machines.drive)
            continue
        kill += 1
        machine = machines.new(study)
        again = set(job_counts(run(machine, target)))
        differing = differences(undisturbed, machines.drive)
        machine.lose()
        left = machines.new(study).jobs(target)
        resumed = read_json(machines.drive / RUN / "train.json")["resumed_at_steps"]
        wrong = (
            differing
            or sorted((ended | PREPARING) & again)
            or sorted(left)
            or (resumed if resumed != [saved] * bool(saved) else "")
        )
        bad += bool(wrong)
        print(
            f"kill {kill:2d}: {wait:3.1f} s after step {step} was saved; {len(again)} jobs were left; "
            f"resumed at {saved or 'the start'} of {steps}: {wrong or 'the same bytes'}",
            flush=True,
        )
        shutil.rmtree(machines.drive)
    print(f"{kills - bad} of {kills} kills: the same bytes, nothing run twice, and nothing left to do")
    return 1 if bad else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--epochs", type=int, default=100, help="of the training; enough for some seconds")
    parser.add_argument("--target", default="metrics", help="of Snakemake: all for the reports, too")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder where none is given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(options.kills, options.seed, options.epochs, options.target, options.folder or Path(temporary)))
