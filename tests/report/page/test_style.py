"""Style of figures: series that everybody can tell apart."""

import re
from pathlib import Path

import numpy as np
import pytest

from easel.planning.rules import Stage
from easel.report.page import legend, style

PAGE_STYLE = Path(__file__).parents[3] / "notebooks" / "template" / "page.css"

# Machado, Oliveira & Fernandes 2009 (doi:10.1109/TVCG.2009.113), table 1, severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


# --- colours -------------------------------------------------------------------------------------------


def page_colours() -> list[dict[str, str]]:
    """The style sheet's colours by name: on a light page, and on a dark one."""
    sheet = PAGE_STYLE.read_text()
    blocks = re.findall(r":root \{(.*?)\}", sheet, flags=re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as CIE L*a*b* under D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ rgb / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    dark, light = sorted(float(np.dot([0.2126, 0.7152, 0.0722], linear(colour))) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_figures_and_page_share_the_light_colours():
    light, _ = page_colours()
    assert tuple(light[f"series-{i + 1}"] for i in range(len(style.SERIES))) == style.SERIES


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_with_the_page(theme):
    colours = page_colours()[theme]
    series = [name for name in colours if name.startswith("series")]
    assert len(series) == len(style.SERIES)
    for ground in ("paper", "raised"):
        assert min(contrast(colours[name], colours[ground]) for name in series) >= 3
        assert min(contrast(colours[text], colours[ground]) for text in ("ink", "muted", "link")) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_colours_are_distinct_with_colour_vision_deficiency(theme, deficiency):
    colours = page_colours()[theme]
    seen = [
        lab(np.clip(DEFICIENCIES[deficiency] @ linear(colours[f"series-{i + 1}"]), 0, 1))
        for i in range(len(style.SERIES))
    ]
    gaps = [np.linalg.norm(one - other) for i, one in enumerate(seen) for other in seen[:i]]
    assert min(gaps) > 15, f"two colours are {min(gaps):.0f} apart in L*a*b*; 2.3 is the least that can be told apart"


def test_series_differ_without_colour():
    assert len({(style.series_dashes(i), style.series_marker(i)) for i in range(42)}) == 42
    assert len({(style.series_dashes(i), style.series_marker(i), style.series_colour(i)) for i in range(210)}) == 210
    assert len({(style.series_dashes(i)) for i in range(5)}) == 5


def test_areas_differ_without_colour():
    stages = range(len(Stage))
    assert len({style.area_hatch(i) for i in stages}) == len(stages)
    assert len({re.sub("series-.*?[)]", "", legend.area_swatch(i)) for i in stages}) == len(stages)


# --- keys and names ------------------------------------------------------------------------------------


# --- SVG -----------------------------------------------------------------------------------------------
