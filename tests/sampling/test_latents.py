"""A generator's inputs: latents, classes, interpolation, the latent plane."""

import numpy as np
import pytest

from easel.runtime.errors import EaselError
from easel.sampling import latents as sampling


def test_every_stream_has_latents_of_its_own():
    """Those that choose a snapshot are not those that it is reported with."""
    streams = (sampling.SAMPLES, sampling.SNAPSHOTS, sampling.STATISTICS)
    points = np.stack([sampling.latent_points(500, 3, seed=0, stream=stream).ravel() for stream in streams])
    assert np.abs(np.corrcoef(points) - np.eye(3)).max() < 0.1
    np.testing.assert_array_equal(sampling.latent_points(500, 3, seed=0).ravel(), points[0])


def test_first_latents_do_not_depend_on_the_count():
    few, many = sampling.latent_points(5, 3, seed=0), sampling.latent_points(50, 3, seed=0)
    np.testing.assert_array_equal(few, many[:5])
    assert few.dtype == np.float32
    assert not np.array_equal(few, sampling.latent_points(5, 3, seed=1))


TOLD = {"names": ["cat", "dog", "eel"], "images": [600, 0, 200]}


def test_classes_have_the_frequencies_of_the_training_images():
    frequencies = sampling.class_frequencies(TOLD)
    labels = sampling.sample_labels(8000, frequencies, seed=0)
    assert labels.dtype == np.int32
    np.testing.assert_allclose(np.bincount(labels, minlength=3) / 8000, [0.75, 0, 0.25], atol=0.02)
    np.testing.assert_array_equal(sampling.sample_labels(7, frequencies, seed=0), labels[:7])
    for other in (
        sampling.sample_labels(8000, frequencies, seed=1),
        sampling.sample_labels(8000, frequencies, 0, sampling.SNAPSHOTS),
    ):
        assert 0.5 < np.mean(labels == other) < 0.75  # 0.75² + 0.25²: as often as independent ones agree


def test_one_requested_class_is_sampled_alone():
    assert set(sampling.sample_labels(50, sampling.class_frequencies(TOLD, "dog"), seed=0)) == {1}
    with pytest.raises(EaselError, match="there is no class 'cow'; the network was trained on cat, dog, eel"):
        sampling.class_frequencies(TOLD, "cow")
    with pytest.raises(EaselError, match="'cat', but the network is not conditional"):
        sampling.class_frequencies(None, "cat")


def test_rows_of_a_grid_cycle_through_the_classes():
    np.testing.assert_array_equal(sampling.cycle_classes(3, 2, sampling.class_frequencies(TOLD)), [0, 0, 2, 2, 0, 0])
    np.testing.assert_array_equal(sampling.cycle_classes(2, 2, sampling.class_frequencies(TOLD, "dog")), [1, 1, 1, 1])


def test_an_unconditional_network_needs_no_classes():
    frequencies = sampling.class_frequencies(None)
    assert (
        frequencies
        is sampling.sample_labels(5, frequencies, seed=0)
        is sampling.cycle_classes(2, 2, frequencies)
        is None
    )


def test_interpolation_keeps_ends_and_length():
    random = np.random.default_rng(0)
    first, second = random.standard_normal((2, 4, 100))
    first, second = (z / np.linalg.norm(z, axis=1, keepdims=True) * 10 for z in (first, second))
    rows = sampling.interpolate(first, second, steps=5).reshape(4, 5, 100)
    np.testing.assert_allclose(rows[:, 0], first, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(rows[:, -1], second, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=2), 10, rtol=1e-4)


def test_interpolation_steps_are_equal_angles():
    rows = sampling.interpolate(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), steps=4)
    angles = np.degrees(np.arctan2(rows[:, 1], rows[:, 0]))
    np.testing.assert_allclose(angles, [0, 30, 60, 90], atol=1e-3)


def test_interpolation_of_a_point_with_itself_is_that_point():
    point = np.full((1, 3), 2.0)
    np.testing.assert_allclose(sampling.interpolate(point, point, 3), np.full((3, 3), 2.0), rtol=1e-3)


@pytest.mark.parametrize(("first", "second"), [([1, 2], [-1, -2]), ([0, 0], [3, 4]), ([1, 1], [2, 2]), ([1], [-2])])
def test_without_a_great_circle_interpolation_is_straight(first, second):
    """Between opposite points, from the centre, between points of one direction, and in one dimension."""
    first, second = np.array([first], np.float32), np.array([second], np.float32)
    expected = np.linspace(first[0], second[0], 5)
    np.testing.assert_allclose(sampling.interpolate(first, second, 5), expected, atol=1e-6)


@pytest.mark.parametrize("latent_dim", [3, 4, 128])
def test_a_patch_of_the_sphere_has_the_length_of_samples_and_even_steps(latent_dim):
    plane = sampling.latent_plane(latent_dim, seed=0)
    assert plane.shape == (17, 17, latent_dim)
    assert plane.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(plane, axis=2), np.sqrt(latent_dim), rtol=1e-5)
    steps = np.concatenate([np.linalg.norm(np.diff(plane, axis=axis), axis=2).ravel() for axis in (0, 1)])
    assert steps.max() < 1.5 * steps.min()
    assert steps.max() < 1.01 * np.sqrt(latent_dim) * np.radians(90 / 16)


def test_a_patch_of_the_sphere_spans_three_directions_and_a_right_angle():
    plane = sampling.latent_plane(100, seed=0)
    assert np.linalg.matrix_rank(plane.reshape(-1, 100), tol=1e-3) == 3
    np.testing.assert_allclose(np.sum(plane[8, 0] * plane[8, -1]), 0, atol=1e-3)
    np.testing.assert_allclose(np.sum(plane[0, 8] * plane[-1, 8]), 0, atol=1e-3)


def test_the_plane_depends_on_the_seed_alone():
    np.testing.assert_array_equal(sampling.latent_plane(64, seed=3), sampling.latent_plane(64, seed=3))
    assert not np.allclose(sampling.latent_plane(64, seed=3), sampling.latent_plane(64, seed=4))


def test_two_dimensions_show_the_gaussians_quantiles():
    plane = sampling.latent_plane(2, seed=0, side=5)
    quantiles = [-1.2816, -0.5244, 0, 0.5244, 1.2816]  # of 0.1, 0.3, 0.5, 0.7, 0.9
    np.testing.assert_allclose(plane[2, :, 0], quantiles, atol=1e-4)
    np.testing.assert_allclose(plane[:, 1, 1], quantiles[::-1], atol=1e-4)  # upwards
    np.testing.assert_array_equal(plane, sampling.latent_plane(2, seed=1, side=5))


def test_one_dimension_is_one_row():
    plane = sampling.latent_plane(1, seed=0)
    assert plane.shape == (1, 17, 1)
    assert (np.diff(plane[0, :, 0]) > 0).all()
