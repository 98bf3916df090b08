"""A row of metrics.json: a value with its provenance.

It imports no metric, so a step that writes rows depends on the metrics it computes, and on no other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from easel.metrics.estimate import Estimate


class ComparedWith(NamedTuple):
    """The real images that a value is relative to; None for both where it is relative to none."""

    split: str | None
    n: int | None


def row(
    of: str,
    metric: str,
    estimate: Estimate | None,  # None where there is nothing to estimate from
    n: int,  # images
    against: ComparedWith,
    judge: Mapping[str, Any],
    caveats: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A row of metrics.json. Values and uncertainties that are not finite are None, as JSON has no such numbers."""
    uncertainty = estimate.uncertainty if estimate else None
    return {
        "of": of, "metric": metric, "value": finite(estimate.value if estimate else None),
        "uncertainty": uncertainty.as_json() if uncertainty and np.isfinite(uncertainty.value) else None,
        "n": n, **judge, "reference_split": against.split, "reference_n": against.n, "caveats": list(caveats),
    }  # fmt: skip


def finite(value: float | None) -> float | None:
    """A number as JSON can hold it: None if it is not finite."""
    return float(value) if value is not None and np.isfinite(value) else None
