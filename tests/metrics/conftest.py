"""Values of other implementations for the feature sets, and a random generator."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.feature_sets import FEATURES, logits

from easel.metrics import arrays

EXPECTED = json.loads(Path(__file__).with_name("expected.json").read_text())
DRAWN_OTHERWISE = "NumPy draws other numbers than when expected.json was made: run make_expected.py again"


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture(params=FEATURES)
def compared(request):
    """Samples, real images, and the numbers of other implementations."""
    samples, reference = FEATURES[request.param]()
    expected = EXPECTED["features"][request.param]
    sums = [each.astype(np.float64).sum() for each in (samples, reference)]
    assert sums == pytest.approx(expected["sums"], rel=1e-9), DRAWN_OTHERWISE
    return samples, reference, expected


@pytest.fixture
def compared_logits():
    """Logits, and torch-fidelity's inception score of them in Easel's order."""
    found, expected = logits(), EXPECTED["inception_score"]
    assert found.astype(np.float64).sum() == pytest.approx(expected["sum"], rel=1e-9), DRAWN_OTHERWISE
    return found, expected["torch-fidelity"]


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a few rows, so that small arrays have several, and a last one that is not full."""
    monkeypatch.setattr(arrays, "ROWS", 37)
