"""Earlier trainings and judges on this machine."""

import math

import pytest
from helpers.fake_plans import HERE, SIZES, write_benchmark
from helpers.fake_results import write_study

from easel.planning import recipes
from easel.planning.earlier import known_recipes, trainings
from easel.runtime.files import read_json, write_json


def test_earlier_trainings_of_this_machine_are_found_by_recipe(tmp_path):
    folder = write_study(tmp_path, runs={"dcgan": "dcgan"}, seeds=(0, 1))
    whole, stopped = (folder / f"dcgan/seed-{seed}/train.json" for seed in (0, 1))
    write_json(whole, read_json(whole) | {"resumed_at_steps": []})
    write_json(stopped, read_json(stopped) | {"resumed_at_steps": [200]})
    for seed in (0, 1):
        write_benchmark(tmp_path / f"benchmarks/quickstart/dcgan/seed-{seed}/train_run.tsv", 71.2)
    (earlier,) = trainings(tmp_path, HERE, threads=2).values()
    assert [each.steps for each in earlier] == [313, 313]
    assert earlier[0].overhead_seconds == pytest.approx(71.2 - earlier[0].seconds)
    assert math.isnan(earlier[1].overhead_seconds)
    assert earlier[0].memory_mb == pytest.approx(1048.576)
    assert earlier[0].disk_mb > 0.01
    assert trainings(tmp_path, HERE, threads=4) == {}
    assert trainings(tmp_path, HERE | {"cpu": "another"}, threads=2) == {}
    whole.write_text("{}")
    assert len(next(iter(trainings(tmp_path, HERE, threads=2).values()))) == 1


def test_recipes_of_finished_jobs_need_no_probe(study, tmp_path):
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
