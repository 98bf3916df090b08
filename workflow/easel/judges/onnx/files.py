"""The file of the judge `onnx`: the network, and in its metadata the settings that it is used with.

The settings are in the file, and not beside it, because steps that compare its bytes then see a change of them.
"""

import re
import shutil
from pathlib import Path

import onnx
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as errors
from pydantic import ValidationError

from easel.config.judges.onnx import OnnxSettings
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic

ENTRY = "easel.judge"
"""The key of the metadata under which the settings are."""
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
RAISED = tuple(each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception))
"""Every exception of ONNX Runtime."""
FATAL = 4
"""Of ONNX Runtime's severities of a message: errors are raised, too, so they need not be printed."""
LONGEST_REASON = 300  # characters


def write(source: Path, settings: OnnxSettings, weights: Path) -> None:
    """Write a network with its settings, whose source is left out: a checksum fixes that.

    A protocol buffer is extended by appending another, and of two entries with the same key the last counts.
    """
    kept = settings.model_copy(update={"urls": [], "path": settings.archive})
    addition = onnx.ModelProto()
    addition.metadata_props.add(key=ENTRY, value=kept.model_dump_json())
    with atomic(weights) as partial:
        shutil.copyfile(source, partial)
        with open(partial, "ab") as file:
            file.write(addition.SerializeToString())


def settings_of(session: onnxruntime.InferenceSession, file: Path) -> OnnxSettings:
    """The settings that `write` put into a file. Raises EaselError for a file without."""
    try:
        return OnnxSettings.model_validate_json(session.get_modelmeta().custom_metadata_map[ENTRY])
    except (KeyError, ValidationError) as error:
        raise EaselError(f"{file}: an ONNX file, but without the settings of a judge") from error


def session(file: Path, threads: int, gpu: bool = False, optimised: bool = True) -> onnxruntime.InferenceSession:
    """A network, ready to run. Raises EaselError for a file that ONNX Runtime cannot run.

    threads: on the CPU. gpu: use TensorFlow's GPU if there is one, and ONNX Runtime was built for it; without TF32, as
    everywhere. optimised: False is faster for a network that is only looked at.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = FATAL
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    providers = [(CUDA, {"use_tf32": "0"}), CPU] if gpu and runs_on_gpu() else [CPU]
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=providers)
    except (errors.InvalidProtobuf, errors.NoModel) as error:
        raise EaselError(f"{file}: is no ONNX file, or is damaged or cut short") from error
    except RAISED as error:
        raise EaselError(f"{file}: {reason(str(error))}") from error


def runs_on_gpu() -> bool:
    """True if this job has a GPU, and this ONNX Runtime computes on it. The extra's package, onnxruntime, does not."""
    import tensorflow as tf

    return CUDA in onnxruntime.get_available_providers() and bool(tf.config.list_physical_devices("GPU"))


def reason(said: str) -> str:
    """Why ONNX Runtime does not open a file, from its message, which may name places in its source."""
    if "No graph was found" in said:
        return "is no ONNX file, or is damaged or cut short"
    if "External data" in said:
        return (
            "its weights are in another file, which would be missing. Save the network as one file: "
            "onnx.save_model(onnx.load(FILE), ONE_FILE)"
        )
    if found := re.search(r"Opset (\d+) is under development.*domain ai\.onnx is till opset (\d+)", said, re.DOTALL):
        return f"is of opset {found[1]}, and this ONNX Runtime has opsets up to {found[2]}. {EXPORT_AGAIN}"
    if found := re.search(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)", said):
        return f"is of IR version {found[1]}, and this ONNX Runtime reads up to {found[2]}. {EXPORT_AGAIN}"
    line = " ".join(said.split())
    line = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", line)
    line = re.sub(r"^Load model from .* failed: ?", "", line)
    line = re.sub(r"^(/\S+:\d+ )\S.*?\) (?=[A-Z])", "", line).rstrip(". ")
    return f"ONNX Runtime {onnxruntime.__version__} cannot run it: {line[:LONGEST_REASON]}"


EXPORT_AGAIN = "Export the network for an older one, or update onnxruntime"
