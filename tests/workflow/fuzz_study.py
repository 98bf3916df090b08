"""Kill a running study repeatedly at random moments, and check that its results equal those of an undisturbed run.

    .venv/bin/python tests/workflow/fuzz_study.py [--kills 20] [--seed 0] [--folder FOLDER]

The study has every rule and trainings of some minutes. In one folder it runs undisturbed; in another it is cut off in
one of five ways, and each attempt after that is the same plain `snakemake` command. On a small file system (a tmpfs of
some hundred MB) a sixth way is to fill the disk. A line for each attempt. A study that is done before all kills are
used up begins again from nothing. Exit code 1 where a byte of the results differs, times aside, or where an attempt
did not go on by itself.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers.compare_results import differences
from helpers.tiny_study import TINY, Checkout

from easel.runtime.claims import has_claim

SMALL_DISK = 2e9  # bytes that may be filled without harm to others


def kill_everything(snakemake: psutil.Process) -> None:
    """Kill all processes, as a power cut does."""
    os.killpg(snakemake.pid, signal.SIGKILL)


def kill_snakemake_alone(snakemake: psutil.Process) -> None:
    """Leave the jobs running without Snakemake."""
    snakemake.kill()


def kill_a_job(snakemake: psutil.Process) -> None:
    """Kill one running script."""
    for process in snakemake.children(recursive=True):
        if any("/.snakemake/scripts/" in argument for argument in process.cmdline()):
            process.kill()
            break


def interrupt(snakemake: psutil.Process) -> None:
    """Press Ctrl-C."""
    os.killpg(snakemake.pid, signal.SIGINT)


def terminate(snakemake: psutil.Process) -> None:
    """Send SIGTERM, as a system shutdown or SLURM's time limit does."""
    os.killpg(snakemake.pid, signal.SIGTERM)


def fill_the_disk(snakemake: psutil.Process) -> None:
    """Fill the disk until every running process has failed."""
    filler = Path(snakemake.environ()["EASEL_FUZZ_FOLDER"]) / "filler"
    with open(filler, "wb") as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    for _ in range(60):
        if not alive([snakemake]):
            break
        time.sleep(1)
    filler.unlink()


def attempt(checkout: Checkout, how, seconds: float) -> tuple[int, str]:
    """Run the study, and after some seconds do what `how` does; returns the exit code (of a signal: -number) and log.

    Jobs whose Snakemake was killed end by themselves; while they run, the same command must leave them alone.
    """
    with tempfile.TemporaryFile("w+") as log:
        environment = os.environ | {"EASEL_FUZZ_FOLDER": str(checkout.folder)}
        process = checkout.start(stdout=log, stderr=subprocess.STDOUT, env=environment)
        snakemake = psutil.Process(process.pid)
        try:
            process.wait(timeout=seconds if how else None)
        except subprocess.TimeoutExpired:
            jobs = snakemake.children(recursive=True)
            at_work = [job for job in jobs if has_claim(job, checkout / "results")]
            how(snakemake)
            process.wait()
            if alive(at_work):
                refused = checkout.snakemake()
                if alive(at_work):
                    assert "Another snakemake is at work" in refused.stdout, refused.stdout
            psutil.wait_procs(jobs)
        log.seek(0)
        return process.returncode, log.read()


def alive(jobs: list[psutil.Process]) -> bool:
    """True if any of these processes still runs."""
    return any(job.is_running() and job.status() != psutil.STATUS_ZOMBIE for job in jobs)


def main(kills: int, seed: int, folder: Path) -> int:
    chance = random.Random(seed)
    study = TINY.replace("epochs: 2", "epochs: 40").replace("vae, epochs: 1", "vae, epochs: 60")
    study = study.replace("vae_gan, epochs: 1", "vae_gan, epochs: 10")
    undisturbed, disturbed = (Checkout(folder / name, study) for name in ("undisturbed", "disturbed"))
    ways = [kill_everything, kill_snakemake_alone, kill_a_job, interrupt, terminate]
    if shutil.disk_usage(folder).free < SMALL_DISK:
        ways.append(fill_the_disk)

    started = time.monotonic()
    done = undisturbed.snakemake()
    assert done.returncode == 0, done.stdout
    length = time.monotonic() - started
    print(f"undisturbed: {length:.0f} s", flush=True)

    killed = 0
    while True:
        how = chance.choice(ways) if killed < kills else None
        seconds = chance.uniform(2, 2 * (length / kills + 8))  # of which some seconds are a start
        code, said = attempt(disturbed, how, seconds)
        made = len(list((disturbed / "results/tiny").glob("*/seed-0/*.*")))
        what = f"{how.__name__} after {seconds:.1f} s" if how else "left alone"
        print(f"{killed:3d}  {what:40s} exit code {code:3d}, {made} files", flush=True)
        if code == 0:
            differing = differences(undisturbed / "results", disturbed / "results")
            print(f"after {killed} kills: {', '.join(differing) or 'the same bytes'}", flush=True)
            if differing or killed >= kills:
                return 1 if differing else 0
            shutil.rmtree(disturbed / "results")  # and from nothing again
        elif how is None:
            print(said)
            return 1
        killed += code != 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments and the ways")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder where none is given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(options.kills, options.seed, options.folder or Path(temporary)))
