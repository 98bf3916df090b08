"""The plan of a study."""

from helpers.fake_plans import HERE, plan_of

from easel.planning.plan import STARTING


def test_a_plan_adds_up_and_finishes_sooner_on_more_nodes():
    plan = plan_of(HERE)
    assert (plan.seconds, plan.memory_mb, plan.disk_mb, plan.unit) == (36, 300, 10.0, "node")
    one, two = 36 + 4 * STARTING, 26 + 3 * STARTING
    assert plan.finish == {1: one, 2: two, 4: two, 8: two}


def test_a_machine_with_a_gpu_is_planned_with_more_gpus():
    plan = plan_of({"cpu": "x", "cores": 8, "gpus": ["NVIDIA H200"]})
    assert (plan.unit, plan.finish[1] > plan.finish[2]) == ("GPU", True)
