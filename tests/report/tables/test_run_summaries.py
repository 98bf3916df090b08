"""Run summaries: cost, scores, collapse and links."""

import re

from helpers.page_text import text_of

from easel.report import cells as report
from easel.report.page import numbers


def test_summary_names_collapsed_seeds_and_outcomes(study):
    sentences = re.findall(r"<li>(.*?)</li>", report.run_summaries(study))
    dcgan, vae, vae_gan = (text_of(each) for each in sentences)
    assert "1 of 2 seeds collapsed in epoch 1.3 (seed 1: discriminator won, recovered)." in dcgan
    assert "1 of 2 seeds collapsed in epoch 2.9 (seed 0: samples nearly identical, until the end)." in vae_gan
    assert "ollapsed" not in vae


def test_summary_of_each_run_links_to_its_pages(study):
    got = report.run_summaries(study).replace(numbers.NBSP, " ")
    assert got.count("<li>") == 3
    assert re.findall(r'href="([^"]+)"', got)[:3] == [
        "dcgan/seed-0/report.html",
        "dcgan/seed-0/report.html",
        "dcgan/seed-1/report.html",
    ]
    assert "trained for 4 epochs in 1 min 2 s; FID 42 ± 8 (judge classifier, 2,000 samples)." in got
