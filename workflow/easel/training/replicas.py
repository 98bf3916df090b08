"""Several devices that train as one: each takes its slice of every batch, and sums go over all of them.

With one device every function here is what it would be without this file.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf


def strategy(devices: Sequence[str] = ()) -> tf.distribute.Strategy:
    """How to train on some devices: what is trained is made in its `scope()`. Without devices: on one."""
    return tf.distribute.MirroredStrategy(list(devices)) if len(devices) > 1 else tf.distribute.get_strategy()


def count() -> int:
    """Devices that take part."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def index() -> int:
    """Which of them is asking, 0 to count() - 1."""
    return int(tf.get_static_value(tf.distribute.get_replica_context().replica_id_in_sync_group))


def per_replica_copies(array: np.ndarray) -> list[tf.Tensor]:
    """An array on each device: a device that reads another's would be sent it whole in every step."""
    if count() == 1:
        return [tf.constant(array)]
    copies = []
    for device in tf.distribute.get_strategy().extended.worker_devices:
        with tf.device(device):
            copies.append(tf.constant(array))
    return copies


def local_slice(batch: tf.Tensor) -> tf.Tensor:
    """The asking device's slice of a tensor (B, ...) of the whole batch."""
    if count() == 1:
        return batch
    size = batch.shape[0] // count()
    return batch[index() * size : (index() + 1) * size]


def mean(values: list[tf.Tensor]) -> list[tf.Tensor]:
    """The means over all devices."""
    if count() == 1:
        return values
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, values)


def apply(
    optimizer: keras.Optimizer,
    gradients: list[tf.Tensor],
    variables: list[keras.Variable],
    when: bool | tf.Tensor = True,
) -> None:
    """Update variables by the gradients of the whole batch's mean loss, if `when`; it is the same on every device.

    gradients: those of the mean loss of the asking device's slice.
    """
    # Keras's optimisers add up the devices' gradients.
    if count() > 1:
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = mean(gradients)  # it looks for overflow on the first device only: let all see the same
        gradients = [gradient / count() for gradient in gradients]

    def update_everywhere(strategy: tf.distribute.Strategy, when: tf.Tensor, gradients: list[tf.Tensor]) -> None:
        # A condition around a synchronisation can only stand outside what runs on each device.
        def update() -> None:
            strategy.run(optimizer.apply, args=(gradients, variables))

        tf.cond(strategy.experimental_local_results(when)[0], update, lambda: None)

    if when is True:
        optimizer.apply(gradients, variables)
    else:
        tf.distribute.get_replica_context().merge_call(update_everywhere, args=(when, gradients))
