"""The notice of overfitting on a run's page."""

from dataclasses import replace

import pytest
from helpers.page_text import text_of

from easel.report import cells as report

COPIES = {"kind": "copies", "first_step": 200, "first_epoch": 2.56, "most": 0.437, "at_end": True}
KNOWN = {"kind": "discriminator", "first_step": 100, "first_epoch": 1.28, "most": 1.2, "at_end": False}


@pytest.fixture
def overfitted(run):
    def overfitted(*signs: dict, **settings):
        training = run.training | {"collapse": None, "held_out": 1000, "overfitting": list(signs)}
        return replace(run, training=training | {"settings": run.settings | settings})

    return overfitted


def test_each_sign_says_what_was_seen_when_and_how_it_ended(overfitted):
    got = text_of(report.run_header(overfitted(COPIES, KNOWN)))
    for said in (
        "The samples copy training images",
        "From step 200 (epoch 2.6) on, up to 44",
        "closest hundredth of the 1,000 held-out images",
        "The training ended like this.",
        "The discriminator has memorised the training images",
        "From step 100 (epoch 1.3) on",
        "up to 120",
        "it was no longer so",
        "snapshots/step-000079.keras",  # the last before step 100
    ):
        assert said in got, said


def test_augmentation_is_advised_where_it_is_possible_and_off(overfitted):
    assert "augment: ada" in text_of(report.run_header(overfitted(COPIES, augment=[])))
    assert "augment: ada" not in text_of(report.run_header(overfitted(COPIES, augment=["ada"])))


def test_no_notice_without_a_sign(overfitted, run):
    for results in (overfitted(), replace(run, training=run.training | {"collapse": None})):
        assert "<aside" not in report.run_header(results)
