"""Truncated samples of generators whose right answers are known."""

import keras
import numpy as np
import pytest
from keras import layers

from easel.metrics.manifold import prdc
from easel.sampling.networks import generate
from easel.sampling.sampler import Sampler, truncate


def generator(conditional: bool = False) -> keras.Model:
    """Images (2, 2, 1) that are nearly black and white: tanh(4 x) of normalised latents, in a conditional one of
    latents + 1 for class 1 and latents - 1 for class 0. The statistics are those of whole latents."""
    latents, labels = keras.Input((4,), name="latents"), keras.Input((), dtype="int32", name="labels")
    x, table = latents, layers.Embedding(2, 4)
    if conditional:
        x = layers.Add()([x, table(labels)])
        table.set_weights([np.float32([[-1] * 4, [1] * 4])])
    norm = layers.BatchNormalization(center=False, scale=False, epsilon=0.0)
    images = layers.Reshape((2, 2, 1))(layers.Activation("tanh")(layers.Rescaling(4.0)(norm(x))))
    norm.set_weights([np.zeros(4), np.full(4, 2.0 if conditional else 1.0)])
    return keras.Model([latents, labels] if conditional else latents, images)


def test_truncation_does_not_cost_precision():
    """With the statistics of whole latents, truncated ones give grey images here, unlike any real one."""
    whole = Sampler(generator(), 4, None, seed=0)
    real = Sampler(whole.network, 4, None, seed=1).samples(1_000)
    cut, record = truncate(whole, 0.1, None)
    assert record == {"layers": 1, "latents": 5_000}

    def precision(images: np.ndarray) -> float:
        flat = [each.reshape(len(each), -1).astype(float) for each in (images, real.images)]
        return prdc(*flat)["precision"].value

    grey = precision(Sampler(whole.network, 4, None, seed=0, truncation=0.1).samples(1_000).images)
    assert grey < 0.5
    assert precision(cut.samples(1_000).images) >= precision(whole.samples(1_000).images) > 0.8


def test_whole_samples_are_left_as_they_are():
    whole = Sampler(generator(), 4, None, seed=0)
    before = whole.samples(100)
    truncate(whole, 0.1, None)
    np.testing.assert_array_equal(whole.samples(100).images, before.images)


@pytest.mark.parametrize("only", [0, 1])
def test_a_single_class_is_normalised_among_all(only):
    frequencies = np.array([1, 1])
    whole = Sampler(generator(conditional=True), 4, np.eye(2, dtype=np.int64)[only], seed=0)
    cut, _ = truncate(whole, 0.1, frequencies)
    assert set(cut.samples(100).labels) == {only}
    assert ((cut.samples(100).images > 127) == only).all()


def test_latents_of_a_truncated_sampler_are_within_the_threshold():
    cut, _ = truncate(Sampler(generator(), 4, None, seed=0), 0.5, None)
    assert 0.49 < np.abs(cut.latents(1_000)).max() <= 0.5
    np.testing.assert_array_equal(cut.latents(10), cut.latents(1_000)[:10])


# --- pictures --------------------------------------------------------------------------------------------


def tiles(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The images of a picture, each 2 × 2, without the two pixels between them: uint8 (rows, columns, 2, 2, 3)."""
    starts = [(4 * row, 4 * column) for row in range(rows) for column in range(columns)]
    return np.stack([picture[y : y + 2, x : x + 2] for y, x in starts]).reshape(rows, columns, 2, 2, -1)


def test_an_overview_shows_the_first_samples():
    sampler = Sampler(generator(), 4, None, seed=0)
    samples = sampler.samples(20)
    shown = tiles(sampler.overview(samples, side=3), 3, 3)
    np.testing.assert_array_equal(shown.reshape(9, 2, 2, -1), samples.images[:9])


def test_an_overview_has_a_class_in_each_row():
    """Of the first latents, whatever the classes of the samples."""
    sampler = Sampler(generator(conditional=True), 4, np.array([5, 5]), seed=0)
    shown = tiles(sampler.overview(sampler.samples(20), side=4), 4, 4)
    expected = generate(sampler.network, sampler.latents(16), np.repeat([0, 1, 0, 1], 4))
    np.testing.assert_array_equal(shown.reshape(16, 2, 2, -1), expected)


def test_interpolations_lead_from_the_first_samples_to_the_next():
    sampler = Sampler(generator(), 4, None, seed=0)
    images = sampler.samples(6).images.astype(int)
    shown = tiles(sampler.interpolations(rows=3, steps=5), 3, 5).astype(int)
    assert np.abs(shown[:, 0] - images[:3]).max() <= 1
    assert np.abs(shown[:, -1] - images[3:]).max() <= 1
