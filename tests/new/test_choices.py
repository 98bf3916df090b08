"""The settings that suit pictures and a machine."""

import pytest

from easel.new.choices import AUGMENT, FEW, MINUTES, Machine, choose
from easel.new.pictures import Pictures

CPU = Machine([], 300.0)
GPU = Machine(["NVIDIA H200"], 300.0)
BIRDS = Pictures(
    folder="/data/birds", classes_from="folders", splits="auto", files=10_000, looked_at=600, usable=600, small=0,
    classes=["finch", "tit"], train=9_000, test=1_000, test_fraction=0.1, problems=[],
)  # fmt: skip


def test_pictures_in_classes_get_a_conditional_gan():
    chosen = choose(BIRDS, CPU)
    assert chosen.runs == {"gan": {"preset": "fast_cpu"}, "vae": {"preset": "conv_vae", "width": 16}}
    assert chosen.judge == "panel"


def test_pictures_without_classes_get_what_needs_none():
    chosen = choose(BIRDS._replace(classes=[]), CPU)
    assert chosen.runs["gan"]["preset"] == "dcgan"
    assert chosen.judge == "panel"


def test_few_pictures_are_augmented_and_fit_a_batch():
    assert choose(BIRDS._replace(train=FEW - 1), CPU).runs["gan"]["augment"] == AUGMENT
    assert "augment" not in choose(BIRDS._replace(train=FEW), CPU).runs["gan"]
    assert choose(BIRDS._replace(classes=[], train=FEW - 1), CPU).runs["gan"] == {"preset": "few"}


@pytest.mark.parametrize("classes", [BIRDS.classes, []])
def test_few_pictures_get_judges_that_are_trained_in_less_time_than_the_runs(classes):
    assert choose(BIRDS._replace(train=FEW - 1, classes=classes), CPU).judge == "few_panel"
    assert choose(BIRDS._replace(train=FEW, classes=classes), CPU).judge == "panel"
    for train, batch in ((32, None), (31, 16), (16, 16), (15, 8), (10, 8)):
        assert {run.get("batch_size") for run in choose(BIRDS._replace(train=train), CPU).runs.values()} == {batch}


@pytest.mark.parametrize(
    ("machine", "small", "side"), [(CPU, 0, 32), (GPU, 0, 64), (GPU, 60, 64), (GPU, 61, 32), (GPU, 600, 32)]
)
def test_a_gpu_gets_large_images_of_large_pictures(machine, small, side):
    assert choose(BIRDS._replace(small=small), machine).image_size == side


def test_minutes_follow_the_number_of_pictures_and_the_machine():
    def minutes(train=2_000, gflops=300.0):
        return choose(BIRDS._replace(train=train), Machine([], gflops)).minutes

    assert minutes(train=100) == minutes(train=1_000) == MINUTES[0]
    assert minutes(train=100) < minutes(train=2_500) < minutes(train=50_000) == minutes(train=100_000)
    assert minutes(gflops=3_000.0) == MINUTES[0]
    assert minutes(train=50_000, gflops=10.0) == MINUTES[-1]
