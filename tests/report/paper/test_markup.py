"""Running text in LaTeX and Markdown."""

from easel.report.paper.bibliography import Bibliography
from easel.report.paper.markup import as_latex, as_markdown


def test_citations_become_commands_and_all_else_is_escaped():
    works = Bibliography()
    text = f"By Holm's_method {works.cite('holm1979')}, 50 % ({works.cite('welch1947', 'berger1982')})."
    assert as_latex(text) == r"By Holm's\_method~\cite{holm1979}, 50 \% (\cite{welch1947,berger1982})."
    assert as_markdown(text) == r"By Holm's\_method [@holm1979], 50 % ([@welch1947; @berger1982])."
