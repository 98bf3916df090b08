"""The factors of `shapes` images, measured from pixels: the modes that a generator reaches, without any judge.

An image of `easel.data.shapes` is a shape of one colour on paper of another. The margin shows the paper's colour, and
the pixels least like the paper show the shape's, so the shape's coverage of each pixel is known. The coverage is
then compared with all shapes at all rotations, moved and scaled to its own centre of mass and area. The best fit gives
the class and the rotation, and with these, centre and area become position and size.
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
"""Ranges in the units of `easel.data.shapes.draw`; for integers, wider by half a step at both ends."""

TOLERANCES = {"label": 0.0, "hue": 0.6, "size": 0.008, "x": 0.15, "y": 0.15, "rotation": 4.0, "background": 2.0}
"""The largest error of a measured factor of a drawn image."""

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
    the images are drawn ones: label, hue, size, x, y, rotation, background. NaN means not measurable: a colour
    that is not in the dataset, or label, size, x, y and rotation if there is no shape or an unknown one.
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

    It is the mean of the outermost pixels without those far from the median, which the tip of a large shape touches.
    """
    level = images - behind(np.zeros((len(images), 3)))  # the shade from top to bottom taken off
    margin = np.concatenate(
        [level[:, [0, -1]].reshape(len(images), -1, 3), level[:, 1:-1, [0, -1]].reshape(len(images), -1, 3)], axis=1
    )  # (N, 124, 3)
    far = np.abs(margin - np.median(margin, axis=1, keepdims=True)).max(axis=-1)
    weights = (far <= np.maximum(TOUCHED, np.median(far, axis=1, keepdims=True))).astype(np.float64)
    return np.einsum("np,npc->nc", weights, margin) / weights.sum(axis=1, keepdims=True)


def behind(paper: np.ndarray) -> np.ndarray:
    """The image without its shape: float64 (N, 32, 1, 3) from the paper's colour (N, 3)."""
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
    """The fraction of each pixel that the shape covers: float64 (N, 32, 32) in 0..1, from both colours (N, 3).

    Values below 0.05 become 0 and values above 0.95 become 1, so that noise in either colour has no effect.
    """
    ground = behind(paper)
    towards = shape[:, None, None, :] - ground  # (N, 32, 1, 3)
    share = ((images - ground) * towards).sum(axis=-1) / np.maximum((towards * towards).sum(axis=-1), 1.0)
    return np.clip((share - 0.05) / 0.9, 0.0, 1.0)


class Appearance(NamedTuple):
    """Shapes, with their position and size separated out."""

    area: np.ndarray
    """Square pixels (N,)."""
    centre: np.ndarray
    """Centre of mass (N, 2), in pixels to the right of and below the image's centre."""
    values: np.ndarray
    """float32 (N, GRID · GRID) in 0..1: opacity on a grid around the centre, scaled with the area."""


def appearance(opaque: np.ndarray) -> Appearance:
    """Separate the opacities (N, 32, 32) into area, centre and appearance."""
    place = np.arange(SIDE) - (SIDE - 1) / 2
    area = opaque.sum(axis=(1, 2))
    mass = np.maximum(area, 1.0)
    centre = np.stack([opaque.sum(axis=1) @ place, opaque.sum(axis=2) @ place], axis=1) / mass[:, None]

    grid = np.linspace(-REACH, REACH, GRID) * np.sqrt(mass / np.pi)[:, None]  # (N, GRID): pixels from the centre
    values = along(opaque, 2, centre[:, :1] + grid - place[0])
    values = along(values, 1, centre[:, 1:] + grid - place[0])
    return Appearance(area, centre, values.reshape(len(opaque), -1).astype(np.float32))


def along(values: np.ndarray, axis: int, at: np.ndarray) -> np.ndarray:
    """Arrays (N, ...) interpolated linearly along one axis at positions (N, P), and 0 outside."""
    low = np.floor(at).astype(np.int64)
    shape = [len(at), 1, 1]
    shape[axis] = at.shape[1]

    def read(index):
        inside = (index >= 0) & (index < SIDE)
        taken = np.take_along_axis(values, np.clip(index, 0, SIDE - 1).reshape(shape), axis=axis)
        return taken * inside.reshape(shape)

    share = (at - low).reshape(shape)
    return read(low) * (1.0 - share) + read(low + 1) * share


class Templates(NamedTuple):
    """All shapes at all rotations, K of them."""

    label: np.ndarray  # (K,)
    rotation: np.ndarray  # (K,), degrees clockwise
    values: np.ndarray  # (K, GRID · GRID), as in Appearance
    area: np.ndarray  # (K,), in squares of the radius
    centre: np.ndarray  # (K, 2), from the place at which it was drawn, in radii


@cache
def templates() -> Templates:
    """The templates, drawn at the centre of the image with the mean size."""
    radius = sum(SIZES) / 2 * SIDE / 2
    labels, rotations, seen = [], [], []
    for label, (name, outline) in enumerate(OUTLINES.items()):
        rotation = np.zeros(1, np.int64) if name in ("disc", "ring") else np.arange(-TILT, TILT + 1)
        fixed = {"size": sum(SIZES) / 2, "x": 0.0, "y": 0.0, "hue": 240.0, "background": 60.0}
        factors = {key: np.full(len(rotation), value) for key, value in fixed.items()}
        images = render(outline, factors | {"rotation": rotation})
        paper = paper_colour(images)
        seen.append(appearance(opacity(images, paper, shape_colour(images, paper)[0])))
        labels.append(np.full(len(rotation), label))
        rotations.append(rotation)
    area, centre, values = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    return Templates(np.concatenate(labels), np.concatenate(rotations), values, area / radius**2, centre / radius)


def fit(opaque: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Fit opacities (N, 32, 32): label, size, x, y and rotation, float64 (N,) each; and the misfit (N,).

    The misfit is the sum of squared differences to the best fit, over the sum of its squares.
    """
    bank, seen = templates(), appearance(opaque)
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
    """The spread of samples over a factor's range, next to that of as many real images."""

    reached: float
    """The fraction 0..1 of the range's bins in which a sample lies: 1 where no mode was dropped."""
    reached_by_real: float
    """The same for the real images, of which some bins stay empty by chance if there are few."""
    total_variation: float
    """Total variation distance of both histograms, 0..1, with one more bin for values outside the range. 0 means equal,
    1 means nothing in common."""
    outside: int
    """The number of samples outside the range."""
    unmeasurable: int
    """The number of samples whose factor cannot be measured."""


def coverage(
    measured: Mapping[str, np.ndarray],  # of samples, as `measure` returns them
    real: Mapping[str, np.ndarray],  # of real images
    bins: int = 20,  # of equal width; of labels there are as many as classes
) -> dict[str, Coverage]:
    """The coverage of each factor's range by samples, by the factor's name.

    The first n images of both are compared, where n is the smaller number. Values outside a range by no more than the
    measurement's tolerance count in its last bin. Raises ValueError if there is nothing to compare.
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
    """The histogram (bins,) of a factor's values, float64 (n,), over its range; and the number outside the range.

    NaN is not counted.
    """
    low, high = RANGES[name]
    inside = (values >= low - TOLERANCES[name]) & (values <= high + TOLERANCES[name])
    number = len(CLASSES) if name == "label" else bins
    counts, _ = np.histogram(np.clip(values[inside], low, high), number, (low, high))
    return counts, int((~inside & ~np.isnan(values)).sum())
