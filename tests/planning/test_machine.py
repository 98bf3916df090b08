"""The identity of a machine."""

from helpers.fake_plans import HERE

from easel.planning.machine import is_here


def test_a_machine_with_a_gpu_differs_from_one_without():
    gpu = {"kind": "gpu", "name": "NVIDIA H200", "threads": 8}
    assert is_here(gpu, HERE | {"gpus": ["NVIDIA H200"]}, 2)
    assert not is_here(gpu, HERE, 8)
    assert not is_here({"kind": "cpu", "name": HERE["cpu"], "threads": 2}, HERE | {"gpus": ["NVIDIA H200"]}, 2)
