"""Tables of a paper, in LaTeX with booktabs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import NamedTuple

from easel.report.page.plain import escaped_latex
from easel.report.paper.markup import as_latex

DASH = "\N{EM DASH}"
"""Stands for a value that there is not."""


class Cell(NamedTuple):
    """A cell of a table."""

    text: str
    marks: str = ""
    """The letters of the notes that hold for it."""
    bold: bool = False


@dataclass
class Notes:
    """The notes below a table, each with a letter."""

    texts: list[str] = field(default_factory=list)

    def letter(self, text: str) -> str:
        """The letter of a note: `a`, `b`, … `z`, `aa`, `ab`, …"""
        if text not in self.texts:
            self.texts.append(text)
        round_, place = divmod(self.texts.index(text), len(ascii_lowercase))
        return (ascii_lowercase[round_ - 1] if round_ else "") + ascii_lowercase[place]


@dataclass(frozen=True)
class PaperTable:
    """A table with a caption. The cells of its first column are on the left, all others as `align` says."""

    label: str
    """For LaTeX's `\\ref`, without the prefix `tab:`: letters, digits, `-`, `_` and dots."""
    caption: str
    header: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    align: str
    """A letter for each column: `l` for text, `r` for numbers."""
    notes: Notes = field(default_factory=Notes)
    remarks: Sequence[str] = ()
    """Notes without a letter."""
    apart: int = 0
    """The last rows that are apart from the others, such as baselines."""


def label_of(*parts: object) -> str:
    """A label from names and numbers; empty ones are left out."""
    named = (re.sub(r"[^A-Za-z0-9_.]+", "-", str(part)).strip("-") for part in parts if part is not None)
    return "-".join(filter(None, named))


def latex_table(table: PaperTable) -> str:
    """A table as a float; needs the package booktabs."""
    rows = [latex_row(row) for row in table.rows]
    if 0 < table.apart < len(rows):
        rows.insert(len(rows) - table.apart, r"\midrule")
    lines = [
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\caption{{{as_latex(table.caption)}}}",
        rf"\label{{tab:{table.label}}}",
        rf"\begin{{tabular}}{{@{{}}{table.align}@{{}}}}",
        r"\toprule",
        latex_row(table.header),
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        *latex_notes(table),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex_row(cells: Sequence[Cell]) -> str:
    """A row of a table."""
    return " & ".join(map(latex_cell, cells)) + r" \\"


def latex_cell(cell: Cell) -> str:
    """A cell with the letters of its notes."""
    text = escaped_latex(cell.text)
    text = rf"\textbf{{{text}}}" if cell.bold else text
    return text + (rf"\textsuperscript{{{cell.marks}}}" if cell.marks else "")


def latex_notes(table: PaperTable) -> list[str]:
    """The lines with the notes of a table; none without notes."""
    lettered = [rf"\textsuperscript{{{table.notes.letter(text)}}}\,{as_latex(text)}" for text in table.notes.texts]
    paragraphs = [*lettered, *map(as_latex, table.remarks)]
    if not paragraphs:
        return []
    return [r"\par\smallskip", r"\begin{minipage}{\linewidth}", "\\par\n".join(paragraphs), r"\end{minipage}"]
