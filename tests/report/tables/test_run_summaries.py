"""Sentences about runs: description, cost, links."""

import re

from easel.report.page.numbers import NBSP
from easel.report.tables import run_summaries
from easel.texts import Text


def plain(text: Text) -> str:
    return text.plain["en"].replace(NBSP, " ")


def test_summary_has_the_description_and_the_cost(study):
    got = plain(run_summaries.run_summary(study.runs[0]))
    assert got == (
        "Deep convolutional GAN with batch normalisation in both networks, trained for 4 epochs in 1 min 2 s."
    )
    undescribed = plain(run_summaries.run_summary(study.runs[0] | {"description": ""}))
    assert undescribed == "Trained for 4 epochs in 1 min 2 s."


def test_every_seed_has_a_link(study):
    got = run_summaries.seed_links(study, study.runs[0])
    assert re.findall(r'href="([^"]+)"', got.markup["en"]) == ["dcgan/seed-0/report.html", "dcgan/seed-1/report.html"]
    one = study.runs[0] | {"seeds": study.runs[0]["seeds"][:1]}
    assert run_summaries.seed_links(study, one) is None
