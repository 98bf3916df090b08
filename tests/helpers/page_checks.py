"""What tests of pages in a browser share: parts by name, pictures, and the accessibility checker."""

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

OPEN = "for (const each of document.querySelectorAll('details')) each.open = true"
"""A script that unfolds all that is folded away."""
PICTURE = "canvas => canvas.toDataURL()"
"""A function of a canvas: what it shows."""


def part(page: Page, name: str) -> Locator:
    """The parts of what draws in a page that have a name."""
    return page.locator(f'[data-part="{name}"]')


def drawn_on(canvas: Locator, act) -> str:
    """What a canvas shows once what `act` asks for is drawn on it."""
    before = canvas.get_attribute("data-drawn")
    act()
    canvas.page.wait_for_function(
        "([canvas, before]) => canvas.dataset.drawn !== (before ?? undefined)", arg=[canvas.element_handle(), before]
    )
    return canvas.evaluate(PICTURE)


def check_with_axe(page: Page) -> None:
    """Fail if axe-core finds a violation in a page with all unfolded."""
    page.evaluate(OPEN)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"][:5]]) for each in found] == [], json.dumps(
        [node["any"] for each in found for node in each["nodes"][:2]]
    )
