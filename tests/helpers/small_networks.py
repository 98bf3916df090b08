"""Small networks of every preset, as a training exports them; a network that is made once serves several tests."""

from functools import cache

import keras
from benchmarks import exports

from easel.exporting.conversion import Network
from easel.study.resolve import read_preset

COMPARED = 40


def different() -> list[str]:
    """The presets that build different networks: others share them, with other losses."""
    found: dict[tuple, str] = {}
    for preset in exports.PRESETS:
        settings = read_preset(exports.ROOT / f"config/presets/{preset}.yaml", exports.ROOT)
        kind = tuple(settings.get(key) for key in ("family", "model", "conditional", "prior"))
        found.setdefault(kind, preset)
    return list(found.values())


NAMES = different()


@cache
def small_networks(preset: str) -> list[Network]:
    """The generator and, of an autoencoder, the encoder, with inputs to compare outputs for."""
    return exports.networks_of(preset, COMPARED, images=300, width=4, latent_dim=16)


def doubled_in_64_bits() -> keras.Model:
    """A network with an operation that LiteRT lacks: latents float32 (B, 4) to images float32 (B, 1, 1, 4)."""
    latents = keras.Input((4,), name="latents")
    images = keras.ops.cast(2.0 * keras.ops.cast(latents, "float64"), "float32")
    return keras.Model(latents, keras.layers.Reshape((1, 1, 4))(images))
