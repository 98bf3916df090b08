"""Coverage of each factor of variation of the dataset `shapes`, measured from pixels, without a judge."""

from typing import Any

import numpy as np

from easel.data import shapes_factors
from easel.data.shapes import CLASSES
from easel.runtime.console import log

BINS = 20


def table(samples: np.ndarray, train: np.ndarray) -> dict[str, Any]:
    """The entry `factors` of metrics.json.

    samples: uint8 (n, 32, 32, 3). train: training images, of which n random ones are compared with.
    """
    n = len(samples)
    chosen = np.random.default_rng(0).permutation(len(train))[:n]
    measured = shapes_factors.measure(samples[: len(chosen)])
    found = shapes_factors.coverage(measured, shapes_factors.measure(train[np.sort(chosen)]), BINS)
    labels = measured["label"][~np.isnan(measured["label"])].astype(int)
    log.info("%d of %d samples show no measurable shape", found["label"].unmeasurable, len(chosen))
    return {
        "n": len(chosen),
        "bins": BINS,
        "reference_split": "train",
        "reference_n": len(chosen),
        "unmeasurable": found["label"].unmeasurable,
        "labels": np.bincount(labels, minlength=len(CLASSES)).tolist(),
        "factors": {
            name: {
                "reached": float(each.reached),
                "reached_by_real": float(each.reached_by_real),
                "total_variation": float(each.total_variation),
                "outside": int(each.outside),
            }
            for name, each in found.items()
        },
    }
