"""Claiming GPUs. The tests need no GPU: a stand-in for nvidia-smi lists some."""

import importlib.util
import os
import re
import signal
import stat
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from helpers.patience import PATIENCE

from easel.runtime import gpus
from easel.runtime.errors import EaselError

A, B, C = (f"GPU-{digit * 8}-1111-2222-3333-444444444444" for digit in "abc")
SLICES = [f"MIG-{digit * 8}-5555-6666-7777-888888888888" for digit in "de"]
VISIBLE = "CUDA_VISIBLE_DEVICES"

# Loads the module by its file: importing the package imports TensorFlow, which takes seconds.
JOB = """
import importlib.util, logging, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that a shell runs in the background have it ignored
source, locks, wanted, label = sys.argv[1:]
spec = importlib.util.spec_from_file_location("gpus", source)
gpus = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gpus)
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
gpus.LOCKS, gpus.POLL_SECONDS = Path(locks), 0.05
print("took", *gpus.claim_gpus(int(wanted), label), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine without nvidia-smi, whose folder of locks is tmp_path / "locks"; the environment is put back."""
    for name in (VISIBLE, "CUDA_DEVICE_ORDER"):
        monkeypatch.setenv(name, "noted, so that what a test sets is taken back")
        monkeypatch.delenv(name)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(gpus, "LOCKS", tmp_path / "locks")
    monkeypatch.setattr(gpus, "held", {})
    yield
    for file in gpus.held.values():
        os.close(file)


@pytest.fixture
def install(tmp_path):
    """install([A], [B, "slice of B"], models=[…], memory=[…]): make an nvidia-smi that lists these."""

    def install(
        *cards: list[str],
        models=("NVIDIA H200", "NVIDIA H200", "NVIDIA H200"),
        memory=("1", "1", "1"),
        free=("81920", "81920", "81920"),
        capabilities=("9.0", "9.0", "9.0"),
    ):
        listed, rows, free_rows, capability_rows = [], [], [], []
        for index, (uuid, *slices) in enumerate(cards):
            listed.append(f"echo 'GPU {index}: {models[index]} (UUID: {uuid})'")
            listed += [f"echo '  MIG 1g.18gb     Device  {at}: (UUID: {name})'" for at, name in enumerate(slices)]
            rows.append(f"echo '{uuid}, {memory[index]}'")
            free_rows.append(f"echo '{uuid}, {free[index]}'")
            capability_rows.append(f"echo '{uuid}, {capabilities[index]}'")
        queries = ["--query-gpu=uuid,memory.total)", *rows, ";;", "--query-gpu=uuid,memory.free)", *free_rows, ";;"]
        queries += ["--query-gpu=uuid,compute_cap)", *capability_rows, ";;"]
        answer(tmp_path, "case $1 in", "-L)", *listed, ";;", *queries, "esac")

    return install


def answer(tmp_path: Path, *script: str) -> None:
    """Make an nvidia-smi of these lines of shell."""
    file = tmp_path / "bin" / "nvidia-smi"
    file.write_text("\n".join(["#!/bin/sh", *script, ""]))
    file.chmod(0o755)


@pytest.fixture
def start(tmp_path):
    """start(1, "vae"): a process that claims GPUs and keeps them until its standard input is closed."""
    jobs = []

    def start(wanted: int, label: str, **how) -> subprocess.Popen:
        command = [sys.executable, "-c", JOB, gpus.__file__, str(tmp_path / "locks"), str(wanted), label]
        how = {"stdin": subprocess.PIPE} | how
        jobs.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **how))
        return jobs[-1]

    yield start
    for job in jobs:
        job.kill()
        job.communicate()


def says(job: subprocess.Popen) -> str:
    return job.stdout.readline().rstrip("\n")


def end(job: subprocess.Popen) -> None:
    job.communicate()
    assert job.returncode == 0


@pytest.mark.parametrize("inherited", [None, "", "3", "GPU-12", "MIG-12"])
@pytest.mark.parametrize("script", [None, ["exit 9"], ["echo 'No devices were found'", "exit 6"], ["echo nothing"]])
def test_nothing_happens_where_no_gpu_is_known(tmp_path, monkeypatch, caplog, inherited, script):
    if script:
        answer(tmp_path, *script)
    if inherited is not None:
        monkeypatch.setenv(VISIBLE, inherited)
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_gpus(1, "dcgan") == []
    assert os.environ.get(VISIBLE) == inherited
    assert not (tmp_path / "locks").exists()
    assert caplog.messages == []


@pytest.mark.parametrize("inherited", [None, "0"])
def test_none_wanted_are_hidden(install, monkeypatch, inherited):
    install([A])
    if inherited is not None:
        monkeypatch.setenv(VISIBLE, inherited)
    assert gpus.claim_gpus(0, "dcgan") == []
    assert os.environ[VISIBLE] == "-1"


def test_cuda_sees_only_the_claimed_devices(install, tmp_path, caplog):
    install([A], [B], [C])
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_gpus(2, "dcgan seed 0") == [A, B]
    assert os.environ[VISIBLE] == f"{A},{B}"
    assert (tmp_path / "locks" / B).read_text() == f"pid {os.getpid()} (dcgan seed 0)\n"
    assert gpus.claim_gpus(1, "the same process again") == [A, B]
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("inherited", "devices"),
    [
        (None, [A, B, C]),
        ("1", [B]),
        ("2, 0", [C, A]),
        (B, [B]),
        (f"{C},{A}", [C, A]),
        ("GPU-bb", [B]),
        ("0,1,0", [A, B]),
        ("0,7,1", [A]),  # CUDA reads no further than the first that is not there
        ("1,-1,0", [B]),
        ("GPU-", []),  # three begin like this
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("MIG-dddd", ["MIG-dddd"]),
        ("MIG-GPU-aaaa/1/0,MIG-GPU-aaaa/2/0", ["MIG-GPU-aaaa/1/0", "MIG-GPU-aaaa/2/0"]),
    ],
)
def test_only_inherited_devices_are_taken(install, monkeypatch, caplog, inherited, devices):
    install([A], [B], [C])
    if inherited is not None:
        monkeypatch.setenv(VISIBLE, inherited)
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_gpus(3, "dcgan") == devices
    assert os.environ[VISIBLE] == (",".join(devices) or inherited)
    if not devices:
        assert caplog.messages == [f"dcgan: {VISIBLE}={inherited} matches no GPU of this machine; running on the CPU"]


def test_a_number_that_can_mean_two_gpus_is_refused(install, monkeypatch):
    install([A], [B], models=["NVIDIA GeForce GT 1030", "NVIDIA GeForce RTX 4090"])
    monkeypatch.setenv(VISIBLE, "0")
    with pytest.raises(EaselError, match=r"=0 is ambiguous, .*GT 1030, NVIDIA GeForce RTX 4090.*CUDA_DEVICE_ORDER"):
        gpus.claim_gpus(1, "dcgan")
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    assert gpus.visible(gpus.installed()) == [A]
    monkeypatch.delenv("CUDA_DEVICE_ORDER")
    monkeypatch.setenv(VISIBLE, A)
    assert gpus.visible(gpus.installed()) == [A]


def test_the_largest_is_taken_first(install):
    install([A], [B], [C], models=["NVIDIA GT 1030", "NVIDIA RTX 4090", "?"], memory=["2048", "24564", "[N/A]"])
    assert gpus.visible(gpus.installed()) == [B, A, C]


@pytest.fixture
def cudnn(monkeypatch):
    """cudnn("9.28.0.42"): the version of the installed package; None if there is none."""

    def cudnn(installed: str | None):
        def version(package: str) -> str:
            assert package == "nvidia-cudnn-cu12"
            if installed is None:
                raise PackageNotFoundError(package)
            return installed

        monkeypatch.setattr(gpus, "version", version)

    return cudnn


NEW, OLD = "9.28.0.42", "9.10.2.21"


@pytest.mark.parametrize(
    ("capabilities", "installed", "devices"),
    [
        (["7.5", "8.9"], NEW, [A, B]),
        (["6.0", "7.0"], OLD, [A, B]),
        (["7.0", "6.1"], None, [A, B]),  # the system's cuDNN: its version is unknown
        (["[N/A]", "[N/A]"], NEW, [A, B]),
        (["7.0", "8.0"], NEW, [B]),
        (["3.7", "6.0"], OLD, [B]),
    ],
)
def test_gpus_that_cudnn_and_tensorflow_serve_are_taken(install, cudnn, capabilities, installed, devices):
    install([A], [B], capabilities=capabilities)
    cudnn(installed)
    assert gpus.claim_gpus(2, "dcgan") == devices


@pytest.mark.parametrize(
    ("capability", "installed", "said"),
    [
        ("6.0", NEW, "dcgan seed 0: cuDNN 9.28.0.42 computes on GPUs of compute capability 7.5 and above, and here is "
         "Tesla P100 (6.0). Install Easel's cuDNN, which is older (make install GPU=1), or compute on the CPU: "
         "--resources gpu=0."),
        ("3.7", NEW, "dcgan seed 0: cuDNN 9.28.0.42 computes on GPUs of compute capability 7.5 and above, and here is "
         "Tesla P100 (3.7). Compute on the CPU: --resources gpu=0."),
        ("5.2", OLD, "dcgan seed 0: TensorFlow computes on GPUs of compute capability 6.0 and above, and here is "
         "Tesla P100 (5.2). Compute on the CPU: --resources gpu=0."),
    ],
)  # fmt: skip
def test_a_gpu_that_they_do_not_serve_is_refused(install, cudnn, caplog, capability, installed, said):
    install([A], models=["Tesla P100"], capabilities=[capability])
    cudnn(installed)
    with pytest.raises(EaselError) as refused:
        gpus.claim_gpus(1, "dcgan seed 0")
    assert str(refused.value) == said
    assert VISIBLE not in os.environ
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("dcgan seed 0") == []  # can do without
    assert said in caplog.text
    assert os.environ[VISIBLE] == "-1"


def test_tensorflow_has_kernels_for_the_lowest_capability_that_it_serves():
    folder = importlib.util.find_spec("tensorflow").submodule_search_locations[0]
    about = (Path(folder) / "python/platform/build_info.py").read_text()
    built_for = [(int(major), int(minor)) for major, minor in re.findall(r"'sm_(\d+)(\d)'", about)]
    assert min(built_for, default=gpus.LOWEST_OF_TENSORFLOW) == gpus.LOWEST_OF_TENSORFLOW  # some builds are for CPUs


def test_slices_are_devices_of_their_own(install, monkeypatch):
    install([A, *SLICES], [B])
    assert gpus.visible(gpus.installed()) == [*SLICES, B]
    monkeypatch.setenv(VISIBLE, "0,1")
    assert gpus.visible(gpus.installed()) == [SLICES[0], B]


def test_fewer_than_wanted_are_better_than_none(install, caplog):
    install([A])
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_gpus(2, "dcgan") == [A]
    assert caplog.messages == ["dcgan: requested 2 GPUs, found 1; using that many"]


def test_a_job_that_needs_none_takes_one_that_is_free(install, tmp_path, start, caplog):
    install([A], [B])
    training = start(1, "dcgan seed 0")
    assert says(training) == f"took {A}"
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("samples of vae") == [B]
    assert os.environ[VISIBLE] == B
    assert (tmp_path / "locks" / B).read_text() == f"pid {os.getpid()} (samples of vae)\n"
    assert gpus.claim_free_gpu("the same process again") == [B]
    assert caplog.messages == []


def test_a_job_that_needs_none_does_not_wait(install, start, caplog):
    install([A])
    training = start(1, "dcgan seed 0")
    assert says(training) == f"took {A}"
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("samples of vae") == []
    assert os.environ[VISIBLE] == "-1"
    holder = f"held by pid {training.pid} (dcgan seed 0)"
    assert caplog.messages == [f"samples of vae: no GPU is free ({holder}); computing on the CPU"]


@pytest.mark.parametrize(
    ("free", "taken"),
    [
        (["3999", "81920"], B),  # another program holds the first
        (["4000", "81920"], A),
        (["[N/A]", "81920"], A),
        (["120", "0"], ""),
    ],
)
def test_memory_that_other_programs_hold_is_not_free(install, caplog, free, taken):
    install([A], [B], free=free)
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("samples") == ([taken] if taken else [])
    assert os.environ[VISIBLE] == (taken or "-1")
    reason = "samples: no GPU is free (hidden, or with too little free memory); computing on the CPU"
    assert caplog.messages == ([] if taken else [reason])


def test_a_slice_is_free_unless_it_is_held(install):
    install([A, *SLICES], free=["[N/A]"])
    assert gpus.claim_free_gpu("samples") == [SLICES[0]]


def test_what_a_training_cannot_use_is_no_error_for_who_needs_none(install, tmp_path, monkeypatch, caplog):
    install([A], [B], models=["NVIDIA GeForce GT 1030", "NVIDIA GeForce RTX 4090"])
    (tmp_path / "locks").write_text("a file where the folder should be")
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("samples") == []
        monkeypatch.setenv(VISIBLE, "0")
        assert gpus.claim_free_gpu("samples") == []
    assert os.environ[VISIBLE] == "-1"
    unlocked, ambiguous = caplog.messages
    assert unlocked.startswith("samples: no GPU can be used ([Errno 17] File exists: ")
    assert "0 is ambiguous" in ambiguous
    assert all(message.endswith("); computing on the CPU") for message in caplog.messages)


def test_a_gpu_that_is_not_listed_is_not_free(caplog):
    with caplog.at_level("INFO", logger="easel"):
        assert gpus.claim_free_gpu("samples") == []
    assert os.environ[VISIBLE] == "-1"
    assert caplog.messages == []


def test_two_jobs_at_once_take_different_gpus(install, start):
    install([A], [B])
    assert {says(job) for job in [start(1, "dcgan"), start(1, "vae")]} == {f"took {A}", f"took {B}"}


@pytest.mark.parametrize("finish", [end, subprocess.Popen.kill])
def test_a_job_waits_until_one_is_free(install, start, finish):
    install([A])
    first = start(1, "dcgan seed 0")
    assert says(first) == f"took {A}"
    second = start(1, "vae")
    assert says(second) == f"vae: waiting for a free GPU: held by pid {first.pid} (dcgan seed 0)"
    finish(first)
    assert says(second) == f"took {A}"  # having said only once that it waits


def test_a_job_takes_all_that_it_wants_or_none(install, start):
    install([A], [B])
    first = start(1, "dcgan")
    assert says(first) == f"took {A}"
    greedy = start(2, "vae")
    assert says(greedy) == f"vae: waiting for 2 free GPUs: held by pid {first.pid} (dcgan)"
    third = start(1, "vae_gan")
    while (said := says(third)) != f"took {B}":  # it may have to wait while the greedy one tries
        assert "waiting for a free GPU" in said
    end(first)
    end(third)
    assert says(greedy) == f"took {A} {B}"


def test_jobs_that_want_all_do_not_wait_for_each_other(install, start, monkeypatch):
    install([A], [B])
    jobs = []
    for order in ("0,1", "1,0", "0,1", "1,0"):
        monkeypatch.setenv(VISIBLE, order)
        jobs.append(start(2, "dcgan", stdin=subprocess.DEVNULL))
    taken = [job.communicate(timeout=PATIENCE)[0].splitlines()[-1] for job in jobs]
    assert taken == [f"took {A} {B}", f"took {B} {A}"] * 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_waiting_job_can_be_stopped(install, start, number):
    install([A])
    assert says(start(1, "dcgan")) == f"took {A}"
    waiting = start(1, "vae", stderr=subprocess.DEVNULL)
    assert "waiting" in says(waiting)
    waiting.send_signal(number)
    assert waiting.wait(timeout=PATIENCE) == -number


def test_other_users_can_lock_the_same_files(install, tmp_path):
    install([A])
    before = os.umask(0o077)
    try:
        gpus.claim_gpus(1, "dcgan")
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "locks").stat().st_mode) == 0o1777
    assert stat.S_IMODE((tmp_path / "locks" / A).stat().st_mode) == 0o666


def test_locks_that_cannot_be_created_are_an_error_with_a_remedy(install, tmp_path):
    install([A])
    (tmp_path / "locks").write_text("a file where the folder should be")
    with pytest.raises(EaselError, match=r"^dcgan: GPUs cannot be locked in .*locks: .*File exists.*chmod 1777"):
        gpus.claim_gpus(1, "dcgan")
    assert VISIBLE not in os.environ
