"""Reading the tables of a .tex file back, by rules of its own."""

import re
from typing import NamedTuple

WRITTEN = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<",
    r"\textgreater{}": ">", r"\textbar{}": "|", r"\textasciigrave{}": "`", "{''}": '"', r"\dots{}": "…", r"$\pm$": "±",
    r"$\downarrow$": "↓", r"$\uparrow$": "↑", r"$\tau$": "τ", r"$\infty$": "∞", r"$\times$": "×", "$-$": "−",
    "---": "—", "{[}": "[", "{]}": "]", "{*}": "*", "{}": "", "~": " ",
    **{f"\\{letter}": letter for letter in "&%$#_{}"},
}  # fmt: skip
"""How a .tex file writes each character."""
TOKEN = re.compile("|".join(map(re.escape, sorted(WRITTEN, key=len, reverse=True))))
ALLOWED = re.compile(r"[^\\&%$#_{}~^]")
"""A character that LaTeX gives no meaning."""


class LatexCell(NamedTuple):
    """A cell: its text as a reader sees it, the letters of its notes, and whether it is bold."""

    text: str
    marks: str
    bold: bool


class LatexTable(NamedTuple):
    """A float with a table."""

    caption: str
    label: str
    columns: str
    header: list[LatexCell]
    rows: list[list[LatexCell]]
    notes: list[str]

    def column(self, heading: str) -> dict[str, LatexCell]:
        """The cells of a column by the text of their row's first cell."""
        at = [cell.text for cell in self.header].index(heading)
        return {row[0].text: row[at] for row in self.rows}


def as_read(latex: str) -> str:
    """Text as a reader sees it. Fails for anything that is neither a character nor one of `WRITTEN`."""
    left = TOKEN.sub("", latex)
    assert ALLOWED.sub("", left) == "", latex
    return TOKEN.sub(lambda found: WRITTEN[found[0]], latex)


def tables_in(text: str) -> list[LatexTable]:
    """Every table of a .tex file. Fails if one is not complete: environments, rules, and cells of every row."""
    floats = re.findall(r"\\begin\{table\}\n(.*?)\\end\{table\}\n", text, re.DOTALL)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == len(floats)
    return [table_in(found) for found in floats]


def table_in(text: str) -> LatexTable:
    """One table."""
    opened = re.findall(r"\\(begin|end)\{(\w+)\}", text)
    assert [name for kind, name in opened if kind == "begin"] == [name for kind, name in opened if kind == "end"]
    (caption,), (label,) = re.findall(r"\\caption\{(.*)\}\n", text), re.findall(r"\\label\{(.*)\}\n", text)
    ((columns, body),) = re.findall(r"\\begin\{tabular\}\{@\{\}([lr]+)@\{\}\}\n(.*)\\end\{tabular\}", text, re.DOTALL)
    lines = body.splitlines()
    assert (lines[0], lines[2], lines[-1]) == (r"\toprule", r"\midrule", r"\bottomrule")
    rows = [cells_of(line) for line in lines if line not in (r"\toprule", r"\midrule", r"\bottomrule")]
    assert {len(row) for row in rows} == {len(columns)}
    notes = re.findall(r"\\begin\{minipage\}\{\\linewidth\}\n(.*)\n\\end\{minipage\}", text, re.DOTALL)
    parts = notes[0].split("\\par\n") if notes else []
    return LatexTable(as_read(caption), label, columns, rows[0], rows[1:], [note_of(part) for part in parts])


def note_of(text: str) -> str:
    """A note, with its letter and a colon in front if it has one."""
    found = re.fullmatch(r"(?:\\textsuperscript\{(\w+)\}\\,)?(.*)", text, re.DOTALL)
    return (f"{found[1]}: " if found[1] else "") + as_read(found[2])


def cells_of(line: str) -> list[LatexCell]:
    """The cells of a row."""
    assert line.endswith(r" \\"), line
    cells = []
    for part in re.split(r"(?<!\\)&", line.removesuffix(r" \\")):
        found = re.fullmatch(r"(\\textbf\{)?(.*?)(?(1)\})(?:\\textsuperscript\{([\w,]+)\})?", part.strip(), re.DOTALL)
        cells.append(LatexCell(as_read(found[2]), found[3] or "", bool(found[1])))
    return cells
