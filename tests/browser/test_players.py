"""Drawing with the networks of a study: the same latents through each, side by side."""

import pytest
from helpers.fake_results import write_study
from helpers.page_checks import check_with_axe
from helpers.rendered_pages import study_page
from playwright.sync_api import Locator, Page, expect

PICTURES = "all => all.map(canvas => canvas.toDataURL())"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A study of two runs whose networks take the same latents."""
    study = write_study(tmp_path_factory.mktemp("players"), "shared", {"first": "dcgan", "second": "dcgan"})
    return {"study": study_page(study)}


def row(page: Page, number: int) -> Locator:
    return page.locator(".player-of-run").nth(number).locator("canvas")


def drawn(page: Page, act) -> list[list[str]]:
    """The pictures of each row once what `act` asks for is drawn."""
    counts = (
        "() => [...document.querySelectorAll('.player-of-run canvas')].map(each => Number(each.dataset.drawn ?? 0))"
    )
    before = page.evaluate(counts)
    act()
    page.wait_for_function(f"before => ({counts})().every((count, i) => count > before[i])", arg=before)
    page.wait_for_timeout(200)
    return [row(page, number).evaluate_all(PICTURES) for number in range(2)]


def test_every_network_draws_at_a_click_and_anew(opened):
    page = opened("study")
    assert page.workers == []
    first, second = drawn(page, page.locator(".players [data-part=start]").click)
    assert len(set(first)) == len(set(second)) == 8
    assert not set(first) & set(second)
    expect(page.locator(".players [data-part=new]")).to_be_focused()
    again, _ = drawn(page, lambda: page.keyboard.press("Enter"))
    assert not set(first) & set(again)


def test_all_walk_together_by_keyboard(opened):
    page = opened("study")
    start = drawn(page, page.locator(".players [data-part=start]").click)
    walk = page.locator(".players [data-part=walk]")
    walk.focus()
    end = drawn(page, lambda: page.keyboard.press("End"))
    assert all(not set(before) & set(after) for before, after in zip(start, end, strict=True))
    assert drawn(page, lambda: page.keyboard.press("Home")) == start
    drawn(page, lambda: page.keyboard.press("End"))
    assert drawn(page, page.locator(".players [data-part=new]").click) == end  # the next walk begins there
    assert walk.input_value() == "0"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_no_violations(opened, width, scheme):
    page = opened("study", width=width, color_scheme=scheme)
    drawn(page, page.locator(".players [data-part=start]").click)
    check_with_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_there_is_nothing_to_press(opened):
    page = opened("study")
    drawn(page, page.locator(".players [data-part=start]").click)
    page.emulate_media(media="print")
    assert page.locator(".players button:visible, .players canvas:visible, .players input:visible").count() == 0
