"""Several devices that train as one: each takes its slice of every batch, and gradients are averaged over all.

With one device the functions here do nothing special.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf


def strategy(devices: Sequence[str] = ()) -> tf.distribute.Strategy:
    """The distribution strategy for some devices, in whose `scope()` variables are made; the default if none."""
    return tf.distribute.MirroredStrategy(list(devices)) if len(devices) > 1 else tf.distribute.get_strategy()


def count() -> int:
    """The number of devices."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def index() -> int:
    """The index of the calling device, 0 to count() - 1."""
    return int(tf.get_static_value(tf.distribute.get_replica_context().replica_id_in_sync_group))


def per_replica_copies(array: np.ndarray) -> list[tf.Tensor]:
    """A copy of an array on each device; reading another device's copy would transfer all of it in every step."""
    if count() == 1:
        return [tf.constant(array)]
    copies = []
    for device in tf.distribute.get_strategy().extended.worker_devices:
        with tf.device(device):
            copies.append(tf.constant(array))
    return copies


def local_slice(batch: tf.Tensor) -> tf.Tensor:
    """The calling device's slice of a tensor (batch_size, …) of the whole batch: (batch_size / count(), …)."""
    if count() == 1:
        return batch
    size = batch.shape[0] // count()
    return batch[index() * size : (index() + 1) * size]


def mean(values: list[tf.Tensor]) -> list[tf.Tensor]:
    """Values averaged over all devices."""
    if count() == 1:
        return values
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, values)


def apply(
    optimizer: keras.Optimizer,  # of easel.training.optimizers
    gradients: list[tf.Tensor],
    variables: list[keras.Variable],
    when: bool | tf.Tensor = True,
) -> None:
    """Update variables by the gradients of the whole batch's mean loss.

    gradients: of the mean loss of the calling device's slice. when: a boolean (), the same on every device; if false,
    nothing is updated.
    """
    # Those of embeddings are rows with their indices, which a GPU has no kernel to check for overflow.
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    # Keras's optimisers sum the devices' gradients.
    if count() > 1:
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = mean(gradients)  # overflow is checked on the first device alone
        gradients = [gradient / count() for gradient in gradients]

    def update_everywhere(strategy: tf.distribute.Strategy, when: tf.Tensor, gradients: list[tf.Tensor]) -> None:
        # A condition that encloses a synchronisation must be outside the code that runs on each device.
        def update() -> None:
            strategy.run(optimizer.apply, args=(gradients, variables))

        tf.cond(strategy.experimental_local_results(when)[0], update, lambda: None)

    if when is True:
        optimizer.apply(gradients, variables)
    elif count() == 1:
        optimizer.apply_if(when, gradients, variables)
    else:
        tf.distribute.get_replica_context().merge_call(update_everywhere, args=(when, gradients))
