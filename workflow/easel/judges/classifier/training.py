"""Train the network of the judge `classifier`."""

import numpy as np

from easel.config.base import resolved_flip
from easel.config.judges.base import reduced_size
from easel.config.judges.classifier import ClassifierSettings
from easel.judges.classifier.network import network
from easel.judges.networks import balancing_scales, reduced
from easel.judges.training import CROSS_ENTROPY, Course, accuracy, optimizer, orders, shifted
from easel.runtime.errors import EaselError
from easel.runtime.lean_keras import import_keras
from easel.training.layers import accelerated

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402


def course(
    images: np.ndarray,  # uint8 (N, H, W, C)
    labels: np.ndarray,  # integers (N,) in 0..classes - 1
    classes: int,
    settings: ClassifierSettings,
    precision: str = "float32",  # or "mixed_bfloat16"
) -> Course:
    """The training of a `network`, as `judges.training` describes. Raises EaselError for labels outside the classes."""
    check_labels(labels, len(images), classes)
    images = reduced(images, reduced_size(images.shape[1]))
    keras.utils.set_random_seed(settings.seed)
    trained = accelerated(network(images.shape[1:], classes, settings.width, precision))
    batch_size, flip = min(settings.batch_size, len(images)), resolved_flip(settings.flip)
    steps = round(len(images) / batch_size)
    return Course(
        network=trained,
        learner=learner(trained, settings, steps),
        batches=batches(images, labels, classes, batch_size, settings.seed, flip),
        batch_size=batch_size,
        steps=steps,
        epochs=settings.epochs,
        enough=settings.stop_at_accuracy,
    )


def finished(course: Course, images: np.ndarray, settings: ClassifierSettings) -> keras.Model:
    """The trained network in float32, whatever the precision, so its features are the same everywhere.

    images: training images uint8 (N, H, W, C), on which its features are balanced.
    """
    shape, classes = course.network.input_shape[1:], course.network.output_shape[0][-1]
    flip = resolved_flip(settings.flip)

    def exact(scales: np.ndarray | None = None) -> keras.Model:
        made = network(shape, classes, settings.width, flip=flip, scales=scales)
        made.set_weights(course.network.get_weights())
        return made

    return exact(balancing_scales(exact(), images, flip))


def learner(trained: keras.Model, settings: ClassifierSettings, steps: int) -> keras.Model:
    """The compiled model that shares its weights with `trained`. steps: per epoch."""
    model = keras.Model(trained.input, trained.outputs[0])
    model.compile(
        optimizer(settings.learning_rate, settings.epochs * steps),
        CROSS_ENTROPY,
        metrics=[accuracy],
        jit_compile=False,  # XLA's convolutions are slower on a CPU
    )
    return model


def check_labels(labels: np.ndarray, count: int, classes: int) -> None:
    """Raise EaselError unless there are `count` labels and all are in 0..classes - 1."""
    if len(labels) != count:
        raise EaselError(f"training labels: found {len(labels)} labels for {count} images; prepare the dataset again")
    if count and not 0 <= labels.min() <= labels.max() < classes:
        raise EaselError(
            f"training labels: found {labels.min()} to {labels.max()}, expected 0 to {classes - 1} as dataset.json "
            f"names {classes} classes; prepare the dataset again"
        )


def batches(
    images: np.ndarray, labels: np.ndarray, classes: int, batch_size: int, seed: int, flip: bool
) -> tf.data.Dataset:
    """Endless training batches: images float32 (B, H, W, C) in -1..1, shifted at random; one-hot labels.

    flip: also mirror each image with probability 1/2. The batch of a step depends only on the seed and the step.
    """
    with tf.device("CPU:0"):  # where tf.data computes, whatever device trains
        pool, answers = tf.constant(images), tf.one_hot(labels, classes)

    @tf.autograph.experimental.do_not_convert
    def draw(step, index):
        mirror, down, right = tf.unstack(tf.random.stateless_uniform([3, batch_size], [seed, step]))
        x = tf.gather(pool, index)
        if flip:
            x = tf.where(mirror[:, None, None, None] < 0.5, x, x[:, :, ::-1])
        return tf.cast(shifted(x, down, right), tf.float32) / 127.5 - 1.0, tf.gather(answers, index)

    return orders(len(images), batch_size, seed).map(draw).prefetch(2)
