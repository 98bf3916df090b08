"""One measurement of benchmarks/gpu_report.py, in a process of its own: on_device.py JOB, where JOB is JSON:

    {"measure": "speed", "device": "gpu", "threads": 2, "tiny": false, "preset": "dcgan", "precision": "float32", …}

with benchmarks/ and workflow/ on PYTHONPATH. The keys after `tiny` are those of the function called `measure`. Each
line of standard output is a measurement as JSON: what it is, its value and unit, and maybe a note. `tiny` keeps
everything so small that a CPU takes seconds: the numbers then say only that the measurement works.
"""

import hashlib
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import placement as by_registry
from google.protobuf.message import DecodeError

from easel import sampling
from easel.config.presets import Preset
from easel.judges.classifier.network import Classifier, network
from easel.runtime.lean_keras import import_keras
from easel.study.files import adapter
from easel.study.resolve import read_preset
from easel.training.devices import choose_branches, choose_precision, use_devices
from easel.training.steps import CallLength
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402

ROOT = Path(__file__).parents[2]
CLASSES = [str(number) for number in range(10)]
SMALL = {"width": 4, "batch_size": 8}  # of the presets of a tiny measurement
INCEPTION_SIDE, INCEPTION_BATCH = 299, 32
PROFILED = 10  # steps


class Size:
    """How much a measurement does."""

    def __init__(self, tiny: bool):
        self.images = 200 if tiny else 50_000
        self.turns, self.seconds = (2, 0.1) if tiny else (5, 2.0)
        self.matrix = 64 if tiny else 4096
        self.megabytes = 1 if tiny else 256
        self.operations = 50 if tiny else 500
        self.judged = 64 if tiny else 10_000
        self.steps_of_bits = 4 if tiny else 64
        self.call_seconds = 0.1 if tiny else 1.0


def say(what: str, value: float | str | None, unit: str = "", **more: Any) -> None:
    """Print a measurement."""
    print(json.dumps({"what": what, "value": value, "unit": unit, **more}), flush=True)


def in_turns(work: Callable[[], float], size: Size) -> tuple[float, list[float]]:
    """The median over turns of the amount of work done per second, and the least and the most. work: does some, waits
    for the device, and returns the amount."""
    work()
    speeds = []
    for _ in range(size.turns):
        done, started = 0.0, time.perf_counter()
        while not done or time.perf_counter() - started < size.seconds:
            done += work()
        speeds.append(done / (time.perf_counter() - started))
    return median(speeds), [min(speeds), max(speeds)]


def is_gpu() -> bool:
    return bool(tf.config.list_logical_devices("GPU"))


# --- what predictions are made of ------------------------------------------------------------------------------------


def basics(size: Size) -> None:
    """Matrix products, copies, transfers and the time that launching takes, each alone."""
    for dtype in ("float32", "float16", "bfloat16"):
        say_speed(f"matrix product, {dtype}", products(dtype, size), "TFLOP/s", 1e-12, size)
    say_speed("reading and writing memory", copies(size), "GB/s", 1e-9, size)
    if is_gpu():
        array = np.ones(size.megabytes * 250_000, np.float32)
        say_speed("from host to GPU", lambda: float(to_device(array).shape[0] * 4), "GB/s", 1e-9, size)
        # A fresh result each time: the copy that `numpy` makes of a tensor is kept with it.
        there = tf.function(lambda x: x * 1.5)
        on_gpu = to_device(array)
        say_speed("from GPU to host", lambda: float(there(on_gpu).numpy().nbytes), "GB/s", 1e-9, size)
    for what, speed in (
        ("an operation, without XLA", in_turns(launches(size, jit_compile=False), size)[0]),
        ("a kernel, with XLA", in_turns(launches(size, jit_compile=True), size)[0]),
    ):
        say(what, 1e6 / speed, "µs")


def say_speed(what: str, work: Callable[[], float], unit: str, scale: float, size: Size) -> None:
    """Measure how much work is done per second, and print it in a unit. A device that lacks a type is no failure."""
    try:
        speed, spread = in_turns(work, size)
    except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError) as error:
        return say(what, None, unit, note=f"not possible here: {str(error).splitlines()[0][:200]}")
    return say(what, speed * scale, unit, spread=[each * scale for each in spread])


def products(dtype: str, size: Size) -> Callable[[], float]:
    """Chained products of square matrices: their FLOP."""
    side, chain = size.matrix, 8
    factor = tf.cast(tf.random.stateless_normal([side, side], [0, 0]) / side**0.5, dtype)

    @tf.function
    def chained(x: tf.Tensor) -> tf.Tensor:
        for _ in range(chain):
            x = tf.matmul(x, factor)
        return tf.cast(x[0, 0], tf.float32)

    def work() -> float:
        chained(factor).numpy()
        return chain * 2.0 * side**3

    return work


def copies(size: Size) -> Callable[[], float]:
    """Chained squares of a large tensor, each of which reads and writes all of it: their bytes."""
    numbers = tf.ones([size.megabytes * 250_000])

    @tf.function
    def chained(x: tf.Tensor) -> tf.Tensor:
        for _ in range(8):
            x = tf.square(x)
        return x[0]

    def work() -> float:
        chained(numbers).numpy()
        return 8 * 2 * 4.0 * len(numbers)

    return work


def to_device(array: np.ndarray) -> tf.Tensor:
    """Copy an array to the GPU, and wait for it."""
    with tf.device("GPU:0"):
        tensor = tf.identity(tf.convert_to_tensor(array))
    tensor[0].numpy()
    return tensor


def launches(size: Size, jit_compile: bool) -> Callable[[], float]:
    """A chain of operations that hardly compute: their number. With XLA small products, which it does not fuse."""
    small = tf.ones([64, 64]) / 64

    @tf.function(jit_compile=jit_compile)
    def chained(x: tf.Tensor) -> tf.Tensor:
        for _ in range(size.operations):
            x = tf.matmul(x, small) if jit_compile else tf.sin(x)
        return x

    start = small if jit_compile else tf.ones([1])

    def work() -> float:
        chained(start).numpy()
        return size.operations

    return work


# --- training --------------------------------------------------------------------------------------------------------


def trainer_of(preset: str, precision: str, xla: bool, size: Size, tiny: bool) -> Trainer:
    """A training of noise, as many images as CIFAR-10 has."""
    written = read_preset(ROOT / f"config/presets/{preset}.yaml", ROOT)
    settings = adapter(Preset).validate_python(written | {"flip": True, "epochs": 1000} | (SMALL if tiny else {}))
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (size.images, 32, 32, 3), np.uint8)
    labels = random.integers(0, len(CLASSES), size.images)
    return Trainer(images, settings, 0, choose_precision(precision), labels=labels, classes=CLASSES, jit_compile=xla)


def speed(size: Size, tiny: bool, preset: str, precision: str, xla: bool) -> None:
    """Images per second in calls as long as a training's, the seconds until it is compiled, and the memory it takes."""
    started = time.perf_counter()
    trainer = trainer_of(preset, precision, xla, size, tiny)
    every = trainer.objective.generator_every
    trainer.run_steps(0, every)  # with and without an update of the generator
    prepared = time.perf_counter() - started
    calls, step = CallLength(size.call_seconds), every

    def work() -> float:
        nonlocal step
        count = calls.steps
        calls.timed(trainer.run_steps, step, count)
        step += count
        return count * trainer.settings.batch_size

    for _ in range(10):  # calls become longer, up to twice each time
        work()
    images, spread = in_turns(work, size)
    note = "" if precision != "auto" else trainer.precision
    name = f"{preset}, {precision}, {'XLA' if xla else 'no XLA'}"
    say(f"speed: {name}", images, "images/s", spread=spread, note=note)
    say(f"first steps: {name}", prepared, "s")
    say(f"memory: {name}", memory_peak(), "GB")


def memory_peak() -> float:
    """The most memory in use so far, in GB: of the GPU, or of the process."""
    if is_gpu():
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


def tutorial(size: Size, tiny: bool) -> None:
    """The TensorFlow tutorial's loop, with which an epoch on Colab began."""
    from tutorial_loop import prepare

    batch_size = 8 if tiny else 256
    images = np.random.default_rng(0).integers(0, 256, (size.images, 32, 32, 3), np.uint8)
    *_, take_step = prepare(images, 0, batch_size)

    def work() -> float:
        for _ in range(4):
            loss = take_step()
        loss.numpy()
        return 4 * batch_size

    images_per_second, spread = in_turns(work, size)
    say("speed: the TensorFlow tutorial's loop, batch 256", images_per_second, "images/s", spread=spread)


def first_calls(size: Size, tiny: bool, preset: str, precision: str, xla: bool) -> None:
    """The seconds of a training's first steps, one by one: where n_dis is over 1, two kinds of them are compiled."""
    trainer = trainer_of(preset, precision, xla, size, tiny)
    every, seconds = trainer.objective.generator_every, []
    for step in range(2 * every):
        started = time.perf_counter()
        trainer.run_steps(step, 1)
        seconds.append(time.perf_counter() - started)
    name = f"{preset} with n_dis {every}"
    for what, found in ((f"first step: {name}", seconds[0]), (f"longest later step: {name}", max(seconds[1:]))):
        say(what, found, "s")


def placement(size: Size, tiny: bool, preset: str, precision: str, xla: bool) -> None:
    """What of a step runs where, and what crosses between host and GPU: as TensorFlow's registry of kernels says of the
    traced step, and as profiled; per step."""
    trainer = trainer_of(preset, precision, xla, size, tiny)
    name = f"{preset}, {precision}, {'XLA' if xla else 'no XLA'}"
    say_registry(trainer, name)
    every = trainer.objective.generator_every
    steps = PROFILED * every
    for first in (0, steps):
        trainer.run_steps(first, steps)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        trainer.run_steps(2 * steps, steps)
        tf.profiler.experimental.stop()
        files = sorted(Path(folder).rglob("*.xplane.pb"))
        found = activity(files[0].read_bytes()) if files else None
    if found is None:
        why = "the profiler saw no GPU" + ("; are CUPTI's libraries installed?" if is_gpu() else "")
        return say(f"kernels: {name}", None, "a step", note=why)
    for what, value, unit in (
        ("kernels", found["kernels"], "a step"),
        ("busy", found["busy_ms"], "ms a step"),
        ("copies to the host", found["to_host"], "a step"),
        ("bytes to the host", found["bytes_to_host"], "a step"),
        ("bytes to the GPU", found["bytes_to_gpu"], "a step"),
    ):
        say(f"{what}: {name}", value / steps, unit)


def say_registry(trainer: Trainer, name: str) -> None:
    """Print what TensorFlow's registry of kernels says of the traced step, with or without a GPU."""
    if not by_registry.has_gpu_kernels():
        return say(f"by the registry: {name}", None, note="this build of TensorFlow has no kernels for GPUs to ask")
    found = by_registry.placement(by_registry.function_of(trainer))
    facts = by_registry.summary(found)
    without = ", ".join(facts["without_kernel"])
    say(f"bytes to the host, by the registry: {name}", facts["bytes_to_host"], "a step")
    say(f"waits, by the registry: {name}", facts["waits"], "a step", note=without and f"without a kernel: {without}")


def activity(profile: bytes) -> dict[str, float] | None:
    """What a GPU did: kernels, milliseconds in which it was busy, copies and bytes; None if none is in the profile.

    profile: an XSpace, as TensorFlow's profiler writes it. A plane is a device, and each of its lines "Stream #…" has
    the kernels and copies of a stream in order.
    """
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    try:
        planes = [plane for plane in XSpace.FromString(profile).planes if plane.name.startswith("/device:GPU")]
    except DecodeError:
        return None
    found = dict.fromkeys(("kernels", "busy_ms", "to_host", "bytes_to_host", "bytes_to_gpu"), 0.0)
    spans = []
    for plane in planes:
        for line in plane.lines:
            if not line.name.startswith("Stream"):
                continue
            for event in line.events:
                spans.append((line.timestamp_ns * 1000 + event.offset_ps, event.duration_ps))
                count(plane, event, found)
    found["busy_ms"] = covered(spans) / 1e9
    return found if spans else None


def count(plane: Any, event: Any, found: dict[str, float]) -> None:
    """Add an event of a stream to what was found."""
    name = plane.event_metadata[event.metadata_id].name
    if not name.startswith(("Memcpy", "Memset")):
        found["kernels"] += 1
    sizes = [re.search(r"\bsize:(\d+)", text) for text in texts(plane, event)]
    moved = sum(int(match[1]) for match in sizes if match)
    if name.startswith("MemcpyD2H"):
        found["to_host"] += 1
        found["bytes_to_host"] += moved
    elif name.startswith("MemcpyH2D"):
        found["bytes_to_gpu"] += moved


def texts(plane: Any, event: Any) -> Iterable[str]:
    """What is noted about a copy: "kind_src:device kind_dst:pageable size:4 dest:0 async:1"."""
    for stat in event.stats:
        if plane.stat_metadata[stat.metadata_id].name == "memcpy_details":
            yield stat.str_value or plane.stat_metadata[stat.ref_value].name


def covered(spans: list[tuple[int, int]]) -> int:
    """The length of the union of spans, each a start and a length."""
    total, end = 0, 0
    for start, length in sorted(spans):
        total += max(0, start + length - max(start, end))
        end = max(end, start + length)
    return total


def bits(size: Size, tiny: bool, preset: str, precision: str, xla: bool, deterministic: bool, attempt: int) -> None:
    """A hash of all variables after some steps, and the speed, with or without `deterministic`."""
    trainer = trainer_of(preset, precision, xla, size, tiny)
    trainer.run_steps(0, size.steps_of_bits)
    digest = hashlib.sha256()
    for name in sorted(trainer.variables):
        digest.update(np.asarray(trainer.variables[name]).tobytes())
    steps = size.steps_of_bits

    def work() -> float:
        trainer.run_steps(size.steps_of_bits, steps)
        return steps * trainer.settings.batch_size

    images_per_second, spread = in_turns(work, size)
    how = "deterministic" if deterministic else "not deterministic"
    say(f"bits: {preset}, {how}, {attempt}", digest.hexdigest()[:16], f"after {steps} steps")
    say(f"speed: {preset}, {how}, {attempt}", images_per_second, "images/s", spread=spread)


# --- judging and sampling --------------------------------------------------------------------------------------------


def judging(size: Size, tiny: bool) -> None:
    """Images per second through both kinds of judge, and out of a generator, all with random weights."""
    where = "GPU" if is_gpu() else "CPU"
    judge = Classifier(network((32, 32, 3), len(CLASSES), 4 if tiny else 32))
    images = np.random.default_rng(0).integers(0, 256, (size.judged, 32, 32, 3), np.uint8)

    def classify() -> float:
        judge.outputs(images)
        return len(images)

    speed_of, spread = in_turns(classify, size)
    say(f"classifier on the {where}", speed_of, "images/s", spread=spread)
    speed_of, spread = in_turns(inception(8 if tiny else INCEPTION_BATCH, 75 if tiny else INCEPTION_SIDE), size)
    say(f"a network of InceptionV3's size on the {where}", speed_of, "images/s", spread=spread)
    trainer = trainer_of("fast_gpu", "float32", False, Size(tiny=True), tiny)
    generator, drawn = trainer.generator, 64 if tiny else 2_000
    latents = sampling.latent_points(drawn, trainer.settings.latent_dim, 0)
    labels = np.arange(drawn, dtype=np.int32) % len(CLASSES)

    def sample() -> float:
        return len(sampling.generate(generator, latents, labels))

    speed_of, spread = in_turns(sample, size)
    say(f"samples of fast_gpu on the {where}", speed_of, "images/s", spread=spread)


def inception(batch: int, side: int) -> Callable[[], float]:
    """InceptionV3 with random weights, behind a bilinear resize as the judge `inception` has it."""
    trunk = keras.applications.InceptionV3(include_top=False, weights=None, pooling="avg", input_shape=(side, side, 3))
    images = np.random.default_rng(0).integers(0, 256, (batch, 32, 32, 3), np.uint8)

    @tf.function(input_signature=[tf.TensorSpec((batch, 32, 32, 3), tf.uint8)])
    def run(found: tf.Tensor) -> tf.Tensor:
        resized = tf.image.resize(tf.cast(found, tf.float32), (side, side))
        return trunk(resized / 127.5 - 1.0, training=False)

    def work() -> float:
        run(images).numpy()
        return batch

    return work


# --- the device ------------------------------------------------------------------------------------------------------


def machine(size: Size) -> None:
    """What TensorFlow sees, and the libraries that it was built for."""
    build = tf.sysconfig.get_build_info()
    say("TensorFlow", tf.__version__)
    say("Keras", keras.__version__)
    for key in ("cuda_version", "cudnn_version"):
        say(f"built for {key.removesuffix('_version')}", str(build.get(key, "nothing")))
    for gpu in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(gpu)
        capability = details.get("compute_capability")
        say("GPU", details.get("device_name", gpu.name), note=f"compute capability {capability}")
    if is_gpu():
        with tf.device("GPU:0"):
            say("arithmetic on the GPU works", float(tf.reduce_sum(tf.matmul(tf.ones([8, 8]), tf.ones([8, 8])))))
    say("threads of the CPU", tf.config.threading.get_inter_op_parallelism_threads())


MEASURES = {each.__name__: each for each in (machine, basics, placement, speed, tutorial, first_calls, bits, judging)}
TAKE_TINY = {"speed", "tutorial", "first_calls", "placement", "bits", "judging"}


def main(job: str) -> None:
    asked = json.loads(job)
    measure, device, threads, tiny = (asked.pop(key) for key in ("measure", "device", "threads", "tiny"))
    settings = read_preset(ROOT / f"config/presets/{asked['preset']}.yaml", ROOT) if "preset" in asked else {}
    branches = choose_branches(settings["width"], settings["batch_size"]) if settings else 1
    use_devices(
        threads, gpus=int(device == "gpu"), label="gpu-report", branches=branches,
        deterministic=asked.get("deterministic", False),
    )  # fmt: skip
    size = Size(tiny)
    MEASURES[measure](size, *([tiny] if measure in TAKE_TINY else []), **asked)


if __name__ == "__main__":
    main(*sys.argv[1:])
