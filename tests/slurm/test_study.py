"""The tiny study from end to end, submitted with the profile as a user would."""

import pytest
from helpers import same_results

pytestmark = pytest.mark.timeout(1800)  # the first test waits for a whole study, each job of which loads TensorFlow

# What a stage asks for, by its rule or group.
ON_A_GPU = {"train_run", "train_autoencoder", "make_classifier"}


@pytest.fixture(scope="module")
def submitted(on_cluster):
    checkout = on_cluster("submitted")
    process = checkout.start()
    try:
        assert process.wait(timeout=1500) == 0, checkout.said()
    finally:
        process.kill()
    return checkout


def test_it_ends_with_what_a_local_run_ends_with(submitted, finished):
    assert same_results.differences(submitted / "results", finished / "results") == []


def test_only_what_trains_holds_a_gpu(submitted, cluster):
    jobs = cluster.said("squeue", "-ht", "all", "-O", "comment:80,tres-per-job:40").splitlines()
    gpus = {}
    for comment, *tres in map(str.split, jobs):
        gpus.setdefault(comment.removeprefix("rule_").partition("_wildcards")[0], set()).update(tres)
    assert {rule for rule, tres in gpus.items() if tres == {"gres:gpu:1"}} == ON_A_GPU
    assert all(tres == {"N/A"} for rule, tres in gpus.items() if rule not in ON_A_GPU)


def test_small_jobs_are_one(submitted, cluster):
    comments = cluster.said("squeue", "-ht", "all", "-O", "comment:80").split()
    with_samples = [comment for comment in comments if "sample" in comment or "evaluate" in comment]
    assert len(with_samples) == 1
    assert with_samples[0].startswith("rule_judging_")
