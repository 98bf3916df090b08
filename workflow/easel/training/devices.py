"""What the machine offers: threads, precision, and a name for the record.

Call `use_threads` before TensorFlow has computed anything: its thread pools are made once.
"""

from pathlib import Path

import tensorflow as tf

CPU_INFO = Path("/proc/cpuinfo")
NATIVE_BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # CPU flags: oneDNN multiplies bfloat16 in hardware


def use_threads(threads: int, branches: int = 1) -> None:
    """Use `threads` CPU threads, and let a GPU's memory grow as it is needed.

    branches: independent operations that are worth running side by side; each then gets its share of the threads.
    A step of a GAN or a VAE has about two (real and fake, the gradients of two networks): on 2 cores the narrow
    networks of the quickstart train 1.2 to 1.9 times as fast with one thread each, wide ones as fast as before.
    """
    tf.config.threading.set_intra_op_parallelism_threads(max(1, threads // branches))
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def choose_precision(requested: str) -> str:
    """The Keras dtype policy for `requested`: "auto" takes mixed_bfloat16 where the device does it natively.

    On a GPU that is compute capability 8.0 (Ampere) and later; on a CPU AVX-512 BF16 or AMX.
    """
    if requested != "auto":
        return requested
    if gpus := tf.config.list_physical_devices("GPU"):
        capability = tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0))
        return "mixed_bfloat16" if capability >= (8, 0) else "float32"
    return "mixed_bfloat16" if NATIVE_BFLOAT16 & set(cpu_info("flags").split()) else "float32"


def describe_device() -> dict[str, str | int]:
    """The device that networks run on: its kind ("gpu" or "cpu"), its name, and CPU threads."""
    threads = tf.config.threading.get_inter_op_parallelism_threads()
    if gpus := tf.config.list_physical_devices("GPU"):
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return {"kind": "gpu", "name": name, "threads": threads}
    return {"kind": "cpu", "name": cpu_info("model name") or "CPU", "threads": threads}


def cpu_info(key: str) -> str:
    """A line of /proc/cpuinfo, of the first processor; empty where there is no such file or key."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    return ""
