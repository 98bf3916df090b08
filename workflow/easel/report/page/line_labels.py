"""Labels at the ends of lines, placed only where they cover nothing."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def label_line_ends(axes: Axes, ends: Sequence[tuple[float, float, str]]) -> list[str]:
    """Write names to the right of line ends where they cover nothing; return the names that were written.

    ends: x, y and name of each line. Draw everything that must stay visible, and set the axis limits, before the call.
    """
    drawing = axes.figure
    assert isinstance(drawing, Figure)
    drawing.draw_without_rendering()
    point = drawing.dpi / 72
    lines = [axes.transData.transform(line.get_xydata()) for line in axes.lines if np.size(line.get_xdata())]
    taken = np.concatenate([points_along(points, 2 * point) for points in lines] or [np.empty((0, 2))])
    frame = axes.get_window_extent()
    boxes: list[tuple[np.ndarray, np.ndarray]] = []
    labels: list[str] = []
    for x, y, name in sorted(ends, key=lambda end: -end[1]):
        if not np.isfinite([x, y]).all():
            continue
        # The page's font may be a tenth wider than matplotlib's.
        size = np.array([0.62 * len(name), 1.3]) * NAME_SIZE * point
        for shift in ((7, 0), (4, 9), (4, -9)):
            place = axes.transData.transform((x, y)) + np.multiply(shift, point)
            low, high = place - [0, size[1] / 2], place + size / [1, 2]
            inside = high[0] <= frame.x1 and frame.y0 <= low[1] and high[1] <= frame.y1
            covers = ((taken > low) & (taken < high)).all(axis=1).any() or any(
                (low < other[1]).all() and (other[0] < high).all() for other in boxes
            )
            if inside and not covers:
                axes.annotate(
                    name, (x, y), xytext=shift, textcoords="offset points", va="center", fontsize=NAME_SIZE
                )  # fmt: skip
                boxes.append((low, high))
                labels.append(name)
                break
    return labels


NAME_SIZE = 8.5


def points_along(points: np.ndarray, apart: float) -> np.ndarray:
    """Points along a line (n, 2), at most `apart` away from each other; non-finite points are dropped."""
    points = points[np.isfinite(points).all(axis=1)]
    pieces = [
        np.linspace(start, end, max(2, math.ceil(np.hypot(*(end - start)) / apart)))
        for start, end in pairwise(points)
    ]  # fmt: skip
    return np.concatenate([points, *pieces])
