"""Predict how fast Easel is on GPUs, from what was counted and measured without one.

    .venv/bin/python benchmarks/gpu_prediction.py > benchmarks/gpu_prediction.md

The assumptions, the published figures of GPUs and the counts of each preset's step are in gpu_prediction.yaml, written
down before any measurement on a GPU. `make gpu-report` prints these numbers beside its own.
"""

import re
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

from ruamel.yaml import YAML

HERE = Path(__file__).parent
WRITTEN = YAML(typ="safe", pure=True).load((HERE / "gpu_prediction.yaml").read_text(encoding="utf-8"))
LOW, CENTRAL, HIGH = range(3)
SIXTEEN_BITS = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
TABLE_GPUS = ("T4", "A100", "H200")
CIFAR10 = 50_000  # training images


class Range(NamedTuple):
    """A prediction."""

    low: float
    central: float
    high: float

    def times(self, factor: float) -> "Range":
        return Range(*(factor * each for each in self))

    def inverse(self) -> "Range":
        return Range(*(1 / each for each in reversed(self)))


def gpu_called(name: str) -> str | None:
    """The GPU of gpu_prediction.yaml with a name of nvidia-smi's, such as "Tesla T4"; None if it has none."""
    return next((known for known, facts in WRITTEN["gpus"].items() if re.search(facts["pattern"], name)), None)


def precision_of(gpu: str, precision: str) -> str:
    """What `precision: auto` is on a GPU."""
    if precision != "auto":
        return precision
    return "mixed_bfloat16" if WRITTEN["gpus"][gpu]["bfloat16"] else "mixed_float16"


def product_teraflops(gpu: str, dtype: str) -> Range | None:
    """TFLOP/s of a large matrix product; None if the GPU has no fast one of this type."""
    facts, assumed = WRITTEN["gpus"][gpu], WRITTEN["assumptions"]
    if not facts[dtype]:
        return None
    share = facts.get("product_16_bit") if dtype != "float32" else None
    shares = share or assumed["product_32_bit" if dtype == "float32" else "product_16_bit"]
    return Range(*(facts[dtype] * each for each in shares))


def network_teraflops(gpu: str, dtype: str) -> Range | None:
    """TFLOP/s of a network's convolutions: the share of a product's that they reach on a CPU, and what of a large GPU
    small batches leave idle."""
    product, assumed = product_teraflops(gpu, dtype), WRITTEN["assumptions"]
    shares = assumed["convolutions_32_bit" if dtype == "float32" else "convolutions_16_bit"]
    filled = WRITTEN["gpus"][gpu]["filled"]
    return product and Range(*(a * b * c for a, b, c in zip(product, shares, filled, strict=True)))


def step_seconds(gpu: str, preset: str, precision: str, xla: bool) -> Range | None:
    """The seconds of a training step, low being the fastest; None if the GPU does not multiply this precision."""
    dtype = SIXTEEN_BITS.get(precision, "float32")
    counts = WRITTEN["presets"][preset]
    of_precision = counts["float32" if dtype == "float32" else "sixteen_bits"]
    flop = counts["gflop_per_image"] * counts["batch_size"] * 1e9
    teraflops = network_teraflops(gpu, dtype)
    if teraflops is None:
        return None
    found = []
    for i in (HIGH, CENTRAL, LOW):
        busy = flop / (teraflops[i] * 1e12) + memory_seconds(gpu, of_precision["megabytes"], xla, i)
        found.append(max(busy, launch_seconds(gpu, of_precision["kernels"], xla, i)))
    return Range(*found)


def memory_seconds(gpu: str, megabytes: float, xla: bool, i: int) -> float:
    """The seconds in which a step's operations read and write, i being LOW speed, CENTRAL or HIGH."""
    assumed = WRITTEN["assumptions"]
    moved = megabytes * 1e6 * assumed["traffic_with_xla" if xla else "traffic_without_xla"][i]
    return moved / (WRITTEN["gpus"][gpu]["bandwidth"] * 1e9 * assumed["bandwidth"][i])


def launch_seconds(gpu: str, kernels: float, xla: bool, i: int) -> float:
    """The seconds in which the host launches a step's operations; those of the batch are outside of XLA."""
    assumed = WRITTEN["assumptions"]
    operation = assumed["microseconds_of_operation"][i] * WRITTEN["gpus"][gpu]["slow_host"] * 1e-6
    if not xla:
        return kernels * operation
    fused = kernels * assumed["kernels_left_by_xla"][i] * assumed["microseconds_of_kernel"][i] * 1e-6
    return assumed["operations_of_batch"] * operation + fused


def images_per_second(gpu: str, preset: str, precision: str, xla: bool) -> Range | None:
    """Images per second of a training."""
    seconds = step_seconds(gpu, preset, precision_of(gpu, precision), xla)
    return seconds and seconds.inverse().times(WRITTEN["presets"][preset]["batch_size"])


def judged_per_second(gpu: str, judge: str) -> Range:
    """Images per second through a judge, in float32."""
    facts, teraflops = WRITTEN["judges"][judge], network_teraflops(gpu, "float32")
    assert teraflops  # every GPU multiplies float32
    found = []
    for i in range(3):
        busy = facts["gflop_per_image"] * 1e9 / (teraflops[i] * 1e12)
        busy += memory_seconds(gpu, facts["megabytes_per_image"], False, i)
        host = launch_seconds(gpu, facts["kernels"], False, i) / facts["batch_size"]
        found.append(1 / (max(busy, host) + facts["host_microseconds_per_image"][i] * 1e-6))
    return Range(*found)


def predictions(name: str) -> dict[str, Range]:
    """Predictions for the GPU with this name, by what `contestants/on_device.py` calls a measurement; empty for a GPU
    that gpu_prediction.yaml lacks."""
    gpu = gpu_called(name)
    if gpu is None:
        return {}
    facts, assumed = WRITTEN["gpus"][gpu], WRITTEN["assumptions"]
    host = Range(*sorted(facts["slow_host"] * each for each in assumed["microseconds_of_operation"]))
    found: dict[str, Range | None] = {
        "reading and writing memory": Range(*assumed["bandwidth"]).times(facts["bandwidth"]),
        "from host to GPU": Range(0.25, 0.5, 1.0).times(facts["link"]),
        "from GPU to host": Range(0.25, 0.5, 1.0).times(facts["link"]),
        "an operation, without XLA": host,
        "a kernel, with XLA": Range(*sorted(assumed["microseconds_of_kernel"])),
        "classifier on the GPU": judged_per_second(gpu, "classifier"),
        "a network of InceptionV3's size on the GPU": judged_per_second(gpu, "inception"),
    }
    for dtype in ("float32", "float16", "bfloat16"):
        found[f"matrix product, {dtype}"] = product_teraflops(gpu, dtype)
    for preset in WRITTEN["presets"]:
        for precision in ("auto", "float32", "mixed_float16", "mixed_bfloat16"):
            for xla in (True, False):
                what = f"speed: {preset}, {precision}, {'XLA' if xla else 'no XLA'}"
                found[what] = images_per_second(gpu, preset, precision, xla)
    for preset, counts in WRITTEN["presets"].items():
        precision = precision_of(gpu, "auto")
        kernels = counts["sixteen_bits" if precision in SIXTEEN_BITS else "float32"]["kernels"]
        left = Range(*sorted(assumed["kernels_left_by_xla"])).times(kernels)
        batch = assumed["operations_of_batch"]
        found[f"kernels: {preset}, auto, no XLA"] = Range(0.5, 1.0, 1.5).times(kernels)
        found[f"kernels: {preset}, auto, XLA"] = Range(*(batch + each for each in left))
    found["images/s of the whole training"] = images_per_second(gpu, "fast_gpu", "auto", xla=True)
    for key, value in WRITTEN["training"].items():
        found[key] = Range(*value)
    return {what: each for what, each in found.items() if each}


# --- the page --------------------------------------------------------------------------------------------------------


def main() -> None:
    print(page(), end="")


def page() -> str:
    """gpu_prediction.md."""
    parts = [WRITTEN["method"].strip(), "## Training speed", speeds(), "## One epoch of CIFAR-10", epochs()]
    parts += ["## Judging", judging(), "## Parts of a step", parts_of_a_step(), WRITTEN["if_it_differs"].strip()]
    return "\n\n".join(["# Predicted speed on GPUs", *parts]) + "\n"


def speeds() -> str:
    rows = []
    for preset in WRITTEN["presets"]:
        for precision, xla in (("auto", True), ("auto", False), ("float32", True), ("float32", False)):
            found = [images_per_second(gpu, preset, precision, xla) for gpu in TABLE_GPUS]
            rows.append([f"`{preset}`", precision, "yes" if xla else "no", *map(shown, found)])
    note = "Images per second, central value (range). `auto` is mixed_float16 on a T4, else mixed_bfloat16."
    return f"{note}\n\n{table(['preset', 'precision', 'XLA', *TABLE_GPUS], rows)}"


def epochs() -> str:
    rows = []
    for preset in WRITTEN["presets"]:
        found = [images_per_second(gpu, preset, "auto", xla=True) for gpu in TABLE_GPUS]
        rows.append([f"`{preset}`", *(shown(each and each.inverse().times(CIFAR10)) for each in found)])
    old = WRITTEN["old_fault"]
    seconds = [old["megabytes_a_step"] / 1e3 / WRITTEN["gpus"][gpu]["link"] for gpu in TABLE_GPUS]
    steps = CIFAR10 / WRITTEN["presets"]["dcgan"]["batch_size"]
    lost = ", ".join(f"{1e3 * each:.0f} ms ({gpu})" for gpu, each in zip(TABLE_GPUS, seconds, strict=True))
    note = (
        f"Seconds, with the settings `auto`. {old['until'].strip()} {lost} at the least, which is "
        f"{steps * seconds[0]:.0f} s an epoch of `dcgan` on a T4, not counting the gathering of images on the host."
    )
    return f"{fill(note, 120)}\n\n{table(['preset', *TABLE_GPUS], rows)}"


def judging() -> str:
    rows = []
    for judge in WRITTEN["judges"]:
        found = [judged_per_second(gpu, judge) for gpu in TABLE_GPUS]
        rows.append([f"`{judge}`", "images/s", *map(shown, found)])
        rows.append(["", "seconds for 50,000 images", *(shown(each.inverse().times(50_000)) for each in found)])
    return table(["judge", "", *TABLE_GPUS], rows)


def parts_of_a_step() -> str:
    rows = []
    for gpu in WRITTEN["gpus"]:
        counts = WRITTEN["presets"]["fast_gpu"]
        precision = precision_of(gpu, "auto")
        flop = counts["gflop_per_image"] * counts["batch_size"] * 1e9
        teraflops = network_teraflops(gpu, SIXTEEN_BITS[precision])
        assert teraflops
        of_precision = counts["sixteen_bits"]
        rows.append([
            gpu,
            f"{1e3 * flop / teraflops.central / 1e12:.1f} ms",
            f"{1e3 * memory_seconds(gpu, of_precision['megabytes'], True, CENTRAL):.1f} ms",
            f"{1e3 * launch_seconds(gpu, of_precision['kernels'], True, CENTRAL):.1f} ms",
            f"{1e3 * launch_seconds(gpu, of_precision['kernels'], False, CENTRAL):.1f} ms",
        ])  # fmt: skip
    columns = ["GPU", "arithmetic", "memory", "launches with XLA", "launches without"]
    return f"Of `fast_gpu`, central values, `precision: auto`:\n\n{table(columns, rows)}"


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *rows))


def shown(found: Range | None) -> str:
    """A prediction as a cell."""
    if found is None:
        return ""
    return f"{number(found.central)} ({number(found.low)} to {number(found.high)})"


def number(value: float) -> str:
    """A number with two significant digits, or what stands before its point."""
    if value >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.2g}"


if __name__ == "__main__":
    main()
