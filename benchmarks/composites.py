"""Photograph-like pictures, drawn from known factors, so that copies of training pictures can be measured exactly.

    python -m benchmarks.composites /data/composites --count 200 --size 64              # a folder of PNGs
    python -m benchmarks.composites /data/split --count 200 --held-out 2000 --size 64   # folders train/ and test/

A picture is a landscape in layers, from back to front, drawn at twice its size:

1. a sky between two colours, with clouds;
2. a ridge of hills along a jagged line, hazier than the ground;
3. a ground whose texture grows coarser towards the viewer;
4. one to four objects, each a tree, a house, a boulder or a tower, the farther ones first and smaller, textured, lit
   from the picture's side of the sun, and with a shadow on the ground;
5. light: the whole picture's tint and exposure, darker corners, and grain.

Textures are cut from four sheets of noise whose power falls as 1/f, f², as that of photographs does. Every factor is
a random number of the picture's own seed, (seed, split, number): two pictures have no factor in common but by chance,
a mirrored picture is as likely as the original, and the first 200 pictures are the same whether 200 or 2,000 are drawn.
"""

import argparse
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SPLITS = ("train", "test", "judge")
"""Independent of each other. Pictures of `judge` are for training a judge that has seen none of the others."""
SHEET = 512  # pixels from side to side of a sheet of noise, which repeats
SLOPES = (0.8, 1.1, 1.4, 1.8)  # of each sheet's amplitude over frequency; photographs have about 1
OVERSAMPLED = 2


class Light(NamedTuple):
    """What all layers of a picture share."""

    from_left: bool
    """The side of the sun."""
    tint: np.ndarray
    """float64 (3,): factors of the colour channels."""


def draw(split: str, count: int, size: int, seed: int = 0) -> np.ndarray:
    """Pictures of one of SPLITS: uint8 (count, size, size, 3)."""
    return np.stack([picture(split, number, size, seed) for number in range(count)])


def picture(split: str, number: int, size: int, seed: int = 0) -> np.ndarray:
    """One picture, a function of its arguments: uint8 (size, size, 3)."""
    random = np.random.default_rng([seed, SPLITS.index(split), number])
    side = OVERSAMPLED * size
    light = Light(bool(random.random() < 0.5), random.uniform(0.85, 1.1, 3))
    horizon = round(side * random.uniform(0.35, 0.6))
    canvas = sky(random, side)
    canvas = below(canvas, ridge(random, side, horizon), hills(random, side))
    canvas = below(canvas, np.full(side, float(horizon)), ground(random, side, horizon))
    drawn = to_image(canvas)
    feet = np.sort(random.uniform(horizon + 0.04 * side, 0.95 * side, random.integers(1, 5)))
    for foot in feet:  # from the farthest to the nearest
        nearness = (foot - horizon) / (side - horizon)
        height = side * (0.15 + 0.45 * nearness) * random.uniform(0.7, 1.2)
        kind = OBJECTS[random.integers(len(OBJECTS))]
        add_object(drawn, kind, random, (random.uniform(0.1, 0.9) * side, float(foot), float(height)), light)
    small = np.asarray(drawn.resize((size, size), Image.Resampling.LANCZOS), np.float64)
    return finish(small, random, light)


# --- textures ------------------------------------------------------------------------------------------


@cache
def sheets() -> np.ndarray:
    """Noise of mean 0 and deviation 1 that repeats at its edges: float64 (len(SLOPES), SHEET, SHEET)."""
    random = np.random.default_rng(0)
    frequencies = np.hypot(np.fft.fftfreq(SHEET)[:, None], np.fft.rfftfreq(SHEET)[None, :])
    frequencies[0, 0] = np.inf
    found = []
    for slope in SLOPES:
        white = np.fft.rfft2(random.standard_normal((SHEET, SHEET)))
        noise = np.fft.irfft2(white / frequencies**slope, (SHEET, SHEET))
        found.append((noise - noise.mean()) / noise.std())
    return np.stack(found)


def texture(random: np.random.Generator, height: int, width: int, sheet: int, zoom: tuple[float, float]) -> np.ndarray:
    """A piece of a sheet from a random place, mirrored at random, enlarged by factors down and across: (H, W)."""
    rows, columns = (
        (random.integers(SHEET) + (np.arange(count) / factor)) % SHEET
        for count, factor in zip((height, width), zoom, strict=True)
    )
    if random.random() < 0.5:
        columns = columns[::-1]
    top, left = rows.astype(int), columns.astype(int)
    down, across = (rows - top)[:, None], (columns - left)[None, :]
    noise = sheets()[sheet]
    bottom, right = (top + 1) % SHEET, (left + 1) % SHEET
    upper = noise[np.ix_(top, left)] * (1 - across) + noise[np.ix_(top, right)] * across
    lower = noise[np.ix_(bottom, left)] * (1 - across) + noise[np.ix_(bottom, right)] * across
    return upper * (1 - down) + lower * down


def between(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Colours (3,) mixed by a share (H, W) of the second, limited to 0..1: float64 (H, W, 3)."""
    return first + np.clip(share, 0, 1)[..., None] * (second - first)


def coloured(random: np.random.Generator, palette: np.ndarray, spread: float = 18.0) -> np.ndarray:
    """A colour of a palette (n, 3), changed a little."""
    return np.clip(palette[random.integers(len(palette))] + random.normal(0, spread, 3), 0, 255)


# --- layers --------------------------------------------------------------------------------------------

HIGH_SKIES = np.array([(60, 110, 190), (90, 140, 200), (120, 130, 150), (70, 70, 120), (150, 120, 140)], float)
LOW_SKIES = np.array([(190, 215, 235), (240, 200, 160), (215, 215, 215), (235, 170, 130), (200, 225, 225)], float)
CLOUDS = np.array([(245, 245, 245), (250, 225, 205), (190, 190, 200)], float)
HILLS = np.array([(90, 110, 130), (80, 100, 80), (110, 95, 110), (120, 120, 110)], float)
GROUNDS = np.array([(90, 120, 50), (150, 130, 80), (200, 180, 130), (110, 90, 70), (225, 228, 235)], float)


def sky(random: np.random.Generator, side: int) -> np.ndarray:
    """float64 (side, side, 3) in 0..255."""
    down = np.linspace(0, 1.6, side)[:, None] * np.ones((1, side))
    air = between(coloured(random, HIGH_SKIES), coloured(random, LOW_SKIES), down)
    scale = 3.0 * side / 128
    cover = texture(random, side, side, 2, (scale * random.uniform(0.5, 1.0), scale * random.uniform(1.0, 2.5)))
    share = random.uniform(0.2, 0.9) * np.clip(cover + random.uniform(-1.2, 0.6), 0, 1)
    return air + share[..., None] * (coloured(random, CLOUDS, 8.0) - air)


def ridge(random: np.random.Generator, side: int, horizon: int) -> np.ndarray:
    """The row of the hills' upper edge in each column: float64 (side,)."""
    profile = texture(random, 1, side, 3, (1.0, side / 128 * random.uniform(1.0, 3.0)))[0]
    return horizon - side * random.uniform(0.03, 0.2) * np.clip(profile + 0.8, 0, 2)


def hills(random: np.random.Generator, side: int) -> np.ndarray:
    """float64 (side, side, 3) in 0..255."""
    noise = texture(random, side, side, 1, (side / 128, 2.0 * side / 128))
    far = coloured(random, HILLS)
    return np.clip(far * (1 + 0.15 * noise[..., None]), 0, 255)


def ground(random: np.random.Generator, side: int, horizon: int) -> np.ndarray:
    """Coarser towards the viewer: float64 (side, side, 3) in 0..255."""
    first, second = coloured(random, GROUNDS), coloured(random, GROUNDS)
    sheet = int(random.integers(0, 3))
    fine, coarse = (
        texture(random, side, side, sheet, (zoom * side / 128, 2 * zoom * side / 128)) for zoom in (0.7, 2.5)
    )
    near = np.clip((np.arange(side) - horizon) / max(1, side - horizon), 0, 1)[:, None]
    noise = (1 - near) * fine + near * coarse
    patches = texture(random, side, side, 3, (side / 128, 3.0 * side / 128))
    surface = between(first, 0.5 * (first + second), 0.5 + 0.6 * patches)
    return np.clip(surface * (1 + 0.22 * noise[..., None]) * (0.75 + 0.3 * near[..., None]), 0, 255)


def below(canvas: np.ndarray, edge: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """A layer in front of a canvas, both (side, side, 3), below a row (side,) in each column."""
    shown = np.clip(np.arange(len(canvas))[:, None] - edge[None, :], 0, 1)[..., None]
    return canvas + shown * (layer - canvas)


def finish(canvas: np.ndarray, random: np.random.Generator, light: Light) -> np.ndarray:
    """Tint, exposure, darker corners and grain: float64 (size, size, 3) to uint8."""
    place = np.linspace(-1, 1, len(canvas))
    corners = 1 - random.uniform(0.05, 0.3) * (place[:, None] ** 2 + place[None, :] ** 2) / 2
    aside = 1 + 0.12 * (-place if light.from_left else place)[None, :]
    exposed = canvas * light.tint * random.uniform(0.8, 1.15) * (corners * aside)[..., None]
    return np.clip(exposed + random.normal(0, 2.5, canvas.shape), 0, 255).round().astype(np.uint8)


# --- objects -------------------------------------------------------------------------------------------

LEAVES = np.array([(50, 90, 40), (90, 120, 40), (170, 110, 40), (40, 70, 60), (150, 60, 40)], float)
WALLS = np.array([(200, 190, 175), (170, 90, 70), (225, 215, 190), (130, 130, 140), (180, 150, 100)], float)
ROOFS = np.array([(130, 50, 40), (70, 70, 80), (100, 70, 50)], float)
STONES = np.array([(130, 125, 120), (100, 95, 95), (160, 145, 125)], float)
BARK = np.array([(80, 60, 45), (110, 100, 90)], float)

Place = tuple[float, float, float]
"""The middle and the foot of an object, and its height, in pixels."""
Draw = Callable[[ImageDraw.ImageDraw, float, float, float], None]
Object = Callable[[np.random.Generator], list[tuple[np.ndarray, int, Draw]]]
"""Random numbers -> an object's parts, from back to front: colour, sheet of texture, and how it is drawn."""


def add_object(drawn: Image.Image, kind: Object, random: np.random.Generator, place: Place, light: Light) -> None:
    """Draw an object with its shadow into a picture."""
    middle, foot, height = place
    side = drawn.width
    reach = (1 if light.from_left else -1) * height * random.uniform(0.2, 0.6)
    shadow = Image.new("L", drawn.size)
    ends = sorted((middle - 0.25 * height, middle + 0.25 * height + reach))
    ImageDraw.Draw(shadow).ellipse((ends[0], foot - 0.05 * height, ends[1], foot + 0.05 * height), fill=110)
    drawn.paste((25, 25, 35), mask=shadow.filter(ImageFilter.GaussianBlur(side / 100)))
    for colour, sheet, shape in kind(random):
        mask = Image.new("L", drawn.size)
        shape(ImageDraw.Draw(mask), middle, foot, height)
        across = np.clip((np.arange(side) - middle) / height + 0.5, 0, 1) - 0.5
        lit = 1 - 0.6 * (across if light.from_left else -across)
        noise = texture(random, side, side, sheet, (side / 128, side / 128))
        surface = colour * (lit[None, :] * (1 + 0.25 * noise))[..., None]
        drawn.paste(to_image(surface), mask=mask)


def tree(random: np.random.Generator) -> list[tuple[np.ndarray, int, Draw]]:
    """A trunk and a crown of several overlapping balls."""
    balls = random.uniform((-0.22, 0.45, 0.12), (0.22, 0.85, 0.24), (random.integers(3, 8), 3))

    def crown(pen: ImageDraw.ImageDraw, middle: float, foot: float, height: float) -> None:
        for right, up, radius in balls * height:
            x, y = middle + right, foot - up
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)

    return [
        (coloured(random, BARK), 0, box(-0.04, 0.0, 0.04, 0.6)),
        (coloured(random, LEAVES), 0, crown),
    ]


def house(random: np.random.Generator) -> list[tuple[np.ndarray, int, Draw]]:
    """Walls, a roof, a door and windows."""
    half, wall = random.uniform(0.3, 0.55), random.uniform(0.4, 0.6)
    dark = coloured(random, np.array([(50, 50, 65), (90, 60, 40)], float))
    parts = [
        (coloured(random, WALLS), 1, box(-half, 0.0, half, wall)),
        (
            coloured(random, ROOFS),
            0,
            polygon((-half - 0.06, wall), (random.uniform(-0.2, 0.2), 1.0), (half + 0.06, wall)),
        ),
        (dark, 1, box(-0.07, 0.0, 0.07, 0.25)),
    ]
    for x in (-0.65 * half, 0.65 * half):
        parts.append((dark, 1, box(x - 0.06, 0.55 * wall, x + 0.06, 0.85 * wall)))
    return parts


def boulder(random: np.random.Generator) -> list[tuple[np.ndarray, int, Draw]]:
    """An irregular stone."""
    angles = np.linspace(0, np.pi, 9)
    radii = random.uniform(0.75, 1.0, 9)
    corners = [(0.45 * r * np.cos(a), 0.5 * r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]
    return [(coloured(random, STONES), 1, polygon(*corners))]


def tower(random: np.random.Generator) -> list[tuple[np.ndarray, int, Draw]]:
    """A narrow shaft with a pointed top."""
    half, shaft = random.uniform(0.08, 0.14), random.uniform(0.9, 1.1)
    return [
        (coloured(random, STONES), 1, box(-half, 0.0, half, shaft)),
        (coloured(random, ROOFS), 0, polygon((-1.4 * half, shaft), (0.0, shaft + 0.3), (1.4 * half, shaft))),
        (np.array((40.0, 40.0, 50.0)), 1, box(-0.3 * half, 0.6 * shaft, 0.3 * half, 0.75 * shaft)),
    ]


OBJECTS: tuple[Object, ...] = (tree, house, boulder, tower)


def box(left: float, bottom: float, right: float, top: float) -> Draw:
    """A rectangle: distances from the middle and above the foot, as fractions of the height."""
    return polygon((left, bottom), (left, top), (right, top), (right, bottom))


def polygon(*corners: tuple[float, float]) -> Draw:
    """The same of any corners."""

    def shape(pen: ImageDraw.ImageDraw, middle: float, foot: float, height: float) -> None:
        pen.polygon([(middle + x * height, foot - y * height) for x, y in corners], fill=255)

    return shape


def to_image(canvas: np.ndarray) -> Image.Image:
    """float64 (side, side, 3) in 0..255, limited to that, as a picture."""
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))


# --- files ---------------------------------------------------------------------------------------------


def write(folder: Path, images: np.ndarray) -> None:
    """Write images, uint8 (N, H, W, 3), as PNG files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number:05d}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--held-out", type=int, default=0, help="pictures of a test split; 0: a folder without splits")
    parser.add_argument("--size", type=int, default=64, help="pixels from side to side")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    train = draw("train", given.count, given.size, given.seed)
    write(given.folder / "train" if given.held_out else given.folder, train)
    if given.held_out:
        write(given.folder / "test", draw("test", given.held_out, given.size, given.seed))


if __name__ == "__main__":
    main()
