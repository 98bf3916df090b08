"""The programs of a trained run.

| program | from | to |
| --- | --- | --- |
| `prior` | latents | the codes of an autoencoder; only where a prior was fitted to them |
| `decoder` | codes (latents, where there is no prior), and labels of a conditional network | images in -1..1 |
| `encoder` | images | codes (the mean), and of a VAE their log variance |

The generator is the decoder after the prior. An autoencoder's code is what its encoder gives and its decoder takes; a
generator with a fitted prior takes latents in its place.
"""

import keras
import numpy as np

from easel.player.layers import refusal, step
from easel.player.plan import Program, Shape
from easel.player.tracing import Trace, merged, shape_of, traced
from easel.sampling.truncation import MIXTURE
from easel.training.codes import UNIFORM

Programs = dict[str, Program]


def generator_programs(generator: keras.Model) -> Programs:
    """The prior, if there is one, and the decoder of a trained generator. Raises Unplayable."""
    if any(layer.name == "one_position" for layer in generator.layers):
        return code_programs(generator)
    if not any(layer.name == MIXTURE for layer in generator.layers):
        return {"decoder": traced(generator, "images")}
    whole = traced(generator, "images")
    first, *others = whole.steps
    prior = Program(whole.inputs, [first], {"codes": first.output})
    return {"prior": prior, "decoder": Program({"codes": (first.output, first.shape)}, others, whole.outputs)}


def code_programs(generator: keras.Model) -> Programs:
    """Those of a VQ-VAE (`easel.training.codes`): the recurrent prior's codes, and the decoder of codes."""
    position, codebook, decoder = (nested(generator, name) for name in ("one_position", "codebook", "decoder"))
    latents, embedding = shape_of(generator.inputs[0]), codebook.get_layer("entries")
    return {"prior": recurrent_prior(position, latents), "decoder": decoder_of_codes(decoder, embedding, latents)}


def nested(network: keras.Model, name: str) -> keras.Model:
    """A network within another one, by its name."""
    return next(layer for layer in network.layers if isinstance(layer, keras.Model) and layer.name == name)


def recurrent_prior(position: keras.Model, latents: Shape) -> Program:
    """The prior of codes, from the network of one position."""
    cell = next(layer for layer in position.layers if type(layer).__name__ == "GRUCell")
    if not cell.reset_after or cell.activation.__name__ != "tanh" or cell.recurrent_activation.__name__ != "sigmoid":
        raise refusal(cell)
    kernel, recurrent_kernel, biases = cell.get_weights()
    logits_kernel, logits_bias = position.get_layer("logits").get_weights()
    tables = {name: position.get_layer(name).get_weights()[0] for name in ("left", "above", "position")}
    prior = step(
        "codes", latents, {"side": round(latents[0] ** 0.5), "uniform": UNIFORM}, **tables,
        kernel=kernel, bias=biases[0], recurrent_kernel=recurrent_kernel, recurrent_bias=biases[1],
        logits_kernel=logits_kernel, logits_bias=logits_bias,
    )  # fmt: skip
    prior.inputs, prior.output = [0], 1
    return Program({"latents": (0, latents)}, [prior], {"codes": 1})


def decoder_of_codes(decoder: keras.Model, codebook: keras.layers.Embedding, latents: Shape) -> Program:
    """The decoder of a VQ-VAE's codes."""
    trace = Trace()
    codes = trace.number()
    table = np.asarray(codebook.embeddings)
    entries = trace.add(step("embedding", (*latents, table.shape[1]), table=table), [codes])
    (images,) = trace.network(decoder, [entries])
    return merged(Program({"codes": (codes, latents)}, trace.steps, {"images": images}))


def encoder_program(encoder: keras.Model) -> Program | None:
    """The encoder of an autoencoder, up to the code; None for codes that are discrete. Raises Unplayable.

    Where a prior was fitted, the trained encoder is a network inside the one that gives latents.
    """
    if any(layer.name == "nearness" for layer in encoder.layers):
        return None
    inside = [layer for layer in encoder.layers if isinstance(layer, keras.Model) and layer.name != "whitening"]
    whole = inside[0] if inside else encoder
    return traced(whole, *("codes", "log_variance")[: len(whole.outputs)])
