"""A GAN for little time: a DCGAN's generator, and a discriminator that computes nothing at full size.

The generator's every layer is told latents and class, as BigGAN's are, which costs next to nothing. Each of the
discriminator's convolutions halves the resolution, the first included, and the last sees the whole image. It is made
for spectral normalisation, under which logits of real and of generated images hardly differ at first, so that the
generator learns little; so each of its activations is tripled (a scale in each layer, as in Lin et al. 2021, arXiv
2009.02773); the head that names classes is normalised, too, so that its logits stay small. What was tried stands in
docs/presets.md.
"""

import keras
from keras import layers

from easel.models.blocks import conditional_batch_norm, labels_input, network, projection_logits

CLASS = 32  # numbers in the embedding of a class
SCALE = 3.0
# A DCGAN's. A description and no initialiser, which would draw its seed when this file is imported, one for all layers.
SMALL = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.02}}


def generator(image_size: int, latent_dim: int, width: int, classes: int) -> keras.Model:
    """Latents float32 (B, latent_dim) and, if told classes, labels int32 (B,) to images float32
    (B, image_size, image_size, 3) in -1..1."""
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input() if classes else None
    condition = layers.Concatenate()([latents, layers.Embedding(classes, CLASS)(labels)]) if classes else latents
    channels = width * image_size // 4
    x = layers.Dense(4 * 4 * channels, use_bias=False, kernel_initializer=SMALL)(latents)
    x = layers.Reshape((4, 4, channels))(x)
    x = layers.ReLU()(conditional_batch_norm(x, condition, kernel_initializer=SMALL))
    while x.shape[1] < image_size:
        channels //= 2
        x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False, kernel_initializer=SMALL)(x)
        x = layers.ReLU()(conditional_batch_norm(x, condition, kernel_initializer=SMALL))
    x = layers.Conv2D(3, 3, padding="same", kernel_initializer=SMALL)(x)
    return network(latents, labels, layers.Activation("tanh", dtype="float32")(x), "generator")


def discriminator(image_size: int, width: int, classes: int, aux_classifier_weight: float) -> keras.Model:
    """Images float32 (B, image_size, image_size, 3) in -1..1 and, if told classes, labels int32 (B,) to logits
    float32 (B, 1), high for real; if it is to classify, (B, 1 + classes), the others high for the image's class."""
    images = keras.Input((image_size, image_size, 3), name="images")
    labels = labels_input() if classes else None
    x, channels = images, width
    while x.shape[1] > 4:
        channels *= 2
        x = _activated(layers.Conv2D(channels, 4, 2, padding="same")(x))
    x = _activated(layers.Conv2D(2 * channels, 3, padding="same")(x))
    logits = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    features = layers.GlobalAveragePooling2D()(x)
    logits = projection_logits(logits, features, labels, classes)
    if aux_classifier_weight:
        named = layers.Dense(classes, dtype="float32")(features)
        logits = layers.Concatenate(dtype="float32")([logits, named])
    return network(images, labels, logits, "discriminator")


def _activated(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Rescaling(SCALE)(layers.LeakyReLU(0.2)(x))
