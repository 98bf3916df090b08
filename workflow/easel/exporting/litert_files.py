"""Networks as LiteRT (TensorFlow Lite) files, and their outputs by its interpreter."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from easel.runtime.files import atomic

SIGNATURE = "serving_default"


def write(network: keras.Model, file: Path) -> None:
    """Write a network, whose outputs are a mapping, with LiteRT's own operations only.

    Raises TensorFlow's ConverterError, which names the operations, for a network that needs others. The file's name has
    to end in `.tflite`.
    """
    with atomic(file) as partial:
        own = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
        network.export(str(partial), format="litert", verbose=False, target_spec=own)


def outputs(file: Path, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs of a file, by their names, for inputs by their names."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # a package of its own is to replace it
        interpreter = tf.lite.Interpreter(str(file))
    return interpreter.get_signature_runner(SIGNATURE)(**inputs)
