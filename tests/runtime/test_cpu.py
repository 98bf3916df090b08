"""Facts about the CPU, the time used of it, and the threads of NumPy."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from easel.runtime import cpu

TEXT = "processor\t: 0\nmodel name\t: EPYC 9B14 \nflags\t\t: fpu vme\n\nprocessor\t: 1\nmodel name\t: other\n"


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        (TEXT, "model name", "EPYC 9B14"),
        (TEXT, "flags", "fpu vme"),
        (TEXT, "name", ""),
        ("processor : 0\nBogoMIPS : 50.00\n", "model name", ""),
        (None, "model name", ""),
    ],
)
def test_a_value_is_that_of_the_first_processor(tmp_path, monkeypatch, text, key, value):
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(cpu, "CPU_INFO", tmp_path / "cpuinfo")
    assert cpu.cpu_info(key) == value


@pytest.mark.parametrize(("flags", "native"), [("fpu avx512_bf16 vme", True), ("amx_bf16", True), ("avx512f", False)])
def test_bfloat16_is_multiplied_by_cpus_that_say_so(monkeypatch, flags, native):
    monkeypatch.setattr(cpu, "cpu_info", {"flags": flags}.get)
    assert cpu.multiplies_bfloat16() is native


BURN = """
import time
while time.process_time() < {seconds}:
    pass
"""


def test_cpu_seconds_of_threads_and_ended_children_count():
    def used_by(work) -> float:
        before = cpu.cpu_seconds_used()
        work()
        return cpu.cpu_seconds_used() - before

    assert used_by(lambda: subprocess.run([sys.executable, "-c", BURN.format(seconds=0.2)], check=True)) > 0.19

    def in_a_thread() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(exec, BURN.replace("process_time", "thread_time").format(seconds=0.1)).result()

    assert used_by(in_a_thread) > 0.09


def test_matrices_are_multiplied_on_one_thread_unless_there_is_more_to_do():
    done = subprocess.run(
        [
            sys.executable, "-c",
            "import easel, scipy.linalg\n"
            "from threadpoolctl import threadpool_info\n"
            "from easel.runtime.cpu import multiply_with\n"
            "used = lambda: {each['num_threads'] for each in threadpool_info() if each['user_api'] == 'blas'}\n"
            "before = used()\n"
            "multiply_with(3)\n"
            "print(before, used())\n",
        ],
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "{1} {3}\n"), done.stderr
