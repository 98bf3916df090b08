"""The key `export` of a study, a preset or a run."""

from typing import Literal

Format = Literal["onnx", "litert", "png"]
"""A form in which a run's results can be used without Keras: networks for ONNX Runtime (`onnx`) or LiteRT (`litert`),
samples as pictures (`png`)."""

PACKAGES = {"onnx": ("onnx", "onnxruntime", "tf2onnx")}
"""The packages of the extra `export` that a format needs."""
