"""Sentences of the records in results files: every kind, in every language, with the record's values."""

import dataclasses
import json
import re
import typing
from collections.abc import Iterator, Sequence

import pytest
from helpers.fake_plans import HERE, plan_of
from helpers.prose import sentences_in
from helpers.record_kinds import record_kinds
from helpers.rendered_pages import rendered

from easel.data.folder import problems
from easel.evaluation.comparison import Interval
from easel.metrics.catalogue import BASELINES, METRICS, OF
from easel.planning import predictions
from easel.report.page.records import record_sentence
from easel.report.tables.dataset_files import problem_name
from easel.report.tables.metric_texts import better_values, metric_meaning, metric_title
from easel.runtime.records import Record
from easel.texts import DEFAULT_LANGUAGE, Text, languages, say, texts

OTHERS = [language for language in languages() if language != DEFAULT_LANGUAGE]
VALUES = {int: 1_234, float: 0.4321, str: "a12b34c56d78ef", Sequence[str]: ["a.txt", "b.txt"]}
"""A value of each type that a record's fields have."""
NAMES = {
    "AVIF", "CMYK", "DeLong", "EXIF", "FID", "HEIC", "Holm", "Inception", "JPEG", "PNG", "BMP", "PSNR", "RGB", "SHA",
    "TensorFlow", "WebP", "max_pixels", "min_side", "image_size", "select", "last", "pip", "install", "upgrade",
    "pillow", "Pillow", "heif",
}  # fmt: skip
"""Words that stay as they are in every language."""


def example(kind: type[Record]) -> Record:
    """A record of a kind, with a value for every field."""
    types = typing.get_type_hints(kind)
    return kind(**{field.name: VALUES[types[field.name]] for field in dataclasses.fields(kind)})


def words(text: str) -> set[str]:
    """The Latin words of a text, without names and without what is between quotation marks in code style."""
    return set(re.findall(r"[A-Za-z_]{3,}", re.sub("`[^`]*`", "", text))) - NAMES


KINDS = record_kinds()


def test_every_family_of_records_is_found():
    assert {kind.family for kind in KINDS} == {"caveats", "judge_facts", "selections", "uncertainties"}
    assert len(KINDS) > 30
    assert len({(kind.family, kind.kind) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("language", languages())
def test_a_language_has_every_kind_and_no_other(language):
    written = {f"{kind.family}.{kind.kind}" for kind in KINDS}
    families = {kind.family for kind in KINDS}
    assert {key for key in texts(language) if key.split(".")[0] in families} == written


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}.{kind.kind}")
def test_a_record_is_a_sentence_in_every_language(kind):
    record = example(kind).as_json()
    assert json.loads(json.dumps(record)) == record
    said = record_sentence(kind.family, record)
    assert isinstance(said, Text)
    for language in languages():
        shown = said.plain[language]
        assert "{" not in shown
        for name, value in record.items():
            # An uncertainty's value is shown before its sentence, after the sign ±.
            if name not in ("kind", "value"):
                assert shown_as(name, value) in shown, (language, name)
    for language in OTHERS:
        assert said.plain[language] != said.plain[DEFAULT_LANGUAGE]
        assert words(said.plain[language]) <= set(re.findall(r"\w+", str([*record.values()]))), language


def shown_as(name: str, value: object) -> str:
    """A field's value as a page shows it."""
    if name in ("test_accuracy", "chance"):
        return "43.2"
    if name == "sha256":
        return "a12b34c56d78"
    if isinstance(value, list):
        return "a.txt, b.txt"
    return {int: "1,234", float: "0.43", str: str(value)}[type(value)]


# --- kinds that are no records ---------------------------------------------------------------------------


def texts_of_keys() -> Iterator[Text]:
    """The texts of every key of results files that stands for a sentence or a phrase."""
    yield from (say(f"intervals.{interval}") for interval in Interval)
    yield from (problem_name(kind) for kind in problems.KINDS)
    yield from (say(f"scores.of.{of}") for of in OF)
    yield from (say(f"scores.marks.{of}") for of in BASELINES)
    yield from (metric_meaning(metric) for metric in METRICS)
    yield from (better_values(metric) for metric in METRICS if isinstance(better_values(metric), Text))


@pytest.mark.parametrize("text", list(texts_of_keys()), ids=str)
def test_a_key_of_results_files_has_a_text_in_every_language(text):
    for language in OTHERS:
        assert text.plain[language] != text.plain[DEFAULT_LANGUAGE]
        assert words(text.plain[language]) == set()


def test_every_metric_has_a_title_and_no_text_is_left_over():
    assert all(isinstance(metric_title(metric), Text) for metric in METRICS)
    keys = [key.split(".") for key in texts(DEFAULT_LANGUAGE)]
    assert {key[1] for key in keys if key[0] == "metrics"} == METRICS.keys()


def test_a_kind_without_a_text_is_shown_by_its_fields():
    assert record_sentence("judge_facts", {"kind": "my_judge", "patches": 2}) == "my judge, patches 2"


# --- results files -------------------------------------------------------------------------------------


def test_results_files_hold_no_sentences(tmp_path_factory):
    """The made-up results that the pages are tested with; tests/workflow/test_chain.py has the same of real ones."""
    results = rendered(tmp_path_factory)["study"].parents[1]
    assert len(list(results.rglob("*.json"))) > 10
    assert sentences_in(results) == {}


def test_a_plan_holds_no_sentences(tmp_path):
    predictions.write(tmp_path / "plan.tsv", predictions.COLUMNS, plan_of(HERE).rows())
    assert sentences_in(tmp_path) == {}
    (tmp_path / "plan.tsv").write_text("rule\tsource\ncompare\tmeasured here, at most\n")
    assert sentences_in(tmp_path) == {"plan.tsv": ["measured here, at most"]}


def test_a_sentence_in_a_results_file_is_found(tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps({"metrics": [{"note": ["fewer images than asked"]}]}))
    assert sentences_in(tmp_path) == {"metrics.json": ["fewer images than asked"]}
