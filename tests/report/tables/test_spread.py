"""The spread of training and of sampling, as a page shows it."""

from helpers.altered_results import failed, made_up_study, uneven
from helpers.page_text import rows_of, text_of

from easel.report import cells as report


def test_several_seeds_part_the_spread():
    got = report.spread_table(made_up_study("vae", "dcgan", seeds=3, change=uneven))
    assert text_of(got).startswith(
        "FID (judge classifier): training with another seed moves it by 1.4, sampling again by 0.8 "
        "(standard deviations). 76 % of the variance over seeds is training."
    )
    assert rows_of(got) == [
        ["vae", "3", "1.9", "0.8", "1.8 (0.6 to 12)", "83 %"],
        ["dcgan", "3", "1.3", "0.8", "1.0 (0 to 8)", "62 %"],
    ]


def test_one_seed_says_what_is_unknown():
    got = report.spread_table(made_up_study("dcgan"))
    assert "How much training with another seed moves it is unknown: that takes a second seed." in text_of(got)
    assert rows_of(got) == [["dcgan", "1", "", "0.8", "", ""]]


def test_samples_that_explain_all_leave_nothing_for_training():
    def equal(runs):
        for run in runs:
            for seed in run["seeds"]:
                for row in seed["metrics"]:
                    row["value"] = 40.0 + 0.1 * seed["seed"]

    got = text_of(report.spread_table(made_up_study("dcgan", seeds=3, change=equal)))
    assert "over seeds, it varies by 0.10 (standard deviation), no more than sampling again moves it (0.8)." in got


def test_without_standard_errors_the_spread_is_not_parted():
    def unknown(runs):
        for run in runs:
            for seed in run["seeds"]:
                for row in seed["metrics"]:
                    row["uncertainty"] = None

    assert "How much of this is sampling is unknown." in text_of(
        report.spread_table(made_up_study("dcgan", seeds=3, change=unknown))
    )
    assert "its spread is unknown" in text_of(report.spread_table(made_up_study("dcgan", change=unknown)))


def test_each_judge_has_a_sentence_and_rows():
    got = report.spread_table(made_up_study("vae", "dcgan", seeds=3, judges=("classifier", "inception"), change=uneven))
    assert [row[:2] for row in rows_of(got)] == [
        [run, judge] for judge in ("classifier", "inception") for run in ("vae", "dcgan")
    ]
    assert text_of(got).count("of the variance over seeds is training") == 2


def test_a_judge_that_failed_its_check_has_no_spread():
    assert report.spread_table(made_up_study("dcgan", seeds=3, change=failed)) is None
    assert report.spread_table(made_up_study("dcgan", judges=())) is None
