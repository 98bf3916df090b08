"""A report inside a notebook. tests/browser/ follows its links."""

from html import unescape

import pytest

from easel.notebook import pages
from easel.notebook.pages import report_files, report_frame
from easel.runtime.errors import EaselError


def test_the_frame_holds_every_page_of_the_study(tmp_path):
    for name in ("report.html", "vae/seed-0/report.html", "gan/seed-0/report.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"<script>'\"{name}é'</script>")
    assert list(report_files(tmp_path)) == ["report.html", "gan/seed-0/report.html", "vae/seed-0/report.html"]
    frame = report_frame(tmp_path)
    assert frame.count("<iframe ") == 1
    assert unescape(frame).count(r"\"vae/seed-0/report.html\u00e9'\u003c/script>") == 1


def test_without_a_report_the_remedy_is_named(tmp_path):
    with pytest.raises(EaselError, match=r"there is no report of .* yet: run the cell \*Train\*"):
        report_frame(tmp_path)


def test_a_report_of_many_pages_shows_those_that_a_notebook_can_hold(tmp_path, monkeypatch):
    for name in ("report.html", "dcgan/seed-0/report.html", "vae/seed-0/report.html"):
        page = tmp_path / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"page of {name} ".ljust(1000))
    monkeypatch.setattr(pages, "LARGEST", 2500)
    frame = pages.report_frame(tmp_path)
    assert "page of dcgan/" in frame
    assert "page of vae/" not in frame
    assert "1 of 3 pages would make this notebook too large: they are in the file of the cell *Download*." in frame
    monkeypatch.setattr(pages, "LARGEST", 500)
    assert "page of report.html" in pages.report_frame(tmp_path)
    monkeypatch.setattr(pages, "LARGEST", 3000)
    assert "too large" not in pages.report_frame(tmp_path)
