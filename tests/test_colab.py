"""notebooks/colab.ipynb as it is opened, and run over the results of an earlier session.

.ci/colab runs it from nothing, on a machine like Colab's.
"""

import os
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import papermill
import pytest
from helpers.tiny_study import finished_in

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "colab.ipynb"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def code_of(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_a_student_sees_forms_and_no_code(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(re.match(r"# @title [A-Z][a-z ]+ \{ display-mode: \"form\" \}\n", cell.source) for cell in cells)
    assert all(cell.metadata["cellView"] == "form" for cell in cells)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])] == cells[:1]


def test_the_badge_opens_this_notebook_of_the_repository_that_the_notebook_fetches(notebook):
    repository = re.search(r'^REPOSITORY = "https://github.com/(.+)"$', "\n".join(code_of(notebook)), re.MULTILINE)[1]
    pages = (ROOT / "README.md").read_text() + NOTEBOOK.read_text() + (ROOT / "docs" / "colab.md").read_text()
    named = re.findall(r"github(?:\.com)?/(?!assets)([\w.-]+/[\w.-]+)/blob/main/([\w./-]+\w)", pages)
    assert {name for name, _ in named} == {repository}
    assert {file for _, file in named} == {"notebooks/colab.ipynb", "docs/own-pictures.md"}
    assert all((ROOT / file).exists() for _, file in named)
    assert f"`{repository}`" in (ROOT / "docs" / "colab.md").read_text()


def test_after_a_disconnect_every_cell_runs_and_nothing_is_computed_again(tmp_path_factory, tmp_path, monkeypatch):
    finished = finished_in(tmp_path_factory)
    kept, home, here = tmp_path / "Drive/Easel", tmp_path / "home", tmp_path / "here"
    for folder in (kept, home, here):
        folder.mkdir(parents=True)
    shutil.move(finished / "results", kept / "results")
    before = {file: file.stat().st_mtime_ns for file in files_below(kept)}
    monkeypatch.setenv("HOME", str(home))
    (home / "easel").symlink_to(ROOT)
    done = papermill.execute_notebook(
        NOTEBOOK, None, {"study": str(finished.study), "keep_in": str(kept)}, kernel_name="python3", cwd=here
    )
    assert {file: file.stat().st_mtime_ns for file in files_below(kept)} == before
    html = [output.data["text/html"] for cell in done.cells for output in cell.get("outputs", []) if "data" in output]
    state, gallery, report = (each for each in html if "easel" in each)
    assert "Everything was there already" in state
    assert re.findall(r"<b>(\w+)</b>, seed 0", gallery) == ["dcgan", "vae", "vae_gan"]
    assert all(f"{run}/seed-0/report.html" in report for run in ("dcgan", "vae", "vae_gan"))
    with zipfile.ZipFile(here / "tiny.zip") as packed:
        assert {"tiny/report.html", "tiny/vae/seed-0/encoder.keras"} <= set(packed.namelist())


def files_below(kept: Path) -> list[Path]:
    """The files of results, without Snakemake's and the list of studies that each run renews."""
    found = (Path(folder) / name for folder, _, names in os.walk(kept / "results") for name in names)
    return sorted(file for file in found if ".snakemake" not in file.parts and file.parent.name != "results")
