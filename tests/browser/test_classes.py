"""Drawing with conditional networks: the class that is chosen is drawn, in a run's page and for all runs of a study."""

import pytest
from helpers.fake_player import write_player
from helpers.fake_results import LATENT_DIM, write_study
from helpers.page_checks import drawn_on, part
from helpers.rendered_pages import run_page, study_page
from playwright.sync_api import Page, expect

from easel.runtime.files import read_json, write_json

RUNS = {"first": "dcgan", "other": "dcgan"}  # their names have as many letters, and so their networks the same weights
CLASSES = ["red", "green", "blue"]
TRUNCATION = 0.3
PICTURES = "all => all.map(canvas => canvas.toDataURL())"
COLOUR = """canvases => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return canvases.map(canvas => {
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
    return [0, 1, 2].find(channel => data[channel] === Math.max(...data.slice(0, 3)));
  });
}"""
"""The brightest channel in the middle of each canvas, which is the class that the made-up networks were asked for."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    study = write_study(tmp_path_factory.mktemp("classes"), "classes", RUNS)
    for run in RUNS:
        names = {"study": "classes", "run": run, "seed": 0}
        write_player(study / run / "seed-0", names, LATENT_DIM["dcgan"], classes=CLASSES)
    compared = read_json(study / "comparison.json")
    compared["runs"][1]["seeds"][0]["samples"]["sampling"] = {"truncation": TRUNCATION, "label": None, "seed": 0}
    write_json(study / "comparison.json", compared)
    return {"run": run_page(study / "first/seed-0"), "study": study_page(study)}


def colours(page: Page, selector: str) -> list[int]:
    return page.locator(selector).evaluate_all(COLOUR)


def wait_for_colours(page: Page, selector: str, wanted: set[int]) -> None:
    """Wait until the canvases show these classes, and no other one."""
    page.wait_for_function(
        f"""([selector, wanted]) => {{
          const found = ({COLOUR})([...document.querySelectorAll(selector)]);
          return found.every(each => wanted.includes(each)) && wanted.every(each => found.includes(each));
        }}""",
        arg=[selector, sorted(wanted)],
    )


WALL, LARGE = '[data-part="wall-one"] canvas', '[data-part="large"]'


@pytest.fixture
def run(opened) -> Page:
    page = opened("run")
    drawn_on(part(page, "large"), part(page, "start").click)
    wait_for_colours(page, WALL, {0, 1, 2})
    return page


def test_a_class_is_chosen_by_mouse_and_stays_until_another_is(run):
    part(run, "class").select_option(label="blue")
    wait_for_colours(run, WALL, {2})
    wait_for_colours(run, LARGE, {2})
    for _ in range(4):
        drawn_on(part(run, "large"), part(run, "new").click)
        assert colours(run, LARGE) == [2]
    part(run, "class").select_option(value="")
    wait_for_colours(run, WALL, {0, 1, 2})


def test_a_class_is_chosen_by_keyboard(run):
    part(run, "class").focus()
    for expected in (0, 1):
        run.keyboard.press("ArrowDown")
        wait_for_colours(run, WALL, {expected})
        wait_for_colours(run, LARGE, {expected})
    expect(part(run, "class")).to_have_value("1")


def test_a_class_is_chosen_on_a_phone(opened):
    page = opened("run", width=390, height=844, has_touch=True)
    drawn_on(part(page, "large"), part(page, "start").tap)
    part(page, "class").select_option(label="green")
    wait_for_colours(page, WALL, {1})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_walk_leads_from_class_to_class(run):
    shown = colours(run, WALL)
    first, second = 0, next(i for i, colour in enumerate(shown) if colour != shown[0])
    for i in (first, second):
        drawn_on(part(run, "large"), part(run, "wall-one").nth(i).click)
    assert colours(run, LARGE) == [shown[second]]
    drawn_on(part(run, "large"), lambda: part(run, "walk").fill("0"))
    assert colours(run, LARGE) == [shown[first]]


def test_a_studys_networks_draw_the_same_class(opened):
    page = opened("study")
    page.locator(".players [data-part=start]").click()
    every = ".player-of-run canvas"
    wait_for_colours(page, every, {0, 1, 2})
    assert len(colours(page, every)) == 16
    page.locator(".players [data-part=class]").select_option(label="red")
    wait_for_colours(page, every, {0})


def test_each_of_a_studys_networks_has_its_own_truncation(opened):
    page = opened("study")
    rows = page.locator(".player-of-run")
    assert rows.evaluate_all("rows => rows.map(row => row.dataset.truncation)") == [None, str(TRUNCATION)]
    page.locator(".players [data-part=start]").click()
    page.wait_for_function("[...document.querySelectorAll('.player-of-run canvas')].every(each => each.dataset.drawn)")
    first, other = (rows.nth(i).locator("canvas").evaluate_all(PICTURES) for i in (0, 1))
    assert not set(first) & set(other)
