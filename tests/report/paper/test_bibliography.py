"""Works to cite: every source that Easel names is known, and BibTeX and CITATION.cff have its facts."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from easel.metrics.catalogue import METRICS
from easel.report.page.plain import english
from easel.report.paper.bibliography import (
    IDENTIFIER,
    Bibliography,
    Reference,
    as_bibtex,
    as_cff,
    known_references,
    work_of,
)
from easel.report.paper.markup import as_latex
from easel.report.tables.metric_texts import metric_source

ROOT = Path(__file__).parents[3]
KNOWN = known_references()


def sources() -> dict[str, str]:
    """What presets and metrics say of where they are from."""
    presets = {file.stem: YAML(typ="safe").load(file)["source"] for file in (ROOT / "config/presets").glob("*.yaml")}
    return presets | {name: english(source) for name in METRICS if (source := metric_source(name))}


def test_every_source_of_presets_and_metrics_is_known():
    found = {name: IDENTIFIER.findall(source) for name, source in sources().items()}
    assert [name for name, works in found.items() if not works] == []
    unknown = {work for works in found.values() for work in works} - {work.identifier for work in KNOWN.values()}
    assert unknown == set()


@pytest.mark.parametrize("key", KNOWN)
def test_a_work_can_be_cited(key):
    work = KNOWN[key]
    assert re.fullmatch(r"[a-z0-9.-]+", key)
    assert work.title
    assert work.authors
    assert all(re.fullmatch(r"[^,]+(, [^,]+)?", name) for name in work.authors)
    assert not work.identifier or IDENTIFIER.fullmatch(work.identifier)


@pytest.mark.parametrize("name", ["cifar10_binary", "cifar100_binary", "svhn_mat", "fashion_mnist", "inception"])
def test_datasets_and_judges_of_others_are_cited(name):
    works = Bibliography()
    assert works.cite_for(name)
    assert len(works.cited) == 1
    assert works.cite_for("shapes") == ""


def test_identifiers_in_a_text_become_citations():
    works = Bibliography()
    text = "Theirs (arXiv 1511.06434; Adam), and doi 10.1000/x.y_2, or https://example.org/a_b/."
    got = as_latex(works.with_citations(f"{text} Again: arXiv 1511.06434. One of 2024 (arXiv 2401.00001)."))
    assert got == (
        r"Theirs (\cite{radford2016dcgan}; Adam), and~\cite{doi-10.1000-x.y-2}, or~\cite{https-example.org-a-b}. "
        r"Again:~\cite{radford2016dcgan}. One of 2024~\cite{arxiv-2401.00001}."
    )
    assert list(works.cited) == ["radford2016dcgan", "doi-10.1000-x.y-2", "https-example.org-a-b", "arxiv-2401.00001"]
    assert works.cited["arxiv-2401.00001"] == Reference("arxiv-2401.00001", "arXiv 2401.00001", "arXiv 2401.00001")


def test_bibtex_has_the_facts_of_each_kind_of_work():
    text = as_bibtex(
        [KNOWN["wang2004ssim"], KNOWN["tensorflow-dcgan"], KNOWN["xiao2017fashion"], KNOWN["chollet2015keras"]]
    )
    assert text.count("{") == text.count("}")
    entries = text.split("\n\n")
    assert entries[0] == (
        "@article{wang2004ssim,\n"
        "  author = {Wang, Zhou and Bovik, Alan C. and Sheikh, Hamid R. and Simoncelli, Eero P.},\n"
        "  title = {{Image Quality Assessment: From Error Visibility to Structural Similarity}},\n"
        "  journal = {IEEE Transactions on Image Processing},\n"
        "  volume = {13},\n  number = {4},\n  pages = {600--612},\n  year = {2004},\n"
        "  doi = {10.1109/TIP.2003.819861},\n}"
    )
    assert r"  howpublished = {\url{https://www.tensorflow.org/tutorials/generative/dcgan}}" in entries[1]
    assert "  author = {{TensorFlow}}" in entries[1]
    assert "  eprint = {1708.07747},\n  archiveprefix = {arXiv},\n  howpublished = {arXiv:1708.07747}" in entries[2]
    assert "  author = {Chollet, François and others}" in entries[3]


def test_cff_has_the_facts_of_each_kind_of_work():
    assert as_cff(KNOWN["holm1979"]) == {
        "type": "article", "authors": [{"family-names": "Holm", "given-names": "Sture"}],
        "title": "A Simple Sequentially Rejective Multiple Test Procedure", "year": 1979,
        "journal": "Scandinavian Journal of Statistics", "volume": 6, "issue": "2", "start": "65", "end": "70",
    }  # fmt: skip
    got = as_cff(KNOWN["miyato2018cgans"])
    assert (got["type"], got["conference"]) == (
        "conference-paper", {"name": "International Conference on Learning Representations"}
    )  # fmt: skip
    assert got["identifiers"] == [{"type": "other", "value": "arXiv:1802.05637"}]
    assert as_cff(KNOWN["chollet2015keras"])["authors"] == [{"family-names": "Chollet", "given-names": "François"}]
    assert as_cff(KNOWN["tensorflow-dcgan"])["authors"] == [{"name": "TensorFlow"}]
    assert as_cff(KNOWN["krizhevsky2009cifar"])["type"] == "report"


def test_an_identifier_that_nobody_knows_is_a_work_of_its_own():
    assert work_of("arXiv 1706.08500") is KNOWN["heusel2017ttur"]
    assert work_of("https://example.org/A-b").key == "https-example.org-a-b"
