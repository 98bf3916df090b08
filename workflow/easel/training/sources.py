"""Where training images lie: on the device, or in a file that is read ahead of the steps. Both give the same bits."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import psutil
import tensorflow as tf

from easel.training import replicas

SHARE = 0.25  # of the memory that is free: what images may take before they stream
AHEAD = 8  # batches that are read before they are wanted


class Source:
    """Training images by their index. `order` is set by the batches: step () -> indices (batch_size,)."""

    kind: str
    order: Callable[[tf.Tensor], tf.Tensor]

    def __init__(self, images: np.ndarray):
        """images: uint8 (N, H, W, C), in memory or mapped from a file."""
        self.array, self.count = images, len(images)

    def images(self, step: tf.Tensor) -> tf.Tensor:
        """The asking device's images of a step: uint8 (B, H, W, C)."""
        raise NotImplementedError


class Resident(Source):
    """All images on every device that trains."""

    kind = "resident"

    def __init__(self, images: np.ndarray):
        super().__init__(images)
        self.copies = replicas.copies(images)

    def images(self, step: tf.Tensor) -> tf.Tensor:
        return tf.gather(self.copies[replicas.index()], replicas.mine(self.order(step)))


class Streamed(Source):
    """Batches read from the file by a thread that runs ahead of the steps; no more of it is held than AHEAD batches."""

    kind = "streamed"

    def __init__(self, images: np.ndarray):
        super().__init__(images)
        self.reader = ThreadPoolExecutor(1, "reader")
        self.coming: dict[int, Future] = {}

    def images(self, step: tf.Tensor) -> tf.Tensor:
        images = tf.numpy_function(self.take, [step], tf.uint8, stateful=False)
        size = self.order(step).shape[0]
        return replicas.mine(tf.ensure_shape(images, [size, *self.array.shape[1:]]))

    def take(self, step: np.int64) -> np.ndarray:
        """The whole batch of a step, uint8 (batch_size, H, W, C); the next ones are fetched meanwhile."""
        step = int(step)
        for done in [earlier for earlier in list(self.coming) if earlier < step - 1]:
            self.coming.pop(done, None)
        for ahead in range(step, step + 1 + AHEAD):
            if ahead not in self.coming:
                self.coming[ahead] = self.reader.submit(self.read, ahead)
        return self.coming[step].result()

    def read(self, step: int) -> np.ndarray:
        """Read a batch; in the order of the file, which is the quickest to read."""
        with tf.device("CPU:0"):
            indices = self.order(tf.constant(step, tf.int64)).numpy()
        by_place = np.argsort(indices)
        batch = np.empty((len(indices), *self.array.shape[1:]), np.uint8)
        batch[by_place] = self.array[indices[by_place]]
        return batch


def source_of(images: np.ndarray, stream: bool | str) -> Source:
    """A source for images, uint8 (N, H, W, C): streamed if `stream`; if it is "auto", where memory is short."""
    if stream == "auto":
        stream = images.nbytes > SHARE * psutil.virtual_memory().available
    return Streamed(images) if stream else Resident(images)
