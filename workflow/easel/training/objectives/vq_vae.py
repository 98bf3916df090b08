"""The objective of vector-quantised autoencoders and of their prior (van den Oord et al. 2017, arXiv 1711.00937)."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import VqVae
from easel.training import codes, replicas
from easel.training.batches import Batch
from easel.training.likelihoods import gaussian
from easel.training.objectives import Networks, ObjectiveBase
from easel.training.optimizers import adam
from easel.training.schedule import Schedule


class Objective(ObjectiveBase):
    """Encoder, codebook and decoder minimise reconstruction + ‖sg[z] - e‖² + commitment · ‖z - sg[e]‖² (equation 3).

    z are an image's features, e the codebook's entries nearest to them, and sg stops gradients; the decoder's gradients
    skip the choice of entries, straight from e to z. All terms are in nats per image, the reconstruction half the
    squared error. The prior minimises the cross-entropy (nats per image) of the codes of the step; it sends no
    gradients to the other networks. `perplexity` is the number of codes in use: exp of the entropy of their shares.

    Entries learn from the features that chose them, so that an entry far from all features would never be chosen again.
    See `Revival`.
    """

    metrics = ("loss", "reconstruction", "quantisation", "prior", "perplexity")
    sampler = "decoder"

    def __init__(self, build: Callable[[str], keras.Model], settings: VqVae, schedule: Schedule):
        self.settings = settings
        self.networks = {name: build(name) for name in settings.networks}
        self.encoder, self.codebook, self.decoder, self.prior = self.networks.values()
        self.revival = Revival(settings.codes)
        self.state = {"revival": self.revival}
        learning = (self.encoder, self.codebook, self.decoder)
        self.optimizers = {
            "autoencoder": adam(settings, settings.learning_rate, schedule.last, *learning),
            "prior": adam(settings, settings.learning_rate, schedule.last, self.prior),
        }

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see `ObjectiveBase`."""
        with tf.GradientTape(persistent=True) as tape:
            features = self.encoder(batch.images, training=True)
            chosen = nearest_codes(features, self.codebook.trainable_variables[0])
            entries = self.codebook(chosen)
            straight = features + tf.stop_gradient(entries - features)
            reconstruction = gaussian(batch.images, self.decoder(straight, training=True))
            learned = squared_distance(tf.stop_gradient(features), entries)
            committed = squared_distance(features, tf.stop_gradient(entries))
            loss = reconstruction + learned + self.settings.commitment * committed
            logits = self.prior(chosen, training=True)
            nats = tf.nn.sparse_softmax_cross_entropy_with_logits(chosen, logits)
            prior = tf.reduce_mean(tf.reduce_sum(nats, axis=1))
            scaled = {
                name: self.optimizers[name].scale_loss(value)
                for name, value in (("autoencoder", loss), ("prior", prior))
            }
        for name, networks in (
            ("autoencoder", (self.encoder, self.codebook, self.decoder)),
            ("prior", (self.prior,)),
        ):
            variables = [variable for network in networks for variable in network.trainable_variables]
            replicas.apply(self.optimizers[name], tape.gradient(scaled[name], variables), variables)
        self.revival.follow(chosen, features, self.codebook.trainable_variables[0], batch.step)
        return [loss, reconstruction, learned, prior, perplexity(chosen, self.settings.codes)]

    def to_images(self, network: Networks) -> keras.Model:
        return codes.generator(network("prior"), network("codebook"), network("decoder"))

    def to_latents(self, network: Networks) -> keras.Model:
        return codes.encoder(network("encoder"), network("codebook"), network("prior"))


class Revival(keras.layers.Layer):
    """Entries of the codebook that no feature has chosen for UNUSED steps are moved to features of the batch at hand,
    chosen at random (Dhariwal et al. 2020, arXiv 2005.00341, section 3.1)."""

    UNUSED = 100

    def __init__(self, codes: int):
        super().__init__(dtype="float32", name="revival")
        # float32, because a GPU keeps int32 variables on the host.
        self.unused_for = self.add_weight(name="unused_for", shape=(codes,), initializer="zeros", trainable=False)
        self.built = True

    def follow(self, chosen: tf.Tensor, features: tf.Tensor, entries: keras.Variable, step: tf.Tensor) -> None:
        """Take in the codes that a step chose, int64 (B, P), and move entries, float32 (K, D), that are long unused.

        features: float32 (B, P, D). step: int32 (). With several devices, each calls this with its slice of the batch,
        and all move the same entries to the same features.
        """
        count = self.unused_for.shape[0]
        counted = tf.reduce_sum(tf.one_hot(tf.reshape(chosen, [-1]), count), axis=0)
        own = tf.reshape(features, [-1, features.shape[-1]])  # (B · P, D)
        local, devices = own.shape[0], replicas.count()
        key = tf.stack([tf.constant(0, tf.int64), tf.cast(step, tf.int64)])
        picked = tf.random.stateless_uniform([count], key, 0, local * devices, tf.int32, alg="philox")
        picked = tf.cast(picked, tf.int64)  # a GPU leaves arithmetic of 32-bit integers to the host
        if devices > 1:
            picked -= replicas.index() * local
        is_own = tf.logical_and(picked >= 0, picked < local)
        found = tf.gather(own, tf.clip_by_value(picked, 0, local - 1)) * tf.cast(is_own, tf.float32)[:, None]
        counted, found = replicas.mean([counted, found])
        unused_for = tf.where(counted > 0, 0.0, self.unused_for + 1.0)
        is_dead = unused_for >= self.UNUSED
        entries.assign(tf.where(is_dead[:, None], found * devices, entries))
        self.unused_for.assign(tf.where(is_dead, 0.0, unused_for))


def nearest_codes(features: tf.Tensor, entries: tf.Tensor) -> tf.Tensor:
    """The codes of the entries, float32 (K, D), that are nearest to features, float32 (B, P, D): int64 (B, P)."""
    # In |z - e|² = |z|² - 2 z·e + |e|² the first term is the same for all e.
    nearness = tf.einsum("bpd,kd->bpk", features, entries) - 0.5 * tf.reduce_sum(tf.square(entries), axis=1)
    return tf.argmax(nearness, axis=2)


def squared_distance(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """The squared distance of two tensors (B, P, D), summed per image, mean over the batch: ()."""
    return tf.reduce_mean(tf.reduce_sum((one - other) ** 2, axis=[1, 2]))


def perplexity(chosen: tf.Tensor, count: int) -> tf.Tensor:
    """exp of the entropy of the shares of `count` codes among those chosen, int64 (B, P), on all devices: ()."""
    (shares,) = replicas.mean([tf.reduce_mean(tf.one_hot(tf.reshape(chosen, [-1]), count), axis=0)])
    return tf.exp(-tf.reduce_sum(tf.math.xlogy(shares, shares)))
