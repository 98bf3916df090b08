"""Compare two ways to the gradient of a convolution's kernel in bfloat16 on a CPU: oneDNN's, and a product of patches.

    python benchmarks/kernel_gradients.py --presets fast_cpu dcgan --threads 1

For each size of convolution in the networks of some presets, at their batch sizes: microseconds of oneDNN's kernel
and of easel.training.convolutions, medians over rounds in which they take turns, and the median ratio. A star marks
the sizes for which Easel takes the product.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from flops import built, read

from easel.config.models import model_of
from easel.runtime.lean_keras import import_keras
from easel.training import convolutions

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402

SIZE = 32  # of images


class Convolution(NamedTuple):
    """Between a large image (side, side, channels) and a smaller one, or one as large, with other channels."""

    side: int
    channels: int
    others: int
    kernel: int
    stride: int
    batch: int

    def __str__(self) -> str:
        return f"{self.batch} × {self.side}² × {self.channels} to {self.others}, {self.kernel}² / {self.stride}"


def sizes(preset: str) -> Iterator[Convolution]:
    """The convolutions of a preset's networks that a product can do."""
    settings = read(preset)
    for name in model_of(settings.model).networks:
        if name not in ("generator", "discriminator", "encoder", "decoder"):
            continue
        for layer in built(name, settings, SIZE).layers:
            if type(layer) not in (keras.layers.Conv2D, keras.layers.Conv2DTranspose) or layer.kernel_size[0] < 2:
                continue
            inputs, outputs = layer.input.shape, layer.output.shape
            large, small = (inputs, outputs) if type(layer) is keras.layers.Conv2D else (outputs, inputs)
            kernel, stride = layer.kernel_size[0], layer.strides[0]
            yield Convolution(large[1], large[3], small[3], kernel, stride, settings.batch_size)


def contestants(size: Convolution) -> tuple[Callable, Callable]:
    """oneDNN's gradient and the product, compiled, of random images."""
    stride, side = size.stride, size.side // size.stride
    large = tf.cast(tf.random.normal((size.batch, size.side, size.side, size.channels)), tf.bfloat16)
    small = tf.cast(tf.random.normal((size.batch, side, side, size.others)), tf.bfloat16)
    shape = (size.kernel, size.kernel, size.channels, size.others)

    @tf.function
    def onednn() -> tf.Tensor:
        return tf.raw_ops.Conv2DBackpropFilter(
            input=large, filter_sizes=shape, out_backprop=small, strides=[1, stride, stride, 1], padding="SAME"
        )

    @tf.function
    def product() -> tf.Tensor:
        return convolutions.kernel_gradient(large, small, size.kernel, stride)

    return onednn, product


def microseconds(function: Callable, seconds: float) -> float:
    """The time of one call, by as many as fit into some seconds."""
    calls, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        function()
        calls += 1
    return (time.perf_counter() - started) / calls * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--presets", nargs="+", default=["fast_cpu", "dcgan", "tutorial_dcgan", "sngan", "cgan"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="per contestant and round")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    print("| presets | images, channels, kernel / stride | oneDNN µs | product µs | product / oneDNN | |")
    print("| --- | --- | --- | --- | --- | --- |")
    found: dict[Convolution, list[str]] = {}
    for preset in arguments.presets:
        for size in sizes(preset):
            found.setdefault(size, []).append(preset)
    for size, presets in found.items():
        both = contestants(size)
        for function in both:
            function()
        rounds = [[microseconds(function, arguments.seconds) for function in both] for _ in range(arguments.rounds)]
        onednn, product = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(own / other for other, own in rounds)
        star = "*" if convolutions.is_faster((size.side // size.stride) ** 2, size.channels) else ""
        names = ", ".join(dict.fromkeys(presets))
        print(f"| {names} | {size} | {onednn:,.0f} | {product:,.0f} | {ratio:.2f} | {star} |", flush=True)


if __name__ == "__main__":
    main()
