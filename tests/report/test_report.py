"""Figures, tables and sentences: the right lines, labels and numbers, from full and from scant results."""

import json
import math
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from helpers.fake_results import train_record, write_dataset, write_study
from helpers.page_text import in_language, rows_of

from easel import report
from easel.images import grid, save_png
from easel.report.figures import image_grids, samples
from easel.report.load import RunResults
from easel.report.page import numbers, sampling_notes
from easel.report.page.html import Html, element, sort_value, table, tiles
from easel.report.tables import collapse_notice as plots_collapse


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> report.read_study:
    return report.read_study(write_study(tmp_path_factory.mktemp("results"), seeds=(0, 1)))


@pytest.fixture(scope="module")
def run(study):
    return report.read_run(study.folder / "vae_gan" / "seed-0", study.dataset_folder)


# --- html ----------------------------------------------------------------------------------------------


def test_an_element_escapes_text_and_attributes_but_not_markup():
    got = element("a", "a < b", Html("<b>c</b>"), None, href='x"y', class_="k", data_label=None)
    assert got == '<a href="x&quot;y" class="k">a &lt; b<b>c</b></a>'


def test_every_cell_of_a_table_knows_its_column():
    cells = re.findall(r'<td data-label="(\w+)">(\d)</td>', table(["", "fid", "images"], [["a", 1, 2], ["b", 3, 4]]))
    assert cells == [("fid", "1"), ("images", "2"), ("fid", "3"), ("images", "4")]


def test_a_zero_in_a_table_is_shown():
    assert '<td data-label="resumed">0</td>' in table(["", "resumed"], [["a", 0]])


def test_a_table_that_can_be_sorted_says_so_and_a_cell_by_what():
    got = table(["", "time"], [["a", sort_value("1 h 2 min", 3720)]], sortable=True)
    assert '<table data-sortable="">' in got
    assert '<span data-value="3720">1 h 2 min</span>' in got
    assert "data-sortable" not in table(["", "time"], [["a", 1]])


def test_tiles_hold_name_value_and_note():
    assert "<div>FID</div><strong>41</strong><div>lower &lt; better</div>" in tiles([("FID", "41", "lower < better")])


# --- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (numbers.format_duration(0.43), "0.4 s"),
        (numbers.format_duration(22.7), "23 s"),
        (numbers.format_duration(59.7), "1 min"),
        (numbers.format_duration(61.2), "1 min 1 s"),
        (numbers.format_duration(3725), "1 h 2 min"),
        (numbers.format_duration(90000), "1 d 1 h"),
        (numbers.format_large_number(512), "512"),
        (numbers.format_large_number(9_999), "9,999"),
        (numbers.format_large_number(42_100), "42.1 k"),
        (numbers.format_large_number(999_999), "1 M"),
        (numbers.format_large_number(3_576_704), "3.58 M"),
        (numbers.format_epoch(3.07), "3.1"),
        (numbers.format_epoch(0.046), "0.05"),
        (numbers.format_epoch(150.0), "150"),
        (numbers.plural(1, "epoch"), "1 epoch"),
        (numbers.plural(0.5, "epoch"), "0.5 epochs"),
        (numbers.plural(3.0016, "epoch"), "3 epochs"),
        (numbers.plural(0.9984, "epoch"), "1 epoch"),
        (numbers.plural(10_000, "image"), "10,000 images"),
        (numbers.format_value(41.23, 0.83), "41.2 ± 0.8"),
        (numbers.format_value(312.52, 1.13), "312.5 ± 1.1"),
        (numbers.format_value(1234.5, 25), "1,234 ± 25"),
        (numbers.format_value(0.0123, 0.00097), "0.0123 ± 0.0010"),
        (numbers.format_value(5.0), "5"),
        (numbers.format_value(5.0, 0.0), "5"),
        (numbers.format_value(math.nan, 1.0), "not a number"),
        (numbers.joined_with_and(["a", "b", "c"]), "a, b and c"),
        (numbers.joined_with_and([]), ""),
        (numbers.format_device({"kind": "cpu", "name": "Zen", "threads": 2}), "2 threads of Zen"),
        (numbers.format_device({"kind": "gpu", "name": "H200", "threads": 16}), "H200"),
    ],
)
def test_numbers_as_people_read_them(got, wanted):
    assert got.replace(numbers.NBSP, " ") == wanted


# --- pictures ------------------------------------------------------------------------------------------


def test_gaps_are_transparent_and_images_are_not():
    images = np.full((4, 6, 8, 3), 255, np.uint8)
    alpha = image_grids.with_transparent_gaps(grid(images, 2), (6, 8))[..., 3]
    assert alpha[:6, :8].min() == 255
    assert alpha[8:, 10:].min() == 255
    assert alpha[6:8].max() == 0
    assert alpha[:, 8:10].max() == 0


def test_a_grid_is_cropped_to_whole_images():
    sheet = grid(np.zeros((64, 6, 8, 3), np.uint8), 8)
    assert image_grids.crop_grid(sheet, (6, 8), 4, 3).shape == (3 * 8 - 2, 4 * 10 - 2, 3)
    assert image_grids.crop_grid(sheet, (6, 8), None, None).shape == sheet.shape


def test_rows_that_belong_together_are_parted_from_the_next():
    sheet = image_grids.with_transparent_gaps(grid(np.zeros((8, 6, 8, 3), np.uint8), 2), (6, 8))
    got = image_grids.with_row_gaps(sheet, 2 * 8)[..., 3]
    assert len(got) == len(sheet) + 3 * 2
    assert [int(row) for row in got[:, 0] > 0] == [1] * 6 + [0] * 2 + [1] * 6 + [0] * 8 + [1] * 6 + [0] * 2 + [1] * 6


def test_a_picture_is_embedded_with_its_alternative_text_and_sharp_pixels(tmp_path):
    save_png(tmp_path / "a.png", np.zeros((6, 8, 3), np.uint8))
    got = image_grids.picture(tmp_path / "a.png", "black", "nothing at all")
    assert 'src="data:image/png;base64,' in got
    assert 'alt="black" width="16" height="12"' in got
    assert "image-rendering: pixelated" in got
    assert "<figcaption>nothing at all</figcaption>" in got


@pytest.mark.parametrize("name", ["samples", "nearest"])
def test_noise_of_large_images_is_cut_to_the_rows_that_there_is_room_for(run, tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 256, (100, 64, 64, 3), np.uint8)
    save_png(tmp_path / f"{name}.png", grid(noise, 10))
    large = replace(run, folder=tmp_path, dataset=run.dataset | {"image_shape": [64, 64, 3]})
    got = report.run_picture(large, name)
    assert 0.7 * samples.GRID_BYTES < len(got) <= samples.GRID_BYTES
    assert (", 10 × 5" in got) == (name == "samples")
    height = 5 * 66 - 2 if name == "samples" else 4 * 66 - 2 + 6  # whole pairs, parted
    assert f'height="{2 * height}"' in got


def test_a_missing_picture_is_nothing(tmp_path):
    assert image_grids.picture(tmp_path / "a.png", "black") is None
    assert report.training_examples(tmp_path, {"classes": ["a"], "name": "dots", "source": "drawn"}) is None


def test_examples_are_of_their_class(tmp_path):
    images = np.repeat(np.arange(6, dtype=np.uint8) * 40, 4 * 4 * 3).reshape(6, 4, 4, 3)
    np.save(tmp_path / "train_images.npy", images)
    np.save(tmp_path / "train_labels.npy", np.array([0, 1, 0, 1, 0, 0]))
    got = report.training_examples(tmp_path, {"classes": ["even", "odd", "never"]})
    assert re.findall(r' alt="([^"]+)"', got) == ["4 training images of class even", "2 training images of class odd"]


def test_many_classes_or_large_images_show_fewer_examples(tmp_path):
    np.save(tmp_path / "train_images.npy", np.zeros((200, 64, 64, 3), np.uint8))
    np.save(tmp_path / "train_labels.npy", np.arange(200) % 10)
    got = report.training_examples(tmp_path, {"classes": [f"class {i}" for i in range(10)]})
    assert set(re.findall(r' alt="(\d+) training', got)) == {"4"}


def test_without_the_arrays_the_preview_stands_for_them(tmp_path):
    save_png(tmp_path / "preview.png", np.zeros((6, 8, 3), np.uint8))
    got = report.training_examples(tmp_path, {"classes": ["a"], "name": "dots", "source": "drawn"})
    assert 'alt="Training images of dots"' in got
    assert "drawn</figcaption>" in got


def test_samples_stand_by_class_as_the_judge_sees_them(run):
    got = report.samples_by_class(run)
    assert re.findall(r'<th scope="row">(\w+)</th>', got) == run.dataset["classes"]
    assert re.findall(r' alt="(\d+) samples? classified as (\w+)"', got)[0] == ("9", "disc")
    assert got.count("<img") == 9
    assert "none" in got.split('<th scope="row">arrow</th>')[1]


def test_without_a_judge_of_classes_or_the_samples_no_class_is_shown(run, tmp_path):
    assert report.samples_by_class(replace(run, judged={})) is None
    assert report.samples_by_class(replace(run, folder=tmp_path)) is None
    older = [{name: value for name, value in each.items() if name != "first"} for each in run.judged["classes"]]
    assert report.samples_by_class(replace(run, judged={"classes": older})) is None


def told_classes(run, folder, **sampling) -> RunResults:
    """A run as if its networks had been told classes, which its samples have in turn."""
    shutil.copytree(run.folder, folder)
    with np.load(folder / "samples.npz") as arrays:
        images = arrays["images"]
    labels = np.arange(len(images)) % 10 if "label" not in sampling else np.full(len(images), 3)
    np.savez(folder / "samples.npz", images=images, labels=labels)
    classes = {"names": run.dataset["classes"], "images": [1000] * 10}
    samples = {**run.judged["samples"], "sampling": {"truncation": None, "label": None, "seed": 0} | sampling}
    training, judged = run.training | {"classes": classes}, run.judged | {"samples": samples}
    return replace(run, folder=folder, training=training, judged=judged)


def test_samples_stand_by_class_as_they_were_asked_for(run, tmp_path):
    got = report.samples_by_class(told_classes(run, tmp_path / "told"))
    assert re.findall(r'<th scope="row">(\w+)</th>', got) == 2 * run.dataset["classes"]
    assert re.findall(r' alt="(\d+) samples? of the requested class (\w+)"', got)[3] == ("10", "triangle")
    assert "each requested class" in said_by(got)
    one = report.samples_by_class(told_classes(run, tmp_path / "one", label="triangle"))
    assert re.findall(r'<th scope="row">(\w+)</th>', one)[:2] == ["triangle", "disc"]


def test_rows_of_pictures_are_named_by_their_classes(run, tmp_path):
    told = told_classes(run, tmp_path / "told", truncation=0.7)
    names = run.dataset["classes"]
    got = said_by(report.run_picture(told, "samples"))
    assert got == f"Sampling: truncation 0.7. Rows from the top: {', '.join(names[:9])} and {names[9]}."
    rows = said_by(report.run_picture(told, "interpolation"))
    assert rows.endswith(f"Rows from the top: {', '.join(names[:7])} and {names[7]}.")
    assert said_by(report.latent_plane(told)).endswith("All samples are of class disc.")
    assert said_by(report.filmstrip(told)).endswith("Rows from the top: disc, ring, square and triangle.")
    assert "Rows" not in said_by(report.run_picture(run, "samples"))


def test_of_one_class_that_is_all_there_is_to_say(run, tmp_path):
    told = told_classes(run, tmp_path / "told", label="triangle")
    assert said_by(report.run_picture(told, "samples")) == "All samples are of class triangle."
    assert said_by(report.latent_plane(told)).endswith("All samples are of class triangle.")


def test_fewer_classes_than_rows_come_in_turn():
    assert sampling_notes.classes_of_rows(["a", "b"], 10) == "Rows from the top, repeating: a and b."
    assert sampling_notes.classes_of_rows([], 10) is None


def test_a_folders_files_are_accounted_for():
    assert report.file_problems({"classes": []}) is None
    whole = report.file_problems({"files": {"taken": 2000, "left_out": 0, "problems": []}})
    assert said_by(whole) == "2,000 pictures used from the folder, 0 files skipped."
    names = [f"<{i}>.png" for i in range(10)]
    problems = [
        {"kind": "damaged", "taken": False, "count": 1234, "files": names},
        {"kind": "grey", "taken": True, "count": 2, "files": names[:2]},
    ]
    found = report.file_problems({"files": {"taken": 1, "left_out": 1234, "problems": problems}})
    assert rows_of(found) == [
        ["damaged or truncated", "1,234", "&lt;0&gt;.png, &lt;1&gt;.png, &lt;2&gt;.png, …"],
        ["grey: the same in all three channels", "2", "&lt;0&gt;.png, &lt;1&gt;.png"],
    ]
    assert said_by(found).startswith("1 picture used from the folder, 1,234 files skipped. See files.tsv")


# --- tables ---------------------------------------------------------------------------------------------


# --- collapse ------------------------------------------------------------------------------------------


def collapsed_run(run: RunResults, family: str = "gan", settings: dict | None = None, **entry: object) -> RunResults:
    """The run as if it were of another family and had collapsed as the entry says."""
    known = {"kind": "diversity", "first_step": 1200, "first_epoch": 3.07, "rows": 14, "of_rows": 40}
    found = {**known, "at_end": True, "stopped": False, **entry}
    kept = {"learning_rate": 0.0002, "epochs": 4, "batch_size": 128}
    training = {**run.training, "collapse": found, "settings": {**kept, "family": family, **(settings or {})}}
    return replace(run, training=training)


def said_by(html: str) -> str:
    """A page's text without markup."""
    return re.sub(r"<[^>]+>", "", in_language(html)).replace(numbers.NBSP, " ")


def test_a_notice_follows_the_head_of_a_run_that_collapsed(run):
    got = report.run_header(run)
    assert re.search(r'</header><aside role="note" aria-label="[^"]+"[^>]* class="notice">', got)
    collapse = run.training["collapse"]
    for said in (
        "Mode collapse: samples are nearly identical",
        f"From step {collapse['first_step']} (epoch 2.9) on",
        f"{collapse['rows']} of 60 logged rows count as collapsed",
        "did not recover",
        "snapshots/step-000157.keras (epoch 2)",
        "a lower learning_rate (currently 0.0002)",
        "a higher reconstruction_weight (currently 0.01)",
    ):
        assert said in said_by(got), said
    assert 'href="#training-curves"' in got


def test_a_run_that_did_not_collapse_or_does_not_know_has_no_notice(run):
    for training in (run.training | {"collapse": None}, {k: v for k, v in run.training.items() if k != "collapse"}):
        got = report.run_header(replace(run, training=training))
        assert "<aside" not in got
        assert "ollapse" not in got


def test_a_notice_tells_recovering_from_staying_and_from_being_stopped(run):
    recovered = said_by(report.run_header(collapsed_run(run, at_end=False)))
    assert "but the last one does not: the training recovered" in recovered
    assert "snapshot" not in recovered  # the end is no worse than what was before
    stopped = report.run_header(collapsed_run(run, stopped=True, settings={"epochs": 30}))
    assert "stopped there, after 4 of 30 epochs, because the study sets on_collapse: stop" in said_by(stopped)
    assert "recover" not in stopped


def test_only_a_snapshot_from_before_the_collapse_is_advised(run):
    assert "step-000079" in report.run_header(collapsed_run(run, first_step=100))
    assert "snapshots/" not in report.run_header(collapsed_run(run, first_step=79))


@pytest.mark.parametrize(
    ("kind", "family", "settings", "said"),
    [
        ("diversity", "gan", {}, ["Mode collapse", "a lower learning_rate (currently 0.0002)"]),
        (
            "diversity", "vae", {"beta": 2.5},
            ["Posterior collapse", "ignores its latents", "lower beta (currently 2.5)"],
        ),
        (
            "discriminator", "gan", {"discriminator_learning_rate": 0.0004, "n_dis": 1},
            ["The discriminator won", "By step 1,200 (epoch 3.1)",
             "lower discriminator_learning_rate (currently 0.0004)"],
        ),
        (
            "discriminator", "gan", {"discriminator_learning_rate": 0.0, "n_dis": 3},
            ["lower discriminator_learning_rate (currently 0.0002, from the learning rate)",
             "lower n_dis (currently 3)"],
        ),
        ("discriminator", "vae_gan", {"equilibrium": 0.68}, ["a higher equilibrium (currently 0.68)"]),
    ],
)  # fmt: skip
def test_a_notice_advises_what_fits_the_family(run, kind, family, settings, said):
    got = said_by(report.run_header(collapsed_run(run, family, settings, kind=kind)))
    for words_ in said:
        assert words_ in got, words_
    others = {"beta", "discriminator_learning_rate", "n_dis", "reconstruction_weight", "equilibrium"} - set(settings)
    assert not [name for name in others if name in got]
    assert ("n_dis" in got) == (settings.get("n_dis", 1) > 1)


def test_a_step_is_as_collapsed_as_the_newest_row_up_to_it(run):
    rows = {"step": np.array([10.0, 20, 30]), "epoch": np.array([1.0, 2, 3]), "collapsed": np.array([0.0, 1, 0])}
    short = replace(run, history=rows)
    assert [step for step in (0, 10, 19, 20, 29, 30, 40) if short.collapsed(step)] == [20, 29]


def test_a_study_says_which_seeds_collapsed_when_and_how_it_ended(study):
    sentences = re.findall(r"<li>(.*?)</li>", report.run_summaries(study))
    dcgan, vae, vae_gan = (said_by(each) for each in sentences)
    assert "1 of 2 seeds collapsed in epoch 1.3 (seed 1: discriminator won, recovered)." in dcgan
    assert "1 of 2 seeds collapsed in epoch 2.9 (seed 0: samples nearly identical, until the end)." in vae_gan
    assert "ollapsed" not in vae


def test_a_single_seed_that_collapsed_needs_no_number():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": True, "stopped": True}
    run = {"run": "a", "seeds": [{"seed": 7, "collapse": found}]}
    assert plots_collapse.seeds_sentence(run) == "Collapsed in epoch 3.1 (samples nearly identical, stopped early)."
    assert said_by(plots_collapse.name_with_mark(run)) == "a collapsed"
    assert plots_collapse.seeds_sentence({"run": "a", "seeds": [{"seed": 7}]}) is None


def test_several_seeds_that_collapsed_are_told_one_by_one():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": False, "stopped": False}
    seeds = [{"seed": seed, "collapse": found if seed else None} for seed in range(3)]
    got = plots_collapse.seeds_sentence({"run": "a", "seeds": seeds})
    assert got == (
        "2 of 3 seeds collapsed in epoch 3.1 (seed 1: samples nearly identical, recovered) "
        "and in epoch 3.1 (seed 2: samples nearly identical, recovered)."
    )
    assert (
        said_by(plots_collapse.name_with_mark({"run": "a", "seeds": seeds}))
        == "a collapsed and recovered (seeds 1 and 2)"
    )


def test_samples_of_a_collapsed_seed_say_so(study):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", report.samples_of_all_runs(study))
    assert ["seed 0, shown here, collapsed in epoch 2.9" in caption for caption in captions] == [False, False, True]


def test_a_seed_that_was_stopped_shows_in_the_epochs_and_costs(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "vae_gan"}, seeds=(0, 1)))
    assert "stopped" not in report.cost_table(study)
    first = study.runs[0]["seeds"][0]
    first["epochs"], first["collapse"]["stopped"] = 2.875, True
    assert "trained for 2.88 to 4 epochs" in said_by(report.run_summaries(study))
    got = report.cost_table(study)
    assert rows_of(got)[0][:2] == ["a", "2.88 to 4 epochs"]
    assert "A collapsed training was stopped early" in got


# --- summary -------------------------------------------------------------------------------------------


def test_the_title_says_what_was_trained_on_what_and_gives_the_key_numbers(run):
    got = report.run_header(run).replace(numbers.NBSP, " ")
    for said in (
        "vae_gan on shapes",
        "4 epochs on the 10,000 training images of shapes (32 × 32 pixels): 313 steps of 128 images each",
        "in 1 min 36 s on 2 threads of AMD EPYC",
        "63.9 ± 0.8",
        "judge classifier, 2,000 samples, reference: 10,000 training images",
        "in the decoder; 4.56 M in all networks",
        'href="../../report.html"',
    ):
        assert said in got, said


def test_settings_are_explained_by_the_configuration(run):
    rows = {row[0]: row[1:] for row in rows_of(report.settings_table(run))}
    assert rows["learning_rate"] == ["0.0002", "Adam&#x27;s learning rate."]
    assert rows["flip"][0] == "true"
    assert rows["flip"][1].startswith("Mirror each training image")


def test_provenance_tells_hardware_versions_and_fingerprints(run):
    rows = dict(rows_of(report.provenance_table(run)))
    assert rows["tensorflow version"] == "2.21.0"
    assert rows["resumed at step"] == "200"
    assert rows["fingerprint of the dataset"] == "5be0c2a94f7718d3"
    assert rows["scripts/train.py"] == "8d7c6b5a49382716"


def test_provenance_tells_how_the_steps_were_computed_where_it_is_known(run):
    rows = dict(rows_of(report.provenance_table(run)))
    assert rows["compiled with XLA"] == "no"
    assert rows["deterministic operations"] == "yes"
    assert rows["training images"] == "all in device memory"
    assert rows["replicas"] == "1"
    assert rows["time in training steps"] == "1 min 27 s (90 % of the training time)"
    more = run.training | {"xla": True, "deterministic": False, "images_held": "streamed", "replicas": 4}
    rows = dict(rows_of(report.provenance_table(replace(run, training=more))))
    assert rows["compiled with XLA"] == "yes"
    assert rows["deterministic operations"] == "no"
    assert rows["training images"] == "streamed to the device batch by batch"
    assert rows["replicas"] == "4, each with a part of every batch"
    new = ("xla", "deterministic", "images_held", "replicas", "seconds_in_steps")
    old = {name: value for name, value in run.training.items() if name not in new}
    rows = dict(rows_of(report.provenance_table(replace(run, training=old))))
    assert not {"compiled with XLA", "deterministic operations", "training images", "replicas"} & rows.keys()
    assert "time in training steps" not in rows


def test_names_from_a_study_file_are_text_and_not_markup(tmp_path):
    record = train_record("<b>bold</b>", "dcgan", 0, "q")
    (tmp_path / "train.json").write_text(json.dumps(record))
    write_dataset(tmp_path)
    got = report.run_header(report.read_run(tmp_path, tmp_path))
    assert "<b>" not in got
    assert "&lt;b&gt;bold" in got


def test_a_sentence_for_every_run_with_links_to_its_reports(study):
    got = report.run_summaries(study).replace(numbers.NBSP, " ")
    assert got.count("<li>") == 3
    assert re.findall(r'href="([^"]+)"', got)[:3] == [
        "dcgan/seed-0/report.html",
        "dcgan/seed-0/report.html",
        "dcgan/seed-1/report.html",
    ]
    assert "trained for 4 epochs in 1 min 2 s; FID 42 ± 8 (judge classifier, 2,000 samples)." in got


def test_the_samples_of_all_runs_stand_beside_each_other(study):
    got = report.samples_of_all_runs(study)
    assert re.findall(r"<h3>(\w+)</h3>", got) == ["dcgan", "vae", "vae_gan"]
    assert got.count("<img") == got.count(' alt="36 samples of') == 3


@pytest.mark.parametrize(("runs", "side"), [(16, 6), (17, 5), (60, 3), (146, 2)])
def test_many_runs_share_the_room_that_a_page_has(tmp_path, runs, side):
    """Even if what they draw is noise."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 32, 32, 3), np.uint8)
    save_png(tmp_path / "noise.png", grid(noise, 10))
    names = [f"run {i}" for i in range(runs)]
    wall = samples.gallery(dict.fromkeys(names, tmp_path / "noise.png"), dict.fromkeys(names), (32, 32))
    assert wall.count(f' alt="{side**2} samples of') == runs
    assert len(wall) < 1.2 * samples.GALLERY_BYTES


def test_costs_are_means_over_seeds_and_name_the_machine_once(study):
    got = report.cost_table(study)
    assert rows_of(got)[0] == ["dcgan", "4 epochs", "1 min 2 s", "2 min 3 s", "0.03 h", "649", "3.58 M", "4.24 M"]
    assert in_language(got).count("AMD EPYC") == 1
    study.runs[0]["seeds"][0]["precision"] = "float32"
    assert rows_of(report.cost_table(study))[0][-1] == "float32"
    assert numbers.mean([1.0, 3.0]) == 2.0
