"""A report inside a notebook, in Chromium: its pages and the links between them."""

import pytest

from easel.notebook.pages import report_frame


@pytest.fixture
def pages(pages, tmp_path):
    """A notebook's output, which is the report of a study with one run's page."""
    page = tmp_path / "output.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{report_frame(pages["study"].parent)}', encoding="utf-8")
    return {"output": page}


def test_links_lead_to_other_pages_and_to_headings_within_the_frame(opened):
    page = opened("output")
    frame = page.frame_locator("iframe")
    report = frame.frame_locator("iframe")
    buttons = frame.locator("nav button")
    assert buttons.all_inner_texts() == ["Study", "vae_gan, seed 0"]
    report.locator('a[href="vae_gan/seed-0/report.html"]').first.click()
    report.locator('a[href="../../report.html"]').first.wait_for()
    assert frame.locator("button[aria-current]").inner_text() == "vae_gan, seed 0"
    report.locator('nav a[href^="#"]').last.click()
    assert report.locator("html").evaluate("html => html.scrollTop") > 500
    buttons.first.click()
    report.locator('a[href="vae_gan/seed-0/report.html"]').first.wait_for()
    assert page.url.endswith("output.html")
    report.locator("body").evaluate("body => { body.innerHTML = '<a href=\"about:blank#elsewhere\">elsewhere</a>' }")
    with page.expect_popup() as opening:
        report.locator("a").click()
    assert opening.value.url == "about:blank#elsewhere"
