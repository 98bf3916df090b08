"""Ten classes of anti-aliased shapes with known factors, drawn the same to the last bit on every machine.

Arrays are computed with +, -, ×, ÷, square roots and comparisons only, which IEEE 754 rounds in one way. There are
no sums along an axis, whose order could differ. Random numbers are the raw integers of PCG64, a stream that NumPy
guarantees. Sines and cosines are rounded from 40 decimal digits and do not come from the C library.

Every shape is symmetric about its vertical axis, and every factor's range about the image's, so a mirrored image is as
likely as the original.
"""

from collections.abc import Callable
from decimal import Context, Decimal, localcontext

import numpy as np

from easel.data.prepared import Split

SIDE = 32
SIZES = (0.5, 0.78)  # diameter, as a fraction of the width
SHIFT = 2.0  # pixels from the middle at most, in each direction
TILT = 25  # degrees at most, to either side
CHUNK = 128  # images drawn at a time: their arrays then stay in the processor's cache

# The hue circle in steps of 30 degrees, from red: sRGB, bright enough to glow, dark enough to stand out.
WHEEL = np.array(
    [
        (229, 57, 53), (245, 124, 0), (250, 190, 20), (150, 190, 30), (56, 160, 60), (0, 160, 120),
        (0, 172, 193), (3, 145, 230), (50, 90, 225), (112, 60, 200), (180, 45, 180), (230, 35, 110),
    ],
    np.float64,
)  # fmt: skip
PAPER = np.array((250, 248, 245), np.float64)
TINT = 0.16  # of the background's hue in the paper
SHADE = 8.0  # levels by which the background darkens from top to bottom


def draw(split: str, count: int, seed: int) -> tuple[Split, dict[str, np.ndarray]]:
    """Draw `count` images of one split; "train" and "test" are independent of each other.

    Returns the images with their labels (indices into CLASSES, balanced, in random order), and the factors,
    one array (count,) each:

        label       int64, the class
        hue         float64 in 0..360: degrees on the shape's colour wheel
        size        float64 in 0.5..0.78: diameter as a fraction of the image's width
        x, y        float64 in -2..2: the centre's distance in pixels to the right of and below the image's
        rotation    int64 in -25..25: degrees clockwise; 0 for disc and ring, which show none
        background  float64 in 0..360: the hue that tints the background, in degrees on the same wheel

    Everything but the label and the rotation is uniform over its range, and rotation over its integers.
    """
    factors = draw_factors(split, count, seed)
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    for label, outline in enumerate(OUTLINES.values()):
        members = np.flatnonzero(factors["label"] == label)
        for start in range(0, len(members), CHUNK):
            chosen = members[start : start + CHUNK]
            images[chosen] = render(outline, {name: values[chosen] for name, values in factors.items()})
    return Split(images, factors["label"]), factors


def draw_factors(split: str, count: int, seed: int) -> dict[str, np.ndarray]:
    """The factors that `draw` documents."""
    generator = np.random.PCG64([seed, ("train", "test").index(split)])
    raw = generator.random_raw((7, count))  # uint64 (7, count)
    hue, size, x, y, background = (raw[:5] >> np.uint64(11)) / 2.0**53  # uniform in 0..1
    label = (np.arange(count) % len(CLASSES))[np.argsort(raw[5], kind="stable")]
    rotation = (raw[6] % np.uint64(2 * TILT + 1)).astype(np.int64) - TILT
    return {
        "label": label,
        "hue": 360.0 * hue,
        "size": SIZES[0] + (SIZES[1] - SIZES[0]) * size,
        "x": SHIFT * (2.0 * x - 1.0),
        "y": SHIFT * (2.0 * y - 1.0),
        "rotation": np.where(np.isin(label, [CLASSES.index("disc"), CLASSES.index("ring")]), 0, rotation),
        "background": 360.0 * background,
    }


def render(outline: "Outline", factors: dict[str, np.ndarray]) -> np.ndarray:
    """Draw one class: uint8 (n, 32, 32, 3) from factors (n,), with an edge one pixel wide."""
    size, x, y = (factors[name][:, None, None] for name in ("size", "x", "y"))  # (n, 1, 1)
    cosine, sine = (table[factors["rotation"] + TILT][:, None, None] for table in (COSINES, SINES))
    radius = size * (SIDE / 2)  # pixels
    centres = np.arange(SIDE) - (SIDE - 1) / 2
    right, down = centres[None, None, :] - x, centres[None, :, None] - y  # (n, 1, 32), (n, 32, 1)
    u = (cosine * right + sine * down) / radius  # (n, 32, 32): along the shape's own axes
    v = (cosine * down - sine * right) / radius
    coverage = np.clip(0.5 - outline(u, v) * radius, 0.0, 1.0)[..., None]  # (n, 32, 32, 1)

    paper = (1.0 - TINT) * PAPER + TINT * colour(factors["background"])  # (n, 3)
    behind = paper[:, None, None, :] - SHADE * (centres / SIDE)[None, :, None, None]  # (n, 32, 1, 3)
    shape = colour(factors["hue"])[:, None, None, :]  # (n, 1, 1, 3)
    return np.floor(behind + (shape - behind) * coverage + 0.5).astype(np.uint8)


def colour(hue: np.ndarray) -> np.ndarray:
    """The colour of a hue (...) in degrees: float64 (..., 3) in 0..255, between the wheel's nearest two."""
    step = np.floor(hue / 30.0)
    first, second = WHEEL[step.astype(np.int64) % 12], WHEEL[(step.astype(np.int64) + 1) % 12]
    return first + (second - first) * (hue / 30.0 - step)[..., None]


# --- angles ----------------------------------------------------------------------------------------------

PI = Decimal("3.141592653589793238462643383279502884197169")


def cosine_and_sine(degrees: int) -> tuple[float, float]:
    """Of an angle in -180..180, correctly rounded: the series of exp(ix) in 40 decimal digits."""
    with localcontext(Context(prec=40)):
        terms = [Decimal(1)]
        for k in range(1, 60):
            terms.append(terms[-1] * PI * degrees / (180 * k))
        return float(sum(terms[0::4]) - sum(terms[2::4])), float(sum(terms[1::4]) - sum(terms[3::4]))


COSINES, SINES = np.array([cosine_and_sine(degrees) for degrees in range(-TILT, TILT + 1)]).T


# --- outlines --------------------------------------------------------------------------------------------

# An outline is the signed distance from points (u to the right, v down) to a shape of radius about 1 around
# (0, 0): negative inside. Where two parts meet it is the least (union) or the greatest (intersection) of theirs.
Outline = Callable[[np.ndarray, np.ndarray], np.ndarray]


def distance(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """From (0, 0). np.hypot would be the C library's."""
    return np.sqrt(u * u + v * v)


def half_plane(u: np.ndarray, v: np.ndarray, degrees: int, offset: float) -> np.ndarray:
    """Everything behind the line at distance `offset` from (0, 0) in the direction `degrees` (0 right, 90 down)."""
    cosine, sine = cosine_and_sine(degrees)
    return cosine * u + sine * v - offset


def disc(u, v):
    return distance(u, v) - 1.0


def ring(u, v):
    return np.abs(distance(u, v) - 0.72) - 0.28


def square(u, v):
    return np.maximum(np.abs(u), np.abs(v)) - 0.8


def triangle(u, v):
    return np.maximum(half_plane(np.abs(u), v, -30, 0.46), v - 0.76)


def star(u, v):
    # A pentagram: the points that lie in front of at most one of its five lines.
    greatest = second = np.full(u.shape, -np.inf)
    for degrees in (-162, -90, -18, 54, 126):
        line = half_plane(u, v - 0.08, degrees, 0.36)
        greatest, second = np.maximum(greatest, line), np.maximum(second, np.minimum(greatest, line))
    return second


def heart(u, v):
    # A square on its corner, and a disc on each of its upper sides.
    across, along, corner = np.abs(u), v - 0.09, 0.83
    square = (across + np.abs(along) - corner) / np.sqrt(2.0)
    lobe = distance(across - corner / 2, along + corner / 2) - corner / np.sqrt(2.0)
    return np.minimum(square, lobe)


def cross(u, v):
    across, along = np.abs(u), np.abs(v)
    return np.minimum(np.maximum(across - 1.0, along - 0.35), np.maximum(across - 0.35, along - 1.0))


def crescent(u, v):
    return np.maximum(distance(u, v + 0.2) - 1.0, 0.76 - distance(u, v + 0.66))


def arrow(u, v):
    across = np.abs(u)
    head = np.maximum((across - v - 1.0) / np.sqrt(2.0), v + 0.05)
    shaft = np.maximum(across - 0.35, np.abs(v - 0.3) - 0.7)
    return np.minimum(head, shaft)


def clover(u, v):
    return distance(np.abs(u) - 0.46, np.abs(v) - 0.46) - 0.46


OUTLINES: dict[str, Outline] = {
    outline.__name__: outline
    for outline in (disc, ring, square, triangle, star, heart, cross, crescent, arrow, clover)
}  # fmt: skip
CLASSES = tuple(OUTLINES)
