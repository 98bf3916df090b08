"""Packages and hardware in the manifest."""

import platform
from importlib.metadata import version

import psutil

from easel.provenance import hardware
from easel.runtime import cpu, gpus


def test_the_packages_that_easel_needs_and_those_that_they_need():
    found = hardware.versions()
    for name in ("easel", "tensorflow", "keras", "snakemake", "numpy", "h5py", "ruamel-yaml"):
        assert found[name] == version(name)
    assert found["python"] == platform.python_version()
    assert list(found) == sorted(found)


def test_packages_of_the_tests_are_left_out():
    assert not {"pytest", "ruff", "snakefmt", "rocrate"} & hardware.versions().keys()


def test_hardware(monkeypatch):
    monkeypatch.setattr(gpus, "installed", lambda: [gpus.Gpu("0", "NVIDIA L4", "GPU-1", [])])
    found = hardware.hardware()
    assert found["cpu"]
    assert (found["threads"], found["gpus"]) == (psutil.cpu_count(), ["NVIDIA L4"])
    assert found["memory_bytes"] > 1e8


def test_a_machine_that_does_not_tell_its_cpu(tmp_path, monkeypatch):
    for text in (None, "processor : 0\nBogoMIPS : 50.00\n"):
        if text:
            (tmp_path / "cpuinfo").write_text(text)
        monkeypatch.setattr(cpu, "CPU_INFO", tmp_path / "cpuinfo")
        assert hardware.cpu_model() in (platform.processor(), platform.machine())
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: EPYC 9B14\nmodel name\t: other\n")
    assert hardware.cpu_model() == "EPYC 9B14"
