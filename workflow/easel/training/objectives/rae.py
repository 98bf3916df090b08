"""The objective of regularised autoencoders (Ghosh et al. 2020, arXiv 1903.12436, equations 7 to 11, with L2)."""

from collections.abc import Callable

import keras
import tensorflow as tf

from easel.config.presets import Rae
from easel.training import replicas
from easel.training.batches import Batch
from easel.training.likelihoods import gaussian
from easel.training.optimizers import adam
from easel.training.priors import Autoencoding
from easel.training.schedule import Schedule


class Objective(Autoencoding):
    """Encoder and decoder minimise reconstruction + embedding_penalty · ½‖z‖² + decoder_penalty · ‖θ‖².

    The reconstruction is half the squared error (nats per image), z an image's code, and θ the kernels of the decoder's
    layers, without biases and normalisation. (The authors' code leaves out that of the first, dense layer, too.)
    Nothing pulls the codes towards N(0, 1): their prior is fitted afterwards.
    """

    metrics = ("loss", "reconstruction", "embedding")

    def __init__(self, build: Callable[[str], keras.Model], settings: Rae, schedule: Schedule):
        super().__init__(settings)
        self.settings = settings
        self.encoder = build("encoder")
        self.decoder = build("decoder")
        self.kernels = [each for each in self.decoder.trainable_variables if each.name == "kernel"]
        self.networks = {"encoder": self.encoder, "decoder": self.decoder}
        self.optimizers = {"rae": adam(settings, settings.learning_rate, schedule.last, self.encoder, self.decoder)}

    def step(self, batch: Batch, update_generator: bool = True) -> list[tf.Tensor]:
        """Train on one batch; see `ObjectiveBase`."""
        with tf.GradientTape() as tape:
            codes = self.encoder(batch.images, training=True)
            reconstruction = gaussian(batch.images, self.decoder(codes, training=True))
            embedding = 0.5 * tf.reduce_mean(tf.reduce_sum(codes**2, axis=1))
            weights = tf.add_n([tf.reduce_sum(tf.square(kernel)) for kernel in self.kernels])
            penalties = self.settings.embedding_penalty * embedding + self.settings.decoder_penalty * weights
            loss = reconstruction + penalties
            scaled = self.optimizers["rae"].scale_loss(loss)
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        replicas.apply(self.optimizers["rae"], tape.gradient(scaled, variables), variables)
        return [loss, reconstruction, embedding]
