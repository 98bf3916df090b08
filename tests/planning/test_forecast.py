"""Forecasts of jobs, from probes, earlier jobs and rules of thumb."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.fake_plans import SIZES, TIMES, TIMES_OF_JUDGE, probe, write_benchmark, write_state

from easel.planning import recipes
from easel.planning.costs import DAMAGED_SETS, SENSITIVITY_SETS, damaged_images
from easel.planning.earlier import EarlierTraining
from easel.planning.forecast import forecast
from easel.planning.jobs import Job
from easel.planning.knowledge import EstimateSource, Forecast, Knowledge
from easel.planning.run_forecasts import SETTLING
from easel.runtime.files import write_json


def known(study, results: Path, probes: bool = True, earlier=None) -> Knowledge:
    """Measurements of a study: probes of all of its recipes, or none."""
    found = {}
    if probes:
        for name, recipe in recipes.of_study(study, SIZES).items():
            found[name] = probe(TIMES if recipe["kind"] == "training" else TIMES_OF_JUDGE)
    return Knowledge(study, SIZES, results, found, earlier or {})


def job(rule: str, benchmark: str = "results/nowhere.tsv", threads: int = 2, gpus: int = 0, **wildcards: str) -> Job:
    return Job(rule, wildcards, [{"kind": "missing_output", "file": "a"}], (), (), benchmark, threads, gpus)


def test_a_training_costs_its_steps_pictures_snapshots_and_checkpoints(study, tmp_path):
    found = forecast(known(study, tmp_path), job("train_run", run="dcgan", seed="0"))
    steps, pictures, snapshots, checkpoints = 312, 1 + 2, 2 + 1, 4 + 1  # 4 epochs of 78.125 steps
    seconds = 5 + 1 + 4 + 311 * 0.1 + 0.5 * pictures + 0.25 * snapshots + 0.2 * checkpoints + 0.3
    assert found.source == EstimateSource.PROBE
    assert found.seconds == pytest.approx(seconds + SETTLING, abs=0.5)
    assert found.memory_mb == 1000
    assert found.disk_mb == pytest.approx(2 * 8 + 2 * snapshots * 2 + 2 * pictures * 0.03 + 64 * steps / 1e6, rel=0.1)


def test_steps_before_the_checkpoint_cost_nothing(study, tmp_path):
    write_json(tmp_path / "datasets/shapes/dataset.json", {"arrays": {"train_images.npy": "d"}})
    write_state(tmp_path / "mine/dcgan/seed-0", study.runs["dcgan"].settings, [300])
    on, over = (forecast(known(study, tmp_path), job("train_run", run="dcgan", seed=seed)) for seed in "01")
    assert over.seconds - on.seconds == pytest.approx(300 * 0.1 + 0.5 + 2 * 0.25 + 4 * 0.2, abs=0.5)
    assert over.disk_mb == on.disk_mb


def test_twice_the_epochs_are_twice_the_steps(study, tmp_path):
    short, long = (forecast(known(study, tmp_path), job("train_run", run=run, seed="0")) for run in ("dcgan", "again"))
    assert long.seconds - short.seconds == pytest.approx(313 * 0.1 + 0.5 * 1.5 + 0.25 + 0.2 * 4, abs=1)


def with_minutes(study, minutes: float):
    """The study with a budget in place of the epochs of its run `dcgan`."""
    run = study.runs["dcgan"]
    by_minutes = replace(run, settings=run.settings.model_copy(update={"epochs": None, "minutes": minutes}))
    return replace(study, runs=study.runs | {"dcgan": by_minutes})


@pytest.mark.parametrize("minutes", [0.5, 3.0])
def test_a_budget_in_minutes_costs_its_minutes(study, tmp_path, minutes):
    by_minutes, training = with_minutes(study, minutes), job("train_run", run="dcgan", seed="0")
    outside = 5 + 1 + 0.5 + 0.2 + 0.3 + SETTLING  # before the first picture, and after the last snapshot
    assert forecast(known(by_minutes, tmp_path), training).seconds == pytest.approx(60 * minutes + outside, abs=0.2)
    name = known(by_minutes, tmp_path).recipe_name("dcgan")
    before = [EarlierTraining(steps=100, seconds=50, overhead_seconds=8, memory_mb=900, disk_mb=30)]
    as_before = forecast(known(by_minutes, tmp_path, earlier={name: before}), training)
    assert as_before.seconds == pytest.approx(60 * minutes + 8, abs=0.5)
    thumb = forecast(known(by_minutes, tmp_path, probes=False), training)
    assert thumb.seconds == pytest.approx(60 * (minutes + 1))


def test_a_measured_budget_has_the_epochs_that_are_trained(study, tmp_path):
    write_json(tmp_path / "mine/dcgan/budget.json", {"minutes": 3.0, "epochs": 4.0})
    training = job("train_run", run="dcgan", seed="0")
    measured = forecast(known(with_minutes(study, 3.0), tmp_path), training)
    assert measured == forecast(known(study, tmp_path), training)
    assert forecast(known(with_minutes(study, 1.0), tmp_path), training).seconds < 70, "a budget of other minutes"
    snapshots = job("judge_snapshots", run="dcgan", seed="0")
    assert forecast(known(with_minutes(study, 3.0), tmp_path), snapshots).seconds == pytest.approx(
        forecast(known(study, tmp_path), snapshots).seconds
    )


def test_earlier_trainings_take_precedence_over_a_probe(study, tmp_path):
    (tmp_path / "train.json").touch()
    name = next(iter(recipes.of_study(study, SIZES)))
    before = [
        EarlierTraining(steps=100, seconds=50, overhead_seconds=8, memory_mb=900, disk_mb=30),
        EarlierTraining(steps=200, seconds=120, overhead_seconds=math.nan, memory_mb=math.nan, disk_mb=31),
    ]
    found = forecast(known(study, tmp_path, earlier={name: before}), job("train_run", run="dcgan", seed="0"))
    assert found == Forecast(pytest.approx(8 + 312 * 0.55), 900, 31, EstimateSource.EARLIER_RUN)


def test_a_judge_costs_at_most_the_whole_of_its_training(study, tmp_path):
    """Six epochs of 10,000 images, in batches of 128."""
    found = forecast(known(study, tmp_path), job("make_classifier", judge="classifier"))
    assert found.source == EstimateSource.PROBE_UPPER_BOUND
    assert found.seconds == pytest.approx(5 + 1 + 4 + 469 * 0.3 + 0.5 + 12 * 1.0 + SETTLING)


def test_sampling_and_judging_cost_in_proportion_to_samples(study, tmp_path):
    here = known(study, tmp_path)
    sample = forecast(here, job("sample", run="vae", seed="0"))
    assert sample.seconds == pytest.approx(5 + 0.1 + 0.4 + 3 * 0.6 + SETTLING)
    assert sample.disk_mb == pytest.approx(3000 * (3072 + 4 * 64) / 1e6 + 2 + 0.5)
    rebuilt = forecast(here, job("sample_autoencoder", run="vae", seed="0"))
    assert rebuilt.seconds == pytest.approx(sample.seconds + 2 * (0.1 + 0.4) + 3 * SIZES.test / 1000 * 0.6)
    assert rebuilt.disk_mb == sample.disk_mb
    snapshots = forecast(here, job("judge_snapshots", run="vae", seed="0"))
    number = 1 + math.log2(study.runs["vae"].settings.epochs + 1)
    each = 0.1 + 0.4 + 2 * (0.6 + 2.0)
    assert snapshots.seconds == pytest.approx(5 + 0.2 + 0.5 + number * each + SETTLING)
    limits = forecast(here, job("judge_baselines", judge="classifier", n="3000"))
    assert limits.seconds == pytest.approx(5 + 2 * 2 * 3.0 + SETTLING)
    seen = forecast(here, job("measure_sensitivity", judge="classifier"))
    metrics = (
        SENSITIVITY_SETS
        * 60
        * here.costs.sensitivity_minutes(damaged_images(SIZES), study.judges["classifier"].feature_dim)
    )
    judging = DAMAGED_SETS * damaged_images(SIZES) / 1000 * 2.0
    assert seen.seconds == pytest.approx(5 + 0.2 + 0.5 + judging + metrics + SETTLING)
    judged = forecast(here, job("evaluate", run="vae", seed="0"))
    assert judged.seconds == pytest.approx(5 + 0.2 + 0.5 + 3 * 2.0 + 3 * 3.0 + SETTLING)


@pytest.mark.parametrize(("n", "source"), [(3000, EstimateSource.EARLIER_RUN), (500, EstimateSource.PROBE)])
def test_another_number_of_samples_makes_earlier_jobs_useless(study, tmp_path, n, source):
    write_benchmark(tmp_path / "benchmarks/mine/vae/seed-0/evaluate.tsv", 33)
    rows = [{"of": "samples", "n": n}]
    write_json(tmp_path / "mine/vae/seed-0/metrics.json", {"metrics": rows})
    benchmark = str(tmp_path / "benchmarks/mine/vae/seed-0/evaluate.tsv")
    found = forecast(known(study, tmp_path), job("evaluate", benchmark, run="vae", seed="0"))
    assert (found.source, found.seconds == 33) == (source, source == EstimateSource.EARLIER_RUN)


def test_a_probe_on_a_gpu_says_nothing_of_jobs_that_are_kept_from_it(study, tmp_path, monkeypatch):
    jobs = [job(rule, judge="classifier") for rule in ("compute_reference", "measure_sensitivity")]
    jobs += [job(rule, run="vae", seed="0") for rule in ("judge_snapshots", "sample_autoencoder", "evaluate")]
    jobs += [job("sample", run="dcgan", seed="0")]

    def sources(judge_on: str) -> set[EstimateSource]:
        machine = study.machine.model_copy(update={"judge_on": judge_on})
        there = known(replace(study, machine=machine), tmp_path)
        return {forecast(there, each).source for each in jobs}

    assert sources("cpu") == {EstimateSource.PROBE}
    monkeypatch.setattr("easel.planning.knowledge.this_machine", lambda: {"gpus": ["NVIDIA T4"]})
    assert sources("cpu") == {EstimateSource.RULE_OF_THUMB}
    assert sources("auto") == sources("gpu") == {EstimateSource.PROBE}


def test_a_light_job_costs_as_before_else_as_other_runs_else_by_rule_of_thumb(study, tmp_path):
    def report(seed: str):
        benchmark = tmp_path / f"benchmarks/mine/vae/seed-{seed}/report_run.tsv"
        return forecast(known(study, tmp_path), job("report_run", str(benchmark), run="vae", seed=seed))

    assert report("0").source == EstimateSource.RULE_OF_THUMB
    write_benchmark(tmp_path / "benchmarks/mine/vae/seed-0/report_run.tsv", 6)
    write_benchmark(tmp_path / "benchmarks/mine/dcgan/seed-0/report_run.tsv", 8)
    assert (report("0").seconds, report("0").source) == (6, EstimateSource.EARLIER_RUN)
    assert (report("1").seconds, report("1").source) == (7, EstimateSource.EARLIER_RUN)


@pytest.mark.parametrize(
    "rule",
    [
        "train_run",
        "sample",
        "sample_autoencoder",
        "evaluate",
        "compute_reference",
        "make_classifier",
        "judge_baselines",
        "measure_sensitivity",
        "judge_snapshots",
        "draw_preview",
    ],
)
def test_without_a_measurement_there_is_a_rule_of_thumb(study, tmp_path, rule):
    found = forecast(known(study, tmp_path, probes=False), job(rule, run="dcgan", seed="0", judge="classifier"))
    assert found.source == EstimateSource.RULE_OF_THUMB
    assert min(found.seconds, found.memory_mb, found.disk_mb) > 0
