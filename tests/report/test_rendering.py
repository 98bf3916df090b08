"""Rendering: execution of notebooks, failures, and self-contained pages."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import zmq
from helpers.page_text import in_language
from helpers.rendered_pages import NOTEBOOKS, rendered
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from easel.report.rendering import as_page, render
from easel.runtime.errors import EaselError

REPORTS = ("run.ipynb", "study.ipynb")
PAGES = ("run", "study", "bare run", "bare study")


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    return rendered(tmp_path_factory)


@pytest.fixture
def desk(tmp_path) -> Path:
    """A folder with a template, for a notebook to be written into. Its path is like no template of a path."""
    desk = tmp_path / "a {desk} of 100% 'ü' #1"
    shutil.copytree(NOTEBOOKS / "template", desk / "template")
    return desk


HAS_KEY = """
import ipykernel, json
with open(ipykernel.get_connection_file()) as file:
    print("encrypted:", "curve_publickey" in json.load(file))
"""
"""Tells whether the kernel's sockets, which other users of the machine can reach, are encrypted."""


def attempt(desk: Path, *sources: str) -> dict[str, Path]:
    """Render a notebook of code cells of which the first is its parameters cell; return the paths of what comes out."""
    cells = [new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(new_notebook(cells=cells), desk / "n.ipynb")
    paths = {
        "executed": desk / "out" / "report.ipynb",
        "page": desk / "out" / "report.html",
        "failed": desk / "logs" / "report.failed.ipynb",
    }
    render(desk / "n.ipynb", {"folder": desk / "data"}, "a < b", **paths)
    return paths


# --- running -------------------------------------------------------------------------------------------


def test_notebook_runs_with_parameters_in_its_output_folder(desk):
    paths = attempt(desk, "folder = 'default'", "from pathlib import Path\nprint(folder, Path.cwd().name)", HAS_KEY)
    executed = nbformat.read(paths["executed"], 4)
    assert executed.cells[-2].outputs[0].text == "../data out\n"
    assert executed.cells[-1].outputs[0].text == f"encrypted: {zmq.has('curve')}\n"
    assert "papermill" not in executed.metadata
    assert "<title>a &lt; b</title>" in paths["page"].read_text()
    assert "../data out" in paths["page"].read_text()
    assert not paths["failed"].exists()
    assert sorted(file.name for file in (desk / "out").iterdir()) == ["report.html", "report.ipynb"]


def test_failed_notebook_is_kept_and_leaves_no_output(desk):
    with pytest.raises(EaselError) as error:
        attempt(desk, "folder = ''", "ratio = 1 / 0\nprint('after')", "print('never')")
    failed = desk / "logs" / "report.failed.ipynb"
    for said in ("n.ipynb", "cell [3]", "(ratio = 1 / 0)", "ZeroDivisionError: division by zero", str(failed)):
        assert said in str(error.value)
    kept = nbformat.read(failed, 4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))
    assert list((desk / "out").iterdir()) == []


def test_failure_keeps_the_earlier_page_and_success_removes_the_trace(desk):
    paths = attempt(desk, "folder = ''", "print('first')")
    with pytest.raises(EaselError):
        attempt(desk, "folder = ''", "raise ValueError")
    assert "first" in paths["page"].read_text()
    assert paths["failed"].exists()
    attempt(desk, "folder = ''", "print('second')")
    assert "second" in paths["page"].read_text()
    assert not paths["failed"].exists()


def test_dead_kernel_is_an_error(desk):
    with pytest.raises(EaselError, match=r"kernel died.*out of memory"):
        attempt(desk, "folder = ''", "import os\nos._exit(1)")


# --- from notebook to page -----------------------------------------------------------------------------


def shown(*cells) -> list[str]:
    return [cell.source for cell in as_page(new_notebook(cells=list(cells))).cells]


def printing(source: str):
    return new_code_cell(source, outputs=[new_output("stream", text="x")])


def test_empty_section_is_left_out():
    assert shown(
        new_markdown_cell("## Full\n\ntext"), printing("a"), new_markdown_cell("## Empty"), new_code_cell("b"),
        new_markdown_cell("## Full again"), printing("c"),
    ) == ["## Full\n\ntext", "a", "## Full again", "c"]  # fmt: skip


def test_the_code_of_a_section_is_shown_once_with_its_last_output():
    cells = [new_code_cell("a = 1"), printing("a"), new_markdown_cell("text"), printing("b"), new_code_cell("c = 1")]
    assert shown(*cells) == ["", "text", "a = 1\n\na\n\nb\n\nc = 1"]
    assert shown(printing("a"), new_markdown_cell("## Next"), printing("b")) == ["a", "## Next", "b"]


def test_notebook_only_cells_are_left_out():
    hidden = new_markdown_cell("how to run this", metadata={"tags": ["notebook-only"]})
    assert shown(hidden, new_markdown_cell("text")) == ["text"]


# --- the notebooks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_notebooks_have_no_outputs_and_take_parameters(name):
    notebook = nbformat.read(NOTEBOOKS / name, nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor >= 5) == (4, True)
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert [cell.id for cell in code if "parameters" in cell.metadata.get("tags", [])] == ["parameters"]
    assert max(len(cell.source.splitlines()) for cell in code) <= 6


@pytest.mark.parametrize("name", REPORTS)
def test_default_parameters_point_to_the_quickstart(name):
    parameters = next(cell for cell in nbformat.read(NOTEBOOKS / name, 4).cells if cell.id == "parameters")
    values: dict[str, str] = {}
    exec(parameters.source, {}, values)
    results = NOTEBOOKS.parent / "results"
    assert all((NOTEBOOKS / value).resolve().is_relative_to(results) for value in values.values())
    assert any("quickstart" in value for value in values.values())


# --- the pages -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The files, links, pictures, headings and texts of a page."""

    def __init__(self, file: Path):
        super().__init__()
        self.loads, self.links, self.pictures, self.headings, self.ids = [], [], [], [], []
        self.inside: list[str] = []
        self.feed(in_language(file.read_text()))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.inside.append(tag)
        self.loads += [values[name] for name in ("src", "srcset", "poster", "data") if name in values]
        if tag in ("link", "use", "image"):
            self.loads.append(values.get("href") or values.get("xlink:href"))
        if tag == "a":
            self.links.append(values["href"])
        if tag == "img":
            self.pictures.append(values.get("alt"))
        if tag == "svg" and values.get("aria-hidden") != "true":
            self.pictures.append(values.get("aria-label") if values.get("role") == "img" else None)
        if "id" in values:
            self.ids.append(values["id"])

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in ("h1", "h2"):
            self.headings.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_nothing(pages, name):
    page, text = Page(pages[name]), pages[name].read_text().partition("<script>")[0]
    assert [load for load in page.loads if not load.startswith(("data:", "#"))] == []
    assert "@import" not in text
    assert [load for load in text.split("url(")[1:] if not load.startswith("#")] == []
    assert [link for link in page.links if "://" in link] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_has_alt_text(pages, name):
    pictures = Page(pages[name]).pictures
    assert len(pictures) >= 10
    assert all(pictures), pictures


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_internal_links_resolve(pages, name):
    page = Page(pages[name])
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_run_page_has_every_section(pages):
    assert Page(pages["run"]).headings == [
        "vae_gan on shapes", "Notes", "Draw with the network", "Samples by class", "Data", "Training progress",
        "Snapshots", "Training curves", "Interpolation", "Latent plane", "Reconstructions", "Metrics", "Memorisation",
        "Architecture", "Settings", "Time, hardware and versions",
    ]  # fmt: skip


def test_scant_run_has_no_empty_sections(pages):
    assert Page(pages["bare run"]).headings == [
        "only on shapes", "Data", "Training curves", "Architecture", "Settings", "Time, hardware and versions"
    ]  # fmt: skip


def test_study_page_links_to_every_run(pages):
    folder = pages["study"].parent
    links = {link for link in Page(pages["study"]).links if not link.startswith("#")}
    assert links == {f"{run}/seed-{seed}/report.html" for run in ("dcgan", "vae_gan") for seed in (0, 1)}
    assert folder / "vae_gan/seed-0/report.html" == pages["run"]
    assert "../../report.html" in Page(pages["run"]).links


def test_executed_notebook_can_run_again(pages):
    executed = nbformat.read(pages["run"].with_suffix(".ipynb"), 4)
    injected = next(cell for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", []))
    values: dict[str, str] = {}
    exec(injected.source, {}, values)
    assert (pages["run"].parent / values["run_folder"] / "train.json").is_file()
    assert (pages["run"].parent / values["dataset_folder"] / "dataset.json").is_file()
