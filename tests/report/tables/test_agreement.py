"""What the judges say together, as a page shows it."""

import re

from helpers.altered_results import failed, made_up_study, uneven
from helpers.page_text import rows_of, text_of

from easel.report import cells as report
from easel.report.tables import agreement

TWO, THREE = ("classifier", "inception"), ("classifier", "inception", "random")  # random orders runs the other way


def verdict(study, language="en"):
    return text_of(agreement.verdicts(study), language)


def unsure(judge):
    """Alter runs so that this judge's values of a seed turn the order around."""

    def change(runs):
        uneven(runs)
        for run, other in (runs, runs[::-1]):
            for row, its in zip(run["seeds"][0]["metrics"], other["seeds"][0]["metrics"], strict=False):
                if row["judge"] == judge:
                    row["swapped"] = its["value"]
        for run in runs:
            for row in run["seeds"][0]["metrics"]:
                row["value"] = row.pop("swapped", row["value"])

    return change


def test_judges_that_agree_name_the_best_run_once():
    study = made_up_study("vae", "dcgan", seeds=3, judges=TWO, change=uneven)
    assert verdict(study) == (
        "dcgan has the best FID by both judges: it is lower than that of every other run by more than chance."
    )
    assert "dcgan의 FID(두 평가기 모두 기준)가 가장 좋습니다." in verdict(study, "ko")
    page = report.comparison_tables(study)
    assert {"42 ± 3", "30 ± 2"} <= {text_of(each) for each in re.findall(r"<strong>(.*?)</strong>", page)}
    assert "Bold: better than every other run by every judge" in text_of(page)


def test_judges_that_contradict_each_other_are_named():
    study = made_up_study("dcgan", "vae", seeds=3, judges=THREE, change=uneven)
    assert verdict(study) == (
        "The judges disagree by FID: classifier and inception prefer dcgan; random prefers vae. "
        "Two of them contradict each other by more than chance, so no run is called best."
    )
    assert "classifier, inception 기준 dcgan; random 기준 vae" in verdict(study, "ko")
    tables = report.comparison_tables(study).split("<table")[1:]
    assert not [table for table in tables if "<strong>" in table.split("</table>")[0]]


def test_a_judge_that_is_not_sure_is_told_apart_from_one_that_disagrees():
    study = made_up_study("dcgan", "vae", seeds=3, judges=TWO, change=unsure("inception"))
    assert verdict(study) == ("dcgan has the lowest FID by both judges, but the difference from vae may be chance.")
    study = made_up_study("dcgan", "vae", seeds=3, judges=THREE[::2], change=unsure("random"))
    assert verdict(study) == (
        "The judges put different runs first by FID: classifier prefers dcgan; random prefers vae. "
        "Not every lead is larger than chance, so no run is called best."
    )


def test_one_seed_is_the_reason_whatever_the_judges_prefer():
    assert verdict(made_up_study("dcgan", "vae", judges=TWO)).startswith(
        "dcgan has the lowest FID by both judges, but no run is called best while one has a single seed"
    )
    assert verdict(made_up_study("dcgan", "vae", judges=THREE)).startswith(
        "The judges put different runs first by FID: classifier and inception prefer dcgan; random prefers vae. "
        "No run is called best while one has a single seed"
    )


def test_a_judge_that_failed_has_no_say():
    def change(runs):
        uneven(runs)
        of_random = [
            row for run in runs for seed in run["seeds"] for row in seed["metrics"] if row["judge"] == "random"
        ]
        failed([{"seeds": [{"metrics": of_random}]}])

    study = made_up_study("dcgan", "vae", seeds=3, judges=THREE, change=change)
    assert verdict(study).startswith("dcgan has the best FID by both judges")
    assert rows_of(agreement.agreement_tables(study))[0] == ["dcgan", "1", "1"]


def test_ranks_stand_beside_each_other_with_their_agreement():
    study = made_up_study("vae", "dcgan", "vae_gan", seeds=2, judges=THREE, change=uneven)
    found = agreement.agreement_tables(study)
    assert rows_of(found)[:3] == [["dcgan", "1", "1", "3"], ["vae_gan", "2", "2", "2"], ["vae", "3", "3", "1"]]
    assert "classifier – inception: 1.00; classifier – random: −1.00; inception – random: −1.00." in text_of(found)
    of_metrics = {row[0].split(" (")[0]: row[1:] for row in rows_of(found)[3:]}
    assert of_metrics["KID"] == ["1.00", "−1.00", "−1.00", ""]
    assert of_metrics["Inception Score"][:1] == ["1.00"]


def test_a_study_of_one_judge_has_no_agreement_to_show():
    study = made_up_study("dcgan", "vae", seeds=2)
    assert agreement.agreement_tables(study) is None
    assert agreement.verdicts(made_up_study("dcgan")) is None


def test_a_judge_that_was_left_out_is_named_with_the_reason():
    study = made_up_study("dcgan", judges=("random",))
    study.comparison["left_out"] = [{"judge": "classifier", "panel": "panel"}]
    assert verdict(study) == (
        "The judge classifier of the panel panel was left out: it learns to tell classes apart, and this dataset has "
        "only one class."
    )
    assert "was left out" in text_of(report.comparison_tables(study))
