"""The GAN objective: who learns when, penalties, and classes."""

import numpy as np
import pytest
import scipy.special
import tensorflow as tf
from helpers.small_trainings import assert_same

from easel.training import checkpoints, penalties, spectral_norm
from easel.training.trainer import Trainer


def trained(trainer: Trainer, name: str) -> list[np.ndarray]:
    """The weights of a network that optimisers change."""
    return [variable.numpy() for variable in trainer.objective.networks[name].trainable_variables]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_generator_and_average_change_in_every_n_dis_th_step_alone(trainer_of):
    trainer = trainer_of("lean", n_dis=3, ema_decay=0.9)
    average = trainer.networks["generator"]
    for step in range(6):
        before = [trained(trainer, name) for name in ("generator", "discriminator")]
        averaged = [weight.numpy() for weight in average.trainable_variables]
        trainer.run_steps(step, 1)
        due = step % 3 == 2
        assert same(before[0], trained(trainer, "generator")) is not due
        assert same(averaged, [weight.numpy() for weight in average.trainable_variables]) is not due
        assert not same(before[1], trained(trainer, "discriminator"))
    assert int(trainer.objective.optimizers["generator"].iterations) == 2


def test_learning_rates_decay_until_the_end(trainer_of):
    trainer = trainer_of("lean", n_dis=2, decay="linear", learning_rate=1e-3, discriminator_learning_rate=2e-3)
    generator, discriminator = (trainer.objective.optimizers[name] for name in ("generator", "discriminator"))
    rates = []
    for step in range(8):
        rates.append([float(generator.learning_rate), float(discriminator.learning_rate)])
        trainer.run_steps(step, 1)
    np.testing.assert_allclose(rates[0], [1e-3, 2e-3], rtol=1e-6)
    np.testing.assert_allclose(rates[4], [5e-4, 1e-3], rtol=1e-6)
    np.testing.assert_allclose(rates[7], [2.5e-4, 2.5e-4], rtol=1e-6)
    np.testing.assert_allclose(float(discriminator.learning_rate), 0.0, atol=1e-9)


def test_a_penalty_is_a_column_of_the_history_and_changes_the_discriminator(trainer_of):
    options = {"spectral_norm": "none", "discriminator_learning_rate": 2e-3}
    norms = []
    for weight in (1e-6, 1e4):
        trainer = trainer_of("lean", r1=weight, **options)
        assert trainer.objective.metrics[-1] == "penalty"
        rows = trainer.run_steps(0, 8)
        norms.append(rows[-1, -1] / weight)
    assert norms[1] < norms[0]


def test_penalties_follow_their_formulas_and_weights(trainer_of):
    """r1 is ½ E ‖∇D‖² of the batch's images, lecam at the start the mean squares of the logits."""
    trainer = trainer_of("lean", r1=2.0, lecam=0.5, spectral_norm="none")
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    with tf.GradientTape() as tape:
        tape.watch(batch.images)
        real = objective.discriminator(batch.images)
    squared = (tape.gradient(real, batch.images).numpy() ** 2).sum(axis=(1, 2, 3))
    fake = objective.discriminator(objective.generator(batch.latents, training=True))
    expected = 2.0 * 0.5 * squared.mean() + 0.5 * ((real.numpy() ** 2).mean() + (fake.numpy() ** 2).mean())
    assert float(objective.step(batch)[-1]) == pytest.approx(expected, rel=1e-3)
    assert float(objective.lecam.real) == pytest.approx(0.01 * real.numpy().mean(), rel=1e-3)


@pytest.mark.parametrize(("name", "weight"), [("r1", 2.0), ("r2", 3.0), ("gradient_penalty", 5.0)])
def test_each_penalty_is_of_its_own_images(trainer_of, name, weight):
    trainer = trainer_of("lean", **{name: weight}, spectral_norm="none")
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    fake = tf.convert_to_tensor(objective.generator(batch.latents, training=True))
    share = batch.uniforms[:, 15, None, None, None]
    images = {"r1": batch.images, "r2": fake, "gradient_penalty": share * batch.images + (1 - share) * fake}[name]
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = objective.discriminator(images)
    squared = (tape.gradient(logits, images).numpy().astype(np.float64) ** 2).sum(axis=(1, 2, 3))
    expected = ((np.sqrt(squared) - 1) ** 2).mean() if name == "gradient_penalty" else 0.5 * squared.mean()
    assert float(objective.step(batch)[-1]) == pytest.approx(weight * expected, rel=1e-3)


def test_consistency_is_of_the_same_images_moved(trainer_of):
    """bcr is the mean squared change of logits, of real and of generated images, when they are moved and mirrored."""
    trainer = trainer_of("lean", bcr=2.0, spectral_norm="none", flip=True)
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0))
    fake = tf.convert_to_tensor(objective.generator(batch.latents, training=True))
    expected = 0.0
    for images, uniforms in zip((batch.images, fake), tf.split(batch.further_uniforms, 2, axis=1), strict=True):
        moved = penalties.altered(images, uniforms, mirror=True)
        assert not np.array_equal(images, moved)
        expected += 2.0 * np.mean((objective.discriminator(images) - objective.discriminator(moved)) ** 2)
    assert float(objective.step(batch)[-1]) == pytest.approx(expected, rel=1e-3)


def test_consistency_mirrors_only_what_may_be_mirrored():
    images = tf.constant(np.random.default_rng(0).normal(size=(4, 16, 16, 3)), tf.float32)
    uniforms = tf.constant([[0.5, 0.5, 0.0]] * 4)  # moved by nothing
    np.testing.assert_array_equal(penalties.altered(images, uniforms, mirror=False), images)
    np.testing.assert_array_equal(penalties.altered(images, uniforms, mirror=True), images[:, :, ::-1])


def test_the_probability_of_augmentation_rises_where_the_discriminator_wins(trainer_of):
    still = {"learning_rate": 1e-9, "discriminator_learning_rate": 5e-3, "spectral_norm": "none"}
    trainer = trainer_of("lean", augment="ada", ada_images=800.0, ada_target=0.2, **still)
    assert trainer.objective.metrics[-1] == "augment_probability"
    probability = trainer.run_steps(0, 40)[:, -1]
    assert probability[0] == 0.0
    assert probability[-1] > 0.2
    assert np.abs(np.diff(probability)).max() == pytest.approx(16 / 800, rel=1e-3)  # a batch at most


def test_no_penalty_reaches_the_generator(trainer_of):
    """Penalties are the discriminator's. Adam's running mean after a step is the gradient but for a factor."""
    found = []
    for options in ({}, dict.fromkeys(("r1", "r2", "gradient_penalty", "lecam", "bcr"), 100.0)):
        trainer = trainer_of("lean", spectral_norm="none", **options)
        trainer.objective.step(trainer.batches.batch(tf.constant(0, tf.int64)))
        found.append([mean.numpy() for mean in trainer.objective.optimizers["generator"]._momentums])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_singular_vectors_are_updated_once_a_step(trainer_of):
    trainer = trainer_of("lean", spectral_norm="both")
    networks = trainer.objective.networks.values()
    layers = [layer for network in networks for layer in network.layers if isinstance(layer, spectral_norm.Normalised)]
    assert len(layers) == 13 + 5  # in the generator including a scale and a shift of each of four norms
    layer = trainer.objective.discriminator.layers[1]
    matrix = layer.raw.numpy().reshape(-1, layer.raw.shape[-1])
    left = matrix @ layer.right.numpy()
    trainer.run_steps(0, 1)
    np.testing.assert_allclose(layer.left, left / np.linalg.norm(left), rtol=1e-4, atol=1e-5)


EVERYTHING = {
    "conditional": True, "aux_classifier_weight": 0.5, "spectral_norm": "both",
    "augment": ["colour", "translation", "cutout", "ada"], "ada_images": 100.0,
    "bcr": 0.5, "n_dis": 2, "gradient_penalty": 1.0,
    "r1": 0.1, "r2": 0.1, "lecam": 0.1, "decay": "cosine", "ema_decay": 0.9,
}  # fmt: skip


def test_all_options_together_resume_to_the_same_bits(training_of, tmp_path):
    uninterrupted = training_of("lean", states=tmp_path, **EVERYTHING)
    uninterrupted.run()
    checkpoints.files(uninterrupted.state.folder)[-1].unlink()
    resumed = training_of("lean", states=tmp_path, **EVERYTHING)
    resumed.run()
    assert resumed.state.resumed_at == [6]
    assert resumed.trainer.variables.keys() == uninterrupted.trainer.variables.keys()
    assert_same(resumed, uninterrupted)


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares", "hinge"])
def test_a_discriminator_learns_to_tell_noise_from_images(training_of, loss):
    training = training_of("dcgan", epochs=15, loss=loss, learning_rate=1e-6, discriminator_learning_rate=2e-3)
    training.run()
    last = training.state.rows()[-1]
    assert last["real_accuracy"] > 0.9
    assert last["fake_accuracy"] > 0.9


# --- classes -------------------------------------------------------------------------------------------


def test_a_model_without_class_inputs_cannot_be_conditional(settings_of):
    with pytest.raises(ValueError, match=r"model 'dcgan' cannot be conditional; set .*, or use biggan, lean_gan or "):
        settings_of("dcgan", conditional=True)


def test_each_network_learns_the_classes_of_its_own_images(trainer_of):
    """The history has the cross-entropy of generated classes. The discriminator learns from training images' classes
    alone: the bias of its auxiliary classifier has no other gradient."""
    trainer = trainer_of("lean", conditional=True, aux_classifier_weight=0.5, spectral_norm="none", beta_1=0.5)
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    fake = objective.generator([batch.latents, batch.sampled_labels], training=True)
    probabilities, truth = [], []
    for images, labels in ((batch.images, batch.labels), (fake, batch.sampled_labels)):
        outputs = objective.discriminator([images, labels]).numpy()
        assert outputs.shape == (16, 1 + 4)
        probabilities.append(scipy.special.softmax(outputs[:, 1:].astype(np.float64), axis=1))
        truth.append(np.eye(4)[labels.numpy()])
    expected = -np.log((probabilities[1] * truth[1]).sum(axis=1)).mean()
    assert objective.metrics[-1] == "classification"
    assert float(objective.step(batch)[-1]) == pytest.approx(expected, rel=1e-3)
    optimizer = objective.optimizers["discriminator"]
    (at,) = [i for i, each in enumerate(objective.discriminator.trainable_variables) if each.shape == (4,)]
    gradient = 0.5 * (probabilities[0] - truth[0]).mean(axis=0)  # of the bias
    np.testing.assert_allclose(optimizer._momentums[at], (1 - 0.5) * gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "pairs"),
    [
        ({"loss": "relativistic"}, True),
        ({"loss": "wasserstein", "gradient_penalty": 10.0}, True),
        ({"loss": "hinge", "r1": 0.1}, False),
    ],
)
def test_an_image_is_paired_with_one_of_its_own_class(trainer_of, options, pairs):
    """A relativistic loss, and a point between two images, would else compare one class with another."""
    trainer = trainer_of("lean", conditional=True, spectral_norm="none", **options)
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    assert not np.array_equal(batch.labels, batch.sampled_labels)
    asked = batch.labels if pairs else batch.sampled_labels
    fake = objective.generator([batch.latents, asked], training=True)
    logits = [objective.discriminator([batch.images, batch.labels]), objective.discriminator([fake, asked])]
    expected = [float(loss(*logits)) for loss in (objective.loss.generator, objective.loss.discriminator)]
    assert [float(value) for value in objective.step(batch)[:2]] == pytest.approx(expected, rel=1e-3)


def test_a_generator_learns_to_have_its_samples_classified_as_requested(trainer_of):
    still = {"discriminator_learning_rate": 1e-9, "spectral_norm": "none"}
    trainer = trainer_of("lean", conditional=True, aux_classifier_weight=10.0, learning_rate=5e-3, **still)
    first, *_, last = trainer.run_steps(0, 40)[:, -1]
    assert last < 0.9 * first


@pytest.mark.parametrize(
    ("preset", "options", "error"),
    [
        (
            "lean",
            {"aux_classifier_weight": 1.0, "conditional": False},
            "aux_classifier_weight needs 'conditional: true'",
        ),
        ("cgan", {"aux_classifier_weight": 1.0}, "resnet_gan' has no auxiliary classifier; set .*, or use lean_gan"),
    ],
)
def test_an_auxiliary_classifier_needs_classes_and_a_model_that_has_one(settings_of, preset, options, error):
    with pytest.raises(ValueError, match=error):
        settings_of(preset, **options)
