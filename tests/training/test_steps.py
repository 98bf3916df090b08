"""Compiled calls of many steps: their length, the generator's turn, XLA, and where a GPU would run them."""

import ast
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from benchmarks import placement, xla_sweep
from helpers.patience import PATIENCE
from helpers.warm_python import warm_python

from easel.training.steps import CallLength

ROOT = Path(__file__).parents[2]

needs_kernels = pytest.mark.skipif(
    not placement.has_gpu_kernels(), reason="this build of TensorFlow registers no kernels for GPUs"
)
TYPES = (tf.float16, tf.bfloat16, tf.float32)
BY_KERAS = ("memory",)
"""Layers that wait by themselves where XLA does not compile them: Keras's loop over the positions of a GRU, whose
condition and whose gradient count in ways that a GPU does."""


def test_no_function_is_rewritten_by_autograph():
    """It would rewrite all that a function calls, Keras' layers included, for longer than the function is traced."""
    functions, without = 0, 0
    for file in (ROOT / "workflow/easel").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Attribute(ast.Name("tf"), "function"):
                    functions += 1
                case ast.Call(ast.Attribute(ast.Name("tf"), "function"), keywords=given):
                    without += any(ast.unparse(each) == "autograph=False" for each in given)
    assert without == functions > 0


def test_calls_grow_to_the_wanted_length(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("easel.training.steps.time.monotonic", lambda: now[0])

    def run(first, count):
        now[0] += 0.1 * count

    calls = CallLength(seconds=1.0)
    lengths = []
    for _ in range(6):
        lengths.append(calls.steps)
        calls.timed(run, 0, calls.steps)
    assert lengths == [1, 2, 4, 8, 10, 10]


def test_the_first_calls_take_every_kind_of_step():
    calls = CallLength(seconds=1.0, turn=5)
    assert (calls.steps, calls.is_warm) == (5, False)
    calls.timed(lambda first, count: None, 0, 3)  # something was due at step 3
    assert not calls.is_warm
    calls.timed(lambda first, count: None, 3, 2)
    assert calls.is_warm


@pytest.mark.parametrize(
    ("preset", "precision"),
    [
        ("vae", "float32"),
        ("fast_cpu", "float32"),  # spectral norms, an auxiliary classifier, a projection, augmentation
        ("vae_gan", "mixed_float16"),  # scaled losses, networks that pause
        ("vae", "mixed_bfloat16"),
    ],
)
def test_xla_computes_the_same(preset, precision):
    """benchmarks/xla_sweep.py does it for every preset and precision."""
    assert xla_sweep.compiled_step(preset, precision).faults == []


def test_the_generator_is_updated_in_every_n_dis_th_step(trainer_of):
    trainer = trainer_of("tutorial_dcgan", n_dis=3)
    generator = [v.numpy() for v in trainer.networks["generator"].trainable_variables]
    trainer.run_steps(0, 2)
    for before, after in zip(generator, trainer.networks["generator"].trainable_variables, strict=True):
        np.testing.assert_array_equal(before, after)
    trainer.run_steps(2, 1)
    assert not np.array_equal(generator[0], trainer.networks["generator"].trainable_variables[0])


def waits_of_easel(found: placement.Placement) -> list[str]:
    """What a step waits for, but for what layers of BY_KERAS do."""
    waits = [*map(str, found.waits), *found.waiting_conditions]
    return [each for each in waits if not any(f"/{layer}_" in each for layer in BY_KERAS)]


@needs_kernels
@pytest.mark.parametrize("preset", placement.PRESETS)
def test_a_step_runs_on_a_gpu_and_never_waits_for_it(preset, trainer_of, settings_of):
    """Traced in mixed_float16; the other precisions have the same operations with other types."""
    once = {"n_dis": 1} if settings_of(preset).family == "gan" else {}  # every step has all that any step has
    function = placement.function_of(trainer_of(preset, precision="mixed_float16", **once))
    for type_ in TYPES:
        found = placement.placement(function, half=type_)
        assert found.without_kernel == []
        assert waits_of_easel(found) == []
    assert xla_sweep.refused(function) == set()  # if it is to be deterministic


@needs_kernels
@pytest.mark.parametrize("precision", placement.PRECISIONS)
def test_the_types_of_a_precision_tell_where_its_steps_run(precision, trainer_of):
    found = placement.placement(placement.function_of(trainer_of("vae", precision=precision)))
    kinds = {tf.as_dtype(each.dtype) for each in found.crossings if each.per_step}
    assert tf.int64 in kinds  # the indices of images, at least
    assert (found.without_kernel, found.waits, found.waiting_conditions) == ([], [], [])


@needs_kernels
def test_adaptive_augmentation_stays_on_the_gpu_in_a_fixed_order(trainer_of):
    function = placement.function_of(trainer_of("lean", augment="ada", bcr=1.0, r1=0.1))
    found = placement.placement(function)
    assert (found.without_kernel, found.waits, found.waiting_conditions) == ([], [], [])
    assert xla_sweep.refused(function) == set()


@needs_kernels
def test_whose_turn_it_is_is_decided_on_the_host(trainer_of):
    found = placement.placement(placement.function_of(trainer_of("lean", n_dis=2)))
    assert (found.without_kernel, found.waits, found.waiting_conditions) == ([], [], [])


@needs_kernels
def test_nothing_that_xla_compiles_depends_on_a_condition(trainer_of):
    """XLA reads the predicate of a condition on the host, and so waits for it, too."""
    trainer = trainer_of("vae_gan", precision="mixed_float16", jit_compile=True)
    found = placement.placement(placement.function_of(trainer))
    assert (found.without_kernel, found.waits, found.waiting_conditions) == ([], [], [])


@needs_kernels
def test_the_walk_finds_what_a_gpu_cannot_do():
    images = tf.zeros([1000, 8, 8, 3], tf.uint8)

    @tf.function
    def steps():
        total, count = tf.zeros([]), tf.constant(0, tf.int64)
        while count < 3:
            total += tf.reduce_sum(tf.cast(tf.gather(images, [count]), tf.float32))
            count += 1
        return total

    found = placement.placement(steps)
    assert [kind for kind, _, _ in found.without_kernel] == ["GatherV2"]
    assert max(each.bytes or 0 for each in found.waits) == 1000 * 8 * 8 * 3
    assert len(found.waiting_conditions) == 1


ON_TWO_DEVICES = """
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

sys.path[:0] = sys.argv[1:3]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from benchmarks import placement, xla_sweep
from helpers.small_trainings import small_settings
from easel.training.trainer import Trainer

HOST, DEVICE = "/device:CPU:0", "/device:CPU:1"
images, labels = np.zeros((1000, 32, 32, 3), np.uint8), np.arange(1000) % 4
with tf.device(DEVICE):
    settings = small_settings(Path(sys.argv[3]), "lean", conditional=True, flip=True, augment=["translation", "cutout"])
    trainer = Trainer(images, settings, 0, "float32", labels=labels, classes="abcd")

def where(operation):
    # A device that the code asks for stands. Without a kernel for GPUs, TensorFlow takes the host's.
    return operation.device or (DEVICE if placement.kernel_for(operation, placement.HALF) else HOST)

@tf.function
def steps():
    with tf.compat.v1.device(where):
        return placement.function_of(trainer).python_function(tf.constant(0), tf.constant(2))

context.enable_run_metadata()
steps()
for graphs in context.export_run_metadata().function_graphs:
    for graph in graphs.partition_graphs:
        for node in graph.node:
            if node.op == "_Send" and DEVICE in node.attr["send_device"].s.decode():
                name = node.attr["tensor_name"].s.decode().partition("_")[2].partition("_")[2]
                print(tf.as_dtype(node.attr["T"].type).name, name)
"""


@needs_kernels
def test_nothing_leaves_the_device_that_holds_the_images(tmp_path):
    """TensorFlow's own partition of the step between two devices, of which one can do what a GPU can."""
    script = tmp_path / "two_devices.py"
    script.write_text(ON_TWO_DEVICES)
    ran = subprocess.run(
        [warm_python(), script, ROOT, ROOT / "tests", tmp_path], capture_output=True, text=True, timeout=PATIENCE
    )
    assert ran.returncode == 0, ran.stderr
    sent = [line.split() for line in ran.stdout.splitlines()]
    assert ["float32", "TensorArrayV2Stack/TensorListStack"] in sent  # the metrics, after the last step
    # A GPU has 32-bit integers in the host's memory already, and whether the loop goes on.
    inside = [(dtype, name) for dtype, name in sent if "while/" in name and "while/loop" not in name.lower()]
    assert [each for each in inside if each[0] != "int32"] == []
