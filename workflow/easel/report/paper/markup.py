"""Running text of a paper in LaTeX and in Markdown, with its citations."""

from easel.report.page.plain import escaped_latex, escaped_markdown
from easel.report.paper.bibliography import MARK


def as_latex(text: str) -> str:
    r"""A text with marks of citations as LaTeX, with `\cite`."""
    return MARK.sub(lambda found: rf"{'~' * len(found[1])}\cite{{{found[2]}}}", escaped_latex(text))


def as_markdown(text: str) -> str:
    """A text with marks of citations as Markdown, with citations as Pandoc reads them: `[@key; @other]`."""

    def cited(found):
        return f"{found[1]}[{'; '.join(f'@{key}' for key in found[2].split(','))}]"

    return MARK.sub(cited, escaped_markdown(text))
