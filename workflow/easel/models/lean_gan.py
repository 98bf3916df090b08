"""A GAN for short time budgets: a DCGAN's generator, and a discriminator that computes nothing at full resolution.

Every layer of the generator is conditioned on latents and class, as in BigGAN, which costs next to nothing. Each of the
discriminator's convolutions halves the resolution, except the last, which sees the whole image. It is designed for
spectral normalisation, under which the logits of real and generated images hardly differ at first, so that the
generator learns little; each activation is therefore tripled (a scale in each layer, as in Lin et al. 2021, arXiv
2009.02773). The auxiliary classifier's layer is normalised, too, so that its logits stay small.
"""

import keras
from keras import layers

from easel.models.blocks import conditional_batch_norm, labels_input, network, projection_logits
from easel.models.stages import channels_at, resolutions

CLASS = 32  # length of a class embedding
SCALE = 3.0
# DCGAN's. A configuration and not an initialiser, whose one seed, drawn on import, all layers would share.
SMALL = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.02}}


def generator(image_size: int, latent_dim: int, width: int, classes: int) -> keras.Model:
    """Latents float32 (B, latent_dim) and, if conditional, labels int32 (B,) to images float32
    (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input() if classes else None
    condition = layers.Concatenate()([latents, layers.Embedding(classes, CLASS)(labels)]) if classes else latents
    start, *finer = resolutions(image_size)
    channels = channels_at(start, image_size, width)
    x = layers.Dense(start * start * channels, use_bias=False, kernel_initializer=SMALL)(latents)
    x = layers.Reshape((start, start, channels))(x)
    x = layers.ReLU()(conditional_batch_norm(x, condition, kernel_initializer=SMALL))
    for size in finer:
        channels = channels_at(size, image_size, width)
        x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False, kernel_initializer=SMALL)(x)
        x = layers.ReLU()(conditional_batch_norm(x, condition, kernel_initializer=SMALL))
    x = layers.Conv2D(3, 3, padding="same", kernel_initializer=SMALL)(x)
    return network(latents, labels, layers.Activation("tanh", dtype="float32")(x), "generator")


def discriminator(image_size: int, width: int, classes: int, aux_classifier_weight: float) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 and, if conditional, labels int32 (B,) to logits
    float32 (B, 1), high for real; with an auxiliary classifier (B, 1 + classes), the others for the classes."""
    images = keras.Input((image_size, image_size, 3), name="images")
    labels = labels_input() if classes else None
    x = images
    for size in reversed(resolutions(image_size)[:-1]):
        x = _activated(layers.Conv2D(channels_at(size, image_size, width), 4, 2, padding="same")(x))
    x = _activated(layers.Conv2D(2 * x.shape[-1], 3, padding="same")(x))
    logits = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    features = layers.GlobalAveragePooling2D()(x)
    logits = projection_logits(logits, features, labels, classes)
    if aux_classifier_weight:
        class_logits = layers.Dense(classes, dtype="float32")(features)
        logits = layers.Concatenate(dtype="float32")([logits, class_logits])
    return network(images, labels, logits, "discriminator")


def _activated(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Rescaling(SCALE)(layers.LeakyReLU(0.2)(x))
