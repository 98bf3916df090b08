"""Calls of networks: batches, labels, reconstructions, outputs that are not finite."""

import keras
import numpy as np
import pytest

from easel.runtime.errors import EaselError
from easel.sampling import networks


def test_a_conditional_network_gets_the_class_of_each_image():
    count = networks.BATCH + 1
    latents, labels = np.zeros((count, 1), np.float32), np.arange(count, dtype=np.int32) % 3

    def generator(inputs, training):
        latents, labels = inputs
        return np.broadcast_to((latents[:, 0] + labels - 1)[:, None, None, None], (len(labels), 1, 1, 3))

    images = networks.generate(generator, latents, labels)
    np.testing.assert_array_equal(images[:, 0, 0, 0], np.array([0, 128, 255])[labels])


@pytest.mark.parametrize("count", [1, networks.BATCH, networks.BATCH + 1])
def test_batches_generate_each_image_once(count):
    latents = np.linspace(-1, 1, count, dtype=np.float32)[:, None]
    images = networks.generate(lambda z, training: np.broadcast_to(z[:, :, None, None], (len(z), 1, 1, 3)), latents)
    assert images.shape == (count, 1, 1, 3)
    np.testing.assert_array_equal(images[:, 0, 0, 0], np.rint((latents[:, 0] + 1) * 127.5).astype(np.uint8))


def test_reconstruction_goes_through_the_mean():
    images = np.random.default_rng(0).integers(0, 256, (3, 2, 2, 3), np.uint8)

    def encoder(x, training):
        return x.reshape(len(x), -1), None

    def decoder(z, training):
        return z.reshape(-1, 2, 2, 3)

    np.testing.assert_array_equal(networks.reconstruct(encoder, decoder, images), images)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_images_that_are_not_finite_are_an_error(bad):
    def broken(latents, training):
        images = np.full((len(latents), 4, 4, 3), 0.5)
        images[latents[:, 0] > 0, 2, 1, 0] = bad  # a single number of an image
        return images

    with pytest.raises(EaselError, match="2 of 3 images that the network generated are not finite"):
        networks.generate(broken, np.float32([[1], [-1], [1]]))


@pytest.mark.parametrize(("side", "count"), [(28, 500), (32, 500), (48, 222), (64, 125), (128, 31), (256, 7)])
def test_a_call_gets_as_many_pixels_whatever_their_size(side, count):
    latents = keras.Input((2,))
    images = keras.layers.Reshape((side, side, 3))(keras.layers.Dense(3 * side**2, kernel_initializer="zeros")(latents))
    assert networks.images_per_call(keras.Model(latents, images)) == count
    assert networks.images_per_call(lambda latents, training: latents) == networks.BATCH
