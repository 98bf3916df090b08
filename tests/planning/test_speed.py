"""The speed of this machine's CPU in training."""

import pytest

from easel.planning import speed


def test_a_product_is_measured_in_another_process_on_one_thread(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "64")
    assert 0.5 < speed.product_gflops() < 1000


def test_a_training_is_as_fast_as_its_threads_and_its_arithmetic(monkeypatch):
    monkeypatch.setattr(speed, "product_gflops", lambda: 50.0)
    monkeypatch.setattr(speed, "multiplies_bfloat16", lambda: False)
    in_float32 = speed.training_gflops(2)
    assert speed.training_gflops(4) == pytest.approx(2 * in_float32)
    monkeypatch.setattr(speed, "multiplies_bfloat16", lambda: True)
    assert 1.4 < speed.training_gflops(2) / in_float32 < 2.2
