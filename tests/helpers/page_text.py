"""A page, or a part of one, reduced to one language."""

import re
from html.parser import HTMLParser

from easel.report.page.numbers import NBSP


class _OneLanguage(HTMLParser):
    """Keep markup, without text in other languages and without the elements that wrap a language."""

    def __init__(self, language: str):
        super().__init__(convert_charrefs=False)
        self.language, self.kept, self.open, self.inside = language, [], [], 0

    def handle_starttag(self, tag, attributes):
        said = dict(attributes).get("lang") if "data-translation" in dict(attributes) else None
        if self.inside:
            self.inside += tag not in ("img", "br", "meta", "link", "input")
        elif said is not None and said != self.language:
            self.inside = 1
        else:
            self.open.append((tag, said is not None)) if tag not in ("img", "br", "meta", "link", "input") else None
            self.kept += [] if said is not None else [self.get_starttag_text()]

    def handle_startendtag(self, tag, attributes):
        self.kept += [] if self.inside else [self.get_starttag_text()]

    def handle_endtag(self, tag):
        if self.inside:
            self.inside -= 1
            return
        _, holds_a_language = self.open.pop()
        self.kept += [] if holds_a_language else [f"</{tag}>"]

    def handle_data(self, data):
        self.kept += [] if self.inside else [data]

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")

    def handle_decl(self, declaration):
        self.kept.append(f"<!{declaration}>")


def in_language(markup: str, language: str = "en") -> str:
    """Markup reduced to one language."""
    reader = _OneLanguage(language)
    reader.feed(markup)
    reader.close()
    return "".join(reader.kept)


def rows_of(html: str) -> list[list[str]]:
    """The cells of a table's body, by row, without markup."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", in_language(html))
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows if 'scope="col"' not in row]
    return [[re.sub(r"<[^>]+>", "", cell).replace(NBSP, " ") for cell in row] for row in cells]


def text_of(html: str, language: str = "en") -> str:
    """The text of markup in one language, without tags."""
    return re.sub(r"<[^>]+>", "", in_language(html, language)).replace(NBSP, " ")
