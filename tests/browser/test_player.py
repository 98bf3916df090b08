"""Drawing with the network in a run's page: by mouse, touch and keyboard, from a file and without a network."""

import base64
import re

import numpy as np
import pytest
from helpers.page_checks import PICTURE, check_with_axe, drawn_on, part
from playwright.sync_api import Locator, Page, expect

from easel.player import packing
from easel.player.plan import Program, Step


def drawn(page: Page, act) -> str:
    """What the large canvas shows once what `act` asks for is drawn."""
    return drawn_on(part(page, "large"), act)


def times_drawn(page: Page, name: str, times: int) -> None:
    """Wait until each canvas of a part has been drawn so many times."""
    page.wait_for_function(
        """([name, times]) => [...document.querySelectorAll(`[data-part="${name}"]`)]
          .map(each => each.querySelector("canvas") ?? each).every(each => Number(each.dataset.drawn ?? 0) >= times)""",
        arg=[name, times],
    )


def started(page: Page) -> Page:
    """The page once it has drawn the first picture and the wall."""
    drawn(page, part(page, "start").click)
    times_drawn(page, "wall-one", 1)
    return page


def seen(canvas: Locator) -> int:
    """The number of different colours of a canvas: 1 of an empty one."""
    return canvas.evaluate(
        """canvas => new Set(new Uint32Array(
          canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
    )


def test_a_click_draws_a_picture_and_a_wall(opened):
    page = opened("run")
    expect(part(page, "stage")).to_be_hidden()
    drawn(page, part(page, "start").click)
    expect(part(page, "start")).to_be_hidden()
    expect(part(page, "new")).to_be_focused()
    assert seen(part(page, "large")) > 20
    cells = part(page, "wall-one").locator("canvas")
    expect(cells).to_have_count(16)
    times_drawn(page, "wall-one", 1)
    assert all(seen(each) > 20 for each in cells.all())


def test_nothing_is_decoded_before_it_is_asked_for(opened):
    page = opened("run")
    page.wait_for_timeout(200)
    assert page.workers == []
    assert len(started(page).workers) > 0


def test_each_click_draws_another_picture(opened):
    page = started(opened("run"))
    pictures = {drawn(page, part(page, "new").click) for _ in range(3)}
    assert len(pictures) == 3


def test_directions_move_the_picture_and_back_by_keyboard(opened):
    page = started(opened("run"))
    first = part(page, "large").evaluate(PICTURE)
    slider = part(page, "direction").first
    slider.focus()
    moved = drawn(page, lambda: page.keyboard.press("End"))
    assert moved != first
    assert slider.input_value() == "3"
    assert drawn(page, lambda: (part(page, "reset").focus(), page.keyboard.press("Enter"))) == first
    assert slider.input_value() == "0"


def test_several_workers_draw_and_the_last_picture_counts(opened):
    page = opened("run")
    page.evaluate("Pool.most = 3")
    started(page)
    assert len(page.workers) == 3
    times = int(part(page, "large").get_attribute("data-drawn"))
    slider = part(page, "direction").first
    page.evaluate(
        """slider => {
          for (let i = 0; i <= 30; i++) {
            slider.value = i / 10;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
          }
        }""",
        slider.element_handle(),
    )
    times_drawn(page, "large", times + 2)  # the first of them, and the last
    last = part(page, "large").evaluate(PICTURE)
    slider.focus()
    drawn(page, lambda: page.keyboard.press("Home"))
    assert drawn(page, lambda: page.keyboard.press("End")) == last


def test_truncation_moves_the_picture_and_the_wall(opened):
    page = started(opened("run"))
    first, cell = part(page, "large").evaluate(PICTURE), part(page, "wall-one").first.locator("canvas")
    before = cell.evaluate(PICTURE)
    part(page, "truncation").focus()
    assert drawn(page, lambda: page.keyboard.press("Home")) != first
    times_drawn(page, "wall-one", 2)
    assert cell.evaluate(PICTURE) != before
    part(page, "truncation").focus()
    assert drawn(page, lambda: page.keyboard.press("End")) == first


def test_a_walk_leads_from_one_sample_to_the_other(opened):
    page = started(opened("run"))
    wall, walk = part(page, "wall-one"), part(page, "walk")
    expect(walk).to_be_disabled()
    first = drawn(page, wall.nth(1).click)
    assert first == wall.nth(1).locator("canvas").evaluate(PICTURE)
    expect(wall.nth(1)).to_have_attribute("aria-pressed", "true")
    second = drawn(page, lambda: (wall.nth(4).focus(), page.keyboard.press("Space")))
    expect(walk).to_be_enabled()
    middle = drawn(page, lambda: walk.fill("0.5"))
    assert middle not in (first, second)
    walk.focus()
    assert drawn(page, lambda: page.keyboard.press("Home")) == first
    drawn(page, wall.nth(6).click)
    expect(wall.nth(1)).to_have_attribute("aria-pressed", "false")  # the last two are picked
    wall.nth(6).click()
    expect(walk).to_be_disabled()


def test_pictures_are_kept_shown_again_saved_and_removed(opened):
    page = started(opened("run"))
    first = part(page, "large").evaluate(PICTURE)
    part(page, "keep").click()
    drawn(page, part(page, "new").click)
    part(page, "keep").click()
    kept = part(page, "kept-one")
    expect(kept.locator("visible=true")).not_to_have_count(0)
    assert drawn(page, kept.first.locator("button").first.click) == first
    with page.expect_download() as download:
        part(page, "save").click()
    assert download.value.suggested_filename == "vae_gan-seed-0.png"
    with page.expect_download() as download:
        part(page, "save-kept").click()
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"
    for each in (1, 0):
        kept.nth(each).locator(".remove").click()
    expect(part(page, "kept")).to_be_hidden()


def test_a_kept_picture_is_shown_with_the_truncation_it_had(opened):
    page = started(opened("run"))
    truncation = part(page, "truncation")
    truncation.focus()
    first = drawn(page, lambda: page.keyboard.press("Home"))
    part(page, "keep").click()
    truncation.focus()
    assert drawn(page, lambda: page.keyboard.press("End")) != first
    times = int(part(page, "wall-one").first.locator("canvas").get_attribute("data-drawn"))
    assert drawn(page, part(page, "kept-one").first.locator("button").first.click) == first
    assert truncation.input_value() == "0.2"
    times_drawn(page, "wall-one", times + 1)  # the wall follows


def test_no_more_than_eight_are_kept(opened):
    page = started(opened("run"))
    for _ in range(9):
        part(page, "keep").click()
    assert page.locator('[data-part="kept-one"]:visible').count() == 8


def test_a_finger_draws(opened):
    page = opened("run", width=390, height=844, has_touch=True)
    drawn(page, part(page, "start").tap)
    first = part(page, "large").evaluate(PICTURE)
    assert drawn(page, part(page, "wall-one").first.tap) != first
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violations(opened, scheme, width):
    page = started(opened("run", width=width, color_scheme=scheme))
    part(page, "keep").click()
    check_with_axe(page)


def test_the_language_switches_while_one_draws(opened):
    page = started(opened("run"))
    page.get_by_role("button", name="한국어").click()
    expect(part(page, "new")).to_have_text("새 그림", use_inner_text=True)
    expect(part(page, "wall-one").first).to_have_attribute("aria-label", "샘플 1")


def test_on_paper_and_without_scripts_only_the_sentence_is_shown(opened):
    page = started(opened("run"))
    page.emulate_media(media="print")
    expect(page.locator(".player p.note")).to_be_visible()
    assert page.locator(".player button:visible, .player canvas:visible, .player input:visible").count() == 0
    plain = opened("run", java_script_enabled=False)
    expect(plain.locator(".player")).to_contain_text("Drawing needs JavaScript")
    assert plain.locator(".player button:visible").count() == 0


@pytest.mark.parametrize(("weights", "kind"), [(1_300_000, "float16"), (2_600_000, "int8")])
def test_a_page_that_is_full_of_weights_is_under_8_mb(pages, weights, kind):
    """The weights are noise, which does not compress."""
    kernel = np.random.default_rng(0).standard_normal((weights // 100, 100), np.float32)
    packed = packing.pack({"decoder": Program({}, [Step("linear", [], 0, (), {}, {"kernel": kernel})], {})})
    assert [each["type"] for each in packed.tensors] == [kind]
    page = pages["run"].read_text(encoding="utf-8")
    (own,) = re.findall('class="player-weights"[^>]*>([^<]+)</script>', page)
    rest = len(page.encode()) - len(own)
    assert rest < packing.REST
    assert packing.REST + len(base64.b64encode(packed.block)) < packing.PAGE == 8_000_000


OLD = "delete window.Worker;"


def test_a_browser_without_workers_gets_a_sentence(browser, pages):
    context = browser.new_context(offline=True)
    context.add_init_script(OLD)
    page = context.new_page()
    page.goto(pages["run"].as_uri())
    expect(page.locator('[data-message="old"]')).to_be_visible()
    expect(part(page, "start")).to_be_hidden()
    context.close()


def test_weights_that_are_damaged_get_a_sentence(opened):
    page = opened("run")
    page.evaluate("document.querySelector('.player-weights').textContent = 'AAAA'")
    part(page, "start").click()
    expect(page.locator('[data-message="failed"]')).to_be_visible()
