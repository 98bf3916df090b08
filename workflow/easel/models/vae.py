"""The VAE of the Keras example: two strided convolutions, a bottleneck of 16 numbers, and their mirror image.

After https://keras.io/examples/generative/vae/, for RGB images.
"""

import keras
from keras import layers


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = layers.Conv2D(width, 3, 2, padding="same", activation="relu")(images)
    x = layers.Conv2D(2 * width, 3, 2, padding="same", activation="relu")(x)
    x = layers.Dense(width // 2)(layers.Flatten()(x))
    # Leaky, where the example has a ReLU: with some seeds all sixteen of its units die in the first steps, above all
    # on photographs, and the decoder then outputs one grey image for good.
    x = layers.LeakyReLU(0.2)(x)
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    start = image_size // 4
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(start * start * 2 * width, activation="relu")(latents)
    x = layers.Reshape((start, start, 2 * width))(x)
    x = layers.Conv2DTranspose(2 * width, 3, 2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(width, 3, 2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(3, 3, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")
