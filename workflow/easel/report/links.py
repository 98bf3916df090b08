"""Links from page to page inside Snakemake's report, where no page lies beside another."""

import posixpath
import re
from pathlib import Path

from easel.tracking.snakemake_internals import place_in_report

LINK = re.compile(r'(<a\b[^>]*? href="([^":#]+\.html)")')


def with_report_links(html: str, page: str | Path) -> str:
    """The page with, at each link to another page, where that page is in Snakemake's report.

    page: where it will lie, as Snakemake calls it: relative to the folder in which Snakemake works. There, the report
    keeps each of its files as `data/raw/<id>/<name>`, and the id is the start of the SHA-256 of the file's path.
    template/report.js leads the links there.
    """
    folder = Path(page).parent.as_posix()

    def with_place(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        return f'{link[1]} data-in-report="{place_in_report(target)}"'

    return LINK.sub(with_place, html)
