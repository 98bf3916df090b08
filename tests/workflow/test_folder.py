"""A folder of pictures as a dataset: preparing it, re-running it and reporting on it, through the real Snakemake."""

import json
import os
import shutil
import signal
import time
import zipfile

import numpy as np
import psutil
import pytest
from helpers.patience import PATIENCE
from helpers.photographs import damage, photograph, write_photographs
from helpers.tiny_study import Checkout, job_counts
from PIL import Image

from easel.data.folder.problems import KINDS
from easel.report.preview_page import MOST_PICTURES

STUDY = """\
dataset: birds
datasets:
  birds: {format: folder, path: pictures, image_size: 64, test_fraction: 0.3}
runs:
  dcgan: {preset: dcgan, epochs: 1, width: 2, latent_dim: 8, batch_size: 32}
judge: tiny_judge
judges:
  tiny_judge: {kind: classifier, epochs: 1, width: 4}
samples: 50
snapshot_samples: 50
"""

ARCHIVES = f"""\
dataset: own
datasets:
  own: {{format: cifar10_binary, path: archive.tar.gz, sha256: {"ab" * 32}}}
runs:
  dcgan: {{preset: dcgan, epochs: 1, width: 2}}
  theirs: {{kind: external, path: theirs}}
judge: own
judges:
  own: {{kind: inception, path: judge.tgz, sha256: {"ab" * 32}}}
samples: 50
"""


@pytest.fixture
def checkout(tmp_path):
    """A study of a folder of 100 pictures, before any run."""
    write_photographs(tmp_path / "pictures", 100)
    return Checkout(tmp_path, STUDY)


def ready(checkout, *targets):
    done = checkout.snakemake(*targets)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_only_a_new_picture_or_setting_prepares_the_folder_again(checkout):
    said = ready(checkout, "data")
    assert "birds: 100 pictures of the folder pictures taken, 0 left out" in said
    folder = checkout / "results/datasets/birds"
    assert np.load(folder / "train_images.npy").shape[1:] == (64, 64, 3)
    assert (folder / "preview.png").is_file()
    assert checkout.jobs("data") == {}

    for path in (checkout / "pictures").rglob("*"):
        os.utime(path, (1, 1))
    (checkout / "pictures/barn/.DS_Store").touch()
    assert checkout.jobs("data") == {}, "times and hidden files do not count"
    (checkout / "pictures").rename(checkout / "elsewhere")
    assert checkout.jobs("data") == {}, "what is prepared stays where the folder is gone"
    (checkout / "pictures").mkdir()
    assert checkout.jobs("data") == {}, "nor where the disk is not mounted"
    checkout.study.write_text(STUDY.replace("path: pictures", "path: pictures, filter: box"))
    for how in ("--dry-run", "--rerun-incomplete"):
        done = checkout.snakemake("data", how)
        assert done.returncode == 1
        assert "/pictures has no picture (is its disk mounted?), and prepare_folder has to read it" in done.stdout
        assert (folder / "train_images.npy").is_file(), "nothing is deleted"
    (checkout / "pictures").rmdir()
    checkout.study.write_text(STUDY.replace("path: pictures", "path: elsewhere"))
    assert checkout.jobs("data") == {}, "nor does it matter where it lies"

    photograph(9000).save(checkout / "elsewhere/barn/one more.png")
    said = checkout.snakemake("data", "--dry-run").stdout
    assert job_counts(said) == {"prepare_folder": 1, "draw_preview": 1}
    assert "contents.files was 100, and is now 101" in said
    ready(checkout, "data")
    record = json.loads((folder / "dataset.json").read_text())
    assert record["files"]["taken"] == 101
    assert checkout.jobs("data") == {}

    checkout.study.write_text(STUDY.replace("path: pictures", "path: elsewhere, fit: pad"))
    assert checkout.jobs("data") == {"prepare_folder": 1, "draw_preview": 1}


def test_the_report_lists_the_damaged_files_of_a_folder(checkout):
    damage(checkout / "pictures")
    ready(checkout)
    page = (checkout / "results/tiny/report.html").read_text()
    kinds = (KINDS[kind].words for kind in ("damaged", "outside_link"))
    for said in (*kinds, "hundred megapixels.png"):
        assert said in page
        assert said in (checkout / "results/tiny/dcgan/seed-0/report.html").read_text()
    with np.load(checkout / "results/tiny/dcgan/seed-0/samples.npz") as samples:
        assert samples["images"].shape == (50, 64, 64, 3)
    assert "files.tsv" in (checkout / "results/tiny/manifest.json").read_text()
    assert checkout.jobs() == {}


def test_a_folder_without_classes_cannot_train_a_classifier_as_judge(checkout):
    for i, file in enumerate(sorted((checkout / "pictures").glob("*/*"))):
        file.rename(checkout / "pictures" / f"{i}{file.suffix}")
    for folder in ("barn", "field", "river", "tower"):
        (checkout / "pictures" / folder).rmdir()
    done = checkout.snakemake("data")
    assert done.returncode == 1
    assert "tiny.yaml: judge: 'tiny_judge' learns to tell the dataset's classes apart, and there is only one, as " in (
        done.stdout
    )
    checkout.study.write_text(STUDY[: STUDY.index("judge: tiny_judge")] + "judge: inception\n")
    ready(checkout, "data")
    assert json.loads((checkout / "results/datasets/birds/dataset.json").read_text())["classes"] == ["all images"]


def test_an_interrupted_preparation_leaves_no_files_and_can_be_repeated(checkout):
    for number in range(60):  # large enough to be at work for a while
        picture = photograph(number, 200, 200).resize((1500, 1500), Image.Resampling.NEAREST)
        picture.save(checkout / "pictures/barn" / f"large {number}.png", compress_level=1)
    running = checkout.start("data")
    folder = checkout / "results/datasets/birds"
    try:
        deadline = time.monotonic() + PATIENCE
        while not list(folder.glob(".preparing-*/pixels.npy")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        children = psutil.Process(running.pid).children(recursive=True)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(60) != 0
        psutil.wait_procs(children, timeout=10)
        assert not [each for each in children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        assert [path.name for path in folder.iterdir()] == [".contents.json"]
    finally:
        running.kill()
    ready(checkout, "data", "--rerun-incomplete")
    assert json.loads((folder / "dataset.json").read_text())["files"]["taken"] == 160
    shutil.rmtree(folder)


def test_every_source_that_is_out_of_reach_is_named_before_any_job(tmp_path):
    for file in ("archive.tar.gz", "judge.tgz"):
        (tmp_path / file).touch()
    (tmp_path / "theirs").mkdir()
    done = Checkout(tmp_path, ARCHIVES).snakemake("--dry-run")
    assert done.returncode == 1
    *_, first, second, third, last = done.stdout.splitlines()
    assert first == f"{tmp_path}/archive.tar.gz is empty, and download has to read it."
    assert second == f"{tmp_path}/judge.tgz is empty, and fetch_judge has to read it."
    assert third == f"{tmp_path}/theirs has no picture (is its disk mounted?), and import_samples has to read it."
    assert last.startswith("Nothing has been run or deleted.")


def test_a_zip_is_prepared_in_place_and_previewed(checkout):
    def pack(*more):
        with zipfile.ZipFile(checkout / "birds.zip", "w") as archive:
            for file in [*sorted((checkout / "pictures").rglob("*.*")), *more]:
                archive.write(file, f"birds/{file.relative_to(checkout / 'pictures')}")

    pack()
    checkout.study.write_text(STUDY.replace("path: pictures", "path: birds.zip"))
    said = ready(checkout, "preview")
    assert "birds: 100 pictures of the folder birds.zip taken, 0 left out" in said
    page = (checkout / "results/datasets/birds/preview.html").read_text()
    assert page.count('<div class="whole"><img') >= MOST_PICTURES, "no originals"
    pack()
    assert checkout.jobs("preview") == {}, "packing again changes nothing"
    (checkout / "birds.zip").unlink()
    assert checkout.jobs("preview") == {}, "what is prepared stays where the zip is gone"
    photograph(9000).save(checkout / "pictures/barn/one more.png")
    pack()
    assert checkout.jobs("preview") == {"prepare_folder": 1, "write_preview": 1}
