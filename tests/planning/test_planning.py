"""Planning: what costs the same, what earlier jobs and probes say, schedules worked out by hand, kept predictions."""

import json
import math
import os
import random
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path

import pytest
from helpers.fake_plans import HERE, TIMES, chain, plan_of, probe, write_benchmark
from helpers.fake_results import write_study

from easel.config.datasets import Sizes
from easel.data.sizes import sizes_of
from easel.planning import forecast, predictions, progress, recipes
from easel.planning.benchmarks import took
from easel.planning.earlier import known_recipes, trainings
from easel.planning.jobs import Job, last_lines, outdated, waits_for
from easel.planning.machine import is_here
from easel.planning.plan import STARTING
from easel.planning.scheduling import Machine, Task, makespan, schedule
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, write_json
from easel.study.load import load_study
from easel.tracking.fingerprint import code_of

ROOT = Path(__file__).parents[2]
SIZES = Sizes((32, 32, 3), train=10_000, test=2_000, classes=10)
STUDY = """\
dataset: shapes
seeds: [0, 1]
runs:
  dcgan: {preset: dcgan, epochs: 4}
  again: {preset: dcgan, epochs: 8, learning_rate: 1.0e-3}
  vae:   {preset: vae, epochs: 4}
samples: 3000
"""
JUDGING = {
    "import": 5.0, "build": 1.0, "first_call": 4.0, "step": 0.3, "load": 0.2, "first_features": 0.5,
    "thousand_judged": 1.0, "thousand_judged_on_one_core": 2.0, "thousand_scored": 3.0,
}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    (tmp_path / "mine.yaml").write_text(STUDY)
    return load_study({"study": str(tmp_path / "mine.yaml")}, ROOT)


def known(study, results: Path, probes: bool = True, earlier=None) -> forecast.Knowledge:
    found = {}
    if probes:
        for name, recipe in recipes.of_study(study, SIZES).items():
            found[name] = probe(TIMES if recipe["kind"] == "training" else JUDGING)
    return forecast.Knowledge(study, SIZES, results, found, earlier or {})


def job(rule: str, benchmark: str = "results/nowhere.tsv", threads: int = 2, gpus: int = 0, **wildcards: str) -> Job:
    return Job(rule, wildcards, "Missing output files", (), (), benchmark, threads, gpus)


# --- recipes -------------------------------------------------------------------------------------------


def test_runs_that_differ_in_what_costs_nothing_have_one_recipe(study):
    found = recipes.of_study(study, SIZES)
    assert [recipe["kind"] for recipe in found.values()] == ["training", "training", "classifier"]


@pytest.mark.parametrize(
    ("key", "value"), [("width", 32), ("batch_size", 64), ("latent_dim", 50), ("precision", "float32"),
                       ("ema_decay", 0.9), ("model", "tutorial_dcgan"), ("gpu", 2)]
)  # fmt: skip
def test_what_decides_the_cost_of_a_step_is_part_of_the_recipe(study, key, value):
    settings = study.runs["dcgan"].settings
    one, other = (recipes.of_training(each, SIZES) for each in (settings, settings.model_copy(update={key: value})))
    assert recipes.name_of(one) != recipes.name_of(other)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("ema_decay", (0.9, 0.999)),
        ("r1", (0.1, 10.0)),
        ("lecam", (0.1, 0.3)),
        ("gradient_penalty", (1.0, 10.0)),
        ("aux_classifier_weight", (0.5, 2.0)),
    ],
)
def test_only_whether_something_is_on_counts(study, key, values):
    settings = [study.runs["dcgan"].settings.model_copy(update={key: value}) for value in (0.0, *values)]
    assert len({recipes.name_of(recipes.of_training(each, SIZES)) for each in settings}) == 2


@pytest.mark.parametrize(("run", "key", "value"), [("vae", "warm_up", 3.0), ("vae", "scale", 0.2)])
def test_what_changes_only_what_is_learnt_is_no_part_of_the_recipe(study, run, key, value):
    settings = study.runs[run].settings
    one, other = (recipes.of_training(each, SIZES) for each in (settings, settings.model_copy(update={key: value})))
    assert recipes.name_of(one) == recipes.name_of(other)


def test_networks_that_are_told_classes_are_measured_with_as_many(study):
    settings = study.runs["dcgan"].settings
    told = settings.model_copy(update={"model": "lean_gan", "conditional": True})
    assert [recipes.of_training(each, SIZES)["classes"] for each in (settings, told)] == [0, SIZES.classes]


def test_a_dataset_that_is_not_there_has_the_sizes_that_it_will_have(study, tmp_path):
    assert sizes_of(study.dataset, tmp_path) == SIZES
    cifar10 = load_study({"study": "cifar10"}, ROOT)
    assert sizes_of(cifar10.dataset, tmp_path)[1:] == (50_000, 10_000, 10)
    record = {"image_shape": [32, 32, 3], "classes": ["a"], "splits": {s: {"images": 7} for s in ("train", "test")}}
    write_json(tmp_path / "dataset.json", record)
    assert sizes_of(cifar10.dataset, tmp_path) == ((32, 32, 3), 7, 7, 1)


# --- what jobs took before -----------------------------------------------------------------------------


def test_a_benchmark_file_is_read_in_mb(tmp_path):
    assert took(write_benchmark(tmp_path / "a.tsv", 12.5)) == (found := took(tmp_path / "a.tsv"))
    assert (found.seconds, found.memory_mb) == (12.5, pytest.approx(1048.576))
    assert math.isnan(took(write_benchmark(tmp_path / "b.tsv", 0.2, "NA")).memory_mb)
    assert took(tmp_path / "none.tsv") is None
    (tmp_path / "empty.tsv").write_text("")
    assert took(tmp_path / "empty.tsv") is None


def test_earlier_trainings_are_found_by_recipe_and_only_of_this_machine(tmp_path):
    folder = write_study(tmp_path, runs={"dcgan": "dcgan"}, seeds=(0, 1))
    whole, stopped = (folder / f"dcgan/seed-{seed}/train.json" for seed in (0, 1))
    write_json(whole, read_json(whole) | {"resumed_at_steps": []})
    write_json(stopped, read_json(stopped) | {"resumed_at_steps": [200]})
    for seed in (0, 1):
        write_benchmark(tmp_path / f"benchmarks/quickstart/dcgan/seed-{seed}/train_run.tsv", 71.2)
    (earlier,) = trainings(tmp_path, HERE, threads=2).values()
    assert [each.steps for each in earlier] == [313, 313]
    assert earlier[0].around == pytest.approx(71.2 - earlier[0].seconds)
    assert math.isnan(earlier[1].around)
    assert earlier[0].memory_mb == pytest.approx(1048.576)
    assert earlier[0].disk_mb > 0.01
    assert trainings(tmp_path, HERE, threads=4) == {}
    assert trainings(tmp_path, HERE | {"cpu": "another"}, threads=2) == {}
    whole.write_text("{}")
    assert len(next(iter(trainings(tmp_path, HERE, threads=2).values()))) == 1


def test_a_gpu_and_a_cpu_are_not_each_other():
    gpu = {"kind": "gpu", "name": "NVIDIA H200", "threads": 8}
    assert is_here(gpu, HERE | {"gpus": ["NVIDIA H200"]}, 2)
    assert not is_here(gpu, HERE, 8)
    assert not is_here({"kind": "cpu", "name": HERE["cpu"], "threads": 2}, HERE | {"gpus": ["NVIDIA H200"]}, 2)


def test_no_probe_is_needed_of_what_was_done_here(study, tmp_path):
    results = tmp_path / "results"
    every = recipes.of_study(study, SIZES)
    assert known_recipes(study, results, HERE, 2) == set()
    folder = write_study(results, runs={"dcgan": "dcgan"})
    record = read_json(folder / "dcgan/seed-0/train.json")
    write_json(folder / "dcgan/seed-0/train.json", record | {"settings": study.runs["dcgan"].settings.model_dump()})
    judge = study.judges["classifier"].model_dump()
    write_json(results / "judges/shapes/classifier/classifier.json", {"settings": judge})
    for step in ("make_classifier", "compute_reference"):
        write_benchmark(results / f"benchmarks/judges/shapes/classifier/{step}.tsv", 5)
    of_dcgan, _, of_judge = every
    assert known_recipes(study, results, HERE, 2) == {of_dcgan, of_judge}
    write_json(results / "judges/shapes/classifier/classifier.json", {"settings": judge | {"width": 8}})
    assert known_recipes(study, results, HERE, 2) == {of_dcgan}


# --- forecasts -----------------------------------------------------------------------------------------


def test_a_training_takes_its_steps_and_all_that_is_due_between_them(study, tmp_path):
    found = known(study, tmp_path).forecast(job("train_run", run="dcgan", seed="0"))
    steps, pictures, snapshots, checkpoints = 312, 1 + 2, 3 + 1, 4 + 1  # 4 epochs of 78.125 steps
    seconds = 5 + 1 + 4 + 311 * 0.1 + 0.5 * pictures + 0.25 * snapshots + 0.2 * checkpoints + 0.3
    assert found.source == forecast.MEASURED
    assert found.seconds == pytest.approx(seconds + forecast.SETTLING, abs=0.5)
    assert found.memory_mb == 1000
    assert found.disk_mb == pytest.approx(2 * 8 + (snapshots + 1) * 2 + 2 * pictures * 0.03 + 64 * steps / 1e6, rel=0.1)


def write_state(seed_folder: Path, settings, checkpoints: list[int], **changes) -> None:
    """What a training leaves of its state, as far as a plan reads it."""
    kept = settings.state_settings
    versions = {package: version(package) for package in ("tensorflow", "keras")}
    file = "workflow/easel/training/losses.py"
    code = {file: code_of("train_run.py", "easel.training.losses")[file]}
    made_for = kept | {"seed": 0, "precision": "float32", "jit_compile": False, "data": "d", "code": code} | versions
    folder = seed_folder / "state/0123456789ab"
    write_json(folder / "state_key.json", made_for | changes)
    for step in checkpoints:
        (folder / f"checkpoint-{step:09d}.npz").touch()


def test_a_training_goes_on_from_its_newest_checkpoint(study, tmp_path):
    settings = study.runs["dcgan"].settings
    write_state(tmp_path, settings, [78, 156, 900])
    assert progress.steps_done(tmp_path, settings, 0, 312, "d") == 156
    longer = settings.model_copy(update={"epochs": 99.0, "log_every": 7})
    assert progress.steps_done(tmp_path, longer, 0, 5000, "d") == 900


def test_a_training_that_is_told_classes_goes_on_likewise(study, tmp_path):
    settings = study.runs["dcgan"].settings
    write_state(tmp_path, settings, [78], data={"images": "d", "labels": "l"})
    assert [progress.steps_done(tmp_path, settings, 0, 312, data) for data in "de"] == [78, 0]


@pytest.mark.parametrize(
    "changes",
    [{"width": 3}, {"seed": 1}, {"data": "e"}, {"precision": "mixed_bfloat16"}, {"keras": "1.0"},
     {"code": {"workflow/easel/training/losses.py": "another"}}],
)  # fmt: skip
def test_a_state_of_another_training_spares_nothing(study, tmp_path, changes):
    settings = study.runs["dcgan"].settings.model_copy(update={"precision": "float32"})
    write_state(tmp_path, settings, [78], **changes)
    assert progress.steps_done(tmp_path, settings, 0, 312, "d") == 0


def test_what_is_done_already_is_not_planned_again(study, tmp_path):
    write_json(tmp_path / "datasets/shapes/dataset.json", {"arrays": {"train_images.npy": "d"}})
    write_state(tmp_path / "mine/dcgan/seed-0", study.runs["dcgan"].settings, [300])
    on, over = (known(study, tmp_path).forecast(job("train_run", run="dcgan", seed=seed)) for seed in "01")
    assert over.seconds - on.seconds == pytest.approx(300 * 0.1 + 0.5 + 2 * 0.25 + 4 * 0.2, abs=0.5)
    assert over.disk_mb == on.disk_mb


def test_twice_the_epochs_take_twice_the_steps(study, tmp_path):
    short, long = (known(study, tmp_path).forecast(job("train_run", run=run, seed="0")) for run in ("dcgan", "again"))
    assert long.seconds - short.seconds == pytest.approx(313 * 0.1 + 0.5 * 1.5 + 0.25 + 0.2 * 4, abs=1)


def test_earlier_trainings_are_believed_before_a_probe(study, tmp_path):
    (tmp_path / "train.json").touch()
    name = next(iter(recipes.of_study(study, SIZES)))
    before = [forecast.Trained(steps=100, seconds=50, around=8, memory_mb=900, disk_mb=30),
              forecast.Trained(steps=200, seconds=120, around=math.nan, memory_mb=math.nan, disk_mb=31)]  # fmt: skip
    found = known(study, tmp_path, earlier={name: before}).forecast(job("train_run", run="dcgan", seed="0"))
    assert found == forecast.Forecast(pytest.approx(8 + 312 * 0.55), 900, 31, forecast.EARLIER)


def test_a_judge_takes_all_its_epochs_at_most(study, tmp_path):
    found = known(study, tmp_path).forecast(job("make_classifier", judge="classifier"))
    assert found.source == forecast.AT_MOST
    assert found.seconds == pytest.approx(5 + 1 + 4 + 18 * 78 * 0.3 + 0.5 + 12 * 1.0 + forecast.SETTLING)


def test_sampling_and_judging_go_by_the_thousand(study, tmp_path):
    here = known(study, tmp_path)
    sample = here.forecast(job("sample", run="vae", seed="0"))
    assert sample.seconds == pytest.approx(5 + 0.1 + 0.4 + 3 * 0.6 + forecast.SETTLING)
    assert sample.disk_mb == pytest.approx(3000 * (3072 + 4 * 64) / 1e6 + 0.5)
    snapshots = here.forecast(job("judge_snapshots", run="vae", seed="0"))
    number = 1 + math.log2(study.runs["vae"].settings.epochs + 1)
    each = 0.1 + 0.4 + 2 * (0.6 + 2.0)
    assert snapshots.seconds == pytest.approx(5 + 0.2 + 0.5 + number * each + forecast.SETTLING)
    limits = here.forecast(job("judge_baselines", judge="classifier", n="3000"))
    assert limits.seconds == pytest.approx(5 + 2 * 2 * 3.0 + forecast.SETTLING)
    judged = here.forecast(job("evaluate", run="vae", seed="0"))
    assert judged.seconds == pytest.approx(5 + 0.2 + 0.5 + 3 * 2.0 + 3 * 3.0 + forecast.SETTLING)


@pytest.mark.parametrize(("n", "source"), [(3000, forecast.EARLIER), (500, forecast.MEASURED)])
def test_another_number_of_samples_takes_another_time(study, tmp_path, n, source):
    write_benchmark(tmp_path / "benchmarks/mine/vae/seed-0/evaluate.tsv", 33)
    rows = [{"of": "samples", "n": n}]
    write_json(tmp_path / "mine/vae/seed-0/metrics.json", {"metrics": rows})
    benchmark = str(tmp_path / "benchmarks/mine/vae/seed-0/evaluate.tsv")
    found = known(study, tmp_path).forecast(job("evaluate", benchmark, run="vae", seed="0"))
    assert (found.source, found.seconds == 33) == (source, source == forecast.EARLIER)


def test_a_small_step_takes_what_it_took_or_what_it_took_others_or_what_it_usually_takes(study, tmp_path):
    def report(seed: str):
        benchmark = tmp_path / f"benchmarks/mine/vae/seed-{seed}/report_run.tsv"
        return known(study, tmp_path).forecast(job("report_run", str(benchmark), run="vae", seed=seed))

    assert report("0").source == forecast.USUAL
    write_benchmark(tmp_path / "benchmarks/mine/vae/seed-0/report_run.tsv", 6)
    write_benchmark(tmp_path / "benchmarks/mine/dcgan/seed-0/report_run.tsv", 8)
    assert (report("0").seconds, report("0").source) == (6, forecast.EARLIER)
    assert (report("1").seconds, report("1").source) == (7, forecast.EARLIER)


@pytest.mark.parametrize(
    "rule",
    [
        "train_run",
        "sample",
        "evaluate",
        "compute_reference",
        "make_classifier",
        "judge_baselines",
        "judge_snapshots",
        "draw_preview",
    ],
)
def test_without_any_measurement_there_is_an_estimate(study, tmp_path, rule):
    found = known(study, tmp_path, probes=False).forecast(job(rule, run="dcgan", seed="0", judge="classifier"))
    assert found.source == forecast.USUAL
    assert min(found.seconds, found.memory_mb, found.disk_mb) > 0


# --- schedules -----------------------------------------------------------------------------------------


def task(seconds: float, after: set[int] = frozenset(), cores: int = 1, gpus: int = 0) -> Task:
    return Task(seconds, cores, gpus, after)


def test_a_chain_takes_as_long_on_any_machine():
    chain = [task(3), task(4, {0}), task(5, {1})]
    for nodes in (1, 2, 8):
        assert makespan(schedule(chain, Machine(nodes, cores=4, gpus=1))) == 12


def test_trainings_go_one_by_one_on_one_gpu_and_side_by_side_on_two():
    """Data (1), three trainings (10 each, a GPU), each followed by sampling (2, no GPU)."""
    tasks = [task(1), *(task(10, {0}, gpus=1) for _ in range(3)), *(task(2, {1 + i}) for i in range(3))]
    ends = [makespan(schedule(tasks, Machine(1, cores=8, gpus=gpus))) for gpus in (1, 2, 3, 8)]
    assert ends == [1 + 30 + 2, 1 + 20 + 2, 1 + 10 + 2, 1 + 10 + 2]


def test_what_fills_a_node_waits_for_an_empty_one():
    tasks = [task(4, cores=2), task(3, cores=1), task(2, cores=2)]
    assert [slot[:3] for slot in schedule(tasks, Machine(1, cores=2, gpus=0))] == [(0, 4, 0), (4, 7, 0), (7, 9, 0)]
    two = schedule(tasks, Machine(2, cores=2, gpus=0))
    assert [slot[:3] for slot in two] == [(0, 4, 0), (0, 3, 1), (3, 5, 1)]


def test_a_small_task_passes_a_large_one_that_does_not_fit():
    tasks = [task(4, gpus=1), task(4, gpus=1), task(1)]
    assert [slot.start for slot in schedule(tasks, Machine(1, cores=2, gpus=1))] == [0, 4, 0]
    assert [slot.lane for slot in schedule(tasks, Machine(1, cores=2, gpus=1))] == [0, 0, 1]


def test_a_task_that_asks_for_more_than_there_is_gets_that():
    assert makespan(schedule([task(5, cores=64, gpus=4)], Machine(1, cores=2, gpus=1))) == 5


def test_nothing_to_do_takes_no_time():
    assert makespan(schedule([], Machine(1, 1, 1))) == 0


def test_tasks_that_wait_for_each_other_are_an_error():
    with pytest.raises(ValueError, match="wait for each other"):
        schedule([task(1, {1}), task(1, {0})], Machine(1, 1, 1))


@pytest.mark.parametrize("seed", range(20))
def test_any_schedule_keeps_its_rules_and_its_bounds(seed):
    """Never more at once than there is, nothing before what it waits for, no later than Graham's bound."""
    draw = random.Random(seed)
    tasks = [
        Task(draw.uniform(1, 9), 1, draw.randint(0, 1), {draw.randrange(i) for _ in range(draw.randint(0, 2)) if i})
        for i in range(40)
    ]
    for cores in (1, 2, 4):
        slots = schedule(tasks, Machine(1, cores, gpus=1))
        path: list[float] = []  # the longest chain that ends with each task
        for each, slot in zip(tasks, slots, strict=True):
            path.append(each.seconds + max((path[before] for before in each.after), default=0))
            assert all(slots[before].end <= slot.start for before in each.after)
            beside = [i for i, other in enumerate(slots) if other.start <= slot.start < other.end]
            assert len(beside) <= cores
            assert sum(tasks[i].gpus for i in beside) <= 1
            assert len({slots[i].lane for i in beside}) == len(beside)
        work, on_gpu = (sum(each.seconds for each in tasks if each.gpus >= gpus) for gpus in (0, 1))
        end = makespan(slots)
        assert end >= max(max(path), work / cores, on_gpu) - 1e-9
        assert end <= max(path) + work / cores + on_gpu + 1e-9


def test_a_study_of_a_thousand_runs_is_scheduled_in_no_time():
    tasks = [task(1)]
    for _ in range(1000):
        tasks += [task(60, {0}, cores=2, gpus=1), task(9, {len(tasks)}), task(9, {len(tasks) + 1})]
    started = datetime.now(UTC)
    end = makespan(schedule(tasks, Machine(8, cores=2, gpus=1)))
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert end >= 1000 * (2 * 60 + 9 + 9) / (8 * 2)


# --- jobs ----------------------------------------------------------------------------------------------


def test_jobs_wait_for_those_that_make_their_inputs():
    assert waits_for(chain()) == [set(), {0}, {0}, {1, 2}]


def test_a_study_that_cannot_be_read_is_said_by_the_plan(tmp_path):
    with pytest.raises(EaselError, match=r"there is no file .*nowhere.yaml"):
        outdated(ROOT / "Snakefile", ROOT / "profiles/default", {"study": str(tmp_path / "nowhere.yaml")}, 1)


def test_only_the_end_of_what_was_said_is_repeated():
    assert last_lines("\n".join(map(str, range(100))) + "\n\n", 2) == "98\n99"


def test_a_plan_adds_up_and_ends_sooner_with_more():
    plan = plan_of(HERE)
    assert (plan.seconds, plan.memory_mb, plan.disk_mb, plan.unit) == (36, 300, 10.0, "node")
    one, two = 36 + 4 * STARTING, 26 + 3 * STARTING
    assert plan.finish == {1: one, 2: two, 4: two, 8: two}


def test_on_a_gpu_machine_gpus_are_counted():
    plan = plan_of({"cpu": "x", "cores": 8, "gpus": ["NVIDIA H200"]})
    assert (plan.unit, plan.finish[1] > plan.finish[2]) == ("GPU", True)


# --- predictions ---------------------------------------------------------------------------------------


def test_a_table_is_read_as_it_was_written_and_a_row_is_a_line(tmp_path):
    rows = list(plan_of(HERE).rows())
    predictions.write(tmp_path / "plan.tsv", predictions.COLUMNS, rows)
    text = (tmp_path / "plan.tsv").read_text()
    assert text.splitlines()[0] == "rule\trun\tseed\treason\tminutes\tmemory_mb\tdisk_mb\tgpus\tsource"
    assert len(text.splitlines()) == 1 + 4
    back = predictions.read(tmp_path / "plan.tsv")
    assert back[3]["reason"] == "two lines here"
    assert (back[1]["run"], back[1]["seed"], back[1]["minutes"], back[1]["gpus"]) == ("r", "0", "0.167", "1")


def prediction(minutes: float) -> dict:
    return {"benchmark": "benchmarks/s/r/seed-0/train_run.tsv", "rule": "train_run", "run": "r", "seed": "0",
            "minutes": minutes, "memory_mb": 900, "disk_mb": 1, "gpus": 1, "source": "measured here"}  # fmt: skip


def test_a_job_is_compared_with_what_was_predicted_before_it_was_done(tmp_path):
    """Planned, planned better, done, and planned once more for new settings: the second is what came true."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    hours = (noon + timedelta(hours=hour) for hour in count())
    benchmark = tmp_path / "benchmarks/s/r/seed-0/train_run.tsv"
    predictions.keep(tmp_path, "s", [prediction(1.0)], next(hours))
    assert predictions.outcomes(tmp_path, "s") == []
    predictions.keep(tmp_path, "s", [prediction(2.0)], next(hours))
    write_benchmark(benchmark, 150)
    done = next(hours).timestamp()
    os.utime(benchmark, (done, done))
    for again in ([], [prediction(9.0)], [prediction(8.0)], []):
        predictions.keep(tmp_path, "s", again, next(hours))
        (outcome,) = predictions.outcomes(tmp_path, "s")
        assert (outcome.planned_minutes, outcome.minutes) == (2.0, 2.5)
    assert len(predictions.read(predictions.kept(tmp_path, "s"))) == 2


@pytest.mark.parametrize(("resumed_at", "minutes"), [([100], 3.0), ([], 0.5)])
def test_a_training_that_was_stopped_took_all_its_processes(tmp_path, resumed_at, minutes):
    predictions.keep(tmp_path, "s", [prediction(2.0)], datetime(2026, 1, 1, tzinfo=UTC))
    write_benchmark(tmp_path / "benchmarks/s/r/seed-0/train_run.tsv", 30)
    write_json(tmp_path / "s/r/seed-0/train.json", {"seconds": 180.0, "resumed_at_steps": resumed_at})
    (outcome,) = predictions.outcomes(tmp_path, "s")
    assert outcome.minutes == minutes


def test_without_a_plan_there_is_nothing_to_compare(tmp_path):
    assert predictions.outcomes(tmp_path, "s") == []


def test_a_recipe_is_the_same_in_every_process(study):
    """Its name is a file's name, so it must not depend on the order of keys or on a process's hashes."""
    recipe = recipes.of_training(study.runs["vae"].settings, SIZES)
    assert recipes.name_of(json.loads(json.dumps(recipe, sort_keys=True))) == recipes.name_of(recipe)
