"""Tiny networks as ONNX files: feature extractors of images, and files that are none."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS, DIM = 3, 5
KERNEL = np.random.default_rng(7).normal(0.0, 0.4, (DIM, CHANNELS, 3, 3)).astype(np.float32)
Shape = Sequence[int | str | None]


def convolved(images: np.ndarray) -> np.ndarray:
    """What `write` convolves and rectifies, in NumPy and 64 bits: images (N, C, H, W) to (N, DIM, H - 2, W - 2)."""
    windows = np.lib.stride_tricks.sliding_window_view(images.astype(np.float64), (3, 3), axis=(2, 3))
    return np.maximum(np.einsum("nchwij,dcij->ndhw", windows, KERNEL.astype(np.float64)), 0.0)


def write(
    file: Path,
    nodes: Sequence[
        onnx.NodeProto
    ] = (),  # to the outputs, from `maps`, (N, DIM, H - 2, W - 2); pooling if there are none
    first: Sequence[onnx.NodeProto] | None = None,  # from `pixels` to `maps`: a convolution of (N, 3, H, W) if None
    outputs: Sequence[str] = ("features",),
    shape: Shape = ("batch", CHANNELS, None, None),
    kind: int = TensorProto.FLOAT,  # of the input
    others: Sequence[str] = (),  # names of further inputs
    constants: Sequence[np.ndarray] = (),  # called constant0, constant1, …
    opset: int = 18,
    output_shape: Shape | None = None,  # None: not stated
) -> Path:
    """Write a network of images."""
    inputs = [helper.make_tensor_value_info("pixels", kind, shape)]
    inputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch"]) for name in others]
    given = [helper.make_tensor_value_info(name, kind, output_shape) for name in outputs]
    kernel = KERNEL.astype(helper.tensor_dtype_to_np_dtype(kind))
    initializers = [numpy_helper.from_array(kernel, "kernel")]
    initializers += [numpy_helper.from_array(each, f"constant{index}") for index, each in enumerate(constants)]
    graph = helper.make_graph(
        [*(CONVOLUTION if first is None else first), *(nodes or POOLED)],
        "features", inputs, given, initializers,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    file.write_bytes(model.SerializeToString())
    return file


def node(operation: str, *inputs: str, to: str, **attributes: object) -> onnx.NodeProto:
    return helper.make_node(operation, inputs, [to], **attributes)


CONVOLUTION = [node("Conv", "pixels", "kernel", to="convolved"), node("Relu", "convolved", to="maps")]
"""With KERNEL."""
POOLED = [node("GlobalAveragePool", "maps", to="pooled"), node("Flatten", "pooled", to="features")]
"""Features (N, DIM)."""
