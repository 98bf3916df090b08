"""Works that a study cites: references.yaml, BibTeX and the Citation File Format.

A citation in running text is a mark that escaping leaves as it is, so that sentences can be put together before they
become LaTeX or Markdown. `Bibliography.cite` makes one, and `markup.py` writes it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from easel.report.page.plain import escaped_latex

FILE = Path(__file__).with_name("references.yaml")
IDENTIFIER = re.compile(r"arXiv \d{4}\.\d{4,5}|(?:doi 10\.|https?://)\S+?(?=[.,;)]*(?:\s|$))")
"""How a preset's `source`, or a metric's, names a work."""
OTHERS = "others"
"""Stands for the authors that are not listed; BibTeX writes them as `et al.`"""
OPEN, CLOSE = "\ufdd0", "\ufdd1"  # of Unicode's noncharacters, which no text has
MARK = re.compile(f"( ?){OPEN}(.*?){CLOSE}")
"""A citation: the space before it, and keys with commas between them. Keys have letters, digits, - and dots."""


@dataclass(frozen=True)
class Reference:
    """A work, by the key of its BibTeX entry."""

    key: str
    title: str
    identifier: str = ""
    """`arXiv <number>`, `doi <doi>` or a URL."""
    authors: tuple[str, ...] = ()
    """`Family, Given` of a person; the name alone of an organisation."""
    year: int | None = None
    conference: str = ""
    journal: str = ""
    institution: str = ""
    volume: int | None = None
    number: int | str | None = None
    pages: str = ""
    note: str = ""
    cited_for: tuple[str, ...] = ()
    """Formats of datasets, datasets, and kinds of judges."""

    def identified_by(self, scheme: str) -> str:
        """The arXiv number (`arXiv`), the DOI (`doi`) or the URL (`http`); empty if the work has another identifier."""
        return self.identifier.removeprefix(f"{scheme} ") if self.identifier.startswith(scheme) else ""


@cache
def known_references() -> dict[str, Reference]:
    """The works in references.yaml by key."""
    with open(FILE, encoding="utf-8") as file:
        entries: dict[str, dict[str, Any]] = YAML(typ="safe").load(file)
    works = {}
    for key, entry in entries.items():
        lists: dict[str, Any] = {name: tuple(entry[name]) for name in ("authors", "cited_for") if name in entry}
        works[key] = Reference(key, **{**entry, **lists})
    return works


@dataclass
class Bibliography:
    """The works that are cited, in the order of their first citation."""

    cited: dict[str, Reference] = field(default_factory=dict)

    def cite(self, *keys: str) -> str:
        """The mark of a citation of works in references.yaml; empty for none. Raises KeyError for one that is not."""
        return self.add(*(known_references()[key] for key in keys))

    def cite_for(self, subject: str) -> str:
        """The mark of a citation of the work that introduced a dataset's format, a dataset, or a kind of judges."""
        return self.cite(*(key for key, work in known_references().items() if subject in work.cited_for))

    def add(self, *works: Reference) -> str:
        """The mark of a citation of any works; empty for none."""
        for work in works:
            self.cited.setdefault(work.key, work)
        return f"{OPEN}{','.join(work.key for work in works)}{CLOSE}" if works else ""

    def cite_named(self, text: str) -> str:
        """The mark of a citation of the works whose identifiers are in a text; empty for none."""
        return self.add(*(work_of(found[0]) for found in IDENTIFIER.finditer(text)))

    def with_citations(self, text: str) -> str:
        """A text in which each identifier of a work is a citation of it, without brackets of its own."""
        cited = IDENTIFIER.sub(lambda found: self.add(work_of(found[0])), text)
        return re.sub(rf"\(({OPEN}[^{CLOSE}]*{CLOSE})\)", r"\1", cited)


def work_of(identifier: str) -> Reference:
    """The work in references.yaml that has an identifier; else one of which nothing but this is known."""
    known = {work.identifier: work for work in known_references().values()}
    key = re.sub(r"[^a-z0-9.]+", "-", identifier.lower()).strip("-")
    return known.get(identifier) or Reference(key, identifier, identifier)


# --- BibTeX --------------------------------------------------------------------------------------------


def as_bibtex(works: Iterable[Reference]) -> str:
    """The content of a .bib file."""
    return "\n".join(map(bibtex_entry, works))


def bibtex_entry(work: Reference) -> str:
    """One entry. Titles keep their capitals, and names of organisations are not split into parts."""
    kind = (
        "article" if work.journal else "inproceedings" if work.conference
        else "techreport" if work.institution else "misc"
    )  # fmt: skip
    arxiv, doi, url = (work.identified_by(scheme) for scheme in ("arXiv", "doi", "http"))
    elsewhere = escaped_latex(f"arXiv:{arxiv}") if arxiv else rf"\url{{{url}}}" if url else ""
    fields = {
        "author": " and ".join(map(bibtex_author, work.authors)),
        "title": f"{{{escaped_latex(work.title)}}}",
        "journal": escaped_latex(work.journal),
        "booktitle": escaped_latex(work.conference),
        "institution": escaped_latex(work.institution),
        "volume": str(work.volume or ""),
        "number": str(work.number or ""),
        "pages": work.pages.replace("-", "--"),
        "year": str(work.year or ""),
        "doi": doi,
        **({"eprint": arxiv, "archiveprefix": "arXiv"} if arxiv else {}),
        "howpublished": elsewhere if kind == "misc" else "",
        "url": url if kind != "misc" else "",
        "note": escaped_latex(work.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{work.key},\n{lines}}}\n"


def bibtex_author(name: str) -> str:
    """An author as BibTeX reads the name."""
    written = escaped_latex(name)
    return written if "," in name or name == OTHERS else f"{{{written}}}"


# --- Citation File Format ------------------------------------------------------------------------------


def as_cff(work: Reference) -> dict[str, Any]:
    """A work as one of the `references` of a CITATION.cff (version 1.2.0)."""
    kind = (
        "article" if work.journal or (work.identified_by("arXiv") and not work.conference)
        else "conference-paper" if work.conference else "report" if work.institution else "website"
    )  # fmt: skip
    arxiv, doi, url = (work.identified_by(scheme) for scheme in ("arXiv", "doi", "http"))
    start, _, end = work.pages.partition("-")
    fields = {
        "type": kind,
        "authors": [cff_author(name) for name in work.authors if name != OTHERS],
        "title": work.title,
        "year": work.year,
        "journal": work.journal,
        "conference": {"name": work.conference} if work.conference else None,
        "institution": {"name": work.institution} if work.institution else None,
        "volume": work.volume,
        "issue": str(work.number) if work.number else None,
        "start": start,
        "end": end,
        "doi": doi,
        "url": url,
        "identifiers": [{"type": "other", "value": f"arXiv:{arxiv}"}] if arxiv else None,
    }
    return {name: value for name, value in fields.items() if value}


def cff_author(name: str) -> Mapping[str, str]:
    """An author: a person with family and given names, or an organisation."""
    family, comma, given = name.partition(", ")
    return {"family-names": family, "given-names": given} if comma else {"name": name}
