"""Arrays of features: checks, and blocks of rows.

Features come as float32, often mapped from a file, and metrics compute in float64. 50,000 of 2,048 dimensions would be
800 MB in float64, so only a block of rows is converted at a time.
"""

from collections.abc import Iterator

import numpy as np

ROWS = 4096  # in a block: 67 MB in float64 for 2,048 dimensions


def blocks(n: int, rows: int | None = None) -> Iterator[slice]:
    """Slices of n rows, of `ROWS` each by default."""
    rows = rows or ROWS
    return (slice(start, min(start + rows, n)) for start in range(0, n, rows))


def checked(features: np.ndarray, at_least: int = 1, name: str = "features") -> np.ndarray:
    """Features as an array (n, d), without a copy if they are one already.

    Raises ValueError unless they are finite real numbers of that shape with n ≥ at_least and d > 0.
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
    """Raise ValueError if two arrays of features differ in their number of dimensions."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(f"features of {first.shape[1]} and of {second.shape[1]} dimensions cannot be compared")


def mean_of(features: np.ndarray) -> np.ndarray:
    """The mean of features (n, d): float64 (d,)."""
    return sum(features[rows].sum(axis=0, dtype=np.float64) for rows in blocks(len(features))) / len(features)
