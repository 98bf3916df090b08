"""Texts outside pages: a user's characters are no markup, and none is lost."""

import pytest

from easel.report.page.plain import english, escaped_latex, escaped_markdown, foreign_letters
from easel.texts import say


def test_a_text_is_a_plain_string_in_english():
    got = english(say("counted.epoch", n=4))
    assert (got, type(got)) == ("4 epochs", str)
    assert english("as it is") == "as it is"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b & 50 % of #1 $x", r"a\_b \& 50 \% of \#1 \$x"),
        ("{x}~y^2\\n", r"\{x\}\textasciitilde{}y\textasciicircum{}2\textbackslash{}n"),
        ("a < b > c | d ` \"e\"", r"a \textless{} b \textgreater{} c \textbar{} d \textasciigrave{} {''}e{''}"),
        # Behind `\\`, a bracket would begin an option, and a star forbid a page break.
        ("[1]*", "{[}1{]}{*}"),
        # LaTeX would set two of these as one.
        ("a--b,,c''d---e", "a-{}-b,{},c'{}'d-{}-{}-e"),
        ("2 ± 1 × ∞ −3 ↓ ↑ ≤ …", r"2 $\pm$ 1 $\times$ $\infty$ $-$3 $\downarrow$ $\uparrow$ $\leq$ \dots{}"),
        ("2\N{NO-BREAK SPACE}h", "2~h"),
        ("  one\n two\t\x07three ", "one two three"),
        ("Bińkowski, Kynkäänniemi", "Bińkowski, Kynkäänniemi"),
        ("한글 λ", "한글 λ"),
    ],
)  # fmt: skip
def test_a_text_is_no_markup_in_latex(text, written):
    assert escaped_latex(text) == written


def test_letters_that_latex_lacks_are_named():
    assert foreign_letters(escaped_latex("Bińkowski ± 2 가나 가 λ")) == "λ가나"
    assert foreign_letters("plain") == ""


def test_a_text_is_no_markup_in_markdown():
    assert escaped_markdown("# a_b *c*\n<d> | [e](f) `g` $h~i^j@k &amp;") == (
        r"\# a\_b \*c\* \<d\> \| \[e\](f) \`g\` \$h\~i\^j\@k \&amp;"
    )
