"""Rendering: execute a notebook with parameters and convert it into one self-contained HTML page."""

import copy
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

import nbformat
import papermill
import zmq
from nbclient.exceptions import DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from easel.report.embedding import with_embedded_files
from easel.report.links import with_report_links
from easel.report.page.html import attribute, fragment, paragraph
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic
from easel.texts import has_text, languages, say, texts

# Otherwise the kernel's debugger warns at every start about frozen modules of the standard library.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

KERNEL = Config()
# A kernel's sockets are open to other users of the machine.
KERNEL.KernelManager.transport_encryption = "auto" if zmq.has("curve") else "disabled"
# A slow kernel logs an interruption at shutdown. Errors in cells are reported all the same.
KERNEL.NotebookClient.extra_arguments = ["--IPKernelApp.log_level=CRITICAL"]
NOTEBOOK_ONLY = "notebook-only"
PLAYER = 'class="player'
"""In the markup of a section that draws with networks: its page has the scripts for that."""


def render(
    notebook: str | Path, parameters: Mapping[str, Path], title: str, executed: str | Path, page: str | Path,
    failed: str | Path,
) -> None:  # fmt: skip
    """Execute a notebook; write it to `executed`, and as a page to `page`.

    parameters: paths for the notebook's cell tagged `parameters`, passed relative to the folder of `executed`, in which
        the notebook runs. The executed notebook can therefore be opened and run again where it is.
    title: of the page, shown in the browser's tab.
    failed: file for the executed notebook, with its traceback, if one of its cells fails. An EaselError then names the
        cell, and neither output is written.
    The page's template is the folder `template` next to the notebook.
    """
    notebook, executed = Path(notebook), Path(executed)
    ran = run(notebook, parameters, executed.parent, Path(failed))
    html = with_report_links(convert(ran, title, notebook.parent / "template", notebook.stem), page)
    html = with_embedded_files(html, executed.parent)
    with atomic(executed) as partial:
        nbformat.write(ran, partial)
    with atomic(page) as partial:
        partial.write_text(html, encoding="utf-8")


def run(notebook: Path, parameters: Mapping[str, Path], folder: Path, failed: Path) -> NotebookNode:
    """Execute a notebook in `folder` with paths as parameters; return it with its outputs. See `render`."""
    folder.mkdir(parents=True, exist_ok=True)
    failed.parent.mkdir(parents=True, exist_ok=True)
    try:
        ran = papermill.execute_notebook(
            nbformat.read(notebook, as_version=4),  # not its path, whose braces papermill would fill in
            escape_braces(failed),  # written after every cell: the only trace of a failed notebook
            {name: os.path.relpath(path, folder) for name, path in parameters.items()},
            kernel_name="python3",
            language="python",
            cwd=folder,
            progress_bar=False,
            config=KERNEL,
        )
    except PapermillExecutionError as error:
        line = error.source.strip().splitlines()[0] if error.source.strip() else ""
        raise EaselError(
            f"{notebook}: cell [{error.exec_count}] failed ({line}): {error.ename}: {error.evalue}\n"
            f"The executed notebook, with the traceback, is kept as {failed}"
        ) from None
    except DeadKernelError as error:
        raise EaselError(
            f"{notebook}: its kernel died ({error}); out of memory is the usual reason.\n"
            f"The notebook, as far as it ran, is kept as {failed}"
        ) from None
    failed.unlink()
    return without_traces(ran)


def escape_braces(path: Path) -> str:
    """A path as papermill's templates of paths have it."""
    return str(path).replace("{", "{{").replace("}", "}}")


def without_traces(notebook: NotebookNode) -> NotebookNode:
    """Remove papermill's metadata: absolute paths and times, which differ from run to run."""
    for part in (notebook, *notebook.cells):
        part.metadata.pop("papermill", None)
    return notebook


def convert(notebook: NotebookNode, title: str, template: Path, name: str = "") -> str:
    """An executed notebook as a page, by the nbconvert template in the folder `template`.

    name: of the notebook. Sections with a text under `sections.<name>` are shown in all languages.
    """
    exporter = HTMLExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent.resolve())],
        exclude_anchor_links=True,
    )
    page = as_page(notebook)
    for cell in page.cells:
        if opens_section(cell):
            cell.metadata["section"] = section(cell, name)
    resources = {
        "metadata": {"name": "".join(title)},  # a plain str: nbconvert turns it into a path
        "languages": {language: texts(language)["language.name"] for language in languages()},
        "code": fragment(say("page.code")),
        "has_player": any(PLAYER in output.get("data", {}).get("text/html", "") for output in outputs(page)),
        "labels": {name: attribute("aria-label", say(f"page.{name}")) for name in ("contents", "language")},
    }
    html, _ = exporter.from_notebook_node(page, resources)
    return html


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The outputs of all cells of a notebook."""
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def opens_section(cell: NotebookNode) -> bool:
    """True for a cell that opens a section: markdown that starts with `## `."""
    return cell.cell_type == "markdown" and cell.source.startswith("## ")


def section(cell: NotebookNode, notebook: str) -> dict[str, str]:
    """The anchor of a section, and markup of its heading and text in all languages.

    A section that the texts do not have is shown as it is written in the cell.
    """
    heading, _, text = cell.source[3:].partition("\n")
    anchor = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
    key = f"sections.{notebook}.{anchor}"
    if not has_text(f"{key}.title"):
        return {"anchor": anchor, "heading": escape(heading), "text": markdown2html(text.strip())}
    text = paragraph(say(f"{key}.text")) if has_text(f"{key}.text") else ""
    return {"anchor": anchor, "heading": fragment(say(f"{key}.title")), "text": text}


def compose(title: str, name: str, sections: Mapping[str, Iterable[str | None]], template: Path) -> str:
    """A page in the same style without a notebook: pieces of HTML under headings.

    sections: pieces by section, where a section is a key of `sections.<name>` in the texts; "" stands for the part
        above the first heading. None is left out, and so is a section without any other piece.
    """
    cells = []
    for key, pieces in sections.items():
        heading = say(f"sections.{name}.{key}.title") if key else ""
        cells += [new_markdown_cell("".join(["## ", heading]))] if key else []
        cells += [
            new_code_cell("", outputs=[new_output("display_data", {"text/html": piece})])
            for piece in pieces
            if piece is not None
        ]
    return convert(new_notebook(cells=cells), title, template, name)


def as_page(notebook: NotebookNode) -> NotebookNode:
    """The cells of a notebook that its page shows.

    A cell tagged `notebook-only` is left out, and so is a section (from a cell that starts with `## ` up to the next
    one) without any output. The code of a section is shown once, with its last output.
    """
    page = copy.deepcopy(notebook)
    sections: list[list[NotebookNode]] = [[]]
    for cell in page.cells:
        if opens_section(cell):
            sections.append([])
        if NOTEBOOK_ONLY not in cell.metadata.get("tags", []):
            sections[-1].append(cell)
    shown = [each for each in sections[1:] if any(cell.get("outputs") for cell in each)]
    page.cells = []
    for each in [sections[0], *shown]:
        outputs = [cell for cell in each if cell.get("outputs")]
        code = "\n\n".join(cell.source for cell in each if cell.cell_type == "code" and cell.source)
        for cell in outputs:
            cell.source = code if cell is outputs[-1] else ""
        page.cells += [cell for cell in each if cell.cell_type != "code" or cell.get("outputs")]
    return page
