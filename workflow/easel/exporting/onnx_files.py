"""Networks as ONNX files, and their outputs by ONNX Runtime. Needs the packages of the extra `export`."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import tf2onnx  # noqa: F401 (Keras converts with it)

from easel.runtime.files import atomic

OPSET = 18
"""The set of operations: of December 2022, which every runtime in use has and in which nothing is missing."""
BATCH = "batch"
"""The name of the first dimension, which may have any size."""


def write(network: keras.Model, file: Path) -> None:
    """Write a network, whose outputs are a mapping, as an ONNX file whose inputs and outputs have the same names."""
    with atomic(file) as partial:
        specs = [keras.InputSpec(dtype=each.dtype, shape=each.shape, name=each.name) for each in network.inputs]
        signature = [specs if len(specs) > 1 else specs[0]]
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of Keras, about its use of NumPy
            network.export(str(partial), format="onnx", verbose=False, opset_version=OPSET, input_signature=signature)
        model = onnx.load(partial)
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.shape.dim[0].dim_param = BATCH
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, partial)


def outputs(file: Path, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs of a file, by their names, for inputs by their names; on the CPU."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))
