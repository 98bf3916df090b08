"""Judging autoencoders: how well they rebuild test images, and how likely these are under a VAE."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from easel import sampling
from easel.config.presets import Preset, Vae
from easel.images import to_float, to_uint8
from easel.metrics import elbo
from easel.metrics.reconstruction import mse, psnr, ssim
from easel.runtime.errors import EaselError

WINDOW = 11  # pixels: SSIM has no value for smaller images
CAVEATS = {
    ("elbo", "gaussian"): "a log-density, of pixels on the scale -1..1 under Gaussians of unit variance",
    ("elbo", "laplace"): "a log-density, of pixels on the scale -1..1 under Laplace distributions of unit scale",
    ("elbo", "bernoulli"): (
        "of pixels made black or white at random with their value as the chance, which is what a Bernoulli likelihood "
        "is of; not of 8-bit pixels, and not to be compared with another likelihood's"
    ),
    ("bits_per_dimension", "gaussian"): (
        "the unit variance of the likelihood alone takes 8.32 bits; 8 would do for pixels drawn evenly"
    ),
}


def judge(
    encoder: Callable,  # images float32 (B, H, W, 3) in -1..1 -> latents (B, D) and more; a VAE's: mean, log variance
    generator: Callable,  # latents float32 (B, D) -> images float32 (B, H, W, 3) in -1..1
    images: np.ndarray,  # test images, uint8 (N, H, W, 3)
    settings: Preset,  # the run's, of an autoencoder
    seed: int = 0,
    advance: Callable[[int], Any] | None = None,  # called with the number of images judged since the last call
) -> list[dict[str, Any]]:
    """Rows in the form of metrics.json's, each a mean over the test images with its standard error.

    From images rebuilt from their latents (posteriors' means), rounded to uint8: `reconstruction_mse` (on the scale
    0..1), `psnr` (dB) and `ssim`, the last where images are large enough for it. Of a VAE, also `elbo`, the evidence
    lower bound in nats per image, from one sample of each posterior, drawn by the seed, and an analytic KL divergence;
    its standard error has the sampling in it. Where the likelihood is Gaussian or of 8-bit levels, also
    `bits_per_dimension`. What a figure is of, see `easel.metrics.elbo`. Other families have no bound: a VAE-GAN's
    reconstruction error is of a discriminator's features, and the codes of the rest have no posterior. Nor has a VAE
    that is sampled from a fitted mixture: its bound would be that of another prior.

    PSNR is infinite for what is rebuilt without any error; such images are left out of its mean, with a caveat.

    Raises EaselError where a network's output is not finite.
    """
    random = np.random.default_rng([seed, sampling.POSTERIORS])
    bounded = isinstance(settings, Vae) and settings.prior == "standard_normal"
    likelihood = settings.likelihood if bounded else None
    log_likelihood = log_likelihood_of(settings) if bounded else None
    parts = []
    for batch in sampling.batches(images):
        parts.append(judge_batch(encoder, generator, batch, log_likelihood, random))
        if advance:
            advance(len(batch))
    found = {metric: np.concatenate([part[metric] for part in parts]) for metric in parts[0]}
    if likelihood == "gaussian":
        found["bits_per_dimension"] = elbo.bits_per_dimension(found["elbo"], images[0].size)
    elif likelihood == "discretised_logistic":
        found["bits_per_dimension"] = -found["elbo"] / (images[0].size * np.log(2))
    rows = [row(metric, values, likelihood, CAVEATS.get((metric, likelihood), "")) for metric, values in found.items()]
    return [each for each in rows if each["n"]]


def judge_batch(
    encoder: Callable,
    generator: Callable,
    images: np.ndarray,
    log_likelihood: Callable | None,  # of images, given what the decoder makes of their latents; of a VAE
    random: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Each figure of each image, float64 (B,), by its name."""
    inputs = to_float(images)
    outputs = [np.asarray(part, np.float32).reshape(len(images), -1) for part in encoder(inputs, training=False)]
    require_finite("encoder", np.concatenate(outputs, axis=1))
    mean, log_variance = outputs
    rebuilt = to_uint8(decode(generator, mean))
    found = {"reconstruction_mse": mse(images, rebuilt), "psnr": psnr(images, rebuilt)}
    if min(images.shape[1:3]) >= WINDOW:
        found["ssim"] = ssim(images, rebuilt)
    if log_likelihood:
        noise = random.standard_normal(mean.shape, np.float32)
        with np.errstate(over="ignore"):  # an infinite deviation is told by what comes of it
            latents = mean + np.exp(0.5 * log_variance) * noise
            require_finite("encoder", latents)
            kl = elbo.kl_divergence(mean, log_variance)
        found["elbo"] = log_likelihood(inputs, decode(generator, latents)) - kl
    return found


def log_likelihood_of(settings: Vae) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Images and what the decoder gives to nats of each image; see `easel.metrics.elbo`."""
    if settings.likelihood == "discretised_logistic":
        return partial(elbo.discretised_logistic, scale=settings.scale)
    return {"gaussian": elbo.gaussian, "bernoulli": elbo.bernoulli, "laplace": elbo.laplace}[settings.likelihood]


def decode(generator: Callable, latents: np.ndarray) -> np.ndarray:
    """Images float32 (B, H, W, 3) of latents float32 (B, D), checked to be finite."""
    images = np.asarray(generator(latents, training=False), np.float32)
    require_finite("generator", images)
    return images


def require_finite(network: str, outputs: np.ndarray) -> None:
    """Refuse what no figure can be computed from."""
    bad = np.count_nonzero(~np.isfinite(outputs.reshape(len(outputs), -1)).all(axis=1))
    if bad:
        raise EaselError(
            f"{network}.keras: its outputs for {bad:,} of {len(outputs):,} test images are not finite numbers, so the "
            "network is broken; delete it, and lower the run's learning_rate before it is trained again"
        )


def row(metric: str, values: np.ndarray, likelihood: str | None = None, caveat: str = "") -> dict[str, Any]:
    """A row of metrics.json, of a figure of each image, float64 (N,)."""
    images = len(values)
    exact = np.count_nonzero(np.isinf(values)) if metric == "psnr" else 0
    if exact:
        values = values[np.isfinite(values)]
        caveat = f"without {exact:,} of {images:,} images, which were rebuilt exactly: their PSNR is infinite"
    n = len(values)
    found = {
        "of": "reconstructions",
        "metric": metric,
        "value": float(values.mean()) if n else None,
        "uncertainty": float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else None,
        "uncertainty_kind": "standard error of the mean over images",
        "n": n,
        "judge": None,
        "judge_note": None,
        "reference_split": "test",
        "reference_n": images,
    }
    if metric in ("elbo", "bits_per_dimension"):
        found["likelihood"] = likelihood  # bounds of different ones do not compare
    return found | ({"caveat": caveat} if caveat else {})
