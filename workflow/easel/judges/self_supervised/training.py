"""Train the network of the judge `self_supervised`, without labels.

Two crops of an image shall get the same code, while over the images the code's components vary and are uncorrelated, so
that it says as many things as it can (VICReg: Bardes et al. 2022, arXiv 2105.04906). And from each crop the network
tells how the image was turned and mirrored, which teaches it about objects (Gidaris et al. 2018, arXiv 1803.07728) and
leaves it able to see both.
"""

import numpy as np

from easel.config.judges.base import reduced_size
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.judges.networks import balancing_scales, reduced
from easel.judges.self_supervised.network import features_of, network
from easel.judges.self_supervised.views import ORIENTATIONS, views
from easel.judges.training import CROSS_ENTROPY, Course, accuracy, optimizer, orders
from easel.runtime.lean_keras import import_keras
from easel.training.layers import accelerated

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402

REPORTS = 10  # of the loss and the accuracy, during a training, whose steps are a multiple of it
COVARIANCE = 0.04  # weight of the covariances, relative to that of the variances; both are means over the two views
ORIENTATION = 0.5  # weight of the cross-entropy of the orientations
LEAST_VARIANCE = 1e-4  # added, so that the deviation of a constant has a gradient


def course(
    images: np.ndarray,  # uint8 (N, S, S, C)
    labels: np.ndarray | None,  # which it does not look at
    classes: int,
    settings: SelfSupervisedSettings,
    precision: str = "float32",  # or "mixed_bfloat16"
) -> Course:
    """The training of a `network`, as `judges.training` describes. A step sees two views of `batch_size` images."""
    images = reduced(images, reduced_size(images.shape[1]))
    keras.utils.set_random_seed(settings.seed)
    trained = accelerated(network(images.shape[1:], settings.width, precision))
    batch_size = min(settings.batch_size, len(images))
    return Course(
        network=trained,
        learner=learner(trained, settings),
        batches=batches(images, batch_size, settings.seed),
        batch_size=batch_size,
        steps=settings.steps // REPORTS,
        epochs=REPORTS,
        enough=2.0,
    )


def finished(course: Course, images: np.ndarray, settings: SelfSupervisedSettings) -> keras.Model:
    """The trained network in float32, whatever the precision, so its features are the same everywhere.

    images: training images uint8 (N, S, S, C), on which its features are balanced.
    """
    exact = network(course.network.input_shape[1:], settings.width)
    exact.set_weights(course.network.get_weights())
    return features_of(exact, balancing_scales(features_of(exact), images))


def learner(trained: keras.Model, settings: SelfSupervisedSettings) -> keras.Model:
    """The compiled model that shares its weights with `trained`."""
    code, orientation, _ = trained.outputs
    model = keras.Model(trained.input, keras.layers.Concatenate(dtype="float32")([orientation, code]))
    model.compile(
        optimizer(settings.learning_rate, settings.steps),
        loss,
        metrics=[keras.metrics.MeanMetricWrapper(of_orientations, name="accuracy")],
        jit_compile=False,  # XLA's convolutions are slower on a CPU
    )
    return model


def loss(answers: tf.Tensor, given: tf.Tensor) -> tf.Tensor:
    """A scalar. The first half is of the first views of some images, the second half of their second views.

    answers: one-hot orientations (2·B, ORIENTATIONS). given: their logits, and the codes, (2·B, ORIENTATIONS + D).
    """
    orientations, codes = given[:, :ORIENTATIONS], given[:, ORIENTATIONS:]
    return of_codes(*tf.split(codes, 2)) + ORIENTATION * CROSS_ENTROPY(answers, orientations)


def of_codes(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """VICReg's loss (eq. 6 of the paper) of the codes (B, D) of two views of the same images: a scalar."""
    distance = tf.reduce_mean(tf.square(first - second))
    spread = [of_spread(codes) for codes in (first, second)]
    return distance + tf.add_n(spread) / 2


def of_spread(codes: tf.Tensor) -> tf.Tensor:
    """How far the deviations of codes (B, D) are below 1, and how far their covariances are from 0: a scalar."""
    centred = codes - tf.reduce_mean(codes, axis=0)
    deviations = tf.sqrt(tf.reduce_mean(tf.square(centred), axis=0) + LEAST_VARIANCE)
    covariances = tf.matmul(centred, centred, transpose_a=True) / (codes.shape[0] or tf.shape(codes)[0])
    others = tf.reduce_sum(tf.square(covariances)) - tf.reduce_sum(tf.square(tf.linalg.diag_part(covariances)))
    return tf.reduce_mean(tf.nn.relu(1.0 - deviations)) + COVARIANCE * others / codes.shape[1]


def of_orientations(answers: tf.Tensor, given: tf.Tensor) -> tf.Tensor:
    """1 for each view whose orientation was told, else 0: float32 (2·B,). Arguments as of `loss`."""
    return accuracy(answers, given[:, :ORIENTATIONS])


def batches(images: np.ndarray, batch_size: int, seed: int) -> tf.data.Dataset:
    """Endless training batches: `views` and their orientations. A step's depends only on the seed and the step."""
    with tf.device("CPU:0"):  # where tf.data computes, whatever device trains
        pool = tf.constant(images)

    @tf.autograph.experimental.do_not_convert
    def draw(step, index):
        return views(tf.ensure_shape(tf.gather(pool, index), (batch_size, *images.shape[1:])), [seed, step])

    return orders(len(images), batch_size, seed).map(draw).prefetch(2)
