"""Export networks of every preset, and print how far the outputs of each file are from those of Keras.

python benchmarks/exports.py                    # every preset at its own width, in about 15 minutes on two cores
python benchmarks/exports.py dcgan vae_gan      # some of them

No network is trained: weights are those that a training starts from, with statistics of batch normalisation and a
fitted prior as at its end. The table is in docs/exporting.md.
"""

import argparse
import math
import tempfile
import time
from pathlib import Path

import numpy as np

from easel.config.datasets import SHAPES
from easel.config.presets import Preset
from easel.data import shapes
from easel.exporting.conversion import Network, convert
from easel.images import to_float
from easel.models.batch_statistics import all_layers
from easel.runtime.lean_keras import import_keras
from easel.study.files import adapter
from easel.study.resolve import read_preset
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)

ROOT = Path(__file__).parents[1]
PRESETS = sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml"))
IMAGES = 1_000
COMPARED = 100
FORMATS = ["onnx", "litert"]


def networks_of(
    preset: str,
    compared: int = COMPARED,  # images for which outputs are compared
    images: int = IMAGES,  # to which priors are fitted
    **overrides: object,  # settings other than the preset's
) -> list[Network]:
    """The generator of a preset and, of an autoencoder, its encoder, as a training exports them."""
    written = read_preset(ROOT / f"config/presets/{preset}.yaml", ROOT) | {"flip": False} | overrides
    settings = adapter(Preset).validate_python(written)
    split, _ = shapes.draw("train", images, 0)
    trainer = Trainer(split.images, settings, 0, "float32", labels=split.labels, classes=SHAPES)
    random = np.random.default_rng(0)
    for network in trainer.networks.values():
        fill(network, random)
    exported = trainer.exported()
    inputs = {"latents": random.standard_normal((compared, settings.latent_dim), np.float32)}
    if settings.is_conditional:
        inputs["labels"] = (np.arange(compared) % len(SHAPES)).astype(np.int32)
    normalise(exported["generator"], inputs)
    of_network = {"generator": inputs, "encoder": {"images": to_float(split.images[:compared])}}
    return [
        Network(name, network, of_network[name], exported["generator"] if name == "encoder" else None)
        for name, network in exported.items()
    ]


def fill(network: keras.Model, random: np.random.Generator) -> None:
    """Give kernels that start at 0, as those of attention do, random weights: nothing is to be left out."""
    for variable in network.trainable_variables:
        if len(variable.shape) > 1 and not np.any(variable):
            scale = 1 / math.sqrt(math.prod(variable.shape) / variable.shape[-1])
            variable.assign(scale * random.standard_normal(variable.shape))


def normalise(generator: keras.Model, inputs: dict[str, np.ndarray]) -> None:
    """Give batch normalisation the statistics of these inputs, as a training would."""
    for layer in all_layers(generator):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    generator(list(inputs.values()) if len(inputs) > 1 else inputs["latents"], training=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("presets", nargs="*", default=PRESETS)
    print("| preset | file | MB | largest difference | chose differently | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for preset in parser.parse_args().presets:
        networks = networks_of(preset)
        formats = [each for each in FORMATS if (preset, each) != ("vq_vae", "litert")]
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            for entry in convert(networks, formats, Path(folder)):
                size = (Path(folder) / entry["file"]).stat().st_size / 1e6
                print(
                    f"| {preset} | {entry['file']} | {size:.1f} | {entry['largest_difference']:.1e} "
                    f"| {entry['chose_differently']} of {entry['compared']} | {time.perf_counter() - start:.0f} |",
                    flush=True,
                )
                start = time.perf_counter()


if __name__ == "__main__":
    main()
