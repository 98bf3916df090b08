"""The VAE of the Keras example: two strided convolutions, a bottleneck of 16 numbers, and their mirror image.

After https://keras.io/examples/generative/vae/, for RGB images. Those of 128×128 and 256×256 add stages at the fine
end, with half as many channels each (`stages`).
"""

import keras
from keras import layers

from easel.models.stages import channels_at, full_size, resolutions


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to the posterior's mean and log variance,
    both float32 (B, latent_dim)."""
    images = keras.Input((image_size, image_size, 3), name="images")
    x = images
    for size in reversed(_resolutions(image_size)[1:]):  # before it is halved
        x = layers.Conv2D(channels_at(size, image_size, width), 3, 2, padding="same", activation="relu")(x)
    x = layers.Dense(width // 2)(layers.Flatten()(x))
    # Leaky, where the example has a ReLU: with some seeds all sixteen of its units die in the first steps, above all
    # on photographs, and the decoder then outputs one grey image for good.
    x = layers.LeakyReLU(0.2)(x)
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    start, *finer = _resolutions(image_size)
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(start * start * 2 * width, activation="relu")(latents)
    x = layers.Reshape((start, start, 2 * width))(x)
    for size in finer:
        x = layers.Conv2DTranspose(channels_at(size, image_size, width), 3, 2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(3, 3, padding="same")(x)
    return keras.Model(latents, layers.Activation("tanh", dtype="float32")(x), name="decoder")


def _resolutions(image_size: int) -> list[int]:
    """The resolutions of both networks: 8, 16 and 32 at 32×32, 16, 32 and 64 at 64×64."""
    return resolutions(image_size, full_size(image_size) // 4)
