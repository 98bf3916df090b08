"""The networks of `conv_vae` without the posterior's variance: one latent vector per image (Ghosh et al. 2020)."""

import keras

from easel.models import conv_vae


def encoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 to latents float32 (B, latent_dim)."""
    posterior = conv_vae.encoder(image_size, latent_dim, width)
    return keras.Model(posterior.input, posterior.outputs[0], name="encoder")


def decoder(image_size: int, latent_dim: int, width: int) -> keras.Model:
    """Latents float32 (B, latent_dim) to images float32 (B, image_size, image_size, 3) in -1..1."""
    return conv_vae.decoder(image_size, latent_dim, width)
