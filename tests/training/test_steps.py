"""Compiled calls of many steps: their length, the generator's turn, and XLA."""

import numpy as np

from easel.training.steps import CallLength


def test_calls_grow_to_the_wanted_length(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("easel.training.steps.time.monotonic", lambda: now[0])

    def run(first, count):
        now[0] += 0.1 * count

    calls = CallLength(seconds=1.0)
    lengths = []
    for _ in range(6):
        lengths.append(calls.steps)
        calls.timed(run, 0, calls.steps)
    assert lengths == [1, 2, 4, 8, 10, 10]


def test_the_first_calls_take_every_kind_of_step():
    calls = CallLength(seconds=1.0, turn=5)
    assert (calls.steps, calls.is_warm) == (5, False)
    calls.timed(lambda first, count: None, 0, 3)  # something was due at step 3
    assert not calls.is_warm
    calls.timed(lambda first, count: None, 3, 2)
    assert calls.is_warm


def test_xla_computes_the_same(trainer_of):
    plain, compiled = (trainer_of("vae", jit_compile=jit) for jit in (False, True))
    np.testing.assert_allclose(plain.run_steps(0, 3), compiled.run_steps(0, 3), rtol=1e-4)


def test_the_generator_is_updated_in_every_n_dis_th_step(trainer_of):
    trainer = trainer_of("tutorial_dcgan", n_dis=3)
    generator = [v.numpy() for v in trainer.networks["generator"].trainable_variables]
    trainer.run_steps(0, 2)
    for before, after in zip(generator, trainer.networks["generator"].trainable_variables, strict=True):
        np.testing.assert_array_equal(before, after)
    trainer.run_steps(2, 1)
    assert not np.array_equal(generator[0], trainer.networks["generator"].trainable_variables[0])
