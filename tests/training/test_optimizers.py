"""Adam in one pass is Keras's Adam."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.training.optimizers import DECAYS, Adam, LossScaling


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
    ("decay", "end", "expected"),
    [
        ("constant", 0.0, [0.4, 0.4, 0.4, 0.4, 0.4]),
        ("linear", 0.0, [0.4, 0.3, 0.2, 0.1, 0.0]),
        ("linear", 0.5, [0.4, 0.35, 0.3, 0.25, 0.2]),
        ("cosine", 0.0, [0.4, 0.2 * (1 + np.cos(np.pi / 4)), 0.2, 0.2 * (1 - np.cos(np.pi / 4)), 0.0]),
        ("cosine", 0.5, [0.4, 0.3 + 0.1 * np.cos(np.pi / 4), 0.3, 0.3 - 0.1 * np.cos(np.pi / 4), 0.2]),
        ("cooldown", 0.0, [0.4, 0.4, 0.4, 0.2, 0.0]),
        ("cooldown", 0.25, [0.4, 0.4, 0.4, 0.25, 0.1]),
    ],
)
def test_decays_end_at_a_fraction_of_the_rate(decay, end, expected):
    rate = DECAYS[decay](0.4, 100, end)
    found = [float(rate(step)) if callable(rate) else rate for step in (0, 25, 50, 75, 100)]
    assert found == pytest.approx(expected, abs=1e-7)


def state(optimizer: keras.Optimizer, variable: keras.Variable) -> list[np.ndarray]:
    """All that an update can change."""
    return [each.numpy() for each in (variable, *optimizer.variables)]


@pytest.mark.parametrize("scaled", [False, True])
def test_an_update_that_is_off_changes_nothing_and_one_that_is_on_is_an_update(scaled):
    gradients = [tf.constant([0.5, -3.0]), tf.constant([1e-3, 2.0])]
    ends = []
    for turns in ([True, True], [True, False, True]):
        variable = keras.Variable(np.array([1.0, -2.0], np.float32))
        optimizer = LossScaling(Adam(1e-2)) if scaled else Adam(1e-2)
        optimizer.build([variable])
        left = iter(gradients)
        for turn in turns:
            before = state(optimizer, variable)
            gradient = next(left) if turn else tf.constant([7.0, 7.0])
            optimizer.apply_if(tf.constant(turn), [gradient], [variable])
            assert turn or all(map(np.array_equal, before, state(optimizer, variable)))
        ends.append(state(optimizer, variable))
    plain = keras.Variable(np.array([1.0, -2.0], np.float32))
    optimizer = LossScaling(Adam(1e-2)) if scaled else Adam(1e-2)
    optimizer.build([plain])
    for gradient in gradients:
        optimizer.apply([gradient], [plain])
    ends.append(state(optimizer, plain))
    for end in ends[1:]:
        for one, other in zip(ends[0], end, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_scale_of_a_loss_follows_keras_without_a_condition():
    """Growing after three finite updates, halved by one that is not, which changes no weight."""
    gradients = [1.0, 2.0, np.inf, 3.0, 1.0, 1.0, np.nan, -np.inf, 5.0]
    courses = []
    for kind in (LossScaling, keras.optimizers.LossScaleOptimizer):
        variable = keras.Variable(np.array([1.0, -2.0], np.float32))
        optimizer = kind(Adam(1e-2), initial_scale=1024.0, dynamic_growth_steps=3)
        optimizer.build([variable])
        apply = compiled(optimizer, variable)
        course = []
        for gradient in gradients:
            apply(tf.constant([gradient, 1.0]) * optimizer.dynamic_scale)
            course += state(optimizer, variable)
        courses.append(course)
        conditions = [each for each in operations(apply) if each.type in ("If", "StatelessIf")]
        assert bool(conditions) is (kind is not LossScaling)
    for one, other in zip(*courses, strict=True):
        np.testing.assert_array_equal(one, other)


def compiled(optimizer: keras.Optimizer, variable: keras.Variable):
    """A compiled function that updates a variable by a gradient."""
    return tf.function(lambda gradient: optimizer.apply([gradient], [variable]))


def operations(function) -> list[tf.Operation]:
    """The operations of a traced function of one gradient."""
    return function.get_concrete_function(tf.TensorSpec([2])).graph.get_operations()
