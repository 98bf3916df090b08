"""The look of a picture in 56 bytes, and the pairs of pictures that look alike: near duplicates.

A look is a perceptual hash of 64 bits (the signs of the lowest frequencies of a cosine transform, Zauner 2010,
"Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1) and the colours of 4 × 4 parts. The
hash alone would take every plain surface for the same; the colours alone, every sky over every meadow.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

SIDE = 32  # pixels of the picture that is transformed
LOWEST = 8  # frequencies in each direction
PARTS = 4  # of which the colours are compared, in each direction
BITS = 8
"""Bits of the hashes in which near duplicates may differ, at most."""
LEVELS = 12.0
"""Mean difference of the colours of near duplicates, at most, of 255 levels ..."""
BRIGHTER = 40.0
"""... when the one is not more than so many levels brighter, which is not counted."""
COMPARED = 2**18  # pairs compared at a time, whose 2 MB stay in a cache

COSINES = np.cos(np.pi / SIDE * np.outer(np.arange(LOWEST + 1), np.arange(SIDE) + 0.5))  # DCT-II, (9, 32)


def look_of(small: Image.Image) -> str:
    """The look of a picture, of which `small` is the whole in SIDE × SIDE pixels, RGB: 112 hexadecimal digits."""
    grey = np.asarray(small.convert("L"), np.float64)  # (32, 32)
    frequencies = COSINES @ grey @ COSINES.T  # (9, 9)
    lowest = frequencies[:LOWEST, :LOWEST].ravel()
    lowest[0] = frequencies[LOWEST, LOWEST]  # in place of the mean, which is brightness
    lowest = lowest.round(6)  # plain surfaces have zeros, which must not depend on the order of a sum
    bits = np.packbits(lowest > np.median(lowest))  # (8,)
    colours = np.asarray(small.resize((PARTS, PARTS), Image.Resampling.BOX))  # (4, 4, 3)
    return bits.tobytes().hex() + colours.tobytes().hex()


def near_duplicates(looks: Sequence[str]) -> Iterator[np.ndarray]:
    """The pairs of looks that are alike, in parts of int (N, 3): the places of both, the smaller first, and the bits.

    All pairs are compared: 1.25 billion of 50,000 pictures, which takes two seconds.
    """
    if len(looks) < 2:
        return
    raw = np.frombuffer(bytes.fromhex("".join(looks)), np.uint8).reshape(len(looks), -1)
    hashes = np.ascontiguousarray(raw[:, :8]).view(np.uint64).ravel()  # (N,)
    colours = raw[:, 8:].astype(np.int16)  # (N, 48)
    start = 0
    while (left := len(hashes) - 1 - start) > 0:
        stop = start + min(left, max(1, COMPARED // left))
        differing = np.bitwise_count(hashes[start:stop, None] ^ hashes[None, start + 1 :])
        firsts, places = divmod(np.flatnonzero(differing <= BITS), left)  # faster than nonzero
        differing, firsts, seconds = differing[firsts, places], firsts + start, places + start + 1
        alike = seconds > firsts
        alike[alike] = colour_difference(colours[firsts[alike]], colours[seconds[alike]]) <= LEVELS
        if alike.any():
            yield np.column_stack([firsts[alike], seconds[alike], differing[alike]]).astype(np.int64)
        start = stop


def colour_difference(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The mean difference of colours, int16 (N, 48) each, in levels, but for what all parts are brighter: (N,)."""
    difference = some - others
    brighter = difference.mean(axis=1, keepdims=True).clip(-BRIGHTER, BRIGHTER)
    return np.abs(difference - brighter).mean(axis=1)
