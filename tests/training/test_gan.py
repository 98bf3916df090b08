"""GANs' options in the loop: who learns when, classes, and that penalties reach the discriminator."""

import sys

import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from easel.runtime.errors import EaselError
from easel.training import checkpoints, spectral_norm
from easel.training.batches import Batches
from easel.training.loop import Training


def trained(training: Training, name: str) -> list[np.ndarray]:
    """The weights of a network that optimisers change."""
    return [variable.numpy() for variable in training.objective.networks[name].trainable_variables]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_generator_and_its_average_move_in_every_nth_step_alone(training_of):
    training = training_of("lean", n_dis=3, ema_decay=0.9)
    average = training.networks["generator"]
    for step in range(6):
        before = [trained(training, name) for name in ("generator", "discriminator")]
        averaged = [weight.numpy() for weight in average.trainable_variables]
        training.run_steps(step, 1)
        rare = step % 3 == 2
        assert same(before[0], trained(training, "generator")) is not rare
        assert same(averaged, [weight.numpy() for weight in average.trainable_variables]) is not rare
        assert not same(before[1], trained(training, "discriminator"))
    assert int(training.objective.optimizers["generator"].iterations) == 2


def test_learning_rates_fall_to_the_end(training_of):
    training = training_of("lean", n_dis=2, decay="linear", learning_rate=1e-3, discriminator_learning_rate=2e-3)
    generator, discriminator = (training.objective.optimizers[name] for name in ("generator", "discriminator"))
    rates = []
    for step in range(8):
        rates.append([float(generator.learning_rate), float(discriminator.learning_rate)])
        training.run_steps(step, 1)
    np.testing.assert_allclose(rates[0], [1e-3, 2e-3], rtol=1e-6)
    np.testing.assert_allclose(rates[4], [5e-4, 1e-3], rtol=1e-6)
    np.testing.assert_allclose(rates[7], [2.5e-4, 2.5e-4], rtol=1e-6)
    np.testing.assert_allclose(float(discriminator.learning_rate), 0.0, atol=1e-9)


def test_a_penalty_is_a_column_of_the_history_and_pulls_on_the_discriminator(training_of, tmp_path):
    options = {"spectral_norm": "none", "discriminator_learning_rate": 2e-3}
    slopes = []
    for weight in (1e-6, 1e4):
        training = training_of("lean", r1=weight, states=tmp_path / str(weight), **options)
        assert training.objective.metrics[-1] == "penalty"
        rows = training.run_steps(0, 8)
        slopes.append(rows[-1, -1] / weight)
    assert slopes[1] < slopes[0]


def test_a_penalty_is_what_its_weights_say(training_of, tmp_path):
    """r1 and r2 in the loop are ½ E ‖∇D‖² of the batch's images, lecam at the start the mean squares of the logits."""
    training = training_of("lean", r1=2.0, lecam=0.5, spectral_norm="none")
    objective = training.objective
    batches = Batches(training.source, 16, 8, 0, training.settings.flip)
    batch = batches.batch(tf.constant(0, tf.int64))
    with tf.GradientTape() as tape:
        tape.watch(batch.images)
        real = objective.discriminator(batch.images)
    squared = (tape.gradient(real, batch.images).numpy() ** 2).sum(axis=(1, 2, 3))
    fake = objective.discriminator(objective.generator(batch.latents, training=True))
    expected = 2.0 * 0.5 * squared.mean() + 0.5 * ((real.numpy() ** 2).mean() + (fake.numpy() ** 2).mean())
    assert float(objective.step(batch)[-1]) == pytest.approx(expected, rel=1e-3)
    assert float(objective.lecam.real) == pytest.approx(0.01 * real.numpy().mean(), rel=1e-3)


def test_singular_vectors_move_once_a_step(training_of):
    training = training_of("lean", spectral_norm="both")
    networks = training.objective.networks.values()
    layers = [layer for network in networks for layer in network.layers if isinstance(layer, spectral_norm.Normalised)]
    assert len(layers) == 13 + 5  # in the generator a scale and a shift of each of four norms, too
    layer = training.objective.discriminator.layers[1]
    matrix = layer.raw.numpy().reshape(-1, layer.raw.shape[-1])
    left = matrix @ layer.right.numpy()
    training.run_steps(0, 1)
    np.testing.assert_allclose(layer.left, left / np.linalg.norm(left), rtol=1e-4, atol=1e-5)


EVERYTHING = {
    "conditional": True, "aux_classifier_weight": 0.5, "spectral_norm": "both",
    "augment": ["colour", "translation", "cutout"], "n_dis": 2, "gradient_penalty": 1.0,
    "r1": 0.1, "r2": 0.1, "lecam": 0.1, "decay": "cosine", "ema_decay": 0.9,
}  # fmt: skip


def test_all_options_at_once_continue_to_the_same_bits(training_of, tmp_path):
    undisturbed = training_of("lean", states=tmp_path, **EVERYTHING)
    undisturbed.run()
    checkpoints.files(undisturbed.state)[-1].unlink()
    continued = training_of("lean", states=tmp_path, **EVERYTHING)
    continued.run()
    assert continued.resumed_at == [6]
    assert continued.variables.keys() == undisturbed.variables.keys()
    for name, variable in undisturbed.variables.items():
        np.testing.assert_array_equal(continued.variables[name], variable, err_msg=name)


# --- classes -------------------------------------------------------------------------------------------


def test_progress_pictures_have_a_row_of_each_class(training_of, labels):
    training = training_of("cgan")
    latents, shown = training.inputs
    assert latents.shape == (64, 8)
    np.testing.assert_array_equal(shown.reshape(8, 8), np.repeat(np.arange(8) % 4, 8).reshape(8, 8))
    assert [tensor.shape for tensor in training.networks["generator"].inputs] == [(None, 8), (None,)]
    assert "labels" in {tensor.name for tensor in training.objective.discriminator.inputs}


def test_without_classes_nothing_is_told_them(training_of):
    training = training_of("cgan", conditional=False)
    assert training.labels is None
    assert len(training.objective.discriminator.inputs) == 1


def test_a_dataset_of_one_class_has_none_to_tell(images, settings_of, tmp_path):
    with pytest.raises(EaselError, match="conditional is true, but the dataset has no classes to tell apart"):
        Training(images, settings_of("cgan"), 0, "float32", tmp_path, {}, labels=np.zeros(64), classes=["all"])


def test_a_model_that_cannot_be_told_classes_is_refused(settings_of):
    with pytest.raises(ValueError, match=r"model 'dcgan' cannot be told classes \(conditional: true\); biggan, "):
        settings_of("dcgan", conditional=True)


def test_each_network_learns_the_classes_of_its_own_images(training_of):
    """The history has the cross-entropy of drawn classes. The discriminator learns from training images' classes alone:
    the head that names them has no other gradient."""
    training = training_of("lean", conditional=True, aux_classifier_weight=0.5, spectral_norm="none", beta_1=0.5)
    objective = training.objective
    batch = Batches(training.source, 16, 8, 0, training.settings.flip, training.labels).batch(tf.constant(0, tf.int64))
    fake = objective.generator([batch.latents, batch.drawn_labels], training=True)
    chances, truth = [], []
    for images, labels in ((batch.images, batch.labels), (fake, batch.drawn_labels)):
        said = objective.discriminator([images, labels]).numpy()
        assert said.shape == (16, 1 + 4)
        chances.append(scipy.special.softmax(said[:, 1:].astype(np.float64), axis=1))
        truth.append(np.eye(4)[labels.numpy()])
    expected = -np.log((chances[1] * truth[1]).sum(axis=1)).mean()
    assert objective.metrics[-1] == "classification"
    assert float(objective.step(batch)[-1]) == pytest.approx(expected, rel=1e-3)
    optimizer = objective.optimizers["discriminator"]
    (at,) = [i for i, each in enumerate(objective.discriminator.trainable_variables) if each.shape == (4,)]
    gradient = 0.5 * (chances[0] - truth[0]).mean(axis=0)  # of the bias
    np.testing.assert_allclose(optimizer._momentums[at], (1 - 0.5) * gradient, rtol=1e-3, atol=1e-6)


def test_a_generator_draws_what_a_discriminator_names_rightly(training_of):
    still = {"discriminator_learning_rate": 1e-9, "spectral_norm": "none"}
    training = training_of("lean", conditional=True, aux_classifier_weight=10.0, learning_rate=5e-3, **still)
    first, *_, last = training.run_steps(0, 40)[:, -1]
    assert last < 0.9 * first


@pytest.mark.parametrize(
    ("preset", "options", "error"),
    [
        (
            "lean",
            {"aux_classifier_weight": 1.0, "conditional": False},
            "aux_classifier_weight needs 'conditional: true'",
        ),
        ("cgan", {"aux_classifier_weight": 1.0}, "resnet_gan' has no auxiliary classifier; set .*, or take lean_gan"),
    ],
)
def test_classes_are_named_only_where_they_are_told_and_can_be(settings_of, preset, options, error):
    with pytest.raises(ValueError, match=error):
        settings_of(preset, **options)


def test_initial_weights_do_not_depend_on_what_was_imported_before(training_of, tmp_path):
    """An initialiser made when the model's file is imported would take a random number there and then."""
    found = []
    for folder in ("first", "again"):
        if folder == "first":
            sys.modules.pop("easel.models.lean_gan", None)
        found.append(trained(training_of("lean", states=tmp_path / folder), "generator"))
    assert same(*found)
