"""Collapsed trainings: the notice, its advice, and notes on a study's page."""

import re
from dataclasses import replace

import pytest
from helpers.altered_results import collapsed_run
from helpers.page_text import text_of

from easel.report import cells as report
from easel.report.tables import collapse_notice as plots_collapse


def test_collapsed_run_has_a_notice_below_its_header(run):
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
        assert said in text_of(got), said
    assert 'href="#training-curves"' in got


def test_no_notice_without_a_collapse(run):
    for training in (run.training | {"collapse": None}, {k: v for k, v in run.training.items() if k != "collapse"}):
        got = report.run_header(replace(run, training=training))
        assert "<aside" not in got
        assert "ollapse" not in got


def test_notice_distinguishes_recovered_lasting_and_stopped(run):
    recovered = text_of(report.run_header(collapsed_run(run, at_end=False)))
    assert "but the last one does not: the training recovered" in recovered
    assert "snapshot" not in recovered  # the end is no worse than what was before
    stopped = report.run_header(collapsed_run(run, stopped=True, settings={"epochs": 30}))
    assert "stopped there, after 4 of 30 epochs, because the study sets on_collapse: stop" in text_of(stopped)
    assert "recover" not in stopped


def test_advised_snapshot_predates_the_collapse(run):
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
def test_advice_fits_the_model_family(run, kind, family, settings, said):
    got = text_of(report.run_header(collapsed_run(run, family, settings, kind=kind)))
    for words_ in said:
        assert words_ in got, words_
    others = {"beta", "discriminator_learning_rate", "n_dis", "reconstruction_weight", "equilibrium"} - set(settings)
    assert not [name for name in others if name in got]
    assert ("n_dis" in got) == (settings.get("n_dis", 1) > 1)


def test_single_collapsed_seed_is_not_numbered():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": True, "stopped": True}
    run = {"run": "a", "seeds": [{"seed": 7, "collapse": found}]}
    assert plots_collapse.seeds_sentence(run) == "Collapsed in epoch 3.1 (samples nearly identical, stopped early)."
    assert text_of(plots_collapse.mark(run)) == " collapsed"
    assert plots_collapse.seeds_sentence({"run": "a", "seeds": [{"seed": 7}]}) is None


def test_several_collapsed_seeds_are_listed():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": False, "stopped": False}
    seeds = [{"seed": seed, "collapse": found if seed else None} for seed in range(3)]
    got = plots_collapse.seeds_sentence({"run": "a", "seeds": seeds})
    assert got == (
        "2 of 3 seeds collapsed in epoch 3.1 (seed 1: samples nearly identical, recovered) "
        "and in epoch 3.1 (seed 2: samples nearly identical, recovered)."
    )
    assert text_of(plots_collapse.mark({"run": "a", "seeds": seeds})) == " collapsed and recovered (seeds 1 and 2)"
    assert plots_collapse.mark({"run": "a", "seeds": seeds[:1]}) is None
