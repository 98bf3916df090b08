"""Where training images are held: on the device, or in a file that is read ahead. Both give the same bits."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import psutil
import tensorflow as tf

from easel.training import replicas
from easel.training.order import ImageOrder

MEMORY_SHARE = 0.25  # of the free memory: images that would take more are streamed
READ_AHEAD = 8  # batches


class Source:
    """The images of each step, in the order that `order` gives."""

    kind: ClassVar[str]
    """Recorded in train.json as `images_held`."""

    def __init__(self, array: np.ndarray, order: ImageOrder):
        """array: the training images, uint8 (N, H, W, C), in memory or mapped from a file."""
        self.array, self.order = array, order

    def images(self, step: tf.Tensor) -> tf.Tensor:
        """The calling device's share of a step's images: uint8 (B, H, W, C). step: int64 ()."""
        raise NotImplementedError


class Resident(Source):
    """All images on every device that trains."""

    kind = "resident"

    def __init__(self, array: np.ndarray, order: ImageOrder):
        super().__init__(array, order)
        self.copies = replicas.per_replica_copies(array)

    def images(self, step: tf.Tensor) -> tf.Tensor:
        return tf.gather(self.copies[replicas.index()], replicas.local_slice(self.order(step)))


class Streamed(Source):
    """Batches read from the file by a thread that runs READ_AHEAD batches ahead; no more than those are in memory."""

    kind = "streamed"

    def __init__(self, array: np.ndarray, order: ImageOrder):
        super().__init__(array, order)
        self.reader = ThreadPoolExecutor(1, "reader")
        self.pending: dict[int, Future[np.ndarray]] = {}

    def images(self, step: tf.Tensor) -> tf.Tensor:
        images = tf.numpy_function(self.take, [step], tf.uint8, stateful=False)
        # The order's operations, though only their shape is used: TensorFlow adds up in an order that depends on the
        # names of operations, which are numbered, so both sources need as many.
        size = self.order(step).shape[0]
        return replicas.local_slice(tf.ensure_shape(images, [size, *self.array.shape[1:]]))

    def take(self, step: int | np.int64) -> np.ndarray:
        """The whole batch of a step, uint8 (batch_size, H, W, C); the following ones are read in the background."""
        wanted = int(step)
        for done in [earlier for earlier in list(self.pending) if earlier < wanted - 1]:
            self.pending.pop(done, None)
        for ahead in range(wanted, wanted + 1 + READ_AHEAD):
            if ahead not in self.pending:
                self.pending[ahead] = self.reader.submit(self.read, ahead)
        return self.pending[wanted].result()

    def read(self, step: int) -> np.ndarray:
        """Read a batch, uint8 (batch_size, H, W, C), in the order of the file because that is fastest."""
        with tf.device("CPU:0"):
            indices = self.order(tf.constant(step, tf.int64)).numpy()
        by_place = np.argsort(indices)
        batch = np.empty((len(indices), *self.array.shape[1:]), np.uint8)
        batch[by_place] = self.array[indices[by_place]]
        return batch


def choose_source(array: np.ndarray, order: ImageOrder, stream: bool | str) -> Source:
    """A source of images, uint8 (N, H, W, C): streamed if `stream` is true, or "auto" and free memory is short."""
    if stream == "auto":
        stream = array.nbytes > MEMORY_SHARE * psutil.virtual_memory().available
    return Streamed(array, order) if stream else Resident(array, order)
