"""Damages to sets of images, from light to heavy: what a judge should see, and how much of it.

Each damage is a function of images uint8 (N, H, W, C) and a severity that returns images of the same shape and dtype.
Severity 0 returns equal images, and a heavier one moves pixels further; the severity of `jpeg` is a quality, so that a
lower one is heavier, and none returns equal images. The functions are pure.

`swapped_channels` and `mirrored` change a share of the images, all others each image alone. `dropped_classes` and
`repeated_images` choose images instead, and return indices: a set without some classes has only undamaged images in it.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from easel.images import LUMA

BLOCK = 64  # images whose float copies exist at a time


def gaussian_noise(images: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    """Independent Gaussian noise on each value. deviation: its standard deviation in levels of 0..255."""
    shape, numbers = images.shape[1:], iter(range(len(images)))

    def noisy(block: np.ndarray) -> np.ndarray:
        drawn = [np.random.default_rng([seed, next(numbers)]).standard_normal(shape, np.float32) for _ in block]
        return block + np.float32(deviation) * np.stack(drawn)

    return _in_blocks(images, noisy)


def blur(images: np.ndarray, deviation: float) -> np.ndarray:
    """A Gaussian blur. deviation: the kernel's standard deviation in pixels. Edges continue outwards."""
    return _in_blocks(images, lambda block: gaussian_filter(block, (0, deviation, deviation, 0), mode="nearest"))


def jpeg(images: np.ndarray, quality: float) -> np.ndarray:
    """Compressed and decompressed as JPEG by Pillow, whose default halves the resolution of colours.

    quality: a whole number, 1 (worst) to 95; images have 1 or 3 channels.
    """
    damaged = np.empty_like(images)
    for i, image in enumerate(images):
        file = BytesIO()
        Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(file, "JPEG", quality=int(quality))
        damaged[i] = np.asarray(Image.open(file)).reshape(image.shape)
    return damaged


def checkerboard(images: np.ndarray, levels: float) -> np.ndarray:
    """Pixels in turn lighter and darker by some levels, as transposed convolutions leave them."""
    height, width = images.shape[1:3]
    pattern = 1 - 2 * (np.add.outer(np.arange(height), np.arange(width)) % 2)  # (H, W): ±1
    added = np.float32(levels) * pattern[..., None].astype(np.float32)
    return _in_blocks(images, lambda block: block + added)


def grey(images: np.ndarray, share: float) -> np.ndarray:
    """Colours (C = 3) mixed with their luminance. share: of the luminance, 0..1."""
    return _in_blocks(images, lambda block: block + np.float32(share) * ((block @ LUMA)[..., None] - block))


def shifted_hue(images: np.ndarray, degrees: float) -> np.ndarray:
    """Colours (C = 3) rotated about the axis of greys, by degrees of 0..180: red turns towards green.

    The mean of red, green and blue stays; what leaves 0..255 is clipped.
    """
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees)) / np.sqrt(3.0)
    beside = (1.0 - cosine) / 3.0
    ahead, behind = beside - sine, beside + sine
    rotation = np.array(
        [[cosine + beside, ahead, behind], [behind, cosine + beside, ahead], [ahead, behind, cosine + beside]]
    )
    return _in_blocks(images, lambda block: block @ rotation.T.astype(np.float32))


def swapped_channels(images: np.ndarray, share: float) -> np.ndarray:
    """Red and blue swapped (C = 3) in some of the images. share: of the images, 0..1.

    Not mixed with the original colours: those of half and half are duller, not half as wrong.
    """
    return _some(images, share, images[..., ::-1])


def mirrored(images: np.ndarray, share: float) -> np.ndarray:
    """Some of the images mirrored left to right. share: of the images, 0..1."""
    return _some(images, share, images[:, :, ::-1])


def dropped_classes(labels: np.ndarray, share: float) -> np.ndarray:
    """The indices of the images of the classes that are left, in their order. labels: integers (N,).

    share: of the classes to drop, 0..1, at most: the rarest first, and at least one class stays. So no fewer than a
    share of 1 - share of the images are left.
    """
    classes, counts = np.unique(labels, return_counts=True)
    dropped = min(int(share * len(classes) + 1e-9), len(classes) - 1)  # 0.29 · 100 is a little less than 29
    return np.flatnonzero(np.isin(labels, classes[np.argsort(counts, kind="stable")[dropped:]]))


def repeated_images(count: int, copies: int) -> np.ndarray:
    """The indices int64 (count,) of a set in which each image is there `copies` times, the last ones maybe less."""
    return np.arange(count) // max(int(copies), 1)


PIXELS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "gaussian_noise": gaussian_noise,
    "blur": blur,
    "jpeg": jpeg,
    "checkerboard": checkerboard,
    "grey": grey,
    "swapped_channels": swapped_channels,
    "shifted_hue": shifted_hue,
    "mirrored": mirrored,
}
"""The damages to the images themselves, by name."""

SEVERITIES: dict[str, tuple[float, ...]] = {
    "gaussian_noise": (5, 10, 20),
    "blur": (0.5, 1, 2),
    "jpeg": (80, 40, 10),
    "checkerboard": (8, 16, 32),
    "grey": (0.25, 0.5, 1),
    "swapped_channels": (0.25, 0.5, 1),
    "shifted_hue": (30, 60, 120),
    "mirrored": (0.25, 0.5, 1),
    "dropped_classes": (0.1, 0.3, 0.5),
    "repeated_images": (2, 5, 20),
}
"""The severities of every damage, from light to heavy, in the order of tables."""

OF_SOME = ("swapped_channels", "mirrored")
"""The damages to some of the images, whose severity is their share."""

COLOURS = ("grey", "swapped_channels", "shifted_hue")
"""The damages that change nothing in grey images."""


def _some(images: np.ndarray, share: float, changed: np.ndarray) -> np.ndarray:
    """Images of which a share is replaced by changed ones: for a larger share, the same ones and more."""
    chosen = np.random.default_rng(0).permutation(len(images))[: round(share * len(images))]
    damaged = images.copy()
    damaged[chosen] = changed[chosen]
    return damaged


def _in_blocks(images: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Images changed in float32, a block at a time, rounded and clipped to uint8."""
    damaged = np.empty_like(images)
    for start in range(0, len(images), BLOCK):
        changed = change(images[start : start + BLOCK].astype(np.float32))
        damaged[start : start + BLOCK] = np.clip(np.rint(changed), 0, 255)
    return damaged
