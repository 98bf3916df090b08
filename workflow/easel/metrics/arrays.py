"""What every metric asks of arrays of features, and how it takes them: a block of rows at a time.

Features come as float32, often mapped from a file, and are computed with in float64. 50,000 of 2,048 dimensions would
be 800 MB in float64, so that no more than a block of them is ever converted.
"""

from collections.abc import Iterator

import numpy as np

ROWS = 4096  # of a block: 67 MB in float64 for 2,048 dimensions


def blocks(n: int, rows: int | None = None) -> Iterator[slice]:
    """Slices that cut n rows into blocks, of `ROWS` where not told otherwise."""
    rows = rows or ROWS
    return (slice(start, min(start + rows, n)) for start in range(0, n, rows))


def checked(features: np.ndarray, at_least: int = 1, name: str = "features") -> np.ndarray:
    """The features as an array (n, d), not copied where they are one already.

    Raises ValueError where they are not real numbers of that shape, n is too small, d is 0 or one is not finite.
    """
    features = np.asarray(features)
    if features.ndim != 2 or features.shape[1] == 0 or features.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be real numbers of shape (n, d), found {features.dtype} {features.shape}")
    if len(features) < at_least:
        raise ValueError(f"{name} must be at least {at_least}, found {len(features)}")
    if not all(np.isfinite(features[rows]).all() for rows in blocks(len(features))):
        raise ValueError(f"{name} must be finite")
    return features


def require_same_dimensions(first: np.ndarray, second: np.ndarray) -> None:
    """Raise ValueError where two arrays of features have different dimensions."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(f"features of {first.shape[1]} and of {second.shape[1]} dimensions cannot be compared")


def mean_of(features: np.ndarray) -> np.ndarray:
    """The mean of features (n, d): float64 (d,)."""
    return sum(features[rows].sum(axis=0, dtype=np.float64) for rows in blocks(len(features))) / len(features)
