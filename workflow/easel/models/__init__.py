"""Networks: one file per model, with a function per network (generator, discriminator, encoder, …); blocks.py holds the
layers that several models share.

`easel.config.models` declares what each function takes, so that a preset is checked without importing TensorFlow; its
docstring says how to add a model. Every network is a functional Keras model of Keras's own layers, so that a trained
one loads without Easel. Easel swaps in faster layers while it trains (`easel.training.layers`). Images are in -1..1,
and outputs are float32 under every dtype policy.
"""

from pathlib import Path

from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after its start-up messages are caught)


def load(file: str | Path) -> keras.Model:
    """Load a trained network: generator.keras, encoder.keras or a snapshot."""
    return keras.models.load_model(file, compile=False)
