"""Texts of the pages: complete in every language, all used, and composed without losing a translation."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers.page_text import in_language
from helpers.rendered_pages import NOTEBOOKS, rendered

from easel.config.presets import FAMILIES
from easel.data.folder.problems import KINDS
from easel.planning.rules import RULES
from easel.report.page.html import element
from easel.texts import DEFAULT_LANGUAGE, PLACEHOLDER, languages, say, texts, translated

PACKAGE = Path(__file__).parents[2] / "workflow" / "easel"
OTHERS = [language for language in languages() if language != DEFAULT_LANGUAGE]
# Prefixes of keys that are composed at run time.
COMPOSED = (
    "architecture.", "card.", "caveats.", "collapse.", "cost.", "counted.", "curves.", "dataset_files.", "intervals.",
    "judge_facts.", "metrics.", "overfitting.", "plan.", "planned_vs_actual.", "player.", "projection.columns.",
    "scores.", "sections.", "selections.", "settings.", "settle.", "spread.", "studies.", "summary.", "time.",
    "uncertainties.",
)  # fmt: skip


ELSEWHERE = ("settings.", "dataset_files.kinds.")
"""The English texts of these keys are in the code: the descriptions of the schema, and problems with files."""


def places(text: str | dict[str, str]) -> set[str]:
    """The placeholders of a text, in all its forms."""
    return {
        place for form in ([text] if isinstance(text, str) else text.values()) for place in PLACEHOLDER.findall(form)
    }


# --- the files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_language_has_every_text_with_its_placeholders(language):
    first, other = texts(DEFAULT_LANGUAGE), texts(language)
    assert sorted(first.keys() - other.keys()) == []
    assert sorted(key for key in other.keys() - first.keys() if not key.startswith(ELSEWHERE)) == []
    assert [key for key in first if not places(other[key]) <= places(first[key])] == []
    # A language without a plural may say a number in one form of the text where the other leaves it out.
    assert [key for key in first if places(first[key]) - places(other[key]) - {"n"}] == []


@pytest.mark.parametrize("language", OTHERS)
def test_language_explains_every_setting(language):
    fields = {name for settings in FAMILIES for name in settings.model_fields} - {"description"}
    explained = {key.removeprefix("settings.") for key in texts(language) if key.startswith("settings.")}
    assert explained == fields


@pytest.mark.parametrize("language", OTHERS)
def test_language_names_every_problem_with_files(language):
    start = "dataset_files.kinds."
    assert {key.removeprefix(start) for key in texts(language) if key.startswith(start)} == KINDS.keys()


def test_every_text_is_used():
    source = "".join(file.read_text() for file in [*PACKAGE.rglob("*.py"), *PACKAGE.parents[1].glob("scripts/*.py")])
    unused = [key for key in texts(DEFAULT_LANGUAGE) if f'"{key}"' not in source and not key.startswith(COMPOSED)]
    assert [key for key in unused if key.removesuffix(f".{key.split('.')[-1]}") not in source] == []


@pytest.mark.parametrize("notebook", ["run", "study"])
def test_notebook_and_texts_agree(notebook):
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text())["cells"]
    said = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    for heading, _, text in (cell[3:].partition("\n") for cell in said if cell.startswith("## ")):
        key = f"sections.{notebook}.{re.sub(r'[^a-z0-9]+', '-', heading.lower()).strip('-')}"
        assert texts(DEFAULT_LANGUAGE)[f"{key}.title"] == heading
        assert texts(DEFAULT_LANGUAGE).get(f"{key}.text", "") == " ".join(text.split())


# --- composing texts ----------------------------------------------------------------------------


def test_text_takes_plural_form_values_and_markup():
    assert [say("counted.epoch", n=n) for n in (1, 4, 10_000, 2.5)] == [
        "1 epoch", "4 epochs", "10,000 epochs", "2.5 epochs"
    ]  # fmt: skip
    got = say("lists.and", first="a < b", last=element("code", "c"))
    assert got == "a < b and c"
    assert got.markup["en"] == "a &lt; b and <code>c</code>"


def test_nested_text_has_the_same_language():
    got = say("lists.comma", first=say("counted.epoch", n=2), last="x")
    assert got.plain["ko"] == "2에폭, x"


def test_losing_translations_is_an_error():
    text = say("counted.epoch", n=2)
    with pytest.raises(TypeError, match="would lose its translations"):
        f"{text}"
    with pytest.raises(TypeError, match="would lose its translations"):
        text + "."


def test_unknown_key_or_missing_value_is_an_error():
    with pytest.raises(KeyError):
        say("no.such.key")
    with pytest.raises(KeyError):
        say("lists.and", first="a")


def test_markup_holds_all_languages_and_shows_one():
    got = element("p", say("counted.epoch", n=2), title=say("counted.step", n=1))
    assert got.count("data-translation") == len(languages())
    assert 'lang="ko" data-translation="" style="display: none"' in got
    assert in_language(got, "ko").endswith(">2에폭</p>")
    assert 'title="1 step"' in got
    assert "1스텝" in got


def test_schema_text_is_its_own_english():
    assert translated("settings.n_dis", "as the schema says") == "as the schema says"
    assert translated("settings.n_dis", "x").plain["ko"] == texts("ko")["settings.n_dis"]


# --- pages ---------------------------------------------------------------------------------------------


WORD = r"[A-Za-z]{2,}"


class Words(HTMLParser):
    """The words of a page's text outside code."""

    def __init__(self, page: str):
        super().__init__()
        self.words, self.within = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in ("img", "br", "meta", "link", "input"):
            self.within.append(tag)

    def handle_endtag(self, tag):
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"code", "pre", "style", "script", "title"} & set(self.within):
            self.words += re.findall(WORD, data)


@pytest.mark.parametrize("name", ["run", "study", "bare run", "bare study", "plan"])
def test_korean_page_has_no_english_but_names_in_the_results(tmp_path_factory, name):
    """Names of runs, presets, settings, layers and files, descriptions and versions are all in the results.

    A plan also has the names of rules.
    """
    pages = rendered(tmp_path_factory)
    page, results = pages[name], pages["study"].parents[1]
    files = [*results.rglob("*.json"), PACKAGE / "texts" / "ko.yaml"]
    names = set(re.findall(WORD, "".join(file.read_text() for file in files).replace("\\n", " "))) | {
        texts(DEFAULT_LANGUAGE)["language.name"]
    }
    names |= set(re.findall(WORD, " ".join(RULES).replace("_", " "))) if name == "plan" else set()
    left = Words(in_language(page.read_text(), "ko")).words
    assert sorted({word for word in left if word not in names and not word.isupper()}) == []
