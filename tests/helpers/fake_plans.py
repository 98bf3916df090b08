"""Made-up plans: jobs, forecasts, measurements of recipes and benchmark files."""

from importlib.metadata import version
from pathlib import Path

from easel.config.datasets import Sizes
from easel.planning.jobs import Job
from easel.planning.knowledge import EstimateSource, Forecast
from easel.planning.plan import Plan
from easel.runtime.files import write_json
from easel.tracking.fingerprint import code_of

HERE = {"cpu": "AMD EPYC 9B14 96-Core Processor", "cores": 2, "gpus": []}
TIMES = {
    "import": 5.0, "build": 1.0, "first_picture": 0.5, "first_call": 4.0, "step": 0.1, "picture": 0.5,
    "first_snapshot": 0.25, "snapshot": 0.25, "checkpoint": 0.2, "outputs": 0.3, "load": 0.1, "first_samples": 0.4,
    "samples_1000": 0.6,
}  # fmt: skip

TIMES_OF_JUDGE = {
    "import": 5.0, "build": 1.0, "first_call": 4.0, "step": 0.3, "load": 0.2, "first_features": 0.5,
    "features_1000": 1.0, "features_1000_one_core": 2.0, "metrics_1000": 3.0,
}  # fmt: skip
SIZES = Sizes((32, 32, 3), train=10_000, test=2_000, classes=10)


def probe(seconds=TIMES, **sizes: float) -> dict:
    """A measurement."""
    size = {"checkpoint": 8e6, "generator": 2e6, "encoder": 0, "picture": 3e4, "network": 3e6, "features": 1024}
    return {"seconds": seconds, "bytes": size | sizes, "memory_mb": 1000, "precision": "float32"}


MISSING = [{"kind": "missing_output", "file": "net"}]
CHANGED = [
    {"kind": "setting_changed", "key": "settings.title", "before": "a\tb", "now": "two\nlines"},
    {"kind": "code_changed", "file": "scripts/compare.py"},
]


def chain() -> list[Job]:
    return [
        Job("draw_shapes", {"dataset": "d"}, MISSING, (), ("data",), "results/benchmarks/a.tsv", 1, 0),
        Job("train_run", {"run": "r", "seed": "0"}, MISSING, ("data",), ("net",), "results/benchmarks/b.tsv", 2, 1),
        Job("train_run", {"run": "r", "seed": "1"}, MISSING, ("data",), ("net1",), "results/benchmarks/c.tsv", 2, 1),
        Job("compare", {}, CHANGED, ("net", "net1", "x"), ("c",), "results/benchmarks/e.tsv", 1, 0),
    ]


def measurement() -> dict:
    settings = {"model": "dcgan", "width": 64, "batch_size": 128}
    return probe(TIMES) | {"measured": "2026-01-01T00:00:00Z", "recipe": {"kind": "training", "settings": settings}}


def plan_of(machine: dict, seconds=(1, 10, 20, 5)) -> Plan:
    forecasts = [Forecast(each, 100 * number, 2.5, EstimateSource.RULE_OF_THUMB) for number, each in enumerate(seconds)]
    return Plan("s", "S", chain(), forecasts, machine)


def write_benchmark(file: Path, seconds: float, rss: str = "1000.00") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"s\th:m:s\tmax_rss\tmax_vms\n{seconds}\t0:00:01\t{rss}\t1\n")
    return file


def write_state(seed_folder: Path, settings, checkpoints: list[int], **changes) -> None:
    """Write the files of a training's state that a plan reads."""
    kept = settings.state_settings
    versions = {package: version(package) for package in ("tensorflow", "keras")}
    file = "workflow/easel/training/losses.py"
    code = {file: code_of("train_run.py", "easel.training.losses")[file]}
    state_key = kept | {"seed": 0, "precision": "float32", "jit_compile": False, "data": "d", "code": code} | versions
    folder = seed_folder / "state/0123456789ab"
    write_json(folder / "state_key.json", state_key | changes)
    for step in checkpoints:
        (folder / f"checkpoint-{step:09d}.npz").touch()
