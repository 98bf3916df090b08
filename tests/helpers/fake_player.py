"""A made-up player: networks of a few steps with random weights, in the form that docs/files.md gives."""

from pathlib import Path
from typing import Any

import numpy as np

from easel.player.codes import carried
from easel.player.packing import pack
from easel.player.plan import Linear, Program, Step
from easel.player.samples import directions_of, drawn_by, loss
from easel.runtime.files import write_json
from easel.sampling import Samples

COARSE = (8, 8, 3)  # an image before it is enlarged


def write_player(
    folder: Path,
    names: dict[str, Any],  # of the run
    latent_dim: int,
    test_images: np.ndarray | None = None,  # of an autoencoder
    classes: list[str] | None = None,  # of a conditional network: three, whose images are red, green and blue
) -> None:
    """Write player.json and player.bin of an untrained network."""
    random = np.random.default_rng([latent_dim, len(names["run"])])
    programs = {"decoder": conditional_decoder(latent_dim, random) if classes else decoder(latent_dim, random)}
    if test_images is not None:
        programs["encoder"] = encoder(latent_dim, random)
    latents = random.standard_normal((200, latent_dim), np.float32)
    labels = np.arange(len(latents)) % len(classes) if classes else None
    samples = Samples(drawn_by(programs, latents, labels), latents, labels)
    packed = pack(programs)
    write_json(
        folder / "player.json",
        {
            **names, "unplayable": None, "image_shape": [32, 32, 3], "classes": classes,
            "batch_normalised": False,
            "parameters": sum(each.weights for each in programs.values()), "bits": [16],
            "programs": packed.programs, "tensors": packed.tensors, "loss": loss(packed.rounded, samples),
            "directions": directions_of(programs, samples),
            "codes": None if test_images is None else carried(programs["encoder"], test_images),
        },
    )  # fmt: skip
    (folder / "player.bin").write_bytes(packed.block)


def decoder(latent_dim: int, random: np.random.Generator) -> Program:
    """Latents to eight by eight pixels, enlarged."""
    enlarge = Step("upsample", [1], 2, (32, 32, 3), {"input": COARSE, "factors": [4, 4], "bilinear": True})
    return Program(
        {"latents": (0, (latent_dim,))},
        [dense(latent_dim, COARSE, random, 0, 1, {"kind": "tanh"}), enlarge],
        {"images": 2},
    )


def conditional_decoder(latent_dim: int, random: np.random.Generator) -> Program:
    """The same, with the class's colour added to what is enlarged."""
    enlarge = Step("upsample", [4], 5, (32, 32, 3), {"input": COARSE, "factors": [4, 4], "bilinear": True})
    colours = Step("embedding", [1], 3, COARSE[2:], weights={"table": 5 * np.eye(3, dtype=np.float32)})
    add = Step("add", [2, 3], 4, COARSE, activation={"kind": "tanh"})
    return Program(
        {"latents": (0, (latent_dim,)), "labels": (1, ())},
        [dense(latent_dim, COARSE, random, 0, 2, None), colours, add, enlarge],
        {"images": 5},
    )


def encoder(latent_dim: int, random: np.random.Generator) -> Program:
    """Images, reduced to eight by eight pixels, to codes and their log variance."""
    reduce = Step("pool", [0], 1, COARSE, {"input": (32, 32, 3), "size": 4})
    outputs = [dense(192, (latent_dim,), random, 1, value, None) for value in (2, 3)]
    return Program({"images": (0, (32, 32, 3))}, [reduce, *outputs], {"codes": 2, "log_variance": 3})


def dense(
    inputs: int, shape: tuple[int, ...], random: np.random.Generator, value: int, output: int, activation: Any
) -> Step:
    """A dense layer that keeps the size of numbers."""
    count = int(np.prod(shape))
    kernel = random.standard_normal((inputs, count), np.float32) / np.sqrt(np.float32(inputs))
    geometry = Linear((1, 1, inputs), (1, 1, count), 1, 1, [{"at": [0, 0], "taps": [[0, 0]]}])._asdict()
    weights = {"kernel": kernel, "bias": np.zeros(count, np.float32)}
    return Step("linear", [value], output, shape, {"geometry": geometry}, weights, activation)
