"""How many floating-point operations a training step needs, counted in multiplications and additions of its layers."""

from math import prod
from pathlib import Path

import keras
from pydantic import TypeAdapter

from easel.config.presets import Gan
from easel.study import read_yaml
from easel.training import networks

ROOT = Path(__file__).parents[1]


def per_image(preset: str, image_size: int = 32) -> float:
    """FLOP per training image of a GAN whose networks both learn from one pass of real and of generated images.

    A layer costs the same forward, for its kernel's gradient and for its input's gradient; the first layer of a
    network needs the last only where something before it learns. Element-wise work is not counted.
    """
    settings = TypeAdapter(Gan).validate_python(read_yaml(ROOT / f"config/presets/{preset}.yaml", ROOT))
    generator, discriminator = (
        [cost for layer in networks.build(name, settings, image_size).layers if (cost := forward(layer))]
        for name in ("generator", "discriminator")
    )
    generated = 3 * sum(generator) - generator[0]
    judged = 2 * (3 * sum(discriminator) - discriminator[0])  # real and generated images, for the discriminator
    return generated + judged + sum(discriminator)  # and what the generator learns, through the discriminator


def forward(layer: keras.Layer) -> float:
    """FLOP of one image through a layer; 0 for what has no kernel."""
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return 2.0 * prod(layer.input.shape[1:3]) * prod(layer.kernel.shape)
    if isinstance(layer, keras.layers.Conv2D):
        return 2.0 * prod(layer.output.shape[1:3]) * prod(layer.kernel.shape)
    return 2.0 * prod(layer.kernel.shape) if isinstance(layer, keras.layers.Dense) else 0.0
