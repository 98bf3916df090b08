"""A run's player: player.json, what a page needs to know, and player.bin, the weights of its networks."""

from typing import Any

import keras
import numpy as np

from easel.images import LARGE
from easel.models.batch_statistics import all_layers
from easel.player.codes import carried
from easel.player.networks import encoder_program, generator_programs
from easel.player.packing import OF_LARGE_IMAGES, TooLarge, pack
from easel.player.plan import Unplayable
from easel.player.samples import directions_of, loss
from easel.sampling import Samples


def make_player(
    generator: keras.Model,
    encoder: keras.Model | None,  # of an autoencoder
    samples: Samples,
    test_images: np.ndarray | None,  # uint8 (N, H, W, 3), for an autoencoder
    classes: list[str] | None,  # of a conditional generator
) -> tuple[dict[str, Any], bytes]:
    """The content of player.json and player.bin; of a network that cannot be played, why not, and nothing."""
    try:
        programs = generator_programs(generator)
        encoding = None if encoder is None else encoder_program(encoder)
        room = {"most": OF_LARGE_IMAGES} if samples.images.shape[1] > LARGE else {}
        packed = pack(programs | ({"encoder": encoding} if encoding else {}), **room)
    except Unplayable as error:
        return {"unplayable": {"why": "layer", "layer": error.layer, "type": error.kind}}, b""
    except TooLarge:
        return {"unplayable": {"why": "size", "parameters": generator.count_params()}}, b""
    return {
        "unplayable": None,
        "image_shape": list(samples.images.shape[1:]),
        "classes": classes,
        "batch_normalised": any(isinstance(each, keras.layers.BatchNormalization) for each in all_layers(generator)),
        "parameters": sum(each.weights for each in packed.rounded.values()),
        "bits": sorted({8 * np.dtype(each["type"]).itemsize for each in packed.tensors if len(each["shape"]) > 1}),
        "programs": packed.programs,
        "tensors": packed.tensors,
        "loss": loss(packed.rounded, samples),
        "directions": directions_of(programs, samples),
        "codes": carried(encoding, test_images) if encoding and test_images is not None else None,
    }, packed.block
