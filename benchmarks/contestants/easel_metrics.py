"""Easel's metrics of features in files: easel_metrics.py SAMPLES REFERENCE"""

import sys

import numpy as np
from judging import answer

from easel.metrics import fid, kid, manifold


def main(samples: str, reference: str) -> None:
    samples, reference = np.load(samples), np.load(reference)
    answer(
        {
            "FID": lambda: fid.frechet_distance(*fid.statistics(samples), *fid.statistics(reference)),
            "KID": lambda: kid.kid(samples, reference).value,
            "precision and recall": lambda: manifold.prdc(samples, reference)["precision"].value,
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
