"""Text as pixels, in any script: each letter in a font that has it, or spelled out where no installed font does.

Matplotlib brings DejaVu Sans, which has Latin, Greek, Cyrillic, Hebrew, Arabic and some symbols. Other letters, such as
Chinese, Japanese and Korean, need a font of the machine.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font
from PIL import ImageDraw, ImageFont

OWN_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
UNWANTED = (
    "black", "bold", "condensed", "extra", "italic", "light", "medium", "mono", "oblique", "serif", "thin",
)  # fmt: skip
"""Words in the name of a font's file that make another font a better choice."""


class Lettering(NamedTuple):
    """The fonts for some texts."""

    fonts: list[Path]
    """Best first; together they have all letters but the missing ones."""
    missing: str
    """Letters that no installed font has, in their order; they are spelled out as escapes such as `\\u65e5`."""

    def length(self, text: str, size: int) -> float:
        """The width of a text in pixels. size: of its type, in pixels."""
        return sum(typeface(font, size).getlength(part) for font, part in self.parts(text))

    def draw(
        self, pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, ink: tuple[int, int, int]
    ) -> None:
        """Draw a text. at: the left end of its base line."""
        left, base = at
        for font, part in self.parts(text):
            pen.text((left, base), part, ink, typeface(font, size), anchor="ls")
            left += typeface(font, size).getlength(part)

    def parts(self, text: str) -> list[tuple[Path, str]]:
        """A text as parts of one font each. A letter stays in the font of the one before it if it can."""
        found: list[tuple[Path, str]] = []
        for letter in text:
            last = found[-1][0] if found else self.fonts[0]
            if not is_shapeless(letter) and not has(last, letter):
                last = next((font for font in self.fonts if has(font, letter)), self.fonts[0])
            shown = spelled(letter) if letter in self.missing else letter
            if found and found[-1][0] == last:
                found[-1] = last, found[-1][1] + shown
            else:
                found.append((last, shown))
        return found


def lettering_of(texts: Iterable[str]) -> Lettering:
    """The fonts for some texts: DejaVu Sans, and as few installed ones as have what it lacks."""
    letters = dict.fromkeys(letter for text in texts for letter in text if not is_shapeless(letter))
    fonts, missing = [OWN_FONT], [letter for letter in letters if not has(OWN_FONT, letter)]
    others = installed_fonts() if missing else []
    while missing and others:
        best = max(others, key=lambda font: sum(has(font, letter) for letter in missing))
        left = [letter for letter in missing if not has(best, letter)]
        if len(left) == len(missing):
            break
        fonts, missing = [*fonts, best], left
    return Lettering(fonts, "".join(missing))


def installed_fonts() -> Sequence[Path]:
    """The machine's fonts that can be drawn at any size, plain ones first."""
    paths = {Path(path) for path in findSystemFonts() if "color" not in path.lower()}
    ordered = sorted(paths, key=lambda path: (sum(word in path.stem.lower() for word in UNWANTED), path.name))
    return [path for path in ordered if is_usable(path)]


def is_usable(font: Path) -> bool:
    """True for a font that both libraries can read; not for one whose letters are pictures of a fixed size."""
    try:
        typeface(font, 20)
        face(font)
    except (OSError, RuntimeError):
        return False
    return True


@cache
def typeface(font: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels."""
    return ImageFont.truetype(font, size)


@cache
def face(font: Path) -> FT2Font:
    """A font's table of letters; of a collection, that of its first font, which Pillow draws, too."""
    return FT2Font(font)


def has(font: Path, letter: str) -> bool:
    """True if a font has a letter."""
    return face(font).get_char_index(ord(letter)) != 0


def is_shapeless(letter: str) -> bool:
    """True for what only changes the letters beside it: a joiner, a mark of direction, a choice of variant."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


def spelled(letter: str) -> str:
    """A letter as its escape, as in a Python string."""
    return letter.encode("unicode_escape").decode()
