"""The devices that judges are trained on."""

import pytest
import tensorflow as tf

from easel.judges.devices import use_training_devices


@pytest.mark.parametrize(("seen", "deterministic"), [([], False), (["GPU:0"], True)])
def test_a_gpu_trains_deterministically(monkeypatch, seen, deterministic):
    """Also one that could not be claimed, because nvidia-smi does not list it."""
    asked = []
    monkeypatch.setattr("easel.runtime.gpus.claim_gpus", lambda gpus, label: asked.append((gpus, label)) or [])
    monkeypatch.setattr("easel.training.devices.use_threads", lambda *given, **how: asked.append((*given, how)))
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: seen)
    use_training_devices(2, 1, "small on stripes")
    assert asked == [(1, "small on stripes"), (2, {"branches": 2, "deterministic": deterministic})]
