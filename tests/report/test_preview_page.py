"""The page that shows a dataset before anything is trained."""

import re

import numpy as np
import pytest
from helpers.page_text import in_language, rows_of, text_of
from helpers.photographs import photograph
from helpers.rendered_pages import NOTEBOOKS
from scripts.prepare_folder import prepare_folder
from scripts.write_preview import write_preview

from easel.config.datasets import Folder
from easel.data.folder.tables import read_files, read_near_duplicates
from easel.data.prepared import Split, describe, write
from easel.report import preview_page
from easel.runtime.files import read_json

ARRAYS = [f"{split}_{kind}" for split in ("train", "test") for kind in ("images", "labels")]


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """A folder of 80 pictures with faults, and its prepared dataset; the folder, and the settings."""
    root = tmp_path_factory.mktemp("preview")
    for i in range(80):
        file = root / "pictures" / ("finch", "tit <b>")[i % 2] / f"{i:02}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        photograph(i, 120, 60).save(file)
        if i < 20:
            photograph(i, 120, 60).save(file.with_name(f"{i:02} again.jpg"), quality=60)
    for i in range(7):
        (root / "pictures" / "finch" / f"broken {i}.png").write_bytes(b"\x89PNG")
    settings = Folder(format="folder", path=str(root / "pictures"), test_fraction=0.3, fit="random_crop").model_dump()
    results = root / "results"
    arrays = {name: results / f"{name}.npy" for name in ARRAYS}
    prepare_folder(
        root / "pictures", **arrays, files=results / "files.tsv", near_duplicates=results / "near_duplicates.tsv",
        dataset=results / "dataset.json", name="birds", settings=settings, processes=2,
    )  # fmt: skip
    return results, root / "pictures", settings


def page_of(birds, folder=None):
    results, pictures, settings = birds
    write_preview(
        results / "dataset.json", results / "preview.html", NOTEBOOKS / "template", results / "files.tsv",
        results / "near_duplicates.tsv", folder or pictures, settings, processes=2,
    )  # fmt: skip
    return (results / "preview.html").read_text()


def test_the_tables_that_preparing_writes_can_be_read(birds):
    results, _, _ = birds
    files, near = read_files(results / "files.tsv"), read_near_duplicates(results / "near_duplicates.tsv")
    broken = [file for file in files if file.problems == ["damaged"]]
    assert [(file.name, file.split, file.row, file.size, file.crop) for file in broken] == [
        (f"finch/broken {i}.png", "", None, None, ()) for i in range(7)
    ]
    taken = [file for file in files if file.split]
    assert len(taken) == 100
    assert all(file.size == (120, 60) for file in taken)
    assert all(file.crop[2] - file.crop[0] == pytest.approx(0.5, abs=1e-3) for file in taken)
    assert len(near) == 20


def test_a_page_shows_crops_counts_what_was_left_out_and_what_leaks(birds):
    html = page_of(birds)
    record, near = read_json(birds[0] / "dataset.json"), read_near_duplicates(birds[0] / "near_duplicates.tsv")
    assert len(re.findall(r'<div class="whole"><img', html)) == preview_page.MOST_PICTURES + 2 * preview_page.MOST_PAIRS
    assert html.count('class="exact"') == preview_page.MOST_PICTURES
    assert html.count('<span style="left: ') == preview_page.MOST_PICTURES
    text = text_of(in_language(html, "en"))
    across = sum(pair.split != pair.other_split for pair in near)
    assert across > 1
    assert f"{across} pairs of a training and a test picture look alike." in text
    assert "near_duplicates.tsv has 11 more pairs." in text
    assert "finch/broken 4.png" in text
    assert "finch/broken 6.png" in text
    assert "2 more" in text
    train = record["splits"]["train"]["images"]
    assert f"training{train}images of 32 × 32 pixels" in text
    assert "tit &lt;b&gt;" in html
    assert "<b>" not in html


def test_a_page_without_its_pictures_shows_the_images(birds, tmp_path):
    html = page_of(birds, folder=tmp_path / "gone")
    assert "The pictures themselves are out of reach now" in html
    assert html.count('class="exact"') == preview_page.MOST_PICTURES
    assert '<div class="whole">' not in html


def test_pictures_are_of_every_class_in_turn_and_of_large_images_fewer(birds):
    results, _, _ = birds
    labels = {split: np.load(results / f"{split}_labels.npy") for split in ("train", "test")}
    record = read_json(results / "dataset.json")

    def shown(side):
        splits = {split: Split(np.zeros((0, side, side, 3), np.uint8), labels[split]) for split in labels}
        dataset = {**record, "image_shape": [side, side, 3]}
        return preview_page.chosen(preview_page.Preview(dataset, splits, read_files(results / "files.tsv")))

    small, large = shown(32), shown(256)
    assert preview_page.FEWEST_PICTURES <= len(large) < len(small) == preview_page.MOST_PICTURES
    assert [int(labels[file.split][file.row]) for file in small] == [0, 1] * (len(small) // 2)
    assert len({file.name for file in small}) == len(small)


def test_a_dataset_that_is_no_folder_shows_images_of_each_class(tmp_path):
    rng = np.random.default_rng(0)
    classes = [f"class {i}" for i in range(70)]
    splits = {
        split: Split(rng.integers(0, 256, (140, 32, 32, 3), np.uint8), np.arange(140) % 70)
        for split in ("train", "test")
    }
    arrays = {
        tmp_path / f"{split}_{kind}.npy": array
        for split, found in splits.items()
        for kind, array in zip(("images", "labels"), found, strict=True)
    }
    write(tmp_path / "dataset.json", describe("many", "shapes", {"kind": "shapes", "seed": 0}, classes, splits), arrays)
    write_preview(tmp_path / "dataset.json", tmp_path / "preview.html", NOTEBOOKS / "template")
    html = (tmp_path / "preview.html").read_text()
    assert html.count('class="exact"') == preview_page.MOST_PICTURES
    text = text_of(in_language(html, "en"))
    assert "Left out" not in text
    assert "Near duplicates" not in text
    table = preview_page.class_table(read_json(tmp_path / "dataset.json"))
    assert rows_of(table)[-1][:3] == ["10 more classes", "20", "20"]
