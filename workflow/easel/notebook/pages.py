"""A study's report inside a notebook: its pages in one frame, with the links between them.

Each page of a report stands alone, but for its links to the other pages. In a notebook there are no files to go to, so
all pages travel in one document, which shows one of them and changes to another when its link is followed.
"""

import json
from html import escape
from pathlib import Path

from easel.runtime.errors import EaselError

STUDY_PAGE = "report.html"
HEIGHT = 900
"""Of the frame, in CSS pixels."""
LARGEST = 20_000_000
"""Bytes of pages in one frame: a notebook keeps them in its file, and opens slowly if there are many."""

# Within each page. Without a file, a link to a heading would lead out of the frame, and one to a file nowhere.
LINKS = """<script>
addEventListener("click", event => {
  const link = event.target.closest("a[href]");
  const href = link && link.getAttribute("href");
  if (!href) return;
  if (/^[a-z]+:/i.test(href)) { link.target = "_blank"; return; }  // most sites refuse to be shown in a frame
  event.preventDefault();
  if (href[0] === "#") document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
  else parent.postMessage({easel: href}, "*");
});
</script>"""

FRAME = """<!DOCTYPE html>
<meta charset="utf-8">
<style>
html, body {height: 100%; margin: 0} body {display: flex; flex-direction: column; font: 14px system-ui, sans-serif}
nav {padding: .4rem} button {font: inherit; margin-right: .4rem} button[aria-current] {font-weight: bold}
iframe {border: 0; flex: 1; width: 100%}
</style>
<nav></nav>
NOTE
<iframe title="Report"></iframe>
<script>
const pages = PAGES;
const nav = document.querySelector("nav"), frame = document.querySelector("iframe");
let shown = "";
function show(name) {
  shown = name;
  frame.srcdoc = pages[name];
  for (const button of nav.children) button.toggleAttribute("aria-current", button.value === name);
}
for (const name in pages) {
  const button = document.createElement("button");
  button.value = name;
  const run = name.split("/").slice(0, -1).join(", ").replace("seed-", "seed ");
  button.textContent = run || "Study";
  button.onclick = () => show(name);
  nav.append(button);
}
addEventListener("message", event => {
  if (event.source !== frame.contentWindow || !event.data.easel) return;
  const name = new URL(event.data.easel, "file:///" + shown).pathname.slice(1);
  if (pages[decodeURIComponent(name)]) show(decodeURIComponent(name));
});
show("report.html");
</script>"""


def report_files(study: Path) -> dict[str, Path]:
    """The pages of a study's report by their path in its results, the study's own first.

    Raises EaselError if there is none yet.
    """
    if not (study / STUDY_PAGE).is_file():
        raise EaselError(f"there is no report of {study.name} yet: run the cell *Train*, to its end")
    runs = sorted(study.glob(f"*/seed-*/{STUDY_PAGE}"))
    return {page.relative_to(study).as_posix(): page for page in (study / STUDY_PAGE, *runs)}


def report_frame(study: Path) -> str:
    """The report of a study as the HTML of one frame: as many of its pages as are not too large together."""
    files, size = report_files(study), 0
    pages: dict[str, str] = {}
    for name, file in files.items():
        size += file.stat().st_size
        if size <= LARGEST or not pages:
            pages[name] = file.read_text(encoding="utf-8") + LINKS
    left = f"{len(files) - len(pages)} of {len(files)} pages would make this notebook too large"
    note = f"<small>{left}: they are in the file of the cell *Download*.</small>" if len(pages) < len(files) else ""
    document = FRAME.replace("NOTE", note).replace("PAGES", json.dumps(pages).replace("<", r"\u003c"))
    style = f"width: 100%; height: {HEIGHT}px; border: 1px solid #8884; border-radius: 6px"
    title = f"Report of {escape(study.name)}"
    return f'<div><iframe title="{title}" srcdoc="{escape(document)}" style="{style}"></iframe></div>'
