"""SVG diagrams of blocks in the order of the data flow: in rows on wide screens, in a column on phones.

A block is a feature map. Its height and width show the map's resolution (as its square root), its length along the
flow the number of channels (as their logarithm). A vector is a rod. A line connects each block to its inputs; a line
that skips blocks goes around them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from easel.report.page.html import Html, element, fragment
from easel.report.page.style import css_colour

FACE = 84  # side of the largest feature map, in SVG units
SLANT = (0.30, 0.22)  # of the depth, relative to the face
TYPE = 10.5
LINE = 13.5  # line height of text
PITCH = (106, 150)  # least and greatest distance between the blocks of a row
ROW = 960
COLUMN = 340
APART = 11  # distance between lines that go around blocks
BEFORE = 34  # height of the title


@dataclass(frozen=True)
class Block:
    """One step of the data flow."""

    shape: Sequence[int]
    """(H, W, C), (length, C), (C,), or () of a single number, such as a class."""
    series: int | None
    """Its series colour; None is grey."""
    lines: Sequence[str]
    """Type (in bold), details, shape and parameters. Empty lines are left out."""
    then: Sequence[str]
    """Layers after it that have no block of their own."""
    after: tuple[int, ...]
    """The blocks that it reads."""


@dataclass(frozen=True)
class Box:
    """The position of a block: corner and size of its front, and its depth."""

    left: float
    top: float
    width: float
    height: float
    right: float
    up: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + (self.width + self.right) / 2, self.top + (self.height - self.up) / 2


def row(blocks: Sequence[Block], title: str, total: str, alt: str, finest: int) -> Html:
    """Blocks from left to right with their lines below, in several rows if they do not fit into one.

    finest: the resolution that is drawn FACE high.
    """
    rows = max(1, math.ceil(len(blocks) * PITCH[0] / ROW))
    across = math.ceil(len(blocks) / rows)
    pitch = min(max(ROW / max(across, 1), PITCH[0]), PITCH[1])
    around = detour_levels(blocks)
    sizes = [block_size(block.shape, finest) for block in blocks]
    above = 10 + APART * max(around.values(), default=0)
    tallest = max((side * (1 + SLANT[1]) for side, _ in sizes), default=0)
    below = 14 + LINE * max((len(nonempty_lines(block)) + len(block.then) for block in blocks), default=0)
    high = above + tallest + below + 16

    boxes = []
    for i, (side, length) in enumerate(sizes):
        middle = (i % across + 0.5) * pitch, BEFORE + i // across * high + above + tallest / 2
        boxes.append(box(middle, length, side, side))
    shapes = [draw_block(each, block.series) for each, block in zip(boxes, blocks, strict=True)]
    for i, block in enumerate(blocks):
        top = BEFORE + i // across * high + above + tallest + 14 + TYPE
        x = boxes[i].middle[0]
        shapes += [draw_text(x, top + LINE * n, text, n == 0, "middle") for n, text in enumerate(nonempty_lines(block))]
        shapes += [
            draw_text(x, top + LINE * (len(nonempty_lines(block)) + n), f"+ {text}", False, "middle", muted=True)
            for n, text in enumerate(block.then)
        ]
        for source in block.after:
            a, b = boxes[source], boxes[i]
            same = source // across == i // across
            if (source, i) not in around and same:
                shapes.append(draw_arrow([(a.left + a.width + a.right + 4, a.middle[1]), (b.left - 4, b.middle[1])]))
                continue
            level = APART * around.get((source, i), 0)
            over = [BEFORE + each // across * high + above - level for each in (source, i)]
            edge = across * pitch - 4 + level
            start, end = a.middle[0] + 5, b.middle[0] - 5
            if same:
                path = [(start, a.top - a.up - 3), (start, over[0]), (end, over[1]), (end, b.top - b.up - 4)]
            elif level:  # above the one row, along the right edge, above the other
                path = [(start, a.top - a.up - 3), (start, over[0]), (edge, over[0])]
                path += [(edge, over[1]), (end, over[1]), (end, b.top - b.up - 4)]
            else:  # from the end of a row to the start of the next
                start, lane = a.left + a.width + a.right + 4, over[1] - 6
                path = [(start, a.middle[1]), (edge, a.middle[1]), (edge, lane), (4, lane), (4, b.middle[1])]
                path.append((b.left - 4, b.middle[1]))
            shapes.append(draw_arrow(path))
    edges = [level for (source, i), level in around.items() if source // across != i // across]
    width, height = across * pitch + APART * max(edges, default=0), BEFORE + rows * high - 12
    return diagram_svg(shapes, width, height, title, total, alt)


def column(blocks: Sequence[Block], title: str, total: str, alt: str, finest: int) -> Html:
    """Blocks from top to bottom, with their lines to the right."""
    around = detour_levels(blocks)
    gutter = 12 + APART * max(around.values(), default=0)
    sizes = [block_size(block.shape, finest) for block in blocks]
    widest = max((side * (1 + SLANT[0]) for side, _ in sizes), default=0)
    text_x = gutter + widest + 16
    shapes, boxes, y = [], [], float(BEFORE + 6)
    for (side, length), block in zip(sizes, blocks, strict=True):
        known = side_lines(block)
        texts = [*known, *wrapped_suffixes(block.then, (COLUMN - text_x) / (0.52 * TYPE))]
        high = max(length + side * SLANT[1], LINE * len(texts))
        boxes.append(box((gutter + widest / 2, y + high / 2), side, length, side))
        top = y + high / 2 - LINE * len(texts) / 2 + TYPE
        shapes += [
            draw_text(text_x, top + LINE * n, text, False, "start", muted=n >= len(known))
            for n, text in enumerate(texts)
        ]
        y += high + 24
    shapes += [draw_block(each, block.series) for each, block in zip(boxes, blocks, strict=True)]
    for i, block in enumerate(blocks):
        for source in block.after:
            a, b = boxes[source], boxes[i]
            if (source, i) not in around:
                x = gutter + widest / 2
                shapes.append(draw_arrow([(x, a.top + a.height + 3), (x, b.top - b.up - 3)]))
            else:
                x = gutter - 4 - APART * (around[source, i] - 1) - 4
                start, end = a.top + a.height / 2, b.top + b.height / 2
                shapes.append(draw_arrow([(a.left - 3, start), (x, start), (x, end), (b.left - 4, end)]))
    return diagram_svg(shapes, COLUMN, y - 10, title, total, alt)


def detour_levels(blocks: Sequence[Block]) -> dict[tuple[int, int], int]:
    """The distance of each line that skips blocks, from 1: shorter lines are closer, and none overlap."""
    passing = [(source, i) for i, block in enumerate(blocks) for source in block.after if source != i - 1]
    found: dict[tuple[int, int], int] = {}
    for start, end in sorted(passing, key=lambda line: line[1] - line[0]):
        overlapping = [level for (first, last), level in found.items() if first < end and start < last]
        found[start, end] = 1 + max(overlapping, default=0)
    return found


def block_size(shape: Sequence[int], finest: int) -> tuple[float, float]:
    """A feature map's side and its length along the flow.

    A vector has the side of one pixel, a sequence that of a square of the same number of pixels.
    """
    *resolution, channels = shape or (1,)
    pixels = math.sqrt(resolution[0]) if len(resolution) == 1 else resolution[0] if resolution else 1
    side = FACE * math.sqrt(pixels / max(finest, 16))
    return side, 3 + 2.5 * math.log2(max(channels, 1))


def box(middle: tuple[float, float], width: float, height: float, side: float) -> Box:
    """A box around a position; its depth is that of a face with this side."""
    right, up = (slant * side for slant in SLANT)
    return Box(middle[0] - (width + right) / 2, middle[1] - (height + up) / 2 + up, width, height, right, up)


def nonempty_lines(block: Block) -> list[str]:
    """The lines of a block that are not empty."""
    return [line for line in block.lines if line]


def side_lines(block: Block) -> list[Html]:
    """The lines of a block in two: type and details; shape and parameters."""
    kind, details, shape, weights = block.lines
    first = fragment(element("tspan", kind, font_weight=600), details and f" {details}", around="tspan")
    return [first, fragment(shape, weights and " · ", weights, around="tspan")]


def wrapped_suffixes(suffixes: Sequence[str], most: float) -> list[str]:
    """`+ a + b` in lines of at most `most` characters."""
    found: list[str] = []
    for suffix in suffixes:
        if found and len(found[-1]) + len(suffix) + 3 <= most:
            found[-1] += f" + {suffix}"
        else:
            found.append(f"+ {suffix}")
    return found


# --- SVG -------------------------------------------------------------------------------------------------


def draw_block(where: Box, series: int | None) -> Html:
    """The three visible faces of a box, the lightest on top."""
    x, y, w, h, right, up = where.left, where.top, where.width, where.height, where.right, where.up
    faces = {
        40: [(x, y), (x + right, y - up), (x + right + w, y - up), (x + w, y)],
        64: [(x, y), (x + w, y), (x + w, y + h), (x, y + h)],
        88: [(x + w, y), (x + w + right, y - up), (x + w + right, y - up + h), (x + w, y + h)],
    }
    base = css_colour(series) if series is not None else "var(--muted, #777777)"
    return element(
        "g",
        *(
            element(
                "polygon",
                points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners),
                style=f"fill: color-mix(in srgb, {base} {strength}%, var(--paper, #fff)); stroke: var(--paper, #fff)",
                stroke_width=0.6, stroke_linejoin="round",
            )
            for strength, corners in faces.items()
        ),
    )  # fmt: skip


def draw_arrow(path: Sequence[tuple[float, float]]) -> Html:
    """A line with an arrow at its end. Its last segment is horizontal or vertical."""
    (x0, y0), (x, y) = path[-2:]
    angle = math.degrees(math.atan2(y - y0, x - x0))
    line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in path)
    return element(
        "g",
        element("path", d=line, fill="none", stroke="currentColor", stroke_width=1.1, stroke_linejoin="round"),
        element(
            "path",
            d="M0 0L-5.5 -2.8V2.8Z",
            fill="currentColor",
            transform=f"translate({x:.1f} {y:.1f}) rotate({angle:.0f})",
        ),
        opacity=0.75,
    )


def draw_text(x: float, y: float, text: str, bold: bool, anchor: str, muted: bool = False) -> Html:
    """A line of text."""
    return element(
        "text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, font_size=TYPE - 0.5 * muted,
        font_weight=600 if bold else None, fill="var(--muted, #5b616b)" if muted else "currentColor",
    )  # fmt: skip


def diagram_svg(shapes: Sequence[Html], width: float, height: float, title: str, total: str, alt: str) -> Html:
    """The diagram under its title."""
    return element(
        "svg",
        element("text", title, x=4, y=16, font_size=13, font_weight=600, fill="currentColor"),
        element("text", total, x=width - 4, y=16, font_size=TYPE, text_anchor="end", fill="currentColor"),
        *shapes,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:.0f} {height:.0f}", role="img", aria_label=alt,
        style=f"display: block; width: 100%; max-width: {1.2 * width:.0f}px",
    )  # fmt: skip
