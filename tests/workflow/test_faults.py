"""User errors and interrupted runs, through the real Snakemake."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import tarfile
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from helpers.compare_results import differences
from helpers.limited_folder import limited_folder_library
from helpers.machine_with_drive import Machines
from helpers.ordinary_user import as_ordinary_user
from helpers.patience import PATIENCE
from helpers.tiny_study import TINY, Checkout, job_counts


def write_archive(file: Path, records: int, label: int | None = None) -> str:
    """Write a small archive in CIFAR-10's layout, with `label` in its last record; returns its SHA-256."""
    random = np.random.default_rng(0)
    batches = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    contents = {"batches.meta.txt": "".join(f"class {i}\n" for i in range(10)).encode()}
    for name in batches:
        batch = random.integers(0, 256, (records, 3073), np.uint8)
        batch[:, 0] = np.arange(records) % 10
        if label is not None:
            batch[-1, 0] = label
        contents[name] = batch.tobytes()
    with tarfile.open(file, "w:gz") as archive:
        for name, data in contents.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return hashlib.sha256(file.read_bytes()).hexdigest()


CHECKPOINTS = "tiny/dcgan/seed-0/state/*/checkpoint-*.npz"


def edit(checkout, before: str, after: str) -> None:
    text = checkout.study.read_text()
    assert before in text
    checkout.study.write_text(text.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("preset: dcgan, epochs", "preset: dcgan, epoch", "runs.dcgan.epoch: unknown key; did you mean 'epochs'?"),
        ("preset: dcgan,", "preset: dcgn,", "runs.dcgan.preset: unknown name 'dcgn'; did you mean 'dcgan'?"),
        ("dataset: tiny_shapes", "dataset: tiny_shape", "dataset: unknown name 'tiny_shape'"),
        ("samples: 100", "samples: many", "samples: should be"),
    ],
)
def test_a_wrong_setting_stops_before_any_job(checkout, before, after, message):
    edit(checkout, before, after)
    done = checkout.snakemake()
    assert done.returncode == 1
    assert message in done.stdout
    said = [line for line in done.stdout.splitlines() if "profile" not in line and "Config file" not in line]
    assert 1 <= len(said) <= 2
    assert not (checkout / "results").exists()


def terminate_the_job(checkout, snakemake: subprocess.Popen) -> None:
    jobs = subprocess.run(["pgrep", "-f", f"{checkout.folder}.*train_run.py"], capture_output=True, text=True)
    for process in jobs.stdout.split():
        subprocess.run(["kill", "-TERM", process], check=False)


def interrupt(checkout, snakemake: subprocess.Popen) -> None:
    os.killpg(snakemake.pid, signal.SIGINT)


def kill_everything(checkout, snakemake: subprocess.Popen) -> None:
    os.killpg(snakemake.pid, signal.SIGKILL)


def test_an_interrupted_training_resumes_from_its_last_checkpoint(checkout, tmp_path):
    """Interrupted in three ways, each time after new checkpoints, a training is finished by the same command."""
    edit(checkout, "epochs: 2, width: 4", "epochs: 60, checkpoint_every: 1, width: 4")
    target, before, log = "results/tiny/dcgan/seed-0/train.json", set(), tmp_path / "said"
    for how in (terminate_the_job, interrupt, kill_everything):
        with open(log, "w") as output:
            running = checkout.start(target, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + PATIENCE
            while len(set((checkout / "results").glob(CHECKPOINTS)) - before) < 2:
                assert time.monotonic() < deadline
                assert running.poll() is None
                time.sleep(0.05)
            how(checkout, running)
            assert running.wait(timeout=PATIENCE) != 0
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
        assert "removed the lock" not in log.read_text().lower()  # those before ended by themselves
        assert not (checkout / target).exists()
        before = set((checkout / "results").glob(CHECKPOINTS))
    done = checkout.snakemake(target)
    assert done.returncode == 0, done.stdout
    assert "removed the lock" in done.stdout.lower()  # of the one that was killed
    record = json.loads((checkout / target).read_text())
    assert record["steps"] == 240
    first, second, third = record["resumed_at_steps"]
    assert 0 < first < second < third < 240


def test_a_lost_machine(tmp_path, tmp_path_factory):
    """Only a drive is left, without locks and links and with new times; another machine goes on from there."""
    machines = Machines(tmp_path, limited_folder_library(tmp_path_factory))
    study = TINY.replace("epochs: 2, width: 4", "epochs: 30, checkpoint_every: 1, width: 4")
    target = "results/tiny/dcgan/seed-0/train.json"
    lost = machines.new(study)
    snakemake, deadline = lost.start(target), time.monotonic() + PATIENCE
    while len(list(lost.drive.glob("tiny/dcgan/seed-0/state/*/checkpoint-*.npz"))) < 2:
        assert time.monotonic() < deadline
        assert snakemake.poll() is None
        time.sleep(0.02)
    lost.lose(snakemake)
    assert not (lost.drive / "tiny/dcgan/seed-0/train.json").exists()
    second = machines.new(study)
    done = second.snakemake(target)
    assert done.returncode == 0, done.stdout
    assert job_counts(done.stdout) == {"train_run": 1}
    assert 0 < json.loads((second / target).read_text())["resumed_at_steps"][0] < 120
    second.lose()
    assert machines.new(study).jobs(target) == {}
    machines.drive.rename(tmp_path / "resumed")
    machines.drive.mkdir()
    undisturbed = machines.new(study).snakemake(target)
    assert undisturbed.returncode == 0, undisturbed.stdout
    assert differences(machines.drive, tmp_path / "resumed") == []


def test_a_second_snakemake_names_the_first_and_exits(checkout, tmp_path):
    edit(checkout, "epochs: 2, width: 4", "epochs: 500, width: 4")
    target = "results/tiny/dcgan/seed-0/train.json"
    assert checkout.snakemake("results/datasets/tiny_shapes/dataset.json").returncode == 0
    first = checkout.start(target)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (checkout / "results/logs/tiny/dcgan/seed-0/train_run.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = checkout.snakemake(target)
        assert second.returncode == 1
        assert f"Another snakemake is working on results/ (process {first.pid}:" in second.stdout
        elsewhere = Checkout(tmp_path / "elsewhere", checkout.study.read_text())
        (elsewhere / "results").symlink_to(checkout / "results")
        third = elsewhere.snakemake(target)
        assert third.returncode == 1
        assert f"from a different folder (process {first.pid}, since" in third.stdout
        assert first.poll() is None
        assert checkout.jobs(target) == {"train_run": 1}  # a dry run may look on
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()


def test_a_dry_run_needs_little_of_its_surroundings(checkout, tmp_path):
    """No results and no home folder that can be written to, and a locale whose encoding is ASCII."""
    (tmp_path / "home").mkdir()
    for folder in (checkout / "results", tmp_path / "home"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o555)
    surroundings = {"HOME": str(tmp_path / "home"), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        checkout.command("--dry-run"), capture_output=True, encoding="utf-8", env=checkout.environment | surroundings,
        check=False, preexec_fn=as_ordinary_user,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "This was a dry-run" in done.stdout


def use_archive(checkout, source: str, sha256: str) -> None:
    edit(checkout, "dataset: tiny_shapes\n", "dataset: own\n")
    edit(
        checkout,
        "  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}",
        f"  own: {{format: cifar10_binary, {source}, sha256: {sha256}}}",
    )


class Doors(BaseHTTPRequestHandler):
    """A server of one archive behind a password, whose first address fails and whose second leads to a signed one."""

    def do_GET(self):
        named = b64encode(b"user:SECRET").decode() in self.headers.get("Authorization", "")
        if self.path == "/moved/dataset.json?token=SECRET" and named:
            self.send_response(302)
            self.send_header("Location", "/..%2F%FFbrace{seed}.tgz?X-Amz-Signature=SECRET")
            self.end_headers()
        elif "%FFbrace" in self.path and named:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.archive.read_bytes())
        else:
            self.send_error(404)

    def log_message(self, *message):
        pass


def test_an_archive_is_prepared_and_its_address_gives_away_nothing(checkout):
    """Of its address, neither the password and the signature nor the end are in any file's name or content."""
    archive = checkout / "..%2F%FFbrace{seed}.tgz"
    sha256 = write_archive(archive, records=20)
    with ThreadingHTTPServer(("127.0.0.1", 0), Doors) as server:
        server.archive = archive
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        door = f"http://user:SECRET@127.0.0.1:{server.server_port}"
        urls = f'["{door}/missing.tgz?token=SECRET", "{door}/moved/dataset.json?token=SECRET"]'
        use_archive(checkout, f"urls: {urls}", sha256)
        done = checkout.snakemake("data", "--printshellcmds", "--benchmark-extended")
        server.shutdown()
    assert done.returncode == 0, done.stdout
    assert f"http://127.0.0.1:{server.server_port}/missing.tgz: HTTP 404" in done.stdout
    assert np.load(checkout / "results/datasets/own/train_images.npy").shape == (100, 32, 32, 3)
    assert (checkout / "results/datasets/own/preview.png").is_file()
    assert (checkout / "results/datasets/own/cifar-10-binary.tar.gz").is_file()
    archive.unlink()
    checkout.study.unlink()
    assert "SECRET" not in done.stdout
    for file in filter(Path.is_file, checkout.folder.rglob("*")):
        assert not re.search("SECRET|token|brace", str(file)), file
        assert b"SECRET" not in file.read_bytes(), file


def test_a_wrong_checksum_leaves_no_files(checkout):
    write_archive(checkout / "own.tar.gz", records=2)
    use_archive(checkout, f"path: {checkout / 'own.tar.gz'}", "f" * 64)
    done = checkout.snakemake("data")
    assert done.returncode == 1
    assert f"own.tar.gz: wrong SHA-256. Expected {'f' * 64}" in done.stdout
    assert [path for path in (checkout / "results/datasets").rglob("*") if path.is_file()] == []


def test_an_invalid_label_leaves_no_arrays(checkout):
    sha256 = write_archive(checkout / "own.tar.gz", records=2, label=200)
    use_archive(checkout, f"path: {checkout / 'own.tar.gz'}", sha256)
    done = checkout.snakemake("data")
    assert done.returncode == 1
    assert "label out of range" in done.stdout
    assert [path.name for path in (checkout / "results/datasets/own").iterdir()] == ["cifar-10-binary.tar.gz"]
