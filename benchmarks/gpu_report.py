"""Measure Easel on a GPU, in one command, beside what was predicted without one.

    make gpu-report                                           # everything, in an estimated two hours
    make gpu-report ARGS="--only speed --presets fast_gpu"    # a part

writes results/gpu-report/report.md and measurements.json after every measurement. Interrupted or called again, it
continues; failures are measured again. Each measurement has a process of its own (contestants/on_device.py), so that
one that fails, or takes all memory, costs nothing but itself. The last section trains `fast_gpu` on CIFAR-10 for half
an hour through the workflow, and has the FID of its snapshots. See README.md; the predictions are gpu_prediction.md.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from gpu_prediction import Range, number, predictions, table
from pydantic import ValidationError

from easel.config.base import Length
from easel.planning.machine import CORES
from easel.provenance import git
from easel.provenance.hardware import cpu_model, versions
from easel.runtime.files import atomic, read_if_whole, read_json, write_json
from easel.runtime.gpus import installed, largest_first, nvidia_smi
from easel.study.files import adapter, read_yaml
from easel.tracking.fingerprint import code_of

HERE = Path(__file__).parent
ROOT = HERE.parent
CONTESTANT = HERE / "contestants/on_device.py"
DATASETS = ROOT / "config/datasets.yaml"
RECIPES = sorted((ROOT / "config/presets").glob("*.yaml"))
PRESETS = ["tutorial_dcgan", "dcgan", "fast_gpu", "vae", "biggan"]
SECTIONS = {
    "machine": "The machine",
    "basics": "What predictions are made of",
    "placement": "What runs where, in a step",
    "speed": "Training speed",
    "first_calls": "First steps",
    "determinism": "Equal bits, and what they cost",
    "judging": "Judging and sampling",
    "training": "fast_gpu, through the workflow",
}
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
BFLOAT16_CAPABILITY = 8.0  # compute capability below which bfloat16 is slow, if it works at all
MOST = 2.0  # a measurement that differs from its prediction by a larger factor is marked
TIMEOUT = 1800  # seconds, of a measurement but the training
NO_GPU, INTERRUPTED = 2, 130  # exit statuses
UNSEEN = "TensorFlow sees no GPU here: set up with `make install GPU=1`"

Job = dict[str, Any]
"""What contestants/on_device.py measures: `measure`, and the settings of that function."""


# --- what to measure -------------------------------------------------------------------------------------------------


def jobs(asked: argparse.Namespace, capability: float) -> Iterator[tuple[str, Job]]:
    """(section, job) in the order of the report, without the training."""
    precisions = [each for each in PRECISIONS if each != "mixed_bfloat16" or capability >= BFLOAT16_CAPABILITY]
    yield "machine", {"measure": "machine"}
    yield "basics", {"measure": "basics"}
    for preset in asked.presets:
        for xla in (True, False):
            yield "placement", {"measure": "placement", "preset": preset, "precision": "auto", "xla": xla}
    for preset in asked.presets:
        for precision in precisions:
            for xla in (True, False):
                yield "speed", {"measure": "speed", "preset": preset, "precision": precision, "xla": xla}
    yield "speed", {"measure": "tutorial"}
    for preset in ("fast_gpu", "wgan_gp"):  # n_dis 2 and 5
        yield "first_calls", {"measure": "first_calls", "preset": preset, "precision": "auto", "xla": True}
    for preset in ("dcgan", "fast_gpu"):
        for deterministic in (True, False):
            for attempt in (1, 2):
                job = {"measure": "bits", "preset": preset, "precision": "auto", "xla": asked.device == "gpu"}
                yield "determinism", job | {"deterministic": deterministic, "attempt": attempt}
    yield "judging", {"measure": "judging"}
    if asked.device == "gpu":
        yield "judging", {"measure": "judging", "device": "cpu"}


def named(job: Job) -> str:
    """A job in a few words, which are its key in measurements.json."""
    return " ".join(f"{value}" if key == "measure" else f"{key}={value}" for key, value in job.items())


def run(job: Job, asked: argparse.Namespace) -> dict[str, Any]:
    """The outcome of a job: its `measurements`, `seconds`, and `failed`, the last line of its errors, or None."""
    started = time.monotonic()
    order = {"device": asked.device, "threads": asked.threads, "tiny": asked.tiny, **job}
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONPATH": f"{ROOT / 'workflow'}{os.pathsep}{HERE}"}
    try:
        process = subprocess.run(
            [sys.executable, CONTESTANT, json.dumps(order)], capture_output=True, encoding="utf-8", errors="replace",
            env=environment, timeout=TIMEOUT,
        )  # fmt: skip
        output, status, errors = process.stdout, process.returncode, process.stderr
    except subprocess.TimeoutExpired as error:
        output, status = (error.stdout or b"").decode(errors="replace"), -1
        errors = f"stopped after {TIMEOUT / 60:.0f} minutes"
    failed = None
    if status != 0:
        lines = [line for line in errors.splitlines() if line.strip()] or [f"exit status {status}"]
        failed = lines[-1][:500]
    measurements = [json.loads(line) for line in output.splitlines() if line.startswith('{"what"')]
    return {"measurements": measurements, "seconds": round(time.monotonic() - started, 1), "failed": failed}


# --- the training ----------------------------------------------------------------------------------------------------


def train(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train and judge a run through the workflow. Its results are in the folder, which is a study's."""
    started = time.monotonic()
    study = folder / "gpu-report.yaml"
    study.write_text(study_of(asked), encoding="utf-8")
    command = [
        sys.executable, "-m", "snakemake", "metrics", "--snakefile", ROOT / "Snakefile",
        "--workflow-profile", ROOT / "profiles/default", "--directory", asked.directory,
        "--cores", asked.threads, "--config", f"study={study}", f"threads={asked.threads}",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    if asked.device == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = "-1"
    status = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment).returncode
    seed = folder / "fast_gpu/seed-0"
    return {
        "measurements": list(trained(seed)) if status == 0 else [],
        "seconds": round(time.monotonic() - started, 1),
        "failed": f"snakemake failed with status {status}; see {asked.directory / 'results/logs'}" if status else None,
    }


def study_of(asked: argparse.Namespace) -> str:
    """The study: `fast_gpu` for some minutes, or the like in seconds."""
    if asked.tiny:
        dataset, run, judge, samples = "shapes", "epochs: 0.2, width: 4, batch_size: 16", "small_classifier", 200
    else:
        dataset, run, judge, samples = asked.dataset, f"minutes: {asked.minutes:g}", "classifier", 10_000
    runs = f"runs:\n  fast_gpu: {{preset: fast_gpu, {run}}}"
    return f"dataset: {dataset}\n{runs}\njudge: {judge}\nsamples: {samples}\n"


def trained(seed: Path) -> Iterator[dict[str, Any]]:
    """What the results of the run say."""
    record, metrics = read_json(seed / "train.json"), read_json(seed / "metrics.json")
    device = record["device"]
    note = f"{device['name']}, {record['precision']}"
    yield measurement("images/s of the whole training", record["images_per_second"], "images/s", note=note)
    with open(seed / "history.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    yield measurement("seconds of training", float(rows[-1]["seconds"]), "s")
    yield measurement("epochs", float(rows[-1]["epoch"]), "")
    snapshots = read_json(seed / "snapshots.json")
    for each in snapshots["snapshots"]:
        note = f"± {each['uncertainty']['value']:.2g}, of {snapshots['n']:,} samples"
        yield measurement(f"FID at epoch {each['epoch']:.3g}", each["fid"], "", note=note)
    for each in metrics["metrics"]:
        if (each["of"], each["metric"]) == ("samples", "fid"):
            yield measurement(f"FID of {each['n']:,} samples, judge {each['judge']}", each["value"], "")


def measurement(what: str, value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {"what": what, "value": value, "unit": unit, **more}


# --- the report ------------------------------------------------------------------------------------------------------


class Found:
    """Everything measured so far, in the folder of the report."""

    def __init__(self, folder: Path, machine: dict[str, Any], again: bool):
        """machine: facts that make measurements comparable; those of another machine or other code are put aside."""
        self.folder, self.machine = folder, machine
        self.file = folder / "measurements.json"
        before = read_if_whole(self.file)
        if before and (again or comparable(before["machine"]) != comparable(machine)):
            self.file.replace(folder / "measurements-before.json")
            before = {}
        self.sections: dict[str, dict[str, dict[str, Any]]] = before.get("sections", {})

    def has(self, section: str, name: str) -> bool:
        outcome = self.sections.get(section, {}).get(name)
        return outcome is not None and outcome["failed"] is None

    def add(self, section: str, name: str, outcome: dict[str, Any]) -> None:
        """Keep an outcome, and write the report with it."""
        self.sections.setdefault(section, {})[name] = outcome
        write_json(self.file, {"machine": self.machine, "sections": self.sections})
        with atomic(self.folder / "report.md") as partial:
            partial.write_text(markdown(self.machine, self.sections), encoding="utf-8")


def comparable(machine: dict[str, Any]) -> dict[str, Any]:
    """What a machine's measurements depend on: a commit may change nothing that was measured."""
    return {key: value for key, value in machine.items() if key != "commit"}


def markdown(machine: dict[str, Any], sections: dict[str, dict[str, dict[str, Any]]]) -> str:
    """The report."""
    expected = predictions(machine["gpu"] or "")
    facts = [[key, str(value)] for key, value in machine.items() if value]
    parts = [f"# Easel on {machine['gpu'] or machine['cpu']}", table(["", ""], facts)]
    if machine["gpu"] and not expected:
        parts.append("benchmarks/gpu_prediction.yaml has no prediction for this GPU.")
    differing: list[str] = []
    for section, title in SECTIONS.items():
        if section in sections:
            rows, failures = rows_of(sections[section], expected, differing)
            parts += [f"## {title}", table(["", "measured", "range", "predicted", "measured / predicted", ""], rows)]
            parts += failures
            parts += [table(*each) for each in [bits(sections[section])] if each[1]]
    if expected:
        parts += [f"## More than a factor {MOST:g} from the prediction", "\n".join(differing) or "None."]
        parts.append("benchmarks/gpu_prediction.md says which assumption was wrong then.")
    return "\n\n".join(parts) + "\n"


def rows_of(
    outcomes: dict[str, dict[str, Any]], expected: dict[str, Range], differing: list[str]
) -> tuple[list[list[str]], list[str]]:
    """The rows of a section, and its failures. differing: gets those that are far from the prediction."""
    rows, failures = [], []
    for name, outcome in outcomes.items():
        if outcome["failed"]:
            failures.append(f"`{name}` failed: {outcome['failed']}")
        for each in outcome["measurements"]:
            rows.append(row(each, expected.get(each["what"])))
            ratio = compared(each, expected.get(each["what"]))
            if ratio and not 1 / MOST <= ratio <= MOST:
                differing.append(f"- {each['what']}: {ratio:.2g} times the prediction")
    return rows, failures


def row(each: dict[str, Any], prediction: Range | None) -> list[str]:
    """A measurement as cells."""
    value, unit = each["value"], each["unit"]
    is_number = isinstance(value, int | float)
    measured = f"{number(value)} {unit}".strip() if is_number else str(value or "not measured")
    spread = " to ".join(number(end) for end in each.get("spread", ()))
    ratio = compared(each, prediction)
    said = f"{number(prediction.central)} ({number(prediction.low)} to {number(prediction.high)})" if prediction else ""
    return [each["what"], measured, spread, said, f"{ratio:.2f}" if ratio else "", each.get("note", "")]


def compared(each: dict[str, Any], prediction: Range | None) -> float | None:
    """A measurement as a multiple of its prediction."""
    value = each["value"]
    return value / prediction.central if prediction and isinstance(value, int | float) and value else None


def bits(outcomes: dict[str, dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """A table: are the variables of equal trainings equal, and what does it cost?"""
    columns = ["preset", "deterministic", "equal bits in two trainings", "images/s"]
    digests: dict[tuple[str, str], list[str]] = {}
    speeds: dict[tuple[str, str], list[float]] = {}
    for outcome in outcomes.values():
        for each in outcome["measurements"]:
            kind, _, rest = each["what"].partition(": ")
            preset, *how = rest.split(", ")
            if len(how) == 2 and "deterministic" in how[0]:
                target = digests if kind == "bits" else speeds
                target.setdefault((preset, "no" if how[0].startswith("not") else "yes"), []).append(each["value"])
    rows = []
    for key, found in digests.items():
        equal = "measured once only" if len(found) < 2 else "yes" if len(set(found)) == 1 else "**no**"
        rows.append([*key, equal, number(mean(speeds[key])) if key in speeds else ""])
    return columns, rows


# --- the command -----------------------------------------------------------------------------------------------------


def machine_of(asked: argparse.Namespace) -> dict[str, Any]:
    """What a measurement depends on: the machine, packages, settings and Easel's code."""
    gpus = largest_first(installed()) if asked.device == "gpu" else []
    query = "--query-gpu=driver_version,memory.total,power.limit,compute_cap", "--format=csv,noheader"
    facts = nvidia_smi("-i", gpus[0].uuid, *query) if gpus else []
    driver, memory, power, capability = facts[0].split(", ") if facts else [""] * 4
    used = versions()
    packages = {name: used[name] for name in used if name in ("tensorflow", "keras") or name.startswith("nvidia-cudnn")}
    code = [code_of("train_run.py", *modules()), {file.stem: read_yaml(file, ROOT) for file in RECIPES}]
    return {
        "gpu": gpus[0].model if gpus else None,
        "gpus": len(gpus),
        "memory": memory,
        "driver": driver,
        "power limit": power,
        "compute capability": capability,
        "cpu": cpu_model(),
        "threads": asked.threads,
        "system": platform.platform(),
        "python": platform.python_version(),
        **packages,
        "commit": (git.describe(ROOT)["commit"] or "")[:12],
        "code": hashlib.sha256(json.dumps(code, sort_keys=True, default=str).encode()).hexdigest()[:12],
        "tiny": asked.tiny,
    }


def modules() -> Iterator[str]:
    """The modules of easel that a training imports by name."""
    for package in ("training/objectives", "models"):
        for file in sorted((ROOT / "workflow/easel" / package).glob("[a-z]*.py")):
            yield f"easel.{package.replace('/', '.')}.{file.stem}"


def main() -> int:
    asked = parse()
    folder = asked.directory / "results/gpu-report"
    if asked.device == "gpu" and not installed():
        print(
            "make gpu-report: no GPU here: nvidia-smi is missing or lists none. Run `make gpu-report GPU=1` where "
            'there is one, such as on Colab with a T4; ARGS="--device cpu --tiny" only tries the command.',
            file=sys.stderr,
        )
        return NO_GPU
    folder.mkdir(parents=True, exist_ok=True)
    machine = machine_of(asked)
    found = Found(folder, machine, asked.again)
    try:
        return measure(asked, found, float(machine["compute capability"] or 0))
    except KeyboardInterrupt:
        print(f"\nInterrupted. What was measured is in {folder / 'report.md'}; the same command continues.")
        return INTERRUPTED


def measure(asked: argparse.Namespace, found: Found, capability: float) -> int:
    """Measure what has not been measured yet, and write the report after each.

    On a GPU the machine is always looked at: where TensorFlow does not see the GPU, all else would run on the CPU.
    """
    sections = {*asked.only, "machine"} if asked.device == "gpu" else set(asked.only)
    todo = [(section, job) for section, job in jobs(asked, capability) if section in sections]
    for number_, (section, job) in enumerate(todo, start=1):
        if not found.has(section, named(job)):
            print(f"{number_} of {len(todo)}: {named(job)}", flush=True)
            outcome = run(job, asked)
            unseen = section == "machine" and asked.device == "gpu" and not sees_gpu(outcome)
            if unseen and not outcome["failed"]:
                outcome["failed"] = UNSEEN  # so that it is looked at again next time
            found.add(section, named(job), outcome)
            for each in outcome["measurements"]:
                print(f"    {each['what']}: {row(each, None)[1]}", flush=True)
            if outcome["failed"]:
                print(f"    failed: {outcome['failed']}", flush=True)
            if unseen:
                print(f"make gpu-report: {outcome['failed']}", file=sys.stderr)
                return NO_GPU
    if "training" in asked.only and not found.has("training", trained_name(asked)):
        found.add("training", trained_name(asked), train(asked, found.folder))
    print(f"The report is {found.folder / 'report.md'}")
    failures = [name for of in found.sections.values() for name, outcome in of.items() if outcome["failed"]]
    return 1 if failures else 0


def trained_name(asked: argparse.Namespace) -> str:
    return f"fast_gpu on {asked.dataset} for {asked.minutes:g} minutes"


def sees_gpu(outcome: dict[str, Any]) -> bool:
    return any(each["what"] == "GPU" for each in outcome["measurements"])


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make gpu-report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION",
                        help=f"some of {', '.join(SECTIONS)}")  # fmt: skip
    known = [file.stem for file in RECIPES]
    datasets = sorted(read_yaml(DATASETS, ROOT))
    parser.add_argument("--presets", nargs="+", choices=known, default=PRESETS, metavar="PRESET",
                        help=f"for speed and placement; default {' '.join(PRESETS)}")  # fmt: skip
    parser.add_argument("--minutes", type=length, default=30.0, help="of fast_gpu's training; default 30")
    parser.add_argument("--dataset", choices=datasets, default="cifar10", metavar="DATASET",
                        help=f"of that training: {', '.join(datasets)}; default cifar10")  # fmt: skip
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--threads", type=int, default=CORES, help="of the CPU")
    parser.add_argument("--tiny", action="store_true", help="as small as can be: to try the command, not to measure")
    parser.add_argument("--again", action="store_true", help="measure everything again")
    parser.add_argument("--directory", type=Path, default=ROOT, help="its results/ are written; default the checkout's")
    return parser.parse_args()


def length(text: str) -> float:
    """The minutes of a training, as a study may set them."""
    try:
        return adapter(Length).validate_python(text)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"{text!r} should be a number above 0, up to 1,000,000") from None


if __name__ == "__main__":
    sys.exit(main())
