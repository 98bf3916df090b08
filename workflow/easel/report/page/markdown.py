"""Markdown by a study's author as markup that executes and loads nothing."""

import re
from html import escape

import mistune

from easel.report.page.html import Html, element

SAFE_LINK = re.compile(r"(https?:|mailto:|[^:]*$|[^:/?#]*[/?#])", re.IGNORECASE)
"""The start of a link to a website, of a mail address, or of a path: no colon before the first `/`, `?` or `#`."""
DEEPEST_HEADING = 6


def markdown(text: str, below: int) -> Html:
    """Markdown as HTML. HTML in the text is shown as it is written.

    A picture becomes a link to it, because a page loads nothing. A link that could execute something, such as
    `javascript:…`, becomes its text.

    below: the level of the heading above, 1 to 6; the text's own headings are below it, and skip no level.
    """
    render = mistune.create_markdown(renderer=_Renderer(below), plugins=["table", "strikethrough", "url"])
    return Html(render(text))


class _Renderer(mistune.HTMLRenderer):
    """Renders one text."""

    def __init__(self, below: int):
        super().__init__(escape=True)
        self.below = below
        self.levels: list[int] = []

    def heading(self, text: str, level: int, **attributes: object) -> str:
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
        self.levels.append(level)
        return element(f"h{min(self.below + len(self.levels), DEEPEST_HEADING)}", Html(text))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        inside = re.sub(r"</?a\b[^>]*>", "", text)  # a picture in a link has become a link, too
        return element("a", Html(inside), href=url, title=title) if SAFE_LINK.match(url) else inside

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return self.link(text or escape(url), url, title)

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        style = f"text-align: {align}" if align else None
        return element("th" if head and text else "td", Html(text), style=style)
