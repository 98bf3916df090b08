"""The judge `random`: a convolutional network of random weights, which is never trained.

It sees colour and texture, and knows nothing of objects, so it cannot have learnt the same as a generator. It takes
from the dataset only the deviation of each of its features, by which they are divided (`networks.balancing_scales`).

The weights are uniform in -1..1, scaled for each filter: the upper 53 bits of each number of NumPy's Philox generator
with the seed as its key, which are the same in every version of NumPy and on every machine, unlike its normal numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from easel import judges
from easel.config.judges.random import STAGES, RandomSettings

if TYPE_CHECKING:
    import keras
    import numpy as np

BIAS = 0.3  # largest bias, so that filters respond at different strengths
BRIGHT = 2  # of every so many filters one sees how bright its place is; the others only differences between places


def make(settings: RandomSettings, dataset: Path, weights: Path, label: str, threads: int, gpus: int) -> dict[str, Any]:
    """Draw the weights, and scale the features by their deviations over training images."""
    from easel import keras_files
    from easel.data.prepared import load_split
    from easel.judges.networks import balancing_scales
    from easel.runtime.files import read_json
    from easel.training.devices import use_devices

    use_devices(threads, gpus, label)
    data, images = read_json(dataset), load_split(dataset.parent, "train").images
    shape = tuple(data["image_shape"])
    scales = balancing_scales(network(shape, settings.width, settings.seed), images)
    drawn = network(shape, settings.width, settings.seed, scales)
    keras_files.save(drawn, weights)
    return {
        "dataset": data["name"], "image_shape": data["image_shape"], "feature_dim": settings.feature_dim,
        "parameters": drawn.count_params(),
    }  # fmt: skip


def network(
    image_shape: tuple[int, int, int], width: int, seed: int, scales: "np.ndarray | None" = None
) -> "keras.Model":
    """Images float32 (B, H, W, C) in -1..1 to [features (B, 8·width)].

    Four stages of one convolution each, at the full resolution and at a half, a quarter and an eighth of it. scales:
    of the features.
    """
    import keras

    from easel.judges.networks import joined, pooled

    numbers = uniform(seed)
    images = keras.Input(image_shape, name="images")
    x, stages = images, []
    for stage in range(STAGES):
        if stage:
            x = keras.layers.AveragePooling2D(2)(x)  # of the image's edges, too: convolutions see zeros beyond them
        kernel, bias = filters(numbers, x.shape[-1], width), BIAS * numbers((width,))
        convolution = keras.layers.Conv2D(width, 3, padding="same", activation="relu", name=f"stage_{stage + 1}")
        x = convolution(x)
        convolution.set_weights([kernel, bias])
        stages.append(pooled(x))
    return keras.Model(images, [joined(stages, scales)], name="random")


def filters(numbers: Callable[[tuple[int, ...]], "np.ndarray"], channels: int, count: int) -> "np.ndarray":
    """A kernel float64 (3, 3, channels, count) whose squares sum to 2 for each filter, as He et al. 2015 have it.

    The first of every BRIGHT filters sees brightness. The weights of the others have the mean 0 over each channel, so
    they see only differences between places.
    """
    import numpy as np

    kernel = numbers((3, 3, channels, count))
    level = kernel.mean(axis=(0, 1), keepdims=True)
    level[..., ::BRIGHT] = 0.0
    kernel -= level
    return kernel / np.sqrt(np.square(kernel).sum(axis=(0, 1, 2)) / 2)


def uniform(seed: int) -> Callable[[tuple[int, ...]], "np.ndarray"]:
    """A function that gives the next numbers in -1..1 in an array of a shape, float64."""
    import numpy as np

    bits = np.random.Philox(key=seed)

    def numbers(shape: tuple[int, ...]) -> np.ndarray:
        raw = bits.random_raw(int(np.prod(shape)))
        return ((raw >> np.uint64(11)) * 2.0**-52 - 1.0).reshape(shape)

    return numbers


def load(weights: Path) -> judges.Judge:
    """The network as a judge."""
    from easel.judges.networks import NetworkJudge, load_network

    return NetworkJudge(load_network(weights))


@dataclass(frozen=True)
class RandomFacts(judges.Facts, kind="random"):
    """The seed of random weights."""

    seed: int


def facts(record: Mapping[str, Any]) -> RandomFacts:
    """The judge's facts, from its random.json."""
    return RandomFacts(record["settings"]["seed"])
