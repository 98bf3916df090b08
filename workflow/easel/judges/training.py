"""What the trainings of judges share: optimiser, order and shifts of the images, progress.

The training of a kind, `judges.<kind>.training`, has

    course(images, labels, classes, settings, precision) -> Course
        All that a training needs, ready to start. images: uint8 (N, H, W, C), of which the network sees large ones
        reduced; labels: integers (N,).
    finished(course, images, settings) -> keras.Model
        The trained network in float32, with features balanced on these images.

On a CPU the same arguments and threads give bit-identical weights, and on a GPU with deterministic operations.
"""

from typing import NamedTuple

import numpy as np

from easel.runtime.console import Progress
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402

CROSS_ENTROPY = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)


class Course(NamedTuple):
    """A training that has not begun."""

    network: keras.Model
    """The judge's network in training, of the precision chosen: newly initialised."""
    learner: keras.Model
    """The compiled model that is fitted, and shares its weights."""
    batches: tf.data.Dataset
    """Endless batches of (images float32 (B, H, W, C) in -1..1, one-hot answers)"""
    batch_size: int
    steps: int
    """per epoch"""
    epochs: int
    """at most"""
    enough: float
    """The accuracy after which no further epoch is trained; above 1: never."""


def run(course: Course, label: str) -> None:
    """Train. label: of the progress bar."""
    with Progress(course.epochs * course.steps * course.batch_size, "images", label) as progress:
        course.learner.fit(
            course.batches,
            epochs=course.epochs,
            steps_per_epoch=course.steps,
            shuffle=False,
            callbacks=[Watch(progress, course.batch_size, course.enough)],
            verbose=0,
        )


def optimizer(learning_rate: float, total: int) -> keras.optimizers.Optimizer:
    """SGD with Nesterov momentum; its learning rate rises for a seventh of the training, then decays to 0 as a cosine.

    total: steps of the training.
    """
    rise = total // 7
    rate = RiseAndDecay(learning_rate / 20, learning_rate, rise, max(total - rise, 1))
    sgd = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=5e-3)
    sgd.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return sgd


class RiseAndDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises linearly from `start` to `peak` in `rise` steps, then decays to 0 in `decay` steps.

    The decay is a cosine. The numbers are those of Keras's CosineDecay, to the last bit; but that has a condition, and
    on a GPU each step would wait for its predicate.
    """

    def __init__(self, start: float, peak: float, rise: int, decay: int):
        self.start, self.peak, self.rise, self.decay = map(np.float32, (start, peak, rise, decay))

    def __call__(self, step):
        step = tf.minimum(tf.cast(step, tf.float32), self.rise + self.decay)
        rises = step < self.rise
        fraction = tf.where(rises, step, step - self.rise) / tf.where(rises, self.rise, self.decay)
        share = tf.where(rises, fraction, 0.5 * (1.0 + tf.cos(np.float32(np.pi) * fraction)))
        height = tf.where(rises, self.peak - self.start, self.peak)
        return height * share + tf.where(rises, self.start, np.float32(0.0))


def accuracy(answers: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """1 for each image whose class has the largest logit, else 0: float32 (B,).

    answers: one-hot (B, classes). logits: (B, classes).
    Keras's own metric compares 32-bit integers, which TensorFlow does on the host: on a GPU, each step would wait.
    """
    return tf.cast(tf.argmax(answers, axis=-1) == tf.argmax(logits, axis=-1), tf.float32)


def orders(count: int, batch_size: int, seed: int) -> tf.data.Dataset:
    """Endless (step, indices int64 (batch_size,)) of `count` images: each epoch has its own order.

    What a step gets depends only on the seed and the step.
    """

    @tf.autograph.experimental.do_not_convert
    def order(epoch):
        every = tf.range(count, dtype=tf.int64)
        return tf.data.Dataset.from_tensor_slices(tf.random.experimental.stateless_shuffle(every, [seed, epoch]))

    with tf.device("CPU:0"):  # where tf.data computes, whatever device trains
        seed = tf.constant(seed, tf.int64)
    return tf.data.Dataset.counter().flat_map(order).batch(batch_size, drop_remainder=True).enumerate()


def shifted(images: tf.Tensor, down: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Images (B, H, W, C) moved by up to an eighth of their sides, with what lies beyond an edge mirrored into them.

    down, right: float32 (B,) in 0..1, how far: from the most upwards (leftwards) to the most downwards.
    """
    height, width = images.shape[1:3]
    reach_y, reach_x = height // 8, width // 8  # pixels

    def window(chance, reach, size):  # (B, size): which rows or columns of a padded image to keep
        return tf.cast(chance * (2 * reach + 1), tf.int32)[:, None] + tf.range(size)

    x = tf.pad(images, [[0, 0], [reach_y, reach_y], [reach_x, reach_x], [0, 0]], "REFLECT")
    x = tf.gather(x, window(down, reach_y, height), axis=1, batch_dims=1)
    return tf.gather(x, window(right, reach_x, width), axis=2, batch_dims=1)


class Watch(keras.callbacks.Callback):
    """Show progress, and end the training after an epoch whose accuracy reaches `enough`.

    A step's loss is not looked at when it ends: on a GPU, the next one would wait for it.
    """

    def __init__(self, progress: Progress, batch_size: int, enough: float):
        super().__init__()
        self.progress, self.batch_size, self.enough = progress, batch_size, enough
        self.reached = ""  # in the last epoch

    def on_train_batch_begin(self, batch, logs=None):
        self.progress.update(self.batch_size, self.reached)

    def on_epoch_end(self, epoch, logs):
        self.reached = f"loss {logs['loss']:.2f}, accuracy {logs['accuracy']:.3f}"
        self.model.stop_training = logs["accuracy"] >= self.enough
