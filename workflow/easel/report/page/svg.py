"""Matplotlib figures as SVG that follows the page's type, colours and language."""

import hashlib
import io
import re
from html import escape

from matplotlib.figure import Figure
from matplotlib.text import Text as Artist

from easel.report.page.html import Html, element, fragment
from easel.report.page.style import BEHIND, INK, PAPER, SERIES, css_colour, styled
from easel.texts import DEFAULT_LANGUAGE, Text


@styled
def svg(figure: Figure, alt: str) -> Html:
    """A matplotlib figure as SVG that takes the page's fonts and colours.

    alt: alternative text for screen readers. Outside a page, the SVG has its light colours and the surrounding text
    colour.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    # A style sheet inside the SVG would apply to the whole page.
    drawing = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"font-family: [^;\"]*", "font-family: inherit", drawing)
    drawing = drawing.replace("xlink:href", "href").replace(INK, "currentColor").replace(PAPER, BEHIND)
    for i, light in enumerate(SERIES):
        drawing = drawing.replace(light, css_colour(i))
    drawing = in_all_languages(drawing, figure)

    # Several figures share a page: drop ids that nothing refers to, and make the others unique to this figure.
    referenced = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", drawing))
    prefix = hashlib.sha256("".join([alt, drawing]).encode()).hexdigest()[:8]
    drawing = re.sub(r' id="([^"]+)"', lambda i: f' id="{prefix}-{i[1]}"' if i[1] in referenced else "", drawing)
    drawing = re.sub(r"(url\(|href=\")#", rf"\g<1>#{prefix}-", drawing)

    width, height = (72 * size for size in figure.get_size_inches())
    inside = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    return element(
        "svg",
        Html(inside.strip()),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=alt,
        style=f"width: 100%; max-width: {1.5 * width:.0f}px",
    )


def in_all_languages(drawing: str, figure: Figure) -> str:
    """The SVG of a figure with each translated text element in every language."""
    texts = {text for artist in figure.findobj(Artist) if isinstance(text := artist.get_text(), Text)}
    markup = {escape(text.plain[DEFAULT_LANGUAGE], quote=False): fragment(text, around="tspan") for text in texts}
    return re.sub(r"(<text [^>]*>)([^<]*)(</text>)", lambda i: i[1] + markup.get(i[2], i[2]) + i[3], drawing)
