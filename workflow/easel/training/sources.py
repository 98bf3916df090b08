"""Where training images are held: on the device, or in a file that is read ahead. Both give the same bits."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import psutil
import tensorflow as tf

from easel.runtime import gpus
from easel.training import replicas
from easel.training.order import ImageOrder

MEMORY_SHARE = 0.25  # of the free memory: images that would take more are streamed
READ_AHEAD = 8  # batches
WORD = np.dtype(np.int64)


class Source:
    """The images of each step, in the order that `order` gives."""

    kind: ClassVar[str]
    """Recorded in train.json as `images_held`."""

    def __init__(self, array: np.ndarray, order: ImageOrder):
        """array: the training images, uint8 (N, H, W, C), in memory or mapped from a file."""
        self.array, self.order = array, order

    def images(self, step: tf.Tensor) -> tf.Tensor:
        """The calling device's share of a step's images: uint8 (B, H, W, C). step: int32 ()."""
        raise NotImplementedError


class Resident(Source):
    """All images on every device that trains.

    They are held as 64-bit words, because GPUs have no kernel that gathers bytes: all of them would cross to the host
    in every step, to be gathered there.
    """

    kind = "resident"

    def __init__(self, array: np.ndarray, order: ImageOrder):
        super().__init__(array, order)
        self.copies = replicas.per_replica_copies(as_words(array))

    def images(self, step: tf.Tensor) -> tf.Tensor:
        words = tf.gather(self.copies[replicas.index()], replicas.local_slice(self.order(step)))  # (B, words)
        count, shape = words.shape[0], self.array.shape[1:]
        padded = tf.reshape(tf.bitcast(words, tf.uint8), [count, -1])  # (B, bytes)
        return tf.reshape(padded[:, : np.prod(shape)], [count, *shape])


def as_words(array: np.ndarray) -> np.ndarray:
    """The bytes of each image, uint8 (N, H, W, C), as int64 (N, words); the last word is filled up with zeros."""
    rows = np.ascontiguousarray(array).reshape(len(array), -1)
    if missing := -rows.shape[1] % WORD.itemsize:
        rows = np.pad(rows, [(0, 0), (0, missing)])
    return rows.view(WORD)


class Streamed(Source):
    """Batches read from the file by a thread that runs READ_AHEAD batches ahead; no more than those are in memory."""

    kind = "streamed"

    def __init__(self, array: np.ndarray, order: ImageOrder):
        super().__init__(array, order)
        self.reader = ThreadPoolExecutor(1, "reader")
        self.pending: dict[int, Future[np.ndarray]] = {}

    def images(self, step: tf.Tensor) -> tf.Tensor:
        images = tf.numpy_function(self.take, [step], tf.uint8, stateful=False)
        return replicas.local_slice(tf.ensure_shape(images, [self.order.batch_size, *self.array.shape[1:]]))

    def take(self, step: int | np.int32) -> np.ndarray:
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
        indices = self.order(tf.constant(step, tf.int32)).numpy()
        by_place = np.argsort(indices)
        batch = np.empty((len(indices), *self.array.shape[1:]), np.uint8)
        batch[by_place] = self.array[indices[by_place]]
        return batch


def choose_source(array: np.ndarray, order: ImageOrder, stream: bool | str) -> Source:
    """A source of images, uint8 (N, H, W, C): streamed if `stream` is true, or "auto" and free memory is short."""
    if stream == "auto":
        stream = array.nbytes > MEMORY_SHARE * free_bytes()
    return Streamed(array, order) if stream else Resident(array, order)


def free_bytes() -> int:
    """The free memory where images would be held: of the host, from which each GPU gets its copy, and of the fullest
    of the GPUs that this job has claimed. (How much a MIG slice has left is not known.)"""
    free = gpus.free_memory() if gpus.held else {}
    return min([psutil.virtual_memory().available, *(free[device] * 2**20 for device in gpus.held if device in free)])
