"""Adam in one pass is Keras's Adam."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.training.optimizers import DECAYS, Adam


def test_it_is_keras_adam():
    random = np.random.default_rng(0)
    start = random.normal(size=(50, 40)).astype(np.float32)
    gradients = [random.normal(size=start.shape).astype(np.float32) * 10.0**-step for step in range(6)]
    ends = []
    for kind in (Adam, keras.optimizers.Adam):
        variable = keras.Variable(start)
        optimizer = kind(1e-2, beta_1=0.5, beta_2=0.9)
        optimizer.build([variable])
        for gradient in gradients:
            optimizer.apply([tf.constant(gradient)], [variable])
        assert int(optimizer.iterations) == len(gradients)
        ends.append([variable.numpy(), *(part.numpy() for part in optimizer.variables[2:])])
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        ("constant", [0.4, 0.4, 0.4, 0.4, 0.4]),
        ("linear", [0.4, 0.3, 0.2, 0.1, 0.0]),
        ("cosine", [0.4, 0.2 * (1 + np.cos(np.pi / 4)), 0.2, 0.2 * (1 - np.cos(np.pi / 4)), 0.0]),
        ("cooldown", [0.4, 0.4, 0.4, 0.2, 0.0]),
    ],
)
def test_decays_end_at_0(decay, expected):
    rate = DECAYS[decay](0.4, 100)
    found = [float(rate(step)) if callable(rate) else rate for step in (0, 25, 50, 75, 100)]
    assert found == pytest.approx(expected, abs=1e-7)
