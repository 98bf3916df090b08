"""Facts about the CPU."""

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
