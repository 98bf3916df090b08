"""Pictures and their projections: by a search and by an encoder, numbers, walks, and the files of them."""

import keras
import numpy as np
import pytest
from helpers.drawing_generator import LATENT_DIM, drawing_generator, samples_of
from helpers.small_networks import NAMES, small_networks
from keras import layers

from easel.projection import search
from easel.projection.projecting import WALK, Projections, project, record_of, rmse
from easel.sampling import Samples, generate

CHECKSUMS = {f"{number}.png": f"{number}" * 64 for number in range(3)}


def blocks() -> tuple[keras.Model, keras.Model]:
    """An encoder and a generator of images of 4 × 4 blocks: latents are the blocks' grey, in -1..1."""
    latents = keras.Input((16,))
    x = layers.UpSampling2D(4)(layers.Reshape((4, 4, 1))(latents))
    generator = keras.Model(latents, layers.Concatenate()([x, x, x]))
    images = keras.Input((16, 16, 3))
    mean = layers.Flatten()(keras.ops.mean(layers.AveragePooling2D(4)(images), axis=3))
    return keras.Model(images, [mean, keras.ops.zeros_like(mean)]), generator


@pytest.fixture(scope="module")
def searched() -> tuple[keras.Model, Samples, Projections]:
    """Three pictures that a conditional generator made, of classes 0, 1 and 2."""
    generator = drawing_generator(classes=3)
    samples = samples_of(generator, classes=3)
    pictures = samples_of(generator, 3, classes=3, seed=7).images
    return generator, samples, project(generator, None, pictures, samples)


def test_a_search_finds_latents_and_classes(searched):
    generator, _, found = searched
    assert found.latents.shape == (3, LATENT_DIM)
    assert found.labels.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(found.images, generate(generator, found.latents, found.labels))
    assert all(rmse(found.images[i : i + 1], found.pictures[i])[0] < 2 for i in range(3))


def test_walks_lead_from_each_projection_to_the_next(searched):
    _, _, found = searched
    assert found.walks.shape == (2, WALK, 16, 16, 3)
    for ends, (first, second) in zip(found.walks, [(0, 1), (1, 2)], strict=True):
        np.testing.assert_allclose(ends[0].astype(int), found.images[first], atol=1)
        np.testing.assert_allclose(ends[-1].astype(int), found.images[second], atol=1)
    colours = found.walks[0].mean(axis=(1, 2))  # of which most changes with the class
    assert np.abs(np.diff(colours, axis=0)).sum(axis=1).argmax() == WALK // 2 - 1


def test_an_encoder_is_asked_where_there_is_one():
    encoder, generator = blocks()
    latents = np.random.default_rng(0).uniform(-1, 1, (2, 16)).astype(np.float32)
    pictures = generate(generator, latents)
    samples = Samples(generate(generator, np.zeros((4, 16), np.float32)), np.zeros((4, 16), np.float32), None)
    done = []
    found = project(generator, encoder, pictures, samples, done.append)
    assert done == [2]
    np.testing.assert_allclose(found.latents, latents, atol=0.005)
    np.testing.assert_allclose(found.images.astype(int), pictures, atol=1)
    assert found.labels is None


def test_the_record_has_the_differences(searched):
    _, samples, found = searched
    made = record_of(found, samples, CHECKSUMS, ["cat", "dog", "cow"], "search")
    assert (made["by"], made["samples"], made["usual_length"]) == ("search", 300, 2.8284)
    for i, (picture, file) in enumerate(zip(made["pictures"], CHECKSUMS.items(), strict=True)):
        assert (picture["name"], picture["sha256"]) == file
        assert picture["class"] == ["cat", "dog", "cow"][i]
        assert picture["rmse"] < picture["nearest_sample"] < picture["random_sample"]
        assert picture["latent_length"] == pytest.approx(np.linalg.norm(found.latents[i]), abs=1e-4)


def test_differences_are_in_levels():
    black, picture = np.zeros((2, 4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    picture[0, 0] = 40  # a pixel in 16
    np.testing.assert_allclose(rmse(black, picture), [10, 10])


def test_files(searched, tmp_path):
    _, _, found = searched
    found.save(tmp_path / "projection.npz")
    with np.load(tmp_path / "projection.npz") as arrays:
        assert {name: arrays[name].dtype for name in arrays} == {
            "pictures": np.uint8, "images": np.uint8, "latents": np.float32, "labels": np.int64, "walks": np.uint8,
        }  # fmt: skip
    sheet = found.overview()
    assert sheet.shape == (2 * 18 - 2, (WALK + 2) * 18 - 2, 3)
    np.testing.assert_array_equal(sheet[:16, :16], found.pictures[0])
    np.testing.assert_array_equal(sheet[-16:, -16:], found.pictures[2])
    one = Projections(found.pictures[:1], found.images[:1], found.latents[:1], None, found.walks[:0])
    assert one.overview().shape == (16, 34, 3)
    one.save(tmp_path / "one.npz")
    with np.load(tmp_path / "one.npz") as arrays:
        assert "labels" not in arrays


def test_a_single_picture_leads_nowhere(searched):
    generator, samples, found = searched
    alone = project(generator, None, found.pictures[:1], samples)
    assert alone.walks.shape == (0, WALK, 16, 16, 3)
    np.testing.assert_array_equal(alone.latents, found.latents[:1])


@pytest.mark.parametrize("preset", NAMES)
def test_the_networks_of_every_preset(preset, monkeypatch):
    """Each as a training exports them; the descents are too short to come near a picture."""
    monkeypatch.setattr(search, "SHORT", 2)
    monkeypatch.setattr(search, "LONG", 2)
    generator, *encoder = small_networks(preset)
    latents, labels = generator.inputs["latents"], generator.inputs.get("labels")
    samples = Samples(generate(generator.keras, latents, labels), latents, labels)
    pictures = samples.images[:3]
    found = project(generator.keras, encoder[0].keras if encoder else None, pictures, samples)
    assert found.latents.shape == (3, latents.shape[1])
    assert np.isfinite(found.latents).all()
    assert found.walks.shape == (2, WALK, *pictures.shape[1:])
    if not encoder:  # the search starts from the very latents, and does not leave them
        np.testing.assert_array_equal(found.labels, None if labels is None else labels[:3])
        assert all(rmse(found.images[i : i + 1], pictures[i])[0] < 1 for i in range(3))
