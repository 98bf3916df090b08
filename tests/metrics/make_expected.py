"""Compute the metrics of tests/feature_sets.py with other implementations: expected.json, next to this file.

Run by hand, in an environment of its own, whenever the feature sets change:

    pip install torch torchvision torch-fidelity clean-fid prdc
    PYTHONPATH=tests python tests/metrics/make_expected.py

They get the float32 features as float64, and compute in it.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from cleanfid import fid as cleanfid
from helpers.feature_sets import FEATURES, logits
from prdc import compute_prdc
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

MADE_BY = ("torch-fidelity", "clean-fid", "prdc", "torch", "numpy", "scipy", "scikit-learn")
SUBSETS, SIZE = 20, 200  # of KID


def fid(samples: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    ours, theirs = (fid_features_to_statistics(torch.from_numpy(each)) for each in (samples, reference))
    moments = [moment for each in (samples, reference) for moment in (each.mean(0), np.cov(each, rowvar=False))]
    return {
        "torch-fidelity": fid_statistics_to_metric(ours, theirs, verbose=False)["frechet_inception_distance"],
        "clean-fid": float(cleanfid.frechet_distance(*moments)),
    }


def kid(samples: np.ndarray, reference: np.ndarray) -> dict[str, dict[str, float]]:
    """Over the subsets that Easel draws: each is handed over as if it were everything."""
    random = np.random.default_rng(0)
    found = {"torch-fidelity": [], "clean-fid": []}
    for _ in range(SUBSETS):
        x, y = (each[random.choice(len(each), SIZE, replace=False)] for each in (samples, reference))
        theirs = kid_features_to_metric(
            torch.from_numpy(x), torch.from_numpy(y), kid_subsets=1, kid_subset_size=SIZE, verbose=False
        )
        found["torch-fidelity"].append(theirs["kernel_inception_distance_mean"])
        found["clean-fid"].append(cleanfid.kernel_distance(x, y, num_subsets=1, max_subset_size=SIZE))
    return {name: {"mean": float(np.mean(each)), "std": float(np.std(each))} for name, each in found.items()}


def prdc(samples: np.ndarray, reference: np.ndarray) -> dict[str, dict[str, float]]:
    manifold, coverage = (compute_prdc(reference, samples, k) for k in (3, 5))
    theirs = prc_features_to_metric(torch.from_numpy(samples), torch.from_numpy(reference), verbose=False)
    return {
        "prdc": {
            "precision": float(manifold["precision"]), "recall": float(manifold["recall"]),
            "density": float(coverage["density"]), "coverage": float(coverage["coverage"]),
        },
        "torch-fidelity": {name: theirs[name] for name in ("precision", "recall")},
    }  # fmt: skip


def inception_score() -> dict[str, float]:
    """Over Easel's order of the images."""
    ordered = torch.from_numpy(logits()[np.random.default_rng(0).permutation(len(logits()))].astype(np.float64))
    theirs = isc_features_to_metric(ordered, splits=10, shuffle=False)
    return {"mean": theirs["inception_score_mean"], "std": theirs["inception_score_std"]}


def main() -> None:
    found = {}
    for name, draw in FEATURES.items():
        samples, reference = (each.astype(np.float64) for each in draw())
        found[name] = {
            "sums": [float(samples.sum()), float(reference.sum())],
            "fid": fid(samples, reference), "kid": kid(samples, reference), "prdc": prdc(samples, reference),
        }  # fmt: skip
    expected = {
        "made_by": {name: version(name) for name in MADE_BY},
        "features": found,
        "inception_score": {"sum": float(logits().astype(np.float64).sum()), "torch-fidelity": inception_score()},
    }
    Path(__file__).with_name("expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
