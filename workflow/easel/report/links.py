"""Links between pages inside Snakemake's report, which moves every page into a folder of its own."""

import posixpath
import re
from pathlib import Path

from easel.tracking.snakemake_internals import place_in_report

LINK = re.compile(r'(<a\b(?![^>]* data-outside)[^>]*? href="([^":#]+\.html)")')


def with_report_links(html: str, page: str | Path) -> str:
    """The page, with the target inside Snakemake's report added to each link to another page.

    page: its path as Snakemake knows it, relative to Snakemake's working directory. The report stores each file as
    `data/raw/<id>/<name>`, where the id is the start of the SHA-256 of the file's path. template/report.js redirects
    the links. Those with `data-outside` lead to a file that the report does not have.
    """
    folder = Path(page).parent.as_posix()

    def with_place(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        return f'{link[1]} data-in-report="{place_in_report(target)}"'

    return LINK.sub(with_place, html)
