"""Networks. One file per model; its functions named in `easel.config.presets` (generator, encoder, …) each build one.

They are functional Keras models of Keras's own layers, so that what is trained loads in a Python without Easel.
"""

from easel.runtime.console import import_quietly

import_quietly("keras")

import keras  # noqa: E402 (after the notes of its start-up have been caught)


def load(file: str) -> keras.Model:
    """A network that training left: generator.keras, encoder.keras or a snapshot."""
    return keras.models.load_model(file, compile=False)
