"""The settings chosen for a machine. The GPUs are fakes."""

import os
import platform
import re
import subprocess
import sys

import pytest
import tensorflow as tf

from easel.runtime import cpu
from easel.training import devices, spectral_norm


@pytest.fixture
def machine(monkeypatch):
    """machine(gpus=[(8, 0)], flags="avx2"): GPUs by compute capability, and the CPU's flags."""

    def machine(gpus=(), flags=""):
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: list(range(len(gpus))))
        monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: {"compute_capability": gpus[gpu]})
        monkeypatch.setattr(cpu, "cpu_info", lambda key: flags)

    return machine


@pytest.mark.parametrize(
    ("gpus", "flags", "precision"),
    [
        ([(9, 0)], "", "mixed_bfloat16"),
        ([(8, 0), (8, 6)], "", "mixed_bfloat16"),
        ([(8, 0), (7, 5)], "", "mixed_float16"),  # what all of them can do
        ([(7, 0)], "avx512_bf16", "mixed_float16"),
        ([(6, 1)], "avx512_bf16", "float32"),
        ([], "sse avx2 avx512_bf16", "mixed_bfloat16"),
        ([], "amx_bf16", "mixed_bfloat16"),
        ([], "avx2 avx512f", "float32"),
    ],
)
def test_auto_takes_what_the_device_multiplies_natively(machine, gpus, flags, precision):
    machine(gpus, flags)
    assert devices.choose_precision("auto") == precision
    assert devices.choose_precision("float32") == "float32"


@pytest.mark.parametrize(
    ("requested", "gpus", "shared_by", "compiled"),
    [
        ("auto", [], 1, False),
        ("auto", [(8, 0)], 1, True),
        ("auto", [(8, 0), (8, 0)], 2, False),
        (True, [], 1, True),
        (False, [(8, 0)], 1, False),
    ],
)
def test_xla_is_for_one_gpu(machine, requested, gpus, shared_by, compiled):
    machine(gpus)
    assert devices.choose_jit_compile(requested, shared_by) is compiled


@pytest.mark.parametrize(
    ("wanted", "there", "batch_size", "chosen"),
    [
        (1, 4, 64, []),
        (0, 0, 64, []),
        (2, 0, 64, []),
        (2, 1, 64, []),
        (2, 4, 64, ["GPU:0", "GPU:1"]),
        (4, 3, 64, ["GPU:0", "GPU:1"]),  # three would not share 64 evenly
        (3, 3, 63, ["GPU:0", "GPU:1", "GPU:2"]),
    ],
)
def test_a_batch_is_shared_by_as_many_gpus_as_there_are(machine, wanted, there, batch_size, chosen):
    machine([(8, 0)] * there)
    assert devices.choose_devices(wanted, batch_size) == chosen


@pytest.mark.parametrize(("width", "batch_size", "branches"), [(16, 32, 2), (32, 128, 2), (64, 256, 1)])
def test_operations_of_narrow_networks_run_side_by_side(width, batch_size, branches):
    assert devices.choose_branches(width, batch_size) == branches


@pytest.mark.parametrize(
    ("asked", "claimed"),
    [
        ({}, [("claim_gpus", 0, "a job")]),
        ({"gpus": 2}, [("claim_gpus", 2, "a job")]),
        ({"free_gpu": True}, [("claim_free_gpu", "a job")]),
        ({"gpus": 1, "free_gpu": True}, [("claim_gpus", 1, "a job")]),
    ],
)
def test_a_free_gpu_is_for_jobs_without_one(monkeypatch, asked, claimed):
    done = []
    for name in ("claim_gpus", "claim_free_gpu"):
        monkeypatch.setattr(devices, name, lambda *given, name=name: done.append((name, *given)))
    monkeypatch.setattr(devices, "use_threads", lambda *given: None)  # for a new process only
    devices.use_devices(1, label="a job", **asked)
    assert done == claimed


def test_the_device_is_described(machine, monkeypatch):
    machine(flags="EPYC")
    monkeypatch.setattr(devices, "cpu_info", lambda key: "EPYC")
    assert devices.device_used() == {"kind": "cpu", "name": "EPYC"}
    machine([(7, 5)])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: {"device_name": "Tesla T4"})
    assert devices.device_used() == {"kind": "gpu", "name": "Tesla T4"}
    assert devices.describe_device() == devices.device_used() | {
        "threads": tf.config.threading.get_inter_op_parallelism_threads()
    }


def test_float32_is_not_rounded_to_tf32(monkeypatch):
    """Compiled for any device, products and convolutions ask for all 24 bits of their factors."""
    for name in ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads"):
        monkeypatch.setattr(tf.config.threading, name, lambda count: None)  # they are fixed once TensorFlow computes
    layer = spectral_norm.Conv2D(2, 3)
    layer.build((None, 4, 4, 2))

    @tf.function(jit_compile=True)
    def step(images):
        layer.iterate()
        return layer(images)

    tf.config.experimental.enable_tensor_float_32_execution(True)  # as in a process that has loaded no judge
    try:
        devices.use_threads(1)
        compiled = step.experimental_get_compiler_ir(tf.ones((1, 4, 4, 2)))(stage="hlo")
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(True)
    products = re.findall(r"^.* (?:dot|convolution)\(.*$", compiled, re.MULTILINE)
    assert len(products) == 5  # two of the power iteration, two of the norm, the convolution
    assert all("operand_precision={highest,highest}" in product for product in products), products


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="oneDNN is asked for on x86 only")
@pytest.mark.parametrize(("chosen", "switched_on"), [(None, True), ("0", False)])
def test_tensorflow_computes_with_onednn_on_every_cpu_unless_it_is_switched_off(chosen, switched_on):
    """By itself, TensorFlow does so on recent CPUs only."""
    variables = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    variables |= {"TF_ENABLE_ONEDNN_OPTS": chosen} if chosen else {}
    code = "import easel; from tensorflow.python.util import _pywrap_util_port as port; print(port.IsMklEnabled())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == [str(switched_on)]
