"""The `classifier` judge: a small residual network, trained to classify the dataset whose samples it judges.

Images that the network tells apart lie apart in its features: the last stage, averaged over the image. It needs
no download and fits every dataset; its distances are comparable only with others of the same trained network.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from easel.config.judges import ClassifierJudge
from easel.console import Progress
from easel.errors import EaselError
from easel.images import to_float
from easel.training.layers import quick

BATCH = 250  # images per call of a trained network


def network(
    image_shape: tuple[int, int, int],
    classes: int,
    width: int,
    dtype: str = "float32",
) -> keras.Model:
    """Images float32 (B, H, W, C) in -1..1 to [logits (B, classes), features (B, 8·width)], both float32.

    Most of the arithmetic happens at half and a quarter of the resolution, where a CPU's convolutions are fastest.
    `dtype` is the Keras dtype policy of the convolutional part.
    """

    def convolution(x, channels, size=3, strides=1):
        return layers.Conv2D(channels, size, strides, padding="same", use_bias=False, dtype=dtype)(x)

    def activated(x):
        return layers.ReLU(dtype=dtype)(layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype)(x))

    def residual(x, channels):
        change = activated(convolution(activated(convolution(x, channels)), channels))
        return layers.Add(dtype=dtype)([x, change])

    def halved(x, channels):
        return activated(layers.MaxPooling2D(dtype=dtype)(convolution(x, channels)))

    images = keras.Input(image_shape, name="images")
    x = activated(convolution(images, 2 * width, size=4, strides=2))  # (B, H/2, W/2, 2·width)
    x = residual(x, 2 * width)
    x = halved(x, 4 * width)  # (B, H/4, W/4, 4·width)
    x = residual(x, 4 * width)
    x = halved(x, 8 * width)  # (B, H/8, W/8, 8·width)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(features)
    return keras.Model(images, [logits, features], name="classifier")


# --- training ------------------------------------------------------------------------------------------


def train(
    images: np.ndarray,  # uint8 (N, H, W, C)
    labels: np.ndarray,  # integers (N,) in 0..classes - 1
    classes: int,
    settings: ClassifierJudge,
    precision: str = "float32",  # or "mixed_bfloat16"
    label: str = "classifier",  # of the progress bar
) -> keras.Model:
    """Train a `network`; it comes back in float32 whatever the precision, so its features are the same everywhere.

    On a CPU the same arguments and threads give the same weights to the last bit. Raises EaselError for labels
    outside the classes.
    """
    check_labels(labels, len(images), classes)
    keras.utils.set_random_seed(settings.seed)
    trained = quick(network(images.shape[1:], classes, settings.width, precision))
    batch_size = min(settings.batch_size, len(images))
    steps = round(len(images) / batch_size)  # per epoch

    with Progress(settings.epochs * steps * batch_size, "images", label) as progress:
        learner(trained, settings, steps).fit(
            batches(images, labels, classes, batch_size, settings.seed),
            epochs=settings.epochs,
            steps_per_epoch=steps,
            shuffle=False,
            callbacks=[Watch(progress, batch_size, settings.stop_at_accuracy)],
            verbose=0,
        )
    exact = network(images.shape[1:], classes, settings.width)
    exact.set_weights(trained.get_weights())
    return exact


def learner(trained: keras.Model, settings: ClassifierJudge, steps: int) -> keras.Model:
    """A model for Keras to fit, with the weights of `trained`. steps: per epoch."""
    model = keras.Model(trained.input, trained.outputs[0])
    model.compile(
        optimizer(settings, steps),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions are the slower ones on a CPU
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


def optimizer(settings: ClassifierJudge, steps: int) -> keras.optimizers.Optimizer:
    """SGD with Nesterov momentum; its rate rises over a seventh of the training and falls to 0 along a cosine.

    steps: per epoch.
    """
    total = settings.epochs * steps
    rise = total // 7
    rate = keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / 20, max(total - rise, 1), warmup_target=settings.learning_rate, warmup_steps=rise
    )
    sgd = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=5e-3)
    sgd.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return sgd


def batches(images: np.ndarray, labels: np.ndarray, classes: int, batch_size: int, seed: int) -> tf.data.Dataset:
    """Endless training batches: images float32 (B, H, W, C) in -1..1, mirrored and shifted at random; one-hot labels.

    Each epoch has an order of its own. What a step sees depends on the seed and the step alone.
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
    """Show progress, and end the training when an epoch's accuracy reaches `enough`."""

    def __init__(self, progress: Progress, batch_size: int, enough: float):
        super().__init__()
        self.progress, self.batch_size, self.enough = progress, batch_size, enough

    def on_train_batch_end(self, batch, logs):
        self.progress.update(self.batch_size, f"loss {logs['loss']:.2f}, accuracy {logs['accuracy']:.3f}")

    def on_epoch_end(self, epoch, logs):
        self.model.stop_training = logs["accuracy"] >= self.enough


# --- judging -------------------------------------------------------------------------------------------


class Classifier:
    """A trained classifier as a judge."""

    def __init__(self, trained: keras.Model):
        """trained: a float32 `network`."""
        self.network = trained
        self.image_shape = trained.input_shape[1:]
        self.feature_dim = trained.output_shape[1][-1]
        self._run = tf.function(lambda images: trained(images, training=False))

    def features(self, images: np.ndarray) -> np.ndarray:
        """Images uint8 (N, H, W, C) to features float32 (N, feature_dim)."""
        return self._outputs(images)[1]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Images uint8 (N, H, W, C) to logits float32 (N, classes)."""
        return self._outputs(images)[0]

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """The fraction 0..1 of images uint8 (N, H, W, C) that the network gives their label (N,)."""
        return float(np.mean(self.logits(images).argmax(axis=1) == labels))

    def _outputs(self, images: np.ndarray) -> list[np.ndarray]:
        """Both outputs; every call of the network gets BATCH images, so that rounding never depends on N."""
        outputs = [np.empty((len(images), shape[-1]), np.float32) for shape in self.network.output_shape]
        batch = np.zeros((BATCH, *self.image_shape), np.float32)
        for start in range(0, len(images), BATCH):
            found = to_float(images[start : start + BATCH])
            batch[: len(found)] = found
            for output, values in zip(outputs, self._run(batch), strict=True):
                output[start : start + BATCH] = values[: len(found)]
        return outputs


def load(file: str | Path) -> Classifier:
    """Load a judge from its classifier.keras.

    Switches TensorFloat-32 off for this process: it would give other features on a GPU than on a CPU.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return Classifier(keras.models.load_model(file))


def note(record: Mapping[str, Any]) -> str:
    """What a table says of the judge, from its classifier.json."""
    return f"trained on {record['dataset']}, {100 * record['test_accuracy']:.1f} % test accuracy"
