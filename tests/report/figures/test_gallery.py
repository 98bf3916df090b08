"""The opening of a study's page: samples side by side, the best first, within the space that a page has."""

import re
import shutil

import numpy as np
import pytest
from helpers.altered_results import conditional_run
from helpers.fake_results import write_study
from helpers.page_text import in_language, text_of

from easel.evaluation.comparison import summary
from easel.images import grid, save_png
from easel.report import cells as report
from easel.report.figures import gallery
from easel.runtime.files import read_json, write_json


def names(html: str) -> list[str]:
    return [text_of(name) for name in re.findall(r"<h2>(.*?)</h2>", in_language(html))]


def cards(html: str) -> list[str]:
    return [text_of(caption) for caption in re.findall(r"<figcaption>(.*?)</figcaption>", in_language(html))]


def test_runs_are_side_by_side_with_real_images_the_best_first(study):
    got = report.study_gallery(study)
    assert names(got) == ["dcgan", "vae_gan", "vae", "Real images"]
    assert re.findall(r' alt="(.*?)"', got) == [
        "Samples of dcgan", "Samples of vae_gan", "Samples of vae", "Training images of shapes"
    ]  # fmt: skip
    assert got.startswith("<div")
    assert re.findall(r'href="([^"]+)"', got)[0] == "dcgan/seed-0/report.html"


def test_a_card_has_the_score_and_a_sentence_and_the_note_says_how_it_was_computed(study):
    got = report.study_gallery(study)
    assert cards(got)[0].startswith(
        "FID 42 ± 8Deep convolutional GAN with batch normalisation in both networks, trained"
    )
    assert cards(got)[3] == "FID 2.1 ± 0.1 (test images)Training images of shapes."
    assert "lower is better (judge classifier, 2,000 samples)." in text_of(got)


def test_several_judges_are_named_in_every_card(tmp_path):
    study = report.read_study(write_study(tmp_path, judges=("inception", "classifier")))
    got = report.study_gallery(study)
    assert cards(got)[0].startswith("FID 28.8 ± 1.1 judge inceptionFID 41.2 ± 1.6 judge classifierDeep")
    assert [card.count("judge") for card in cards(got)] == [2] * 4
    assert "(judge inception, 2,000 samples; judge classifier, 2,000 samples)" in text_of(got)


def test_cards_say_what_collapsed_and_when(study):
    dcgan, vae_gan, vae, _ = cards(report.study_gallery(study))
    assert "1 of 2 seeds collapsed in epoch 1.3 (seed 1: discriminator won, recovered)." in dcgan
    assert "1 of 2 seeds collapsed in epoch 2.9 (seed 0: samples nearly identical, until the end)." in vae_gan
    assert "Seed 0, shown here, collapsed in epoch 2.9." in vae_gan
    assert "shown here" not in dcgan
    assert "ollapsed" not in vae


def test_rows_of_a_conditional_run_are_of_a_class_each(study, run, tmp_path):
    told = conditional_run(run, tmp_path / "told")
    write_json(study.run_folder("vae_gan", 0) / "train.json", told.training)
    study.runs[2]["seeds"][0]["samples"] = told.metrics_record["samples"]
    try:
        assert "Rows from the top: disc, ring, square, triangle and star." in cards(report.study_gallery(study))[1]
        assert "Rows from the top: cross, heart, moon, hexagon and arrow." in cards(report.more_samples(study))[0]
    finally:
        write_json(study.run_folder("vae_gan", 0) / "train.json", run.training)


def test_more_samples_are_the_next_rows(study, monkeypatch):
    taken = []
    monkeypatch.setattr(gallery, "sheet_image", lambda pixels, *_: taken.append(pixels) or gallery.element("img"))
    report.study_gallery(study)
    report.more_samples(study)
    part = gallery.opening_part(study)
    whole = gallery.load_grid(study.run_folder("dcgan", 0) / "samples.png", (32, 32), part.columns)
    assert np.array_equal(taken[0], whole[: 5 * 34 - 2])
    assert np.array_equal(taken[4], whole[5 * 34 :])


def test_a_run_without_samples_still_has_a_card(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "dcgan", "b": "vae"}))
    (study.run_folder("b", 0) / "samples.png").unlink()
    for file in study.dataset_folder.glob("train_*.npy"):
        file.unlink()
    got = report.study_gallery(study)
    assert names(got) == ["a", "b"]
    assert got.count("<img") == 1


def test_runs_that_were_not_judged_keep_their_order(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"b": "vae", "a": "dcgan"}, judges=()))
    got = report.study_gallery(study)
    assert names(got) == ["b", "a", "Real images"]
    assert "FID" not in text_of(got)


def test_of_many_runs_the_best_are_shown_and_the_others_folded(tmp_path):
    one = report.read_study(write_study(tmp_path, runs={"run0": "dcgan"}))
    runs = [one.runs[0] | {"run": f"run{i}"} for i in range(30)]
    for i, run in enumerate(runs):
        rows = [row | {"value": row["value"] + 30 - i} for row in run["seeds"][0]["metrics"]]
        run["seeds"] = [run["seeds"][0] | {"metrics": rows}]
        if i:
            shutil.copytree(one.run_folder("run0", 0), one.run_folder(run["run"], 0))
    one.comparison.update(runs=runs, summary=summary(runs))
    shown, folded = report.study_gallery(one).split("<details>")
    assert names(shown) == [f"run{i}" for i in range(29, 22, -1)] + ["Real images"]
    inside = folded.split("</details>")[0]
    assert names(inside) == [f"run{i}" for i in range(22, -1, -1)]
    assert text_of(inside).startswith("23 further runs")


@pytest.mark.parametrize(("runs", "part"), [(1, (10, 0, 5)), (9, (6, 0, 5)), (30, (3, 0, 4)), (96, (2, 0, 2))])
def test_many_runs_show_fewer_samples_each(study, runs, part):
    """So that the page stays small, even if what they draw is noise."""
    study.comparison["runs"] = [study.runs[0] | {"run": f"run{i}"} for i in range(runs)]
    assert gallery.opening_part(study) == part
    noise = np.random.default_rng(0).integers(0, 256, (100, 32, 32, 3), np.uint8)
    save_png(study.folder / "noise.png", grid(noise, 10))
    sheet = gallery.load_grid(study.folder / "noise.png", (32, 32), part[0], part[2])
    assert runs * len(gallery.sheet_image(sheet, "", (32, 32))) < 1.2 * gallery.GALLERY_BYTES


def test_a_record_without_training_is_external(study):
    made = {"run": "theirs", "path": "/theirs", "description": "", "seeds": [study.runs[0]["seeds"][0]]}
    made["seeds"] = [made["seeds"][0] | {"samples": {"found": 5, "caveats": []}}]
    study.comparison.update(external=[made])
    assert "theirs" in names(report.study_gallery(study))
    assert read_json(study.folder / "comparison.json")["external"] == []
