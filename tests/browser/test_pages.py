"""Report pages in a real browser: desktop and phone, light and dark, offline."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from helpers.patience import PATIENCE
from helpers.rendered_pages import rendered

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

PHONE, TABLET, DESKTOP = 390, 768, 1280
# Runs at the end of a copy of a page, and reports its layout to the page that frames it.
PROBE = """
<script>
addEventListener("load", () => {
  const beyond = [...document.querySelectorAll("main *, nav *")].filter(each =>
    (each.matches("caption > span") || !each.closest("pre, .table, svg"))
      && each.getBoundingClientRect().right > innerWidth + 0.5);
  const pictures = [...document.querySelectorAll("img, figure > svg")];
  const labels = [...document.querySelectorAll("figure > svg text")];
  parent.postMessage({
    width: innerWidth,
    scrolls: document.documentElement.scrollWidth - innerWidth,
    beyond: beyond.map(each => each.outerHTML.slice(0, 120)),
    empty: pictures.filter(each =>
      each.naturalWidth === 0 || (each.checkVisibility() && each.getBoundingClientRect().width < 20)).length,
    cut: labels.filter(each => {
      const label = each.getBoundingClientRect(), whole = each.ownerSVGElement.getBoundingClientRect();
      return label.left < whole.left - 1 || label.right > whole.right + 1
        || label.top < whole.top - 1 || label.bottom > whole.bottom + 1;
    }).map(each => each.textContent),
    type: Math.min(...labels.map(each => {
      const drawn = each.getScreenCTM();
      return parseFloat(getComputedStyle(each).fontSize) * Math.hypot(drawn.a, drawn.b);
    })),
    loaded: performance.getEntriesByType("resource").map(each => each.name),
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.body).color,
    lines: [...document.querySelectorAll("figure > svg path[style*=series-1]")]
      .map(each => getComputedStyle(each).stroke),
    hatching: [...document.querySelectorAll("figure > svg pattern path")].map(each => getComputedStyle(each).stroke),
    columns: getComputedStyle(document.querySelector("tbody td") ?? document.body).display,
    open: document.querySelectorAll("details[open]").length,
  }, "*");
});
</script>
"""
FRAMES = """<!doctype html><body><script>
addEventListener("message", event => {
  const told = document.createElement("pre");
  told.textContent = JSON.stringify(event.data);
  document.body.append(told);
});
for (const width of WIDTHS) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 900; frame.style.border = 0; frame.src = "PAGE";
  document.body.append(frame);
}
</script>"""


def look(page: Path, folder: Path, *options: str) -> dict[int, dict]:
    """Open a page in frames of three widths; return the probe's findings by width."""
    copy = folder / "page.html"
    copy.write_text(page.read_text().replace("</body>", PROBE + "</body>"))
    wrapper = folder / "frames.html"
    wrapper.write_text(FRAMES.replace("WIDTHS", str([PHONE, TABLET, DESKTOP])).replace("PAGE", copy.name))
    ended = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000",
            "--virtual-time-budget=5000", "--enable-logging=stderr", *options, "--dump-dom", wrapper.as_uri(),
        ],
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert ":CONSOLE" not in ended.stderr, ended.stderr
    found = [json.loads(unescape(told)) for told in re.findall(r"<pre>(.*?)</pre>", ended.stdout, flags=re.DOTALL)]
    assert sorted(each["width"] for each in found) == [PHONE, TABLET, DESKTOP]
    return {each["width"]: each for each in found}


@pytest.fixture(scope="module", params=["run", "study", "bare run"])
def light(request, tmp_path_factory) -> dict[int, dict]:
    return look(rendered(tmp_path_factory)[request.param], tmp_path_factory.mktemp("light"))


@pytest.fixture(scope="module")
def dark(tmp_path_factory) -> dict[int, dict]:
    return look(rendered(tmp_path_factory)["run"], tmp_path_factory.mktemp("dark"), "--force-dark-mode")


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_nothing_is_wider_than_the_screen(light, width):
    assert light[width]["scrolls"] <= 0
    assert light[width]["beyond"] == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_figures_are_complete_and_their_labels_legible(light, width):
    assert light[width]["empty"] == 0
    assert light[width]["cut"] == []
    assert light[width]["type"] >= 8.5


def test_a_page_makes_no_requests(light):
    assert light[DESKTOP]["loaded"] == []


def test_tables_become_cards_on_a_phone_only(light):
    assert (light[PHONE]["columns"], light[DESKTOP]["columns"]) == ("block", "table-cell")


def test_code_is_collapsed(light):
    assert light[DESKTOP]["open"] == 0


def brightness(colour: str) -> float:
    return sum(float(value) for value in re.findall(r"[\d.]+", colour)[:3]) / 3


def test_the_page_and_its_figures_follow_the_readers_theme(light, dark):
    light, dark = light[DESKTOP], dark[DESKTOP]
    assert (light["dark"], dark["dark"]) == (False, True)
    assert brightness(light["paper"]) > 240 > 60 > brightness(light["ink"])
    assert brightness(dark["ink"]) > 200 > 60 > brightness(dark["paper"])
    assert set(light["lines"]) == {"rgb(26, 111, 184)"}
    assert set(dark["lines"]) == {"rgb(74, 163, 240)"}
    assert dark["hatching"]
    assert all(brightness(colour) < 60 for colour in light["hatching"])
    assert all(brightness(colour) > 200 for colour in dark["hatching"])
