"""Labels at line ends, placed where they cover nothing."""

import numpy as np

from easel.report.page import line_labels, style


def ended(*ends: tuple[float, float, str]) -> list[str]:
    """The labels that fit at the ends of horizontal lines that start at 0."""
    with style.matplotlib.rc_context(style.STYLE):
        _, axes = style.new_panel()
        for x, y, _ in ends:
            axes.plot([0, x], [y, y])
        axes.set(xlim=(0, 10), ylim=(0, 10))
        return line_labels.label_line_ends(axes, ends)


def test_line_labels_cover_nothing():
    assert ended((5, 2, "low"), (5, 8, "high")) == ["high", "low"]
    # On one place there is room beside it, or above and below.
    assert len(ended(*[(5, 5, f"run {i}") for i in range(5)])) in (1, 2)
    assert len(ended(*[(5, 5 + i / 100, f"run {i}") for i in range(5)])) in (1, 2)
    assert ended((9.9, 5, "a name that is too long")) == []
    assert ended((np.nan, 5, "nowhere"), (5, 5, "there")) == ["there"]
