"""The TensorFlow tutorial's loop: tutorial_loop.py IMAGES.npy THREADS BATCH_SIZE

As https://www.tensorflow.org/tutorials/generative/dcgan trains: float32 images through tf.data, one tf.function
call for a step, two gradient tapes, Adam of Keras. The networks are those of `tutorial_dcgan`.
"""

import sys
from collections.abc import Callable

import numpy as np
from contestant import serve

from easel.models import tutorial_dcgan
from easel.runtime.lean_keras import import_keras
from easel.training.devices import use_threads

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402

LATENT_DIM, WIDTH, BATCH_SIZE = 100, 64, 256


def prepare(
    images: np.ndarray,  # uint8 (N, H, W, 3)
    seed: int,
    batch_size: int = BATCH_SIZE,
) -> tuple[keras.Model, keras.Model, Callable[[], tf.Tensor]]:
    """The generator, the discriminator, and a function that takes one step."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_tensor_float_32_execution(True)  # TensorFlow's default, which `use_threads` turns off
    real = (images.astype(np.float32) - 127.5) / 127.5
    dataset = tf.data.Dataset.from_tensor_slices(real).shuffle(len(real)).batch(batch_size, drop_remainder=True)
    batches = iter(dataset.repeat())
    generator = tutorial_dcgan.generator(real.shape[1], LATENT_DIM, WIDTH)
    discriminator = tutorial_dcgan.discriminator(real.shape[1], WIDTH)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    generator_optimizer, discriminator_optimizer = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)

    @tf.function
    def train_step(batch):
        noise = tf.random.normal([batch_size, LATENT_DIM])
        with tf.GradientTape() as generator_tape, tf.GradientTape() as discriminator_tape:
            generated = generator(noise, training=True)
            real_logits = discriminator(batch, training=True)
            fake_logits = discriminator(generated, training=True)
            generator_loss = cross_entropy(tf.ones_like(fake_logits), fake_logits)
            discriminator_loss = cross_entropy(tf.ones_like(real_logits), real_logits) + cross_entropy(
                tf.zeros_like(fake_logits), fake_logits
            )
        for tape, loss, network, optimizer in (
            (generator_tape, generator_loss, generator, generator_optimizer),
            (discriminator_tape, discriminator_loss, discriminator, discriminator_optimizer),
        ):
            gradients = tape.gradient(loss, network.trainable_variables)
            optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return discriminator_loss

    return generator, discriminator, lambda: train_step(next(batches))


def main(images: str, threads: str, batch_size: str) -> None:
    use_threads(int(threads))
    *_, take_step = prepare(np.load(images), 0, int(batch_size))

    def work() -> int:
        for _ in range(2):
            loss = take_step()
        loss.numpy()  # wait for a GPU
        return 2 * int(batch_size)

    serve(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
