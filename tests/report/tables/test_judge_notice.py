"""The notice of judges that failed their check, at the top of a run's and of a study's page."""

import pytest
from helpers.altered_results import made_up_study
from helpers.fake_results import write_study
from helpers.page_text import text_of

from easel.config.judges import KINDS
from easel.evaluation.comparison import summary
from easel.evaluation.judge_failures import ConstantFeatures, JudgeAtChance
from easel.report import cells as report
from easel.report.tables.judge_notice import fids_of_samples, judge_notices
from easel.runtime.files import read_json, write_json

AT_CHANCE, CONSTANT = JudgeAtChance(5, 51, 0.1176).as_json(), ConstantFeatures(16).as_json()


def row(judge: str, *caveats: dict, kind: str | None = None) -> dict:
    return {"judge": judge, "judge_facts": kind and {"kind": kind}, "caveats": list(caveats)}


def test_a_notice_for_each_failed_judge_with_each_failure_once():
    got = judge_notices([row("a", AT_CHANCE, CONSTANT), row("a", AT_CHANCE), row("b"), row("c", CONSTANT)])
    assert got.count("<aside") == 2
    said = text_of(got)
    assert "The judge a failed its check" in said
    assert "The judge c failed its check" in said
    assert said.count("it classifies 5 of 51 test images correctly, which is not clearly above chance") == 1
    assert "(always naming the most frequent class: 11.8 %)" in said.replace("\u00a0", " ")
    assert judge_notices([row("b"), row(None, {"kind": "grey_images", "n": 4})]) is None


def test_a_judge_that_failed_has_no_fid():
    fid = row("a") | {"metric": "fid", "of": "samples"}
    others = [fid | {"metric": "kid"}, fid | {"of": "reconstructions"}, fid | {"caveats": [CONSTANT]}]
    assert fids_of_samples([*others, fid]) == [fid]


@pytest.mark.parametrize(
    ("kind", "remedy", "settings"),
    [
        ("classifier", "train the judge for longer (a higher epochs) or with a higher width", {"epochs", "width"}),
        ("inception", "check it with snakemake calibration", set()),
        ("other_graph", "leaving out its sha256", {"sha256"}),
        ("somebody_elses", "use more test images, or another judge", set()),
    ],
)
def test_remedies_are_those_of_the_kind_of_judge(kind, remedy, settings):
    got = judge_notices([row("a", CONSTANT, kind=kind)])
    assert remedy in text_of(got)
    everything = {setting for judge in KINDS.values() for setting in judge.model_fields}
    assert {setting for setting in everything if f"<code>{setting}</code>" in got} == settings


def test_pages_begin_with_the_notice_and_have_no_headline(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "dcgan", "b": "vae"}))
    folder = study.run_folder("a", 0)
    record = read_json(folder / "metrics.json")
    for each in (*record["metrics"], *(row for run in study.runs for row in run["seeds"][0]["metrics"])):
        each["caveats"] = [AT_CHANCE]
    write_json(folder / "metrics.json", record)
    for file in study.folder.glob("*/seed-0/snapshots.json"):
        write_json(file, read_json(file) | {"caveats": [AT_CHANCE]})
    study.comparison["summary"] = summary(study.runs)
    run = report.read_run(folder, study.dataset_folder)
    for header in (report.run_header(run), report.study_header(study)):
        assert "The judge classifier failed its check" in text_of(header)
    for opening in (report.run_opening(run), report.study_gallery(study)):
        assert "FID" not in text_of(opening)
    assert "cannot be relied on" in text_of(report.snapshot_curve(run))
    assert "cannot be relied on" in text_of(report.quality_over_time(study))
    assert "is on the Pareto front" not in text_of(report.quality_over_time(study))


def test_a_good_judge_has_no_notice():
    assert judge_notices(made_up_study("dcgan").summary) is None
