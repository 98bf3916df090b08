"""The pages: links lead somewhere, commands and studies work as written, and the README stays short."""

import ast
import dataclasses
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import mistune
import pytest
from helpers.record_kinds import record_kinds
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from easel.config.judges import KINDS
from easel.study.load import load_study

ROOT = Path(__file__).parents[1]
README_LINES = 120
CODE_COLUMNS = 100


def pages() -> Iterator[str]:
    """Every Markdown file of the checkout, by its path in it: nothing hidden, and of results/ only its README."""
    for folder, folders, files in os.walk(ROOT):
        inside = Path(folder).relative_to(ROOT)
        folders[:] = [] if inside.parts == ("results",) else [name for name in folders if not name.startswith(".")]
        if inside.parts == ("results",):
            files = ["README.md"]
        yield from (str(inside / name) for name in files if name.endswith(".md"))


PAGES = sorted(pages())


class Code(NamedTuple):
    """A fenced code block."""

    language: str
    text: str


class Page(NamedTuple):
    """What a page links to, shows and contains."""

    links: list[str]
    pictures: list[str]
    anchors: set[str]
    code: list[Code]


@cache
def read(page: str) -> Page:
    """Parse a page, given by its path in the checkout."""
    found = Page([], [], set(), [])
    seen: dict[str, int] = {}
    for token in tokens(mistune.create_markdown(renderer="ast", plugins=["table"])((ROOT / page).read_text())):
        match token:
            case {"type": "link", "attrs": {"url": url}}:
                found.links.append(url)
            case {"type": "image", "attrs": {"url": url}}:
                found.pictures.append(url)
            case {"type": "inline_html" | "block_html", "raw": html}:
                found.pictures.extend(re.findall(r'<img [^>]*src="([^"]+)"', html))
                found.links.extend(re.findall(r'<a [^>]*href="([^"]+)"', html))
            case {"type": "heading", "children": children}:
                slug = slug_of(text_of(children))
                found.anchors.add(f"{slug}-{seen[slug]}" if slug in seen else slug)
                seen[slug] = seen.get(slug, 0) + 1
            case {"type": "block_code", "raw": text}:
                found.code.append(Code(token.get("attrs", {}).get("info", ""), text))
    return found


def tokens(tree: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every token of a syntax tree of mistune's."""
    for token in tree:
        yield token
        yield from tokens(token.get("children", []))


def text_of(tree: list[dict[str, Any]]) -> str:
    """The text of a heading, without its markup."""
    return "".join(token.get("raw", "") if token["type"] != "link" else "" for token in tokens(tree))


def slug_of(heading: str) -> str:
    """The anchor that code hosts give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# --- links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_leads_somewhere(page):
    for url in [*read(page).links, *read(page).pictures]:
        if re.match(r"[a-z]+:", url):
            continue
        path, _, anchor = unquote(url).partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page}: {url}: there is no such file"
        assert target.resolve().is_relative_to(ROOT), f"{page}: {url}: leads out of the checkout"
        if anchor:
            name = str(target.resolve().relative_to(ROOT))
            assert anchor in read(name).anchors, f"{page}: {url}: {name} has no such heading"


def test_every_guide_can_be_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for url in read(page).links:
            path = (ROOT / page).parent / url.partition("#")[0]
            if path.suffix == ".md" and path.exists():
                name = str(path.resolve().relative_to(ROOT))
                waiting += [name] if name not in reached | set(waiting) else []
    assert set(PAGES) == reached


# --- form ----------------------------------------------------------------------------------------------


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= README_LINES


@pytest.mark.parametrize("page", PAGES)
def test_no_placeholder_is_left(page):
    assert "{{" not in (ROOT / page).read_text(), f"{page}: fill in what is between {{{{ and }}}}"


@pytest.mark.parametrize("page", PAGES)
def test_code_fits_beside_a_file_list(page):
    for code in read(page).code:
        for line in code.text.splitlines():
            assert len(line) <= CODE_COLUMNS, f"{page}: {line}"


# --- commands ------------------------------------------------------------------------------------------

MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
RULES = {
    rule
    for file in [ROOT / "Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]
    for rule in re.findall(r"^\s*(?:use rule \w+ as|rule) (\w+)(?::| with:)", file.read_text(), re.MULTILINE)
}
SWALLOWS = ("--config", "--resources", "--forcerun", "--set-resources")
"""Options of Snakemake's that take every argument after them."""
WITH_VALUE = ("--cores", "--workflow-profile", "--report", "--directory", "--latency-wait", "--retries",
              "--slurm-status-command")  # fmt: skip


def commands(page: str) -> Iterator[list[str]]:
    """The commands of a page: lines of its shell blocks, and inline code that starts like one."""
    blocks = [code.text for code in read(page).code if code.language == "sh"]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    lines += re.findall(r"`((?:make|snakemake|python) [^`\n]+)`", (ROOT / page).read_text())
    for line in lines:
        for command in re.split(r" && |; ", line.partition("  #")[0]):
            words = shlex.split(command, comments=True)
            if words:
                yield words


def test_commands_are_found():
    assert sum(len(list(commands(page))) for page in PAGES) > 80


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page):
    for program, *words in commands(page):
        if program == "make":
            targets = [word for word in words if re.fullmatch(r"[a-z-]+", word)]
            assert set(targets) <= MAKE_TARGETS, f"{page}: make {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES)
def test_every_snakemake_command_can_be_called(page):
    for program, *words in commands(page):
        if program.removeprefix(".venv/bin/") != "snakemake":
            continue
        said = f"{page}: snakemake {' '.join(words)}"
        while words:
            word = words.pop(0)
            if word in SWALLOWS:
                given = []
                while words and not words[0].startswith("-"):
                    given.append(words.pop(0))
                if word == "--forcerun":
                    assert set(given) <= RULES, said
                elif word == "--set-resources":
                    assert {value.partition(":")[0] for value in given} <= RULES, said
                else:
                    assert all("=" in value for value in given), f"{said}: targets come before {word}"
            elif word in WITH_VALUE:
                if word == "--workflow-profile":
                    assert words[0] == "…" or (ROOT / words[0]).exists(), said
                words = words[1:]
            elif not word.startswith("-") and "/" not in word and "…" not in word:
                assert word in RULES, f"{said}: there is no target {word}"


@pytest.mark.parametrize("page", PAGES)
def test_every_script_and_requirements_file_exists(page):
    for program, *words in commands(page):
        if program.endswith("python"):
            scripts = [word for word in words if word.endswith(".py") or fnmatch(word, "requirements*.txt")]
            assert all((ROOT / script).exists() for script in scripts), f"{page}: python {' '.join(words)}"


# --- files that pages name -----------------------------------------------------------------------------

OWN = ("config", "docs", "notebooks", "scripts", "workflow", "profiles", "benchmarks", "examples", "tests")


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_every_file_of_the_checkout_that_is_named_exists(page):
    for name in re.findall(rf"`((?:{'|'.join(OWN)})/[\w./-]*)`", (ROOT / page).read_text()):
        assert (ROOT / name).exists() or (ROOT / "workflow/easel" / name).exists(), f"{page}: {name}"


def test_the_map_shows_every_rule_and_package():
    map_of = (ROOT / "docs/architecture.md").read_text()
    scripts = {file.stem for file in (ROOT / "scripts").glob("*.py")}
    for name in (RULES & scripts) | {f"make_{kind}" for kind in KINDS}:
        assert name in map_of, f"docs/architecture.md: the chain lacks the rule {name}"
    for folder in (ROOT / "workflow/easel").iterdir():
        if (folder / "__init__.py").exists():
            assert f"`workflow/easel/{folder.name}/`" in map_of, f"docs/architecture.md lacks the package {folder.name}"


def test_a_package_that_lists_its_files_lists_all_and_no_other():
    for init in (ROOT / "workflow/easel").rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(init.read_text()), clean=False) or ""
        files = {file.name for file in init.parent.glob("*.py")} - {init.name}
        if listed := set(re.findall(r"^ *(\w+\.py)\b", text, re.MULTILINE)):
            package = init.parent.relative_to(ROOT)
            assert listed <= files, f"{package}: its docstring lists {listed - files}"
            assert not (lacking := files - set(re.findall(r"\b\w+\.py\b", text))), f"{package} does not list {lacking}"


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    section = (ROOT / "docs/architecture.md").read_text().partition("## Dependencies")[2]
    named = set(re.findall(r"[\w.-]+", " ".join(line.split("|")[1] for line in section.splitlines() if "|" in line)))
    assert {Requirement(each).name for each in needed} <= named


def test_files_describes_every_kind_of_record_with_its_fields():
    rows = [line for line in (ROOT / "docs/files.md").read_text().splitlines() if line.startswith("| ")]
    for kind in record_kinds():
        row = next((row for row in rows if f"`{kind.kind}`" in row.split("|")[1]), None)
        assert row is not None, f"docs/files.md lacks the {kind.family} kind {kind.kind}"
        fields = {field.name for field in dataclasses.fields(kind)} - {"value"}
        assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == fields, f"docs/files.md: {kind.kind}"


# --- what Easel says -----------------------------------------------------------------------------------

OF_OTHERS = ("No module named", "failed call to cuInit", "Unparsable value", "No rule to produce", "Incomplete files",
             "Job needs gpu=2", "make verify", "could not determine")  # fmt: skip
"""Messages of Python, TensorFlow and Snakemake, and a command."""


def test_messages_in_troubleshooting_are_those_that_easel_prints():
    sources = [ROOT / "workflow/envs/venv.sh", *(ROOT / "workflow").rglob("*.py"), *(ROOT / "workflow").rglob("*.smk")]
    said = "\n".join(source.read_text() for source in sources)
    said = said.replace("{results}", "results").replace("waiting for %s", "waiting for a free GPU")
    listed = re.findall(r"^\| `([^`]+)`", (ROOT / "docs/troubleshooting.md").read_text(), re.MULTILINE)
    own = [message for message in listed if not message.startswith(OF_OTHERS)]
    assert len(own) > 6
    for message in own:
        assert all(part.strip() in said for part in message.split("…")), message


def test_the_tutorial_names_sections_as_the_report_does():
    texts = YAML(typ="safe").load(ROOT / "workflow/easel/texts/en.yaml")
    titles = {section["title"] for page in texts["sections"].values() for section in page.values()}
    named = set(re.findall(r"\*\*([A-Z][a-z ]+)\*\*", (ROOT / "docs/first-study.md").read_text()))
    assert len(named) > 5
    assert named <= titles


# --- studies -------------------------------------------------------------------------------------------

STUDIES = [
    pytest.param(code.text, id=f"{page}-{i}")
    for page in PAGES
    for i, code in enumerate(read(page).code)
    if code.language == "yaml" and re.search(r"^dataset:", code.text, re.MULTILINE)
]


@pytest.mark.parametrize("text", STUDIES)
def test_every_study_in_the_pages_loads(text, tmp_path):
    for file in ("cifar-10-binary.tar.gz", "inception-2015-12-05.tgz"):
        (tmp_path / file).touch()
    for folder in ("their-samples", "birds/finch", "birds/tit"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.png").touch()
    study = tmp_path / "study.yaml"
    study.write_text(text.replace("/data/", f"{tmp_path}/"))
    assert load_study({"study": str(study)}, ROOT).runs


def test_studies_are_found():
    assert len(STUDIES) >= 15
