"""Page headers: key numbers, and names as plain text."""

import json
from dataclasses import replace

from helpers.fake_results import train_record, write_dataset
from helpers.page_text import in_language, text_of

from easel.report import cells as report
from easel.report.page import numbers


def test_run_header_has_training_and_key_numbers(run):
    got = "".join([report.run_header(run), report.run_opening(run)]).replace(numbers.NBSP, " ")
    for said in (
        "vae_gan on shapes",
        "4 epochs on the 10,000 training images of shapes (32 × 32 pixels): 313 steps of 128 images each",
        "in 1 min 36 s on 2 threads of AMD EPYC",
        "63.9 ± 1.6",
        "judge classifier, 2,000 samples, reference: 10,000 training images",
        "in the decoder; 4.56 M in all networks",
        'href="../../report.html"',
    ):
        assert said in got, said


def test_names_from_a_study_file_are_escaped(tmp_path):
    record = train_record("<b>bold</b>", "dcgan", 0, "q")
    (tmp_path / "train.json").write_text(json.dumps(record))
    write_dataset(tmp_path)
    got = report.run_header(report.read_run(tmp_path, tmp_path))
    assert "<b>" not in got
    assert "&lt;b&gt;bold" in got


def test_study_header_has_its_facts_in_one_line(study):
    got = text_of(report.study_header(study))
    assert "3 runs with 2 seeds each · dataset shapes · 6 min 4 s of training · 2 threads of AMD EPYC" in got
    study.comparison["external"] = [{"run": "theirs"}]
    assert "each · 1 set of external samples · dataset" in text_of(report.study_header(study))
    study.comparison["runs"] = []
    assert '<p class="facts">' in report.study_header(study)


def test_a_study_links_to_the_list_of_studies_where_there_is_one(study, tmp_path):
    assert "../report.html" not in report.study_header(replace(study, folder=tmp_path / "results" / "mine"))
    (tmp_path / "results" / "mine").mkdir(parents=True)
    (tmp_path / "results" / "report.html").touch()
    assert '<a href="../report.html" data-outside="">All studies</a>' in in_language(
        report.study_header(replace(study, folder=tmp_path / "results" / "mine"))
    )
