"""A study submitted to SLURM with the profile, from end to end."""

import re
import shutil

import pytest
from helpers import compare_results
from helpers.patience import PATIENCE
from helpers.tiny_study import TINY
from helpers.warm_python import warm_python

STUDY = re.sub(r"  vae_gan: .*\n", "", TINY)  # two runs: each job starts Snakemake twice
# The rules whose jobs ask for a GPU.
ON_A_GPU = {"train_run", "make_classifier"}


@pytest.fixture(scope="module")
def submitted(on_cluster):
    checkout = on_cluster("submitted", STUDY)
    process = checkout.start(python=warm_python())  # no job of this study is killed
    try:
        assert process.wait(timeout=PATIENCE) == 0, checkout.said()
    finally:
        process.kill()
    return checkout


@pytest.fixture(scope="module")
def local(finished, tmp_path_factory):
    """The same study without SLURM: the tiny study, from which the third run is removed."""
    checkout = finished.copy(tmp_path_factory.mktemp("local") / "tiny")
    checkout.study.write_text(STUDY)
    shutil.rmtree(checkout / "results/tiny/vae_gan")
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout


def test_results_equal_those_of_a_local_run(submitted, local):
    assert compare_results.differences(submitted / "results", local / "results") == []


def test_only_trainings_hold_a_gpu(submitted, cluster):
    jobs = cluster.said("squeue", "-ht", "all", "-O", "comment:400,tres-per-job:40").splitlines()
    gpus = {}
    for comment, *tres in map(str.split, jobs):
        gpus.setdefault(comment.removeprefix("rule_").partition("_wildcards")[0], set()).update(tres)
    assert {rule for rule, tres in gpus.items() if tres == {"gres:gpu:1"}} == ON_A_GPU
    assert all(tres == {"N/A"} for rule, tres in gpus.items() if rule not in ON_A_GPU)


def test_small_jobs_are_submitted_as_one_group(submitted, cluster):
    comments = cluster.said("squeue", "-ht", "all", "-O", "comment:400").split()
    with_samples = [comment for comment in comments if "sample" in comment or "evaluate" in comment]
    assert len(with_samples) == 1
    assert with_samples[0].startswith("rule_judging_")
