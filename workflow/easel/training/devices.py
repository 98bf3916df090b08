"""Devices: threads, GPUs, precision, XLA, and a description for the record.

Call `use_devices` before TensorFlow computes anything: its thread pools are created only once.
"""

import tensorflow as tf

from easel.runtime.cpu import cpu_info, multiplies_bfloat16
from easel.runtime.gpus import claim_free_gpu, claim_gpus

WIDE = 8192  # channels × images per batch above which one operation keeps two cores busy
BFLOAT16_CAPABILITY, FLOAT16_CAPABILITY = (8, 0), (7, 0)  # CUDA compute capability: Ampere, Volta


def use_devices(
    threads: int,  # on the CPU
    gpus: int = 0,  # reserved for this process alone; 0 computes on the CPU
    label: str = "",  # of the job, for the log
    branches: int = 1,  # independent operations that run in parallel
    deterministic: bool = False,  # on a GPU, use only operations that give the same bits every time
    free_gpu: bool = False,  # without reserved GPUs, use one that is free right now; otherwise the CPU
) -> None:
    """Use these devices and no others. Waits for GPUs that other jobs have reserved."""
    if free_gpu and not gpus:
        claim_free_gpu(label)
    else:
        claim_gpus(gpus, label)
    use_threads(threads, branches, deterministic)


def use_threads(threads: int, branches: int = 1, deterministic: bool = False) -> None:
    """Use `threads` CPU threads, shared by `branches` operations in parallel; let GPU memory grow on demand.

    float32 arithmetic is float32 on GPUs, too: TensorFlow would round the factors of products and convolutions to
    TF32, 11 significant bits in place of 24, from Ampere on. Spectral norms, features and gradients at images need
    more than that; where 16 bits suffice, mixed_bfloat16 is as fast.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    tf.config.threading.set_intra_op_parallelism_threads(max(1, threads // branches))
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def choose_branches(width: int, batch_size: int) -> int:
    """The number of operations of a step to run in parallel, each with its share of the threads.

    A step of a GAN or a VAE has about two independent branches (real and fake, the gradients of two networks). On 2
    cores narrow networks train up to 1.9 times as fast with one thread per branch; in wide ones each operation uses
    all threads, and more efficiently.
    """
    return 1 if width * batch_size >= WIDE else 2


def choose_precision(requested: str, loss_scaling: bool = True) -> str:
    """The Keras dtype policy for `requested`; "auto" chooses a precision that the device multiplies natively.

    On a GPU mixed_bfloat16 from compute capability 8.0 (Ampere), mixed_float16 from 7.0 (Volta); on a CPU
    mixed_bfloat16 with AVX-512 BF16 or AMX; else float32. float16 requires loss scaling.
    """
    if requested != "auto":
        return requested
    if gpus := tf.config.list_physical_devices("GPU"):
        capability = min(
            tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0)) for gpu in gpus
        )
        if capability >= BFLOAT16_CAPABILITY:
            return "mixed_bfloat16"
        return "mixed_float16" if loss_scaling and capability >= FLOAT16_CAPABILITY else "float32"
    return "mixed_bfloat16" if multiplies_bfloat16() else "float32"


def choose_jit_compile(requested: bool | str, devices: int) -> bool:
    """True if steps are compiled with XLA. "auto": on one GPU, but not on a CPU, where XLA would replace oneDNN's
    convolutions by slower ones."""
    if requested != "auto":
        return bool(requested)
    return devices == 1 and bool(tf.config.list_physical_devices("GPU"))


def choose_devices(wanted: int, batch_size: int) -> list[str]:
    """The devices that share each batch: as many GPUs as are available and divide it evenly, at most `wanted`.

    An empty list if a single device computes all of it.
    """
    available = len(tf.config.list_physical_devices("GPU"))
    count = next((n for n in range(min(wanted, available), 1, -1) if batch_size % n == 0), 1)
    return [f"GPU:{i}" for i in range(count)] if count > 1 else []


def describe_device() -> dict[str, str | int]:
    """The device that networks run on: `kind` ("gpu" or "cpu"), `name`, and the number of CPU `threads`."""
    return {**device_used(), "threads": threads_used()}


def threads_used() -> int:
    """The CPU threads that `use_threads` has set; 0, which stands for all, before it was called."""
    return tf.config.threading.get_inter_op_parallelism_threads()


def device_used() -> dict[str, str]:
    """The device whose rounding the outputs of networks have: `kind` ("gpu" or "cpu") and `name`."""
    if gpus := tf.config.list_physical_devices("GPU"):
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return {"kind": "gpu", "name": name}
    return cpu()


def cpu() -> dict[str, str]:
    """The CPU as a device."""
    return {"kind": "cpu", "name": cpu_info("model name") or "CPU"}
