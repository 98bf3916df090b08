"""Using report pages: sliders, the latent plane, table sorting and languages, by mouse, touch and keyboard."""

import pytest
from helpers.page_checks import OPEN, check_with_axe
from playwright.sync_api import Locator, Page, expect

LAST = 7  # of the filmstrip's stops


# --- the filmstrip --------------------------------------------------------------------------------------


def shown_frame(page: Page) -> Locator:
    return page.locator(".filmstrip figure:visible")


def test_the_slider_shows_one_frame_and_starts_at_the_last(opened):
    page = opened("run")
    expect(shown_frame(page)).to_have_count(1)
    expect(shown_frame(page)).to_contain_text("step 313")
    assert shown_frame(page).locator("img").evaluate("each => each.complete && each.naturalWidth > 0")


def test_the_slider_moves_by_keyboard(opened):
    page = opened("run")
    slider = page.locator(".filmstrip input")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(shown_frame(page)).to_contain_text("step 270")
    assert slider.get_attribute("aria-valuetext") == "step 270 · epoch 3.5 · collapsed"
    page.keyboard.press("Home")
    expect(shown_frame(page)).to_contain_text("step 0")
    page.keyboard.press("End")
    expect(shown_frame(page)).to_contain_text("step 313")


def test_the_slider_moves_by_mouse(opened):
    page = opened("run")
    slider = page.locator(".filmstrip input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    for part in (0.8, 0.5, 0.2):
        page.mouse.move(box["x"] + part * box["width"], middle)
    page.mouse.up()
    stop = int(slider.input_value())
    assert 0 < stop < LAST / 2
    assert shown_frame(page).evaluate("each => [...each.parentElement.children].indexOf(each)") == stop


def test_in_print_and_without_scripts_all_frames_are_shown(opened):
    page = opened("run")
    page.emulate_media(media="print")
    expect(shown_frame(page)).to_have_count(LAST + 1)
    expect(page.locator(".slider:visible")).to_have_count(0)
    plain = opened("run", java_script_enabled=False)
    expect(shown_frame(plain)).to_have_count(LAST + 1)
    expect(plain.locator(".slider:visible")).to_have_count(0)


# --- the latent plane -----------------------------------------------------------------------------------


def place(page: Page) -> tuple[str, str]:
    """The positions of the two sliders: (horizontal, vertical)."""
    across, up = page.locator(".plane input").all()
    return across.input_value(), up.input_value()


def large_part(page: Page) -> list[float]:
    """Column and row, 0..16, of the enlarged image."""
    where = page.locator(".plane .large").evaluate("each => getComputedStyle(each).backgroundPosition")
    return [round(16 * float(part.rstrip("%")) / 100) for part in where.split()]


def test_the_plane_moves_by_keyboard(opened):
    page = opened("run")
    across, up = page.locator(".plane input").all()
    assert place(page) == ("9", "9")
    across.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(up).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert place(page) == ("10", "11")
    assert large_part(page) == [9, 6]


def test_the_plane_is_dragged_by_mouse_and_stays_inside(opened):
    page = opened("run")
    pad = page.locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    cell = box["width"] / 17
    page.mouse.move(box["x"] + 2.5 * cell, box["y"] + 3.5 * cell)
    assert place(page) == ("9", "9")  # only a pressed pointer drags
    page.mouse.down()
    assert large_part(page) == [2, 3]
    page.mouse.move(box["x"] + 12.5 * cell, box["y"] + 4.5 * cell)
    assert large_part(page) == [12, 4]
    assert place(page) == ("13", "13")
    mark = page.locator(".mark").bounding_box()
    assert mark["x"] == pytest.approx(box["x"] + 12 * cell, abs=1)
    assert mark["y"] == pytest.approx(box["y"] + 4 * cell, abs=1)
    page.mouse.move(box["x"] + 2 * box["width"], box["y"] - 50)
    assert large_part(page) == [16, 0]
    page.mouse.up()
    page.mouse.move(box["x"] + cell, box["y"] + cell)
    assert large_part(page) == [16, 0]


def test_the_plane_is_dragged_by_touch(opened):
    page = opened("run", width=390, height=844, has_touch=True)
    pad = page.locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.touchscreen.tap(box["x"] + 0.5 * box["width"] / 17, box["y"] + 16.5 * box["height"] / 17)
    assert large_part(page) == [0, 16]
    assert place(page) == ("1", "1")
    assert page.locator(".plane .large").evaluate("each => getComputedStyle(each).imageRendering") == "pixelated"


def test_without_scripts_the_plane_is_an_image(opened):
    page = opened("run", java_script_enabled=False)
    expect(page.locator(".pad img")).to_be_visible()
    expect(page.locator(".plane .large:visible, .mark:visible, .plane input:visible")).to_have_count(0)


# --- tables ---------------------------------------------------------------------------------------------

ROWS = [
    ["b", "41.2 ± 0.8", "62", "9,999"],
    ["a", "118.6", "61", "42.1 k"],
    ["c", "118.6", "3720", "–"],
    ["real", "2.1", "1", "1"],
]
TABLE = """<table data-sortable="">
<thead><tr><th scope="col">run</th><th scope="col">FID</th><th scope="col">time</th><th scope="col">size</th></tr>
</thead><tbody>%s</tbody></table>"""


@pytest.fixture
def table(opened, pages, tmp_path) -> Page:
    """The study's page, with a table of known rows inserted before its scripts run."""
    rows = "".join(
        f'<tr class="{"reference" * (name == "real")}"><th scope="row">{name}</th><td>{fid}</td>'
        f'<td><span data-value="{time}">{int(time) // 60} min</span></td><td>{size}</td></tr>'
        for name, fid, time, size in ROWS
    )
    copy = tmp_path / "page.html"
    copy.write_text(pages["study"].read_text().replace("<main>", "<main>" + TABLE % rows))
    pages["table"] = copy
    return opened("table")


def name_of(page: Page, column: str) -> Locator:
    """The button that sorts by a column."""
    return page.locator("table").first.get_by_role("button", name=column, exact=True)


def names(page: Page) -> str:
    return "".join(each[0] for each in page.locator("table").first.locator("tbody th").all_inner_texts())


def test_a_column_sorts_by_number_in_both_directions(table):
    header = table.locator("thead").first.locator("th").nth(1)
    button = header.locator("button")
    assert header.get_attribute("aria-sort") is None
    button.click()
    assert (names(table), header.get_attribute("aria-sort")) == ("bacr", "ascending")
    button.click()
    assert (names(table), header.get_attribute("aria-sort")) == ("acbr", "descending")  # equal rows keep their order
    button.click()
    assert (names(table), header.get_attribute("aria-sort")) == ("bacr", None)


def test_columns_sort_by_text_given_values_and_thousands(table):
    for column, up, down in (("run", "abcr", "cbar"), ("time", "abcr", "cbar"), ("size", "bacr", "abcr")):
        button = name_of(table, column)
        button.click()
        assert names(table) == up, column
        button.click()
        assert names(table) == down, column
    assert table.locator("table").first.locator("[aria-sort]").count() == 1


def test_a_table_sorts_by_keyboard(table):
    button = name_of(table, "FID")
    name_of(table, "run").focus()
    table.keyboard.press("Tab")
    expect(button).to_be_focused()
    table.keyboard.press("Enter")
    table.keyboard.press("Space")
    assert names(table) == "acbr"
    expect(button).to_be_focused()


def test_a_table_sorts_on_a_phone(table):
    table.set_viewport_size({"width": 390, "height": 844})
    name_of(table, "run").click()
    assert names(table) == "abcr"


def test_the_studys_own_tables_can_be_sorted(opened):
    page = opened("study")
    runs = page.locator("table.scores.sorts").first.locator("tbody tr:not(.reference) th")
    before = runs.all_inner_texts()
    page.locator("table.scores.sorts thead button").first.click()
    once = runs.all_inner_texts()
    page.locator("table.scores.sorts thead button").first.click()
    assert runs.all_inner_texts() == once[::-1]
    assert sorted(once) == sorted(before)
    assert "reference" in page.locator("table.scores.sorts tbody").first.locator("tr").last.get_attribute("class")


@pytest.mark.parametrize("name", ["run", "study"])
def test_no_table_scrolls_on_a_desk(opened, name):
    page = opened(name, width=1280)
    page.evaluate(OPEN)
    tables = page.locator(".table")
    assert tables.count() >= 5
    scrolling = (
        "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.innerText.slice(0, 60))"
    )
    assert tables.evaluate_all(scrolling) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


POINTS = """all => all.map(each => {
  const text = [...each.childNodes].find(part => part.nodeType === Node.TEXT_NODE), range = new Range();
  const end = text.data.search(/[.\u00a0]/);
  range.setStart(text, end - 1);
  range.setEnd(text, end);
  return range.getBoundingClientRect().right;
})"""


def test_numbers_of_a_column_have_their_decimal_points_in_line(opened):
    column = opened("study").locator("table.scores").first.locator("td:nth-child(2) .measured")
    points = column.evaluate_all(POINTS)
    assert len(points) == 4
    assert max(points) - min(points) < 1.5


def test_folded_metrics_open_by_keyboard_and_are_printed(opened):
    page = opened("study")
    folded = page.locator("details table.scores").first
    expect(folded).to_be_hidden()
    page.locator("details:has(table.scores) > summary").first.focus()
    page.keyboard.press("Enter")
    expect(folded).to_be_visible()
    page.keyboard.press("Enter")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    expect(page.locator("details.code:visible, summary:visible")).to_have_count(0)


# --- pictures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts"), [("study", ["HEADER", "FIGURE"]), ("run", ["HEADER", "ASIDE", "FIGURE"])]
)  # fmt: skip
def test_below_the_title_and_notices_the_pictures_come_first(opened, name, parts):
    page = opened(name)
    order = page.locator("main > .output > *, main .opening > *, main .panels > *").evaluate_all(
        "all => all.map(each => each.tagName).filter(each => each !== 'DIV')"
    )
    assert order[: len(parts)] == parts
    assert page.locator("main img").first.bounding_box()["y"] < 600


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["run", "study"])
def test_pixels_are_enlarged_by_whole_numbers(opened, name, width):
    page = opened(name, width=width)
    scales = page.locator("figure > img.pixels:visible, td > img.pixels:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().width / each.naturalWidth)"
    )
    assert scales
    assert all(scale == pytest.approx(round(scale)) for scale in scales if scale >= 1)
    sheets = page.locator("img.sheet:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(each => [each.width, each.height])"
    )
    assert bool(sheets) == (name == "study")
    # Whole images of 32 pixels, twice as large, and gaps between them.
    assert all((side + 4) % 68 == pytest.approx(0) and side > 2 * 68 for size in sheets for side in size)


# --- languages ------------------------------------------------------------------------------------------


def test_the_language_and_the_sliders_labels_switch_by_mouse(opened):
    page = opened("run")
    page.get_by_role("button", name="한국어").click()
    assert page.locator("html").get_attribute("lang") == "ko"
    expect(shown_frame(page)).to_contain_text("스텝 313 · 에폭 4 · 붕괴", use_inner_text=True)
    assert page.locator(".filmstrip input").get_attribute("aria-valuetext") == "스텝 313 · 에폭 4 · 붕괴"
    assert shown_frame(page).locator("img").get_attribute("alt") == "스텝 313의 샘플 16장"
    page.get_by_role("button", name="English").click()
    assert page.locator(".filmstrip input").get_attribute("aria-valuetext") == "step 313 · epoch 4 · collapsed"


def test_the_language_switches_by_keyboard(opened):
    page = opened("run")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "ko"
    expect(page.locator(".languages [aria-pressed=true]")).to_have_text("한국어")


def test_a_browser_set_to_korean_gets_korean(opened):
    assert opened("run", locale="ko-KR").locator("html").get_attribute("lang") == "ko"


# --- everyone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "study", "plan", "studies"])
def test_axe_finds_no_violations(opened, name, scheme, width):
    page = opened(name, width=width, color_scheme=scheme)
    check_with_axe(page)


@pytest.mark.parametrize("name", ["run", "study"])
def test_every_control_is_reachable_by_keyboard_with_visible_focus(opened, name):
    page = opened(name)
    controls = page.locator("main button:visible, main input:visible").count()
    seen = 0
    for _ in range(400):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate(
            "[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if tag == "BODY":
            break
        assert outline != "none"
        seen += tag in ("BUTTON", "INPUT") and page.evaluate("!!document.activeElement.closest('main')")
    assert seen == controls > 0
