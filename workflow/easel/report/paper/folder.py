"""The files of results/<study>/paper/."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from easel.report.page.plain import english, escaped_latex, foreign_letters
from easel.report.paper.bibliography import Reference, as_bibtex, as_cff
from easel.report.paper.files import CHAPTERS, FILES
from easel.report.paper.markup import as_latex, as_markdown
from easel.report.paper.methods import DIGITS, Methods
from easel.report.paper.records import PaperRecords
from easel.report.paper.results import (
    agreement_rows,
    agreement_tables,
    difference_tables,
    result_rows,
    result_tables,
)
from easel.report.paper.setup import (
    compute_rows,
    compute_table,
    judge_rows,
    judge_table,
    settings_rows,
    settings_tables,
)
from easel.report.paper.tables import PaperTable, latex_table
from easel.runtime.files import atomic
from easel.texts import say


def write_paper(records: PaperRecords, citation: Path, folder: Path) -> None:
    """Write all files. citation: the CITATION.cff of Easel."""
    with open(citation, encoding="utf-8") as file:
        software = YAML(typ="safe").load(file)
    methods = Methods(records, easel_as_reference(software, records))
    paragraphs = methods.paragraphs()
    tables: dict[str, Sequence[PaperTable]] = {
        "results": result_tables(records.study),
        "differences": [*difference_tables(records.study), *agreement_tables(records.study)],
        "judges": [judge_table(records)] if records.judges else [],
        "compute": [compute_table(records)] if records.trainings else [],
        "settings": settings_tables(records),
    }
    texts = {f"{name}.tex": latex_tables(found) for name, found in tables.items()}
    texts["methods.tex"] = latex_paragraphs(paragraphs)
    texts |= {
        "results.csv": csv_text(result_rows(records.study)),
        "agreement.csv": csv_text(agreement_rows(records.study)),
        "judges.csv": csv_text(judge_rows(records)),
        "compute.csv": csv_text(compute_rows(records)),
        "settings.csv": csv_text(settings_rows(records.study)),
        "methods.md": markdown_paragraphs(paragraphs),
        "references.bib": as_bibtex(methods.bibliography.cited.values()),
        "CITATION.cff": citation_file(software, records, methods.bibliography.cited.values()),
    }
    texts = {name: with_letters_noted(text) if name.endswith(".tex") else text for name, text in texts.items()}
    written = "".join(text for name, text in texts.items() if name.endswith((".tex", ".bib")))
    texts["paper.tex"] = document(records, written)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        with atomic(folder / name) as partial:
            partial.write_text(texts[name], encoding="utf-8", newline="")


# --- forms ---------------------------------------------------------------------------------------------


def latex_tables(tables: Iterable[PaperTable]) -> str:
    """Tables one after the other."""
    return "\n".join(map(latex_table, tables))


def latex_paragraphs(paragraphs: Iterable[tuple[str, str]]) -> str:
    """Paragraphs with run-in headings."""
    return "\n".join(rf"\paragraph{{{escaped_latex(title)}.}} {as_latex(text)}" + "\n" for title, text in paragraphs)


def markdown_paragraphs(paragraphs: Iterable[tuple[str, str]]) -> str:
    """The same in Markdown."""
    return "\n".join(f"**{as_markdown(title)}.** {as_markdown(text)}\n" for title, text in paragraphs)


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a table with the columns of any of them; cells that a row does not have are empty."""
    written = io.StringIO()
    columns = dict.fromkeys(key for row in rows for key in row)
    writer = csv.DictWriter(written, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def with_letters_noted(text: str) -> str:
    """A .tex file, with a comment that names the letters that LaTeX's usual fonts lack."""
    missing = foreign_letters(text)
    return f"% {english(say('paper.letters', letters=missing))}\n{text}" if missing else text


def document(records: PaperRecords, content: str) -> str:
    """paper.tex: a document that has all chapters, to look at or to start from. content: of what it takes in."""
    title = records.study.comparison["title"] or records.name
    chapters = []
    for name in CHAPTERS:
        chapters += [
            rf"\section{{{escaped_latex(english(say(f'paper.chapters.{name}')))}}}",
            rf"\input{{{name}}}",
            r"\clearpage",
        ]
    lines = [
        r"\documentclass[a4paper]{article}",
        r"\usepackage[margin=2.5cm]{geometry}",
        r"\usepackage{iftex}",
        r"\iftutex\usepackage{fontspec}\else\usepackage[T1]{fontenc}\fi",
        r"\usepackage{booktabs,url}",
        *([r"\usepackage{kotex}"] if foreign_letters(title + content) else []),
        rf"\title{{{escaped_latex(title)}}}",
        r"\author{}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        *chapters,
        r"\bibliographystyle{plain}",
        r"\bibliography{references}",
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"


# --- citation ------------------------------------------------------------------------------------------


def easel_as_reference(software: Mapping[str, Any], records: PaperRecords) -> Reference:
    """Easel as a work to cite. software: its CITATION.cff."""
    commit = records.manifest["git"]["commit"]
    note = [say("paper.easel_version", version=software["version"])]
    note += [say("paper.commit", commit=commit[:DIGITS])] if commit else []
    return Reference(
        key="easel",
        title=software["title"],
        identifier=software["repository-code"],
        authors=tuple(author["name"] for author in software["authors"]),
        note=", ".join(map(english, note)),
    )


def citation_file(software: Mapping[str, Any], records: PaperRecords, cited: Iterable[Reference]) -> str:
    """CITATION.cff: Easel as the study used it, with the works that the methods cite as its references."""
    commit = records.manifest["git"]["commit"]
    references = [as_cff(work) for work in cited if work.key != "easel" and work.authors]
    content = {**software, **({"commit": commit} if commit else {}), "references": references}
    buffer, yaml = io.StringIO(), YAML()
    yaml.width = 1_000  # characters of a line
    yaml.dump(content, buffer)
    return buffer.getvalue()
