"""An autoencoder's code in a run's page: painted, dropped and chosen pictures, and numbers that are moved and off."""

import io

import numpy as np
import pytest
from helpers.page_checks import PICTURE, check_with_axe, drawn_on, part
from PIL import Image
from playwright.sync_api import Page, expect

DROP = """async ([explorer, bytes, type, size]) => {
  const file = new File([new Uint8Array(bytes)], "dropped", { type });
  if (size) Object.defineProperty(file, "size", { value: size });
  const data = new DataTransfer();
  data.items.add(file);
  const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  if (size) Object.defineProperty(event, "dataTransfer", { value: { files: [file] } });
  explorer.dispatchEvent(event);
}"""


def rebuilt(page: Page, act) -> str:
    """The reconstruction once what `act` asks for is drawn."""
    drawn_on(part(page, "rebuilt"), act)
    page.wait_for_timeout(100)  # for what follows at once
    return part(page, "rebuilt").evaluate(PICTURE)


@pytest.fixture
def explorer(opened):
    """Open the page of an autoencoder, and draw."""

    def open_explorer(**options) -> Page:
        page = opened("run", **options)
        rebuilt(page, part(page, "start").click)
        return page

    return open_explorer


def png(colour: tuple[int, int, int], size: tuple[int, int] = (100, 60)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def pixel(page: Page, x: int, y: int) -> list[int]:
    """A pixel of the picture that is encoded."""
    return part(page, "own").evaluate(
        "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)", [x, y]
    )


def drop(page: Page, content: bytes, kind: str, size: int | None = None) -> None:
    page.evaluate(DROP, [part(page, "explorer").element_handle(), list(content), kind, size])


def test_it_starts_with_the_picture_above(explorer):
    page = explorer()
    assert part(page, "own").evaluate(PICTURE) == part(page, "large").evaluate(PICTURE)
    part(page, "new").click()
    page.wait_for_timeout(300)
    assert part(page, "own").evaluate(PICTURE) != part(page, "large").evaluate(PICTURE)
    rebuilt(page, part(page, "take").click)
    assert part(page, "own").evaluate(PICTURE) == part(page, "large").evaluate(PICTURE)


def test_a_picture_is_painted_by_mouse(explorer):
    page = explorer()
    part(page, "colour").fill("#00ff00")
    own = part(page, "own")
    own.scroll_into_view_if_needed()
    box = own.bounding_box()
    before = part(page, "rebuilt").evaluate(PICTURE)
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    assert (
        rebuilt(page, lambda: page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])) != before
    )
    page.mouse.up()
    assert [pixel(page, x, 16) for x in (8, 13, 16, 21, 23)] == [[0, 255, 0]] * 5  # a line, without gaps
    assert pixel(page, 16, 4) != [0, 255, 0]


def test_a_picture_is_painted_by_keyboard(explorer):
    page = explorer()
    part(page, "colour").fill("#ff0000")
    part(page, "fill").focus()
    rebuilt(page, lambda: page.keyboard.press("Enter"))
    assert pixel(page, 0, 0) == [255, 0, 0]
    part(page, "colour").fill("#0000ff")
    own = part(page, "own")
    own.focus()
    page.keyboard.press("ArrowLeft")
    assert pixel(page, 15, 16) == [255, 0, 0]
    expect(part(page, "cursor")).to_be_visible()
    rebuilt(page, lambda: page.keyboard.press("Space"))
    assert pixel(page, 15, 16) == [0, 0, 255]
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    assert pixel(page, 15, 12) == [0, 0, 255]


def test_a_picture_is_painted_by_touch(explorer):
    page = explorer(width=390, height=844, has_touch=True)
    part(page, "colour").fill("#00ff00")
    own = part(page, "own")
    own.scroll_into_view_if_needed()
    box = own.bounding_box()
    rebuilt(page, lambda: page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    assert pixel(page, 16, 16) == [0, 255, 0]


def test_a_picture_is_dropped_or_chosen(explorer):
    page = explorer()
    rebuilt(page, lambda: drop(page, png((10, 200, 30)), "image/png"))
    assert pixel(page, 16, 16) == [10, 200, 30]
    chosen = {"name": "a.png", "mimeType": "image/png", "buffer": png((200, 10, 30))}
    rebuilt(page, lambda: part(page, "file").set_input_files(chosen))
    assert pixel(page, 16, 16) == [200, 10, 30]


@pytest.mark.parametrize(
    ("content", "size", "message"),
    [
        (b"no picture", None, "unreadable"),
        (b"\x89PNG\r\n\x1a\n cut short", None, "unreadable"),
        (b"", None, "unreadable"),
        (b"\x89PNG", 31_000_000, "large"),
    ],
)
def test_a_file_that_is_no_picture_or_too_large_gets_a_sentence(explorer, content, size, message):
    page = explorer()
    before = part(page, "own").evaluate(PICTURE)
    drop(page, content, "image/png", size)
    expect(page.locator(f'[data-message="{message}"]')).to_be_visible()
    assert page.locator("[data-message]:visible").count() == 1
    assert part(page, "own").evaluate(PICTURE) == before
    rebuilt(page, lambda: drop(page, png((1, 2, 3)), "image/png"))
    assert page.locator("[data-message]:visible").count() == 0


def bomb() -> bytes:
    """A small file that claims 30,000 by 30,000 pixels, of which a decoder would make 3.6 GB."""
    header = bytearray(png((1, 2, 3)))
    header[16:24] = 2 * (30_000).to_bytes(4, "big")
    return bytes(header)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(explorer):
    page = explorer()
    page.evaluate("window.createImageBitmap = () => { throw new Error('decoded'); }; null")
    drop(page, bomb(), "image/png")
    expect(page.locator('[data-message="large"]')).to_be_visible()
    assert page.locator("[data-message]:visible").count() == 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}), ("BMP", {}), ("GIF", {"comment": b"a" * 600}), ("JPEG", {}),
        ("JPEG", {"progressive": True, "icc_profile": b"a" * 70_000}),
        ("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0"}),
    ],
)  # fmt: skip
def test_a_pictures_size_is_read_from_its_file(opened, kind, options):
    file = io.BytesIO()
    Image.new("RGB", (301, 203), (9, 99, 199)).save(file, kind, **options)
    page, size = opened("run"), "bytes => sizeOfPicture(new Uint8Array(bytes).buffer)"
    assert page.evaluate(size, list(file.getvalue())) == [301, 203]
    assert page.evaluate(size, list(file.getvalue()[:12])) is None


def test_a_number_is_moved_and_switched_off_by_keyboard(explorer):
    page = explorer()
    first = part(page, "rebuilt").evaluate(PICTURE)
    number = part(page, "number").first
    switch, slider = number.locator('[type="checkbox"]'), number.locator('[type="range"]')
    switch.focus()
    off = rebuilt(page, lambda: page.keyboard.press("Space"))
    assert off != first
    total = part(page, "number").count()
    assert part(page, "count").input_value() == str(total - 1)
    slider.focus()
    moved = rebuilt(page, lambda: page.keyboard.press("End"))
    assert switch.is_checked()
    assert moved not in (first, off)
    assert rebuilt(page, part(page, "again").click) == first
    assert part(page, "count").input_value() == str(total)


def test_those_that_carry_most_are_on_first(explorer):
    page = explorer()
    whole = part(page, "rebuilt").evaluate(PICTURE)
    count = part(page, "count")
    count.focus()
    none = rebuilt(page, lambda: page.keyboard.press("Home"))
    one = rebuilt(page, lambda: page.keyboard.press("ArrowRight"))
    assert len({whole, none, one}) == 3
    assert part(page, "number").first.locator('[type="checkbox"]').is_checked()
    second = part(page, "number").nth(1)
    assert second.locator('[type="checkbox"]').is_checked() is False
    assert rebuilt(page, lambda: page.keyboard.press("End")) == whole
    rebuilt(page, lambda: page.keyboard.press("Home"))
    second.locator('[type="range"]').focus()
    rebuilt(page, lambda: page.keyboard.press("End"))
    assert second.locator('[type="checkbox"]').is_checked()
    assert count.input_value() == "1"  # what is moved is on, and counts


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_no_violations(explorer, width, scheme):
    page = explorer(width=width, color_scheme=scheme)
    check_with_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_encoder_is_the_trained_one(explorer):
    """What the made-up encoder makes of a flat picture is known: the mean of each square is that colour."""
    page = explorer()
    part(page, "colour").fill("#808080")
    rebuilt(page, part(page, "fill").click)
    values = part(page, "number").locator('[type="range"]').evaluate_all("all => all.map(each => each.valueAsNumber)")
    assert np.abs(values).max() < 0.2
