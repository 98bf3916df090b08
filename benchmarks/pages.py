"""Measure the size of report pages, and the time that a browser takes to show them.

    .venv/bin/python benchmarks/pages.py [--rounds 5] results/<study>/report.html …

Each page is opened from its file in an offline Chromium with a fresh profile, at the width of a desktop and of a phone.
The times of the first paint and of the end of loading are the browser's own, in milliseconds since navigation started.
Pages take turns; a page with a single word on it shows what the browser itself needs.
"""

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

WIDTHS = {"desk": 1280, "phone": 390}
TIMES = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const page = performance.getEntriesByType("navigation")[0];
  return paint && page.loadEventEnd ? [paint.startTime, page.loadEventEnd] : null;
}"""


def opened(browser: Browser, page: Path, width: int) -> tuple[float, float]:
    """Milliseconds until the first paint, and until everything is loaded."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    try:
        tab = context.new_page()
        tab.goto(page.as_uri())
        return tuple(tab.wait_for_function(TIMES).json_value())
    finally:
        context.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("pages", nargs="+", type=Path)
    arguments.add_argument("--rounds", type=int, default=5)
    asked = arguments.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        arguments.error("no Chromium is installed")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        bare = Path(place) / "bare.html"
        bare.write_text("<!doctype html><title>bare</title><p>nothing", encoding="utf-8")
        pages = [bare, *(page.resolve() for page in asked.pages)]
        megabytes = {page: page.stat().st_size / 1e6 for page in pages}
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        times = defaultdict(list)
        opened(browser, bare, 800)  # the browser's own start-up
        for _ in range(asked.rounds):
            for page in pages:
                for name, width in WIDTHS.items():
                    times[page, name].append(opened(browser, page, width))
        print(f"Chromium {browser.version}, {asked.rounds} rounds: median (largest) in ms")
        browser.close()
    for (page, name), found in times.items():
        paint, loaded = (f"{statistics.median(each):5.0f} ({max(each):5.0f})" for each in zip(*found, strict=True))
        print(f"{megabytes[page]:5.2f} MB  {name:5}  first paint {paint}  loaded {loaded}  {'/'.join(page.parts[-3:])}")


if __name__ == "__main__":
    main()
