"""Links between pages inside Snakemake's report."""

import re

from snakemake.common import get_report_id

from easel.report.links import with_report_links


def places(html: str, page: str) -> list[str]:
    return re.findall(r'data-in-report="([^"]+)"', with_report_links(html, page))


def test_link_targets_inside_snakemakes_report():
    run, study, plan = "results/s/a/seed-0/report.html", "results/s/report.html", "results/s/plan.html"
    ids = {path: get_report_id(path)[:16] for path in (run, study, plan)}
    assert places('<a href="a/seed-0/report.html">a</a>', study) == [f"{ids[run]}/report.html"]
    assert places('<a class="x" href="../../report.html">s</a>', run) == [f"{ids[study]}/report.html"]
    assert places('<a href="report.html">s</a>', plan) == [f"{ids[study]}/report.html"]


def test_other_links_are_unchanged():
    outside = '<a href="../report.html" data-outside="">'
    for link in (
        '<a href="#curves">',
        '<a href="https://a.org/b.html">',
        '<link href="x.html">',
        '<a href="a.csv">',
        outside,
    ):
        assert with_report_links(link, "results/s/report.html") == link
