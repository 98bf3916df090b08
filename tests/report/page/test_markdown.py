"""Markdown of an author: structure kept, HTML shown and not executed, nothing loaded."""

import re
import time

import pytest
from helpers.page_text import text_of

from easel.config.studies import StudyFile
from easel.report.page.markdown import markdown


def tags(html: str) -> list[str]:
    """The start tags of markup, with their attributes."""
    return re.findall(r"<\w[^>]*>", html)


def test_headings_stand_below_the_pages_and_skip_no_level():
    text = "## a\n### b\n## c\n##### d\n# e\n"
    assert tags(markdown(text, 2)) == ["<h3>", "<h4>", "<h3>", "<h4>", "<h3>"]
    deep = "".join(f"{'#' * level} x\n" for level in range(1, 7))
    assert tags(markdown(deep, 3)) == ["<h4>", "<h5>", "<h6>", "<h6>", "<h6>", "<h6>"]


def test_two_texts_do_not_share_the_levels_of_their_headings():
    assert [tags(markdown(text, 2)) for text in ("# a\n## b", "## b")] == [["<h3>", "<h4>"], ["<h3>"]]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=alert(1)>b</b>",
        "<!-- <script> -->",
        "`<script>`",
        "```\n<script>alert(1)</script>\n```",
        '```"><script>\nx\n```',
        "# <script>",
        "| <script> |\n| --- |\n| <script> |",
        '[x](https://example.org "\\"><script>")',
        "![<script>](x.png)",
    ],
)
def test_html_in_a_text_is_no_markup(html):
    shown = markdown(html, 2)
    assert not re.search(r"<(script|img|b|!--)", shown)
    assert " on" not in "".join(tags(shown))


def test_html_is_shown_as_it_is_written():
    assert text_of(markdown("<script>alert(1)</script>", 2)).strip() == "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "java&Tab;script:alert(1)",
        "<java\tscript:alert(1)>", "<\x01javascript:alert(1)>", "vbscript:x", "data:text/html,x",
        "data:image/svg+xml;base64,AAAA", "file:///etc/passwd", "blob:x", "x:y",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["[text](%s)", "![text](%s)", "[text][a]\n\n[a]: %s\n", "[![text](%s)](%s)"])
def test_a_link_that_could_execute_something_is_its_text(url, form):
    shown = markdown(form.replace("%s", url), 2)
    assert "href" not in shown
    assert "text" in shown


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a?b=1#c:d", "HTTP://example.org", "mailto:a@example.org", "dcgan/seed-0/report.html",
     "#metrics", "../a:b/c.html", "?a=b:c", "//example.org"],
)  # fmt: skip
def test_a_link_to_a_website_or_a_file_is_kept(url):
    assert tags(markdown(f"[a]({url})", 2)) == ["<p>", f'<a href="{url}">']


def test_an_address_in_the_text_is_a_link():
    assert '<a href="https://example.org/a">https://example.org/a</a>' in markdown("See https://example.org/a", 2)


def test_a_picture_is_a_link_to_it():
    assert markdown("![a *curve*](https://example.org/a.png)", 2) == (
        '<p><a href="https://example.org/a.png">a <em>curve</em></a></p>\n'
    )
    assert markdown("![](a.png)", 2) == '<p><a href="a.png">a.png</a></p>\n'
    assert markdown("[![a](a.png)](b.html)", 2) == '<p><a href="b.html">a</a></p>\n'


def test_tables_lists_and_code():
    table = markdown("| a | |\n| --: | --- |\n| 1 | 2 |\n", 2)
    assert tags(table)[3:5] == ['<th style="text-align: right">', "<td>"]  # an empty header names nothing
    assert "<td>2</td>" in table
    assert tags(markdown("1. a\n   - b\n", 2)) == ["<ol>", "<li>", "<ul>", "<li>"]
    assert "<pre><code" in markdown("```yaml\na: 1\n```", 2)
    assert "<del>" in markdown("~~a~~", 2)


LONGEST = next(rule.max_length for rule in StudyFile.model_fields["notes"].metadata if hasattr(rule, "max_length"))


@pytest.mark.parametrize(
    "part", ["[", "](", "*a **a ", "`", ">", "* ", "|a", "<", "[a](b ", "![", "<!--", "# a\n", "\\"]
)
def test_no_text_takes_long(part):
    start = time.process_time()
    markdown((part * LONGEST)[:LONGEST], 2)
    assert time.process_time() - start < 5
