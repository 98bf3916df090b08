"""Compute the cost of presets by width and size of images: the operations of a training step, the parameters, and the
values that layers put out.

    .venv/bin/python benchmarks/flops.py [preset …]

prints the key `cost:` of every file in config/presets/, or of some. Operations are the multiplications and additions of
layers with a kernel; element-wise operations and attention's products, which are few, are not counted.
"""

import sys
from math import prod
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from easel.config.models import model_of
from easel.config.presets import Gan, Preset, Rae, Vae, VaeGan, VqVae
from easel.runtime.lean_keras import import_keras
from easel.study.files import read_yaml
from easel.training import networks

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)

ROOT = Path(__file__).parents[1]
PRESETS = sorted((ROOT / "config/presets").glob("*.yaml"))
CLASSES = 10  # of conditional networks
SIZES = (32, 64, 128, 256)


def main() -> None:
    for preset in sys.argv[1:] or [file.stem for file in PRESETS]:
        print(f"{preset}\ncost:")
        for size in SIZES:
            if size in model_of(read(preset).model).sizes:
                print(f"  at_{size}:")
                found = cost(preset, size)
                for name, law in found.growth.items():
                    print(f"    {name}: {{linear: {law[0]:.4g}, quadratic: {law[1]:.4g}}}")
                print(f"    megavalues: {found.megavalues:.4g}")


class Cost(NamedTuple):
    """The key `cost` of a preset at a size of images."""

    growth: dict[str, tuple[float, float]]
    """(linear, quadratic) of MFLOP per image and of millions of parameters, fitted at two widths, the preset's own and
    twice that."""
    megavalues: float
    """Millions of values per image and channel of the preset's own width."""


def cost(preset: str, image_size: int) -> Cost:
    """What a preset costs for images of a size."""
    settings = read(preset)
    widths = settings.width, 2 * settings.width
    at = [settings.model_copy(update={"width": width}) for width in widths]
    growth = {
        "megaflops": law(widths, [of_step(each, image_size) / 1e6 for each in at]),
        "megaparameters": law(widths, [parameters(each, image_size) / 1e6 for each in at]),
    }
    return Cost(growth, values(settings, image_size) / 1e6 / settings.width)


def law(widths: tuple[int, int], values: list[float]) -> tuple[float, float]:
    """(linear, quadratic), so that linear · width + quadratic · width² is the value at both widths."""
    narrow, wide = (value / width for value, width in zip(values, widths, strict=True))
    quadratic = (wide - narrow) / (widths[1] - widths[0])
    return narrow - quadratic * widths[0], quadratic


def read(preset: str) -> Preset:
    """A preset of config/presets/."""
    return TypeAdapter(Preset).validate_python(read_yaml(ROOT / f"config/presets/{preset}.yaml", ROOT))


def per_image(preset: str, image_size: int = 32) -> float:
    """FLOP per training image of a preset's step."""
    return of_step(read(preset), image_size)


def of_step(settings: Preset, image_size: int = 32) -> float:
    """FLOP per training image.

    A layer costs the same for its output, its kernel's gradient and its input's gradient. The first layer of a network
    needs the last only if the gradient goes on to another network.
    """
    costs = {name: forward_of(name, settings, image_size) for name in settings.networks}
    whole = {name: sum(layers) for name, layers in costs.items()}
    learns = {name: 3 * whole[name] - layers[0] for name, layers in costs.items() if layers}  # from its own input
    match settings:
        case Gan():
            generator, discriminator = whole["generator"], whole["discriminator"]
            # Both learn from one pass of real and generated images, the generator in every n_dis-th step.
            every = generator + 2 * learns["discriminator"]
            generator_update = learns["generator"] - generator + discriminator
            # A gradient at images is one backward pass, and its own gradient two more. The gradient penalty needs
            # another forward pass, for images between real and generated ones.
            gradient_norm = 3 * discriminator
            between = learns["discriminator"] + gradient_norm if settings.gradient_penalty else 0
            norms = gradient_norm * (bool(settings.r1) + bool(settings.r2))
            consistency = 2 * learns["discriminator"] if settings.bcr else 0  # of moved images, real and generated
            return every + generator_update / settings.n_dis + between + norms + consistency
        case Vae() | Rae():
            return learns["encoder"] + 3 * whole["decoder"]
        case VqVae():
            return learns["encoder"] + 3 * whole["decoder"] + 3 * whole["prior"]
        case VaeGan():
            # The encoder learns through decoder and discriminator, the decoder of two batches through the
            # discriminator, and that of three; each has gradients of its own.
            encoder = learns["encoder"] + whole["decoder"] + whole["discriminator"]
            decoder = 2 * learns["decoder"] + 2 * whole["discriminator"]
            return encoder + decoder + 3 * learns["discriminator"]


def parameters(settings: Preset, image_size: int = 32) -> int:
    """The number of parameters of all networks."""
    return sum(built(name, settings, image_size).count_params() for name in settings.networks)


def values(settings: Preset, image_size: int = 32) -> int:
    """The number of values that the layers of all networks put out for an image."""
    every = (layer for name in settings.networks for layer in built(name, settings, image_size).layers)
    return sum(prod(tensor.shape[1:]) for layer in every for tensor in keras.tree.flatten(layer.output))


def built(network: str, settings: Preset, image_size: int) -> keras.Model:
    """A network of a preset."""
    classes = CLASSES if settings.is_conditional else 0
    return networks.build(network, settings, image_size, classes=classes)


def forward_of(network: str, settings: Preset, image_size: int) -> list[float]:
    """FLOP of one image through each layer with a kernel, in order."""
    layers = built(network, settings, image_size).layers
    return [cost for layer in layers if (cost := forward(layer))]


def forward(layer: keras.Layer) -> float:
    """FLOP of one image through a layer; 0 for layers without a kernel."""
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return 2.0 * prod(layer.input.shape[1:3]) * prod(layer.kernel.shape)
    if isinstance(layer, keras.layers.Conv2D):
        return 2.0 * prod(layer.output.shape[1:3]) * prod(layer.kernel.shape)
    if isinstance(layer, keras.layers.GRU):  # at each position, from the input and from the state
        return 2.0 * layer.output.shape[1] * (prod(layer.cell.kernel.shape) + prod(layer.cell.recurrent_kernel.shape))
    return (
        2.0 * prod(layer.output.shape[1:-1]) * prod(layer.kernel.shape)
        if isinstance(layer, keras.layers.Dense)
        else 0.0
    )


if __name__ == "__main__":
    main()
