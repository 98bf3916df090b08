"""Pictures of one's own in the latent space of a run, through the real Snakemake."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.page_text import text_of
from helpers.tiny_study import TINY, Checkout
from PIL import Image

PROJECT = "project: [photo.png, holiday/other.jpg], "
PAGES = {"report_run": 2, "report_study": 1, "write_manifest": 1}
OUTPUTS = ("projection.json", "projection.npz", "projection.png")
HEADING = "Projected pictures"


def with_pictures(study: str) -> str:
    """The study whose runs dcgan and vae project two pictures."""
    for run in ("dcgan", "vae"):
        study = study.replace(f"{{preset: {run}, ", f"{{preset: {run}, {PROJECT}")
    return study


def paint(file: Path, colour: tuple[int, int, int]) -> None:
    """Write a picture of one colour and a white corner."""
    file.parent.mkdir(exist_ok=True)
    image = Image.new("RGB", (60, 40), colour)
    image.paste((255, 255, 255), (10, 0, 25, 20))
    image.save(file)


def folder_of(checkout: Checkout, run: str) -> Path:
    return checkout / f"results/tiny/{run}/seed-0"


@pytest.fixture(scope="module")
def projected(finished, tmp_path_factory) -> Checkout:
    """The finished study, which then is asked for two pictures."""
    checkout = finished.copy(tmp_path_factory.mktemp("projected") / "tiny")
    paint(checkout / "photo.png", (200, 30, 30))
    paint(checkout / "holiday/other.jpg", (30, 30, 200))
    checkout.study.write_text(with_pictures(TINY))
    assert checkout.jobs() == {"project": 2, **PAGES}
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    assert checkout.jobs() == {}
    return checkout


@pytest.mark.parametrize(("run", "by"), [("dcgan", "search"), ("vae", "encoder")])
def test_a_page_shows_each_picture_and_its_projection(projected, run, by):
    folder = folder_of(projected, run)
    record = json.loads((folder / "projection.json").read_text())
    assert record["by"] == by
    assert [picture["name"] for picture in record["pictures"]] == ["photo.png", "other.jpg"]
    with np.load(folder / "projection.npz") as arrays:
        assert arrays["latents"].shape == (2, 8)
        assert arrays["walks"].shape == (1, 8, 32, 32, 3)
        np.testing.assert_allclose(arrays["pictures"][0, 20, 28], (200, 30, 30), atol=2)
    if by == "search":
        assert all(picture["rmse"] <= picture["nearest_sample"] + 0.5 for picture in record["pictures"])
    said = text_of((folder / "report.html").read_text())
    assert HEADING in said
    assert "photo.png" in said


def test_a_run_without_pictures_has_none_on_its_page(projected):
    folder = folder_of(projected, "vae_gan")
    assert not (folder / "projection.json").exists()
    assert HEADING not in text_of((folder / "report.html").read_text())


def test_the_manifest_lists_the_projections(projected):
    manifest = (projected / "results/tiny/manifest.json").read_text()
    assert all(f"vae/seed-0/{name}" in manifest for name in OUTPUTS)
    assert '"photo.png"' in manifest
    pages = [folder_of(projected, "vae") / name for name in ("projection.json", "report.html")]
    for text in (manifest, *(page.read_text() for page in pages)):
        assert str(projected / "photo.png") not in text, "where a photograph lies is nobody's business"


def test_another_picture_is_projected_again_and_nothing_else(projected, tmp_path):
    checkout = projected.copy(tmp_path / "tiny")
    assert checkout.jobs() == {}, "pictures that were moved are the same"
    paint(checkout / "photo.png", (10, 200, 10))
    assert checkout.jobs() == {"project": 2, **PAGES}


def test_a_picture_that_is_gone_stops_nothing_until_it_is_needed(projected, tmp_path):
    checkout = projected.copy(tmp_path / "tiny")
    assert checkout.jobs() == {}
    (checkout / "photo.png").unlink()
    assert checkout.jobs() == {}
    files = {path: path.read_bytes() for run in ("dcgan", "vae") for path in folder_of(checkout, run).glob("*.*")}
    done = checkout.snakemake("--forcerun", "project")
    assert done.returncode != 0
    assert f"{checkout / 'photo.png'} does not exist, and project has to read it." in done.stdout
    assert "Nothing has been run or deleted." in done.stdout
    assert {path: path.read_bytes() for path in files} == files


def test_pictures_that_are_asked_for_no_more_leave_the_page(projected, tmp_path):
    checkout = projected.copy(tmp_path / "tiny")
    checkout.study.write_text(TINY)
    assert checkout.jobs() == PAGES
    done = checkout.snakemake("results/tiny/vae/seed-0/report.html")
    assert done.returncode == 0, done.stdout
    assert HEADING not in text_of((folder_of(checkout, "vae") / "report.html").read_text())
