"""Colab, Kaggle or another Jupyter."""

import os
import sys
from pathlib import Path

import pytest

from easel.notebook import hosts
from easel.runtime.errors import EaselError


def test_the_host_is_recognised(monkeypatch):
    assert hosts.host() == ""
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert hosts.host() == "Kaggle"


def test_colab_is_recognised_by_its_package(colab):
    assert hosts.host() == "Colab"


def test_drive_is_a_folder_once_it_is_mounted(colab):
    assert hosts.mount_drive().is_dir()


def test_a_drive_that_is_refused_is_an_error_in_one_line(colab):
    colab.drive.refused = True
    with pytest.raises(EaselError, match=r"^Google Drive was not connected \(Error: cred.*\). Run this cell again"):
        hosts.mount_drive()


def test_gpus_are_those_of_nvidia_smi(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hosts.gpus() == []
    smi = tmp_path / "nvidia-smi"
    smi.write_text(f"#!{sys.executable} -ISs\nprint('GPU 0: Tesla T4\\n  MIG 1g.5gb Device 0: (UUID)')\n")
    smi.chmod(0o755)
    assert hosts.gpus() == ["GPU 0: Tesla T4"]
    smi.write_text("#!/bin/sh\necho NVIDIA-SMI has failed\nexit 9\n")
    assert hosts.gpus() == []


def test_a_file_is_downloaded_or_linked(colab, monkeypatch, tmp_path, capsys):
    hosts.download(tmp_path / "birds.zip")
    assert colab.files.downloaded == [str(tmp_path / "birds.zip")]
    monkeypatch.setattr(hosts, "host", lambda: "Kaggle")
    links = []
    monkeypatch.setattr(hosts, "display", links.append)
    for file in (Path.cwd() / "birds.zip", tmp_path / "birds.zip"):
        file.touch()
        hosts.download(file)
        assert capsys.readouterr().out == f"{file}\n"
    assert [link.path for link in links] == ["birds.zip"]
    assert os.path.exists(links[0].path)
