"""Spectral normalisation (Miyato et al. 2018, arXiv 1802.05957): layers that use W / σ(W) in place of their kernel W.

σ is the largest singular value of the kernel as a matrix (all axes but the last) × (the last), computed as uᵀWv with
singular vectors u and v from power iteration (section 2.1, algorithm 1). It is a reparametrisation: gradients pass
through σ, with u and v constant. Keras's own `SpectralNormalization` overwrites W with W / σ, without such a gradient.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from easel.training import convolutions

CONSTANT = (keras.initializers.Zeros, keras.initializers.Ones)
FIRST_ITERATIONS = 5  # of power iteration, from random u and v

# Layer -> its normalised kernel, within `shared_kernels`. Replicas are traced in turns, each in its own thread and so
# in a context of its own.
_shared: ContextVar[Mapping[keras.Layer, tf.Tensor] | None] = ContextVar("shared kernels", default=None)


if TYPE_CHECKING:
    from keras.layers import Layer as Mixin
else:
    Mixin = object  # the layer comes from the second base class


class Normalised(Mixin):
    """Mixin before a Keras layer's class that divides the kernel by its spectral norm; `raw` is the trained kernel."""

    def add_weight(self, *args, **kwargs):
        # A norm computed in 16 bits would be too inaccurate.
        autocast = {"autocast": False} if kwargs.get("name") in ("kernel", "embeddings") else {}
        return super().add_weight(*args, **kwargs | autocast)

    def build(self, input_shape):
        super().build(input_shape)
        self.raw = self._embeddings if isinstance(self, keras.layers.Embedding) else self._kernel
        size = {"left": int(np.prod(self.raw.shape[:-1])), "right": self.raw.shape[-1]}
        self.left, self.right = (
            self.add_weight(
                name=name, shape=(size[name],), initializer="random_normal", trainable=False, autocast=False,
                aggregation="only_first_replica",  # they are the same on every device
            )
            for name in ("left", "right")
        )  # fmt: skip
        for _ in range(FIRST_ITERATIONS):
            self.iterate()

    def iterate(self) -> None:
        """Do one power iteration: once per training step, before the forward pass."""
        matrix = self._matrix()
        self.left.assign(unit(tf.linalg.matvec(matrix, tf.convert_to_tensor(self.right))))
        self.right.assign(unit(tf.linalg.matvec(matrix, tf.convert_to_tensor(self.left), transpose_a=True)))

    @property
    def own_weights(self) -> list[keras.Variable]:
        """The weights of the layer that this one replaces: all but `left` and `right`."""
        return [weight for weight in self.weights if weight is not self.left and weight is not self.right]

    def normalised(self) -> tf.Tensor:
        """W / σ(W), float32."""
        product = tf.linalg.matvec(self._matrix(), tf.convert_to_tensor(self.right))
        return tf.convert_to_tensor(self.raw) / tf.tensordot(tf.convert_to_tensor(self.left), product, 1)

    def _matrix(self) -> tf.Tensor:
        return tf.reshape(tf.convert_to_tensor(self.raw), [-1, self.raw.shape[-1]])

    @property
    def kernel(self):
        shared = _shared.get() or {}
        return shared[self] if self in shared else tf.cast(self.normalised(), self.compute_dtype)

    @kernel.setter
    def kernel(self, raw):  # Conv2DTranspose sets it, the others set `_kernel`
        self._kernel = raw

    @property
    def embeddings(self):
        return self.kernel


def unit(vector: tf.Tensor) -> tf.Tensor:
    """A vector scaled to length 1."""
    return vector / (tf.norm(vector) + 1e-12)


class Conv2D(Normalised, convolutions.Conv2D):
    pass


class Conv2DTranspose(Normalised, convolutions.Conv2DTranspose):
    pass


class Dense(Normalised, keras.layers.Dense):
    pass


class Embedding(Normalised, keras.layers.Embedding):
    pass


NORMALISED = {
    keras.layers.Conv2D: Conv2D,
    keras.layers.Conv2DTranspose: Conv2DTranspose,
    keras.layers.Dense: Dense,
    keras.layers.Embedding: Embedding,
}
"""Keras layer -> its normalised class."""


def normalised(layer: keras.Layer) -> type[keras.Layer] | None:
    """The normalised class that replaces a layer; None if the layer is not a linear map.

    An embedding that is initialised to a constant holds scales or shifts, as batch normalisation does, and is none.
    """
    if isinstance(layer, keras.layers.Embedding) and isinstance(layer.embeddings_initializer, CONSTANT):
        return None
    return NORMALISED.get(type(layer))


def iterate(network: keras.Model) -> None:
    """Do one power iteration in every normalised layer of a network."""
    for layer in normalised_layers(network):
        layer.iterate()


@contextmanager
def shared_kernels(network: keras.Model) -> Iterator[None]:
    """Within it, all passes through a network use the same tensors W / σ(W).

    So these, and the gradient through σ, are computed once a step instead of once a pass.
    """
    before = _shared.set({layer: layer.kernel for layer in normalised_layers(network)})
    try:
        yield
    finally:
        _shared.reset(before)


def normalised_layers(network: keras.Model) -> list[Normalised]:
    """The layers of a network whose kernels are normalised."""
    return [layer for layer in network.layers if isinstance(layer, Normalised)]
