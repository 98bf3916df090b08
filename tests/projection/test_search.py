"""The search for a picture's latents, through a small generator whose own images must come back."""

import numpy as np
import pytest
from helpers.drawing_generator import drawing_generator, samples_of

from easel.planning import costs
from easel.projection.projecting import rmse
from easel.projection.search import CALLS, KEPT, MOST_CLASSES, STARTS, Search, pyramid, starts
from easel.sampling import generate

OTHER = 7  # a seed whose samples the search does not start from


@pytest.fixture(scope="module")
def generator():
    return drawing_generator()


@pytest.fixture(scope="module")
def search(generator) -> Search:
    return Search(generator, samples_of(generator))


def made_of(generator, found) -> np.ndarray:
    """The image of what was found, (1, H, W, 3)."""
    labels = None if found.label is None else np.array([found.label], np.int32)
    return generate(generator, found.latents[None], labels)


def test_an_image_of_the_generator_comes_back(generator, search):
    """Also of latents that are no sample's; the nearest sample is far away."""
    for picture in samples_of(generator, 3, seed=OTHER).images:
        assert rmse(search.samples.images, picture).min() > 10
        assert rmse(made_of(generator, search.find(picture)), picture) < 2


def test_a_sample_is_its_own_projection(generator, search):
    """Adam's first steps lead away from it, whose distance is that of rounding alone."""
    for picture in search.samples.images[:2]:
        assert rmse(made_of(generator, search.find(picture)), picture) < 0.5


def test_any_picture_is_nearer_than_the_nearest_sample(generator, search):
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    assert rmse(made_of(generator, search.find(picture)), picture) < rmse(search.samples.images, picture).min()


def test_the_same_picture_has_the_same_latents(generator, search):
    picture = samples_of(generator, 1, seed=OTHER).images[0]
    again = Search(generator, samples_of(generator)).find(picture)
    np.testing.assert_array_equal(search.find(picture).latents, again.latents)
    assert again.latents.dtype == np.float32


def test_starts_that_go_in_parts_end_where_they_do_together(generator, search, monkeypatch):
    picture = samples_of(generator, 1, seed=OTHER).images[0]
    monkeypatch.setattr("easel.projection.search.images_per_call", lambda generator: 6)  # so three starts at a time
    found = Search(generator, search.samples).find(picture)
    np.testing.assert_allclose(found.latents, search.find(picture).latents, atol=0.01)


def test_latents_stay_as_long_as_those_of_samples(generator, search):
    """The picture is of latents that are twice as long as the longest."""
    longest = np.linalg.norm(search.samples.latents, axis=1).max()
    further = samples_of(generator, 1, seed=OTHER).latents
    picture = generate(generator, 2 * longest * further / np.linalg.norm(further))[0]
    free = Search(generator, search.samples)
    free.longest = 1e6
    assert np.linalg.norm(free.find(picture).latents) > 1.2 * longest
    assert np.linalg.norm(search.find(picture).latents) <= 1.0001 * longest


def test_the_class_is_found():
    """Also where the nearest sample is of another class, from which a single start would not get away."""
    generator = drawing_generator(classes=5)
    search = Search(generator, samples_of(generator, classes=5))
    others = samples_of(generator, 10, classes=5, seed=OTHER)
    nearest = [int(rmse(search.samples.images, picture).argmin()) for picture in others.images]
    assert any(search.samples.labels[nearest] != others.labels)
    for picture, label in zip(others.images, others.labels, strict=True):
        found = search.find(picture)
        assert rmse(made_of(generator, found), picture) < 2
        assert found.label == label


def test_starts_are_the_nearest_and_of_every_class():
    distances = np.float32([9, 1, 2, 3, 8, 4, 5, 6, 7, 0.5])
    assert starts(distances, None).tolist() == [9, 1, 2, 3, 5, 6, 7, 8]
    labels = np.array([2, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    assert starts(distances, labels).tolist() == [9, 4, 0, 1, 2, 3, 5, 6]
    many = np.arange(100)
    assert starts(np.arange(100.0), many).tolist() == list(range(MOST_CLASSES))
    assert len(starts(distances[:3], labels[:3])) == 3
    assert KEPT <= STARTS <= MOST_CLASSES


def test_a_pyramid_halves_down_to_a_few_pixels():
    images = np.arange(2 * 48 * 48 * 3, dtype=np.float32).reshape(2, 48, 48, 3)
    levels = pyramid(images)
    assert [level.shape[1] for level in levels] == [48, 24, 12, 6]
    np.testing.assert_allclose(levels[1][0, 0, 0], images[0, :2, :2].mean(axis=(0, 1)))
    assert [level.shape[1] for level in pyramid(np.zeros((1, 4, 4, 3), np.float32))] == [4]


def test_the_plan_knows_how_many_images_a_search_makes():
    assert costs.SEARCHED >= CALLS
