"""Train the network of the judge `classifier`."""

import numpy as np

from easel.config.base import resolved_flip
from easel.config.judges.classifier import ClassifierSettings
from easel.judges.classifier.network import network
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.lean_keras import import_keras
from easel.training.layers import accelerated

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402


def train(
    images: np.ndarray,  # uint8 (N, H, W, C)
    labels: np.ndarray,  # integers (N,) in 0..classes - 1
    classes: int,
    settings: ClassifierSettings,
    precision: str = "float32",  # or "mixed_bfloat16"
    label: str = "classifier",  # of the progress bar
) -> keras.Model:
    """Train a `network`. It is returned in float32, whatever the precision, so its features are the same everywhere.

    On a CPU the same arguments and threads give bit-identical weights, and on a GPU with deterministic operations.
    Raises EaselError for labels outside the classes.
    """
    check_labels(labels, len(images), classes)
    keras.utils.set_random_seed(settings.seed)
    trained = accelerated(network(images.shape[1:], classes, settings.width, precision))
    batch_size, flip = min(settings.batch_size, len(images)), resolved_flip(settings.flip)
    steps = round(len(images) / batch_size)  # per epoch

    with Progress(settings.epochs * steps * batch_size, "images", label) as progress:
        learner(trained, settings, steps).fit(
            batches(images, labels, classes, batch_size, settings.seed, flip),
            epochs=settings.epochs,
            steps_per_epoch=steps,
            shuffle=False,
            callbacks=[Watch(progress, batch_size, settings.stop_at_accuracy)],
            verbose=0,
        )
    exact = network(images.shape[1:], classes, settings.width, flip=flip)
    exact.set_weights(trained.get_weights())
    return exact


def learner(trained: keras.Model, settings: ClassifierSettings, steps: int) -> keras.Model:
    """The compiled model that shares its weights with `trained`. steps: per epoch."""
    model = keras.Model(trained.input, trained.outputs[0])
    model.compile(
        optimizer(settings, steps),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=[accuracy],
        jit_compile=False,  # XLA's convolutions are slower on a CPU
    )
    return model


def accuracy(answers: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """1 for each image whose class has the largest logit, else 0: float32 (B,).

    answers: one-hot (B, classes). logits: (B, classes).
    Keras's own metric compares 32-bit integers, which TensorFlow does on the host: on a GPU, each step would wait.
    """
    return tf.cast(tf.argmax(answers, axis=-1) == tf.argmax(logits, axis=-1), tf.float32)


def check_labels(labels: np.ndarray, count: int, classes: int) -> None:
    """Raise EaselError unless there are `count` labels and all are in 0..classes - 1."""
    if len(labels) != count:
        raise EaselError(f"training labels: found {len(labels)} labels for {count} images; prepare the dataset again")
    if count and not 0 <= labels.min() <= labels.max() < classes:
        raise EaselError(
            f"training labels: found {labels.min()} to {labels.max()}, expected 0 to {classes - 1} as dataset.json "
            f"names {classes} classes; prepare the dataset again"
        )


def optimizer(settings: ClassifierSettings, steps: int) -> keras.optimizers.Optimizer:
    """SGD with Nesterov momentum; its learning rate rises for a seventh of the training, then decays to 0 as a cosine.

    steps: per epoch.
    """
    total = settings.epochs * steps
    rise = total // 7
    rate = RiseAndDecay(settings.learning_rate / 20, settings.learning_rate, rise, max(total - rise, 1))
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


def batches(
    images: np.ndarray, labels: np.ndarray, classes: int, batch_size: int, seed: int, flip: bool
) -> tf.data.Dataset:
    """Endless training batches: images float32 (B, H, W, C) in -1..1, shifted at random; one-hot labels.

    flip: also mirror each image with probability 1/2. Each epoch has its own order. The batch of a step depends only on
    the seed and the step.
    """
    height, width = images.shape[1:3]
    reach_y, reach_x = height // 8, width // 8  # pixels
    with tf.device("CPU:0"):  # where tf.data computes, whatever device trains
        pool, answers, seed = tf.constant(images), tf.one_hot(labels, classes), tf.constant(seed, tf.int64)

    def order(epoch):
        every = tf.range(len(images), dtype=tf.int64)
        return tf.data.Dataset.from_tensor_slices(tf.random.experimental.stateless_shuffle(every, [seed, epoch]))

    def draw(step, index):
        mirror, down, right = tf.unstack(tf.random.stateless_uniform([3, batch_size], [seed, step]))
        x = tf.gather(pool, index)
        if flip:
            x = tf.where(mirror[:, None, None, None] < 0.5, x, x[:, :, ::-1])
        x = tf.pad(x, [[0, 0], [reach_y, reach_y], [reach_x, reach_x], [0, 0]], "REFLECT")
        x = tf.gather(x, window(down, reach_y, height), axis=1, batch_dims=1)
        x = tf.gather(x, window(right, reach_x, width), axis=2, batch_dims=1)
        return tf.cast(x, tf.float32) / 127.5 - 1.0, tf.gather(answers, index)

    def window(chance, reach, size):  # (B, size): which rows or columns of a padded image to keep
        return tf.cast(chance * (2 * reach + 1), tf.int32)[:, None] + tf.range(size)

    indices = tf.data.Dataset.counter().flat_map(order).batch(batch_size, drop_remainder=True)
    return indices.enumerate().map(draw).prefetch(2)


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
