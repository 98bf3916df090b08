"""Letters in fonts that have them, with fonts that are made here: those of the machine may be any."""

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageDraw

from easel.data import lettering
from easel.data.lettering import OWN_FONT, installed_fonts, lettering_of


@pytest.fixture
def with_fonts(tmp_path, monkeypatch):
    """A function that installs fonts, by their names and their letters, in place of the machine's."""

    def install(**fonts):
        paths = [write_font(tmp_path / f"{name}.ttf", letters) for name, letters in fonts.items()]
        monkeypatch.setattr(lettering, "findSystemFonts", lambda: [str(path) for path in paths])

    return install


def write_font(path, letters):
    """A font in which each of some letters is a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = [".notdef", *(f"u{ord(letter):x}" for letter in letters)]
    font = FontBuilder(1000)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): f"u{ord(letter):x}" for letter in letters})
    font.setupGlyf(dict.fromkeys(names, pen.glyph()))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    font.setupPost()
    font.save(path)
    return path


def names_of(parts):
    return [(font.stem, part) for font, part in parts]


def test_scripts_of_dejavu_need_no_other_font(monkeypatch):
    monkeypatch.setattr(lettering, "findSystemFonts", lambda: pytest.fail("not needed"))
    text = "Łódź Ωμέγα Жук قطة חתול 😀️"
    assert lettering_of([text]).fonts == [OWN_FONT]
    assert names_of(lettering_of([text]).parts(text)) == [("DejaVuSans", text)]


def test_a_letter_is_drawn_in_a_font_that_has_it(with_fonts):
    with_fonts(Half="日", Whole="日本한")
    found = lettering_of(["cat", "日本", "cat 日 한"])
    assert ([font.stem for font in found.fonts], found.missing) == (["DejaVuSans", "Whole"], "")
    assert names_of(found.parts("cat 日 한!")) == [
        ("DejaVuSans", "cat "), ("Whole", "日"), ("DejaVuSans", " "), ("Whole", "한"), ("DejaVuSans", "!"),
    ]  # fmt: skip
    sheet = Image.new("RGB", (100, 40), "white")
    found.draw(ImageDraw.Draw(sheet), (10, 30), "日", 20, (0, 0, 0))
    dark = np.asarray(sheet).max(axis=-1) < 128
    assert dark[14:30, 10:26].all()
    assert dark.sum() == 16 * 16
    assert found.length("日日", 20) == 40


def test_letters_of_no_font_are_spelled_out(with_fonts):
    with_fonts(Half="日")
    found = lettering_of(["日本", "한글", "बिल्ली"])
    assert found.missing == "本한글बिल्ी"
    assert "".join(part for _, part in found.parts("日本")) == "日\\u672c"
    assert "".join(part for _, part in found.parts("बि")) == "\\u092c\\u093f"


def test_a_machine_without_fonts(with_fonts):
    with_fonts()
    found = lettering_of(["中国"])
    assert (found.fonts, found.missing) == ([OWN_FONT], "中国")
    assert found.length("中国", 20) == found.length("\\u4e2d\\u56fd", 20)


def test_plain_fonts_come_first_and_unreadable_ones_never(with_fonts, tmp_path, monkeypatch):
    with_fonts(**{"Serif-Bold": "日", "Sans": "日", "Sans-Oblique": "日"})
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "NotoColorEmoji.ttf").write_bytes(b"of pictures")
    paths = [str(path) for path in sorted(tmp_path.glob("*.ttf"))]
    monkeypatch.setattr(lettering, "findSystemFonts", lambda: paths)
    assert [font.stem for font in installed_fonts()] == ["Sans", "Sans-Oblique", "Serif-Bold"]
