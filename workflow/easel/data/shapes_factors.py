"""What the dataset `shapes` is made of, measured from pixels: which modes a generator reaches, without any judge.

An image of `easel.data.shapes` is a shape of one colour before paper of another. Its margin shows the paper, the pixels
least like paper show the shape's colour, and so how much of each pixel the shape covers is known. What covers is then
laid over all shapes at all rotations, moved and scaled to its own centre of mass and area, and the best fit names the
class and the rotation; with these, centre and area become place and size.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from easel.data.shapes import CLASSES, OUTLINES, PAPER, SHADE, SHIFT, SIDE, SIZES, TILT, TINT, WHEEL, render

RANGES = {
    "label": (-0.5, len(CLASSES) - 0.5),
    "hue": (0.0, 360.0),
    "size": SIZES,
    "x": (-SHIFT, SHIFT),
    "y": (-SHIFT, SHIFT),
    "rotation": (-TILT - 0.5, TILT + 0.5),
    "background": (0.0, 360.0),
}
"""Of each factor, in the units of `easel.data.shapes.draw`; of integers, half a step further on both sides."""

TOLERANCES = {"label": 0.0, "hue": 0.6, "size": 0.008, "x": 0.15, "y": 0.15, "rotation": 4.0, "background": 2.0}
"""How far at most a measured factor of a drawn image is from the true one."""

FAINTEST = 40.0  # levels from the paper, in RGB, that a shape's colour is away at least
STRANGEST = 25.0  # levels, in RGB, that a colour may be off the wheel
PALEST = 8.0  # levels, in RGB, that the paper's colour may be off the papers that the wheel tints
TOUCHED = 1.5  # levels from the median of its channel from which a pixel of the margin is more than rounded
WORST_FIT = 0.08  # square of the difference to the fitted shape over its own; no two classes are nearer

CHUNK = 500  # images measured at a time
GRID = 28  # points across, at which two shapes are compared
REACH = 2.0  # to which they go from the centre, in radii of a disc of the same area


def measure(images: np.ndarray) -> dict[str, np.ndarray]:
    """Measure the factors of images uint8 (N, 32, 32, 3).

    Returns float64 (N,) each, under the names and in the units of `easel.data.shapes.draw`, and within TOLERANCES if
    the images are drawn ones: label, hue, size, x, y, rotation, background. NaN is what cannot be measured: a colour
    that is none of the dataset's, or all of label, size, x, y and rotation where there is no shape or none that is
    known.
    """
    parts = [_measure(images[start : start + CHUNK]) for start in range(0, len(images), CHUNK)]
    return {name: np.concatenate([part[name] for part in parts] or [np.empty(0)]) for name in RANGES}


def _measure(images: np.ndarray) -> dict[str, np.ndarray]:
    paper = paper_colour(images)
    shape, contrast = shape_colour(images, paper)
    background, off_papers = background_hue(paper)
    hue, off_wheel = nearest_hue(shape, WHEEL)
    pose, misfit = fit(opacity(images, paper, shape))
    seen = contrast >= FAINTEST
    found = {"hue": np.where(seen & (off_wheel <= STRANGEST), hue, np.nan)}
    found["background"] = np.where(off_papers <= PALEST, background, np.nan)
    return found | {name: np.where(seen & (misfit <= WORST_FIT), values, np.nan) for name, values in pose.items()}


# --- colours -------------------------------------------------------------------------------------------


def paper_colour(images: np.ndarray) -> np.ndarray:
    """The paper's colour at half the height, float64 (N, 3) in 0..255, of images uint8 (N, 32, 32, 3).

    It is the mean of the outermost pixels, but for the few that the tip of a large shape touches: those far off the
    median.
    """
    level = images - behind(np.zeros((len(images), 3)))  # the shade from top to bottom taken off
    margin = np.concatenate(
        [level[:, [0, -1]].reshape(len(images), -1, 3), level[:, 1:-1, [0, -1]].reshape(len(images), -1, 3)], axis=1
    )  # (N, 124, 3)
    far = np.abs(margin - np.median(margin, axis=1, keepdims=True)).max(axis=-1)
    weights = (far <= np.maximum(TOUCHED, np.median(far, axis=1, keepdims=True))).astype(np.float64)
    return np.einsum("np,npc->nc", weights, margin) / weights.sum(axis=1, keepdims=True)


def behind(paper: np.ndarray) -> np.ndarray:
    """What an image is without its shape: float64 (N, 32, 1, 3) from the paper's colour (N, 3)."""
    height = (np.arange(SIDE) - (SIDE - 1) / 2) / SIDE
    return paper[:, None, None, :] - SHADE * height[None, :, None, None]


def shape_colour(images: np.ndarray, paper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The shape's colour, float64 (N, 3) in 0..255, and how far in RGB it is from the paper (N,).

    It is the mean of the pixels that are nearly as far from the paper as the farthest but seven.
    """
    distance = np.linalg.norm(images - behind(paper), axis=-1).reshape(len(images), -1)  # (N, 1024)
    farthest = np.partition(distance, -8, axis=1)[:, -8]
    weights = (distance >= 0.97 * farthest[:, None]).astype(np.float64)
    mean = np.einsum("np,npc->nc", weights, images.reshape(len(images), -1, 3)) / weights.sum(axis=1, keepdims=True)
    return mean, farthest


def background_hue(paper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hue (N,) in degrees that tints papers (N, 3), and how far in RGB these are from any tinted paper (N,)."""
    return nearest_hue(paper, (1.0 - TINT) * PAPER + TINT * WHEEL)


def nearest_hue(colours: np.ndarray, wheel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hue (N,) in 0..360 at which a wheel (12, 3) comes nearest to colours (N, 3), and how near in RGB (N,)."""
    first, step = wheel, np.roll(wheel, -1, axis=0) - wheel  # (12, 3)
    away = colours[:, None] - first  # (N, 12, 3)
    along = np.clip((away * step).sum(axis=-1) / (step * step).sum(axis=-1), 0.0, 1.0)  # (N, 12)
    distance = np.linalg.norm(away - along[..., None] * step, axis=-1)
    nearest = distance.argmin(axis=1)
    every = np.arange(len(colours))
    return 30.0 * (nearest + along[every, nearest]) % 360.0, distance[every, nearest]


# --- class, place, size and rotation -------------------------------------------------------------------


def opacity(images: np.ndarray, paper: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """How much of each pixel the shape covers: float64 (N, 32, 32) in 0..1, from both colours (N, 3).

    The last twentieth at both ends counts as nothing and as all, so that grain in either colour leaves no trace.
    """
    ground = behind(paper)
    towards = shape[:, None, None, :] - ground  # (N, 32, 1, 3)
    share = ((images - ground) * towards).sum(axis=-1) / np.maximum((towards * towards).sum(axis=-1), 1.0)
    return np.clip((share - 0.05) / 0.9, 0.0, 1.0)


class Looks(NamedTuple):
    """Shapes as they look apart from where they are and how large."""

    area: np.ndarray
    """Square pixels (N,)."""
    centre: np.ndarray
    """Of mass, in pixels to the right of and below the image's (N, 2)."""
    values: np.ndarray
    """float32 (N, GRID · GRID) in 0..1: opacity on a grid around the centre, as large as the area asks for."""


def looks(opaque: np.ndarray) -> Looks:
    """How opacities (N, 32, 32) look."""
    place = np.arange(SIDE) - (SIDE - 1) / 2
    area = opaque.sum(axis=(1, 2))
    mass = np.maximum(area, 1.0)
    centre = np.stack([opaque.sum(axis=1) @ place, opaque.sum(axis=2) @ place], axis=1) / mass[:, None]

    grid = np.linspace(-REACH, REACH, GRID) * np.sqrt(mass / np.pi)[:, None]  # (N, GRID): pixels from the centre
    values = along(opaque, 2, centre[:, :1] + grid - place[0])
    values = along(values, 1, centre[:, 1:] + grid - place[0])
    return Looks(area, centre, values.reshape(len(opaque), -1).astype(np.float32))


def along(values: np.ndarray, axis: int, at: np.ndarray) -> np.ndarray:
    """Arrays (N, ...) read along one axis at places (N, P), linearly between two elements, and 0 outside."""
    low = np.floor(at).astype(np.int64)
    shape = [len(at), 1, 1]
    shape[axis] = at.shape[1]

    def read(index):
        inside = (index >= 0) & (index < SIDE)
        taken = np.take_along_axis(values, np.clip(index, 0, SIDE - 1).reshape(shape), axis=axis)
        return taken * inside.reshape(shape)

    share = (at - low).reshape(shape)
    return read(low) * (1.0 - share) + read(low + 1) * share


class Known(NamedTuple):
    """All shapes at all rotations, K of them."""

    label: np.ndarray  # (K,)
    rotation: np.ndarray  # (K,), degrees clockwise
    values: np.ndarray  # (K, GRID · GRID), as in Looks
    area: np.ndarray  # (K,), in squares of the radius
    centre: np.ndarray  # (K, 2), from the place at which it was drawn, in radii


@cache
def known() -> Known:
    """What is laid over, drawn in the middle of the image and of the sizes."""
    radius = sum(SIZES) / 2 * SIDE / 2
    labels, rotations, seen = [], [], []
    for label, (name, outline) in enumerate(OUTLINES.items()):
        rotation = np.zeros(1, np.int64) if name in ("disc", "ring") else np.arange(-TILT, TILT + 1)
        plain = {"size": sum(SIZES) / 2, "x": 0.0, "y": 0.0, "hue": 240.0, "background": 60.0}
        factors = {key: np.full(len(rotation), value) for key, value in plain.items()}
        images = render(outline, factors | {"rotation": rotation})
        paper = paper_colour(images)
        seen.append(looks(opacity(images, paper, shape_colour(images, paper)[0])))
        labels.append(np.full(len(rotation), label))
        rotations.append(rotation)
    area, centre, values = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    return Known(np.concatenate(labels), np.concatenate(rotations), values, area / radius**2, centre / radius)


def fit(opaque: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What opacities (N, 32, 32) are of: label, size, x, y, rotation, float64 (N,) each; and how ill they fit (N,).

    The misfit is the sum of squared differences to the best fit, over the sum of its squares.
    """
    bank, seen = known(), looks(opaque)
    square = (bank.values**2).sum(axis=1)  # (K,)
    difference = (seen.values**2).sum(axis=1)[:, None] - 2.0 * seen.values @ bank.values.T + square  # (N, K)
    best = difference.argmin(axis=1)
    radius = np.sqrt(seen.area / bank.area[best])
    x, y = (seen.centre - bank.centre[best] * radius[:, None]).T
    pose = {"label": bank.label[best], "size": radius / (SIDE / 2), "x": x, "y": y, "rotation": bank.rotation[best]}
    misfit = difference[np.arange(len(opaque)), best] / square[best]
    return {name: values.astype(np.float64) for name, values in pose.items()}, misfit


# --- coverage ------------------------------------------------------------------------------------------


class Coverage(NamedTuple):
    """How samples spread over a factor's range, beside as many real images."""

    reached: float
    """The fraction 0..1 of the range's bins in which a sample lies: 1 where no mode was dropped."""
    reached_by_real: float
    """The same of the real images: with few of them some bins stay empty by chance."""
    total_variation: float
    """Between both histograms, 0..1: half the sum of absolute differences of the frequencies of all bins, and of one
    more for what has no bin. 0 is alike, 1 is nothing in common."""
    outside: int
    """Samples beyond the range."""
    unmeasurable: int
    """Samples of which the factor cannot be measured."""


def coverage(
    measured: Mapping[str, np.ndarray],  # of samples, as `measure` returns them
    real: Mapping[str, np.ndarray],  # of real images
    bins: int = 20,  # of equal width; of labels there are as many as classes
) -> dict[str, Coverage]:
    """How much of each factor's range samples reach, by the factor's name.

    Compared are the first n of both, n being the smaller number. What lies beyond the end of a range by no more than
    the measurement's tolerance counts to its last bin. ValueError if there is nothing to compare.
    """
    n = min(len(measured["label"]), len(real["label"]))
    if not n:
        raise ValueError("coverage of no images")
    return {name: _coverage(name, measured[name][:n], real[name][:n], bins) for name in RANGES}


def _coverage(name: str, measured: np.ndarray, real: np.ndarray, bins: int) -> Coverage:
    """Of one factor, (n,) of samples and of real images each."""
    counted, outside = histogram(name, measured, bins)
    expected, _ = histogram(name, real, bins)
    n = len(measured)
    elsewhere = (n - counted.sum()) - (n - expected.sum())
    return Coverage(
        reached=float((counted > 0).mean()),
        reached_by_real=float((expected > 0).mean()),
        total_variation=float((np.abs(counted - expected).sum() + abs(elsewhere)) / (2 * n)),
        outside=outside,
        unmeasurable=int(np.isnan(measured).sum()),
    )


def histogram(name: str, values: np.ndarray, bins: int) -> tuple[np.ndarray, int]:
    """How many values of a factor, float64 (n,), lie in each bin of its range (bins,); and how many lie outside.

    NaN is counted nowhere.
    """
    low, high = RANGES[name]
    inside = (values >= low - TOLERANCES[name]) & (values <= high + TOLERANCES[name])
    number = len(CLASSES) if name == "label" else bins
    counts, _ = np.histogram(np.clip(values[inside], low, high), number, (low, high))
    return counts, int((~inside & ~np.isnan(values)).sum())
