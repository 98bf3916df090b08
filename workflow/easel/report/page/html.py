"""HTML elements that escape their content and hold every language; figures, tiles and tables.

The page's style sheet (notebooks/template/page.css) styles them. Inline styles are limited to what keeps them readable
without it, in a notebook opened by hand.
"""

import json
from collections.abc import Iterable, Sequence
from html import escape

from easel.texts import DEFAULT_LANGUAGE, Text


class Html(str):
    """Markup that notebooks display as HTML and `element` does not escape again."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<Html, {len(self):,} characters>"


VOID = ("br", "img", "input", "line", "path", "polygon", "rect")
IN_DRAWINGS = ("text", "tspan")


def element(tag: str, *children: object, **attributes: object) -> Html:
    """One HTML or SVG element: `element("td", "a < b", data_label="claim")`.

    children: a `Text` is put in in every language, anything else is escaped unless it is `Html`, and None is left out.
    attributes: `class_` stands for class; other underscores become hyphens; None is left out.
    """
    written = "".join(
        attribute(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None
    )
    if tag in VOID:
        return Html(f"<{tag}{written}>" if tag in ("br", "img", "input") else f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{fragment(*children, around='tspan' if tag in IN_DRAWINGS else 'span')}</{tag}>")


def attribute(name: str, value: object) -> str:
    """An attribute of an element. A translated one also holds its translations, for template/language.js."""
    if not isinstance(value, Text):
        return f' {name}="{escape(str(value))}"'
    english = f' {name}="{escape(value.plain[DEFAULT_LANGUAGE])}"'
    if len(set(value.plain.values())) == 1:
        return english
    return english + f' data-in-{name}="{escape(json.dumps(value.plain, ensure_ascii=False))}"'


def fragment(*children: object, around: str = "span") -> Html:
    """Children in a row as markup, escaped unless they are `Html`; None is left out.

    around: the element that wraps each translation of a text.
    """
    return Html("".join(markup_of(child, around) for child in children if child is not None))


def markup_of(child: object, around: str) -> str:
    """A child of an element as markup. A translated `Text` is put in in every language; the page shows one."""
    if isinstance(child, Html):
        return child
    if not isinstance(child, Text):
        return escape(str(child))
    if len(set(child.markup.values())) == 1:
        return child.markup[DEFAULT_LANGUAGE]
    hidden = ' style="display: none"'
    return "".join(
        f'<{around} lang="{language}" data-translation=""{hidden * (language != DEFAULT_LANGUAGE)}>{markup}</{around}>'
        for language, markup in child.markup.items()
    )


def paragraph(*children: object, class_: str | None = None) -> Html:
    """A paragraph of text."""
    return element("p", *children, class_=class_)


def figure(picture: Html, caption: object = None, title: str | None = None, style: str | None = None) -> Html:
    """A picture, which has its own alternative text, with an optional title above and caption below."""
    return element(
        "figure", title and element("h3", title), picture, caption and element("figcaption", caption), style=style
    )


def side_by_side(pieces: Iterable[Html], width: float, class_: str = "panels") -> Html | None:
    """Pieces in as many columns of at least `width` rem as fit on the screen; None for no pieces."""
    pieces = list(pieces)
    columns = f"repeat(auto-fit, minmax(min(100%, {width}rem), 1fr))"
    style = f"display: grid; grid-template-columns: {columns}; gap: 1.5rem"
    return element("div", *pieces, class_=class_, style=style) if pieces else None


def tiles(numbers: Iterable[tuple[str, str, str]]) -> Html | None:
    """Key numbers in a row: (name, value, note) each."""
    found = (
        element("div", element("div", name), element("strong", value), element("div", note))
        for name, value, note in numbers
    )
    return side_by_side(found, 10.5, "tiles")


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], caption: object = None, classes: Sequence[str] = (),
    sortable: bool = False, class_: str | None = None,
) -> Html:  # fmt: skip
    """A table whose first column names the rows. Every cell holds its column's name, for the stacked layout on phones.

    classes: CSS classes of the rows, one each, or none at all.
    sortable: lets template/sort.js sort the rows, by the number at the start of each cell or its `sort_value`. Rows of
        the class `reference` stay at the bottom.
    """
    rows = list(rows)
    columns = [element("th", name, scope="col") if name else element("td") for name in header]
    whole = element(
        "table",
        caption and element("caption", element("span", caption)),
        element("thead", element("tr", *columns)),
        element(
            "tbody",
            *(
                element(
                    "tr",
                    element("th", row[0], scope="row"),
                    *(
                        element("td", cell, data_label=name)
                        for name, cell in zip(header[1:], row[1:], strict=True)
                    ),
                    class_=classes[i] if classes and classes[i] else None,
                )
                for i, row in enumerate(rows)
            ),
        ),
        class_=class_,
        data_sortable="" if sortable else None,
    )  # fmt: skip
    return element("div", whole, class_="table")


def sort_value(content: object, value: float) -> Html:
    """A table cell that sorts by a number other than the one it starts with: `1 h 2 min` by 3720."""
    return element("span", content, data_value=value)


def details(summary: str, *content: object) -> Html:
    """Content that is folded away under a summary."""
    return element("details", element("summary", summary), *content)
