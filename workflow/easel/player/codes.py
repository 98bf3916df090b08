"""What each number of an autoencoder's code carries, measured on test images."""

from typing import Any

import numpy as np

from easel.images import to_float
from easel.metrics.elbo import kl_of_latents
from easel.player.plan import Program
from easel.player.reference import run

IMAGES = 500


def carried(encoder: Program, images: np.ndarray) -> dict[str, Any]:
    """The entry `codes` of player.json.

    images: test images, uint8 (N, H, W, 3), of which the first IMAGES count. Of each number of the code, `centre` is
    its mean over the images, `deviation` its standard deviation, and `kl`, in nats and of a VAE only, the mean
    divergence of its posterior from N(0, 1): the more, the more of the image the number carries.
    """
    found = run(encoder, {"images": to_float(images[:IMAGES])})
    means = found["codes"].astype(np.float64)
    entry = {"images": len(means), "centre": means.mean(axis=0), "deviation": means.std(axis=0), "kl": None}
    if "log_variance" in found:
        entry["kl"] = kl_of_latents(means, found["log_variance"]).mean(axis=0)
    return {name: np.round(each, 5).tolist() if isinstance(each, np.ndarray) else each for name, each in entry.items()}
