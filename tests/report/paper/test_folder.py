"""The folder of a paper: every file, complete, and a citation that tools can read."""

import csv
import re
import tomllib
from pathlib import Path

import pytest
from helpers.latex_tables import tables_in
from ruamel.yaml import YAML

from easel.report.paper.files import CHAPTERS, FILES, TABLES
from easel.report.paper.folder import document, write_paper

ROOT = Path(__file__).parents[3]
CITATION = ROOT / "CITATION.cff"
REQUIRED = {"authors", "cff-version", "message", "title"}  # by the schema of version 1.2.0
OF_A_REFERENCE = {"authors", "title", "type"}


@pytest.fixture(scope="module")
def paper(written, tmp_path_factory) -> Path:
    """A paper of three seeds and two judges."""
    folder = tmp_path_factory.mktemp("papers") / "paper"
    write_paper(written((0, 1, 2), ("classifier", "inception")), CITATION, folder)
    return folder


def test_every_file_is_there(paper):
    assert {file.name for file in paper.iterdir()} == set(FILES)


def test_every_table_is_complete_and_has_a_label_of_its_own(paper):
    labels = [
        table.label
        for name in CHAPTERS
        if name != "methods"
        for table in tables_in((paper / f"{name}.tex").read_text())
    ]
    assert len(labels) > 8
    assert len(set(labels)) == len(labels)


def test_the_document_takes_in_every_chapter(paper):
    text = (paper / "paper.tex").read_text()
    assert re.findall(r"\\input\{(\w+)\}", text) == list(CHAPTERS)
    assert text.index(r"\usepackage{booktabs,url}") < text.index(r"\begin{document}") < text.index(r"\end{document}")
    assert "kotex" not in text


def test_letters_that_need_another_engine_are_announced(written):
    assert r"\usepackage{kotex}" in document(written(), "한글")


def test_every_citation_has_its_entry_and_every_entry_is_cited(paper):
    cited = {
        key for keys in re.findall(r"\\cite\{([^}]*)\}", (paper / "methods.tex").read_text()) for key in keys.split(",")
    }
    in_markdown = set(re.findall(r"(?<!\\)@([\w.-]*\w)", (paper / "methods.md").read_text()))
    entries = re.findall(r"^@\w+\{(.*),$", (paper / "references.bib").read_text(), re.MULTILINE)
    assert len(entries) > 8
    assert cited == in_markdown == set(entries)
    assert len(entries) == len(set(entries))


def test_every_csv_has_rows_with_the_same_columns(paper):
    for name in TABLES:
        with open(paper / f"{name}.csv", newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        assert rows
        assert {len(row) for row in rows} == {len(header)} == {len(set(header))}


def test_the_citation_of_the_study_has_its_commit_and_its_sources(paper):
    ours = YAML(typ="safe").load(paper / "CITATION.cff")
    whole = YAML(typ="safe").load(CITATION)
    assert {key: ours[key] for key in whole} == whole
    assert ours["commit"] == "ab4cb19f" * 5
    assert all(each.keys() >= OF_A_REFERENCE and each["authors"] for each in ours["references"])
    assert "Holm" in {author.get("family-names") for each in ours["references"] for author in each["authors"]}


def test_easels_citation_agrees_with_the_package_and_the_readme():
    citation = YAML(typ="safe").load(CITATION)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert citation.keys() >= REQUIRED
    assert citation["cff-version"] == "1.2.0"
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["title"] == f"Easel: {project['description'][0].lower()}{project['description'][1:]}"
    repository = re.search(r"/github/([\w-]+/[\w-]+)/blob/", (ROOT / "README.md").read_text())[1]
    assert citation["repository-code"] == f"https://github.com/{repository}"
