"""Judge autoencoders: their reconstructions of test images, and a VAE's bound of the test log-likelihood."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from easel import sampling
from easel.config.presets import Preset, Vae
from easel.evaluation.metrics_row import ComparedWith, row
from easel.images import grid, to_float, to_uint8
from easel.metrics import elbo
from easel.metrics.estimate import Estimate, StandardError
from easel.metrics.image_similarity import mse, psnr, ssim
from easel.runtime.errors import EaselError
from easel.runtime.records import Caveat

WINDOW = 11  # pixels: SSIM has no value for smaller images
BY_PIXELS = {"judge": None, "judge_facts": None}


@dataclass(frozen=True)
class GaussianDensity(Caveat, kind="gaussian_density"):
    """The ELBO is of a density, of pixels in -1..1 under Gaussians of unit variance: it is no log-probability."""


@dataclass(frozen=True)
class LaplaceDensity(Caveat, kind="laplace_density"):
    """The ELBO is of a density, of pixels in -1..1 under Laplace distributions of unit scale."""


@dataclass(frozen=True)
class BinarisedPixels(Caveat, kind="binarised_pixels"):
    """The ELBO is of pixels binarised at random, each 1 with its value as the probability, and not of 8-bit pixels."""


@dataclass(frozen=True)
class UnitVarianceBits(Caveat, kind="unit_variance_bits"):
    """Bits per dimension that the likelihood's unit variance takes even for a perfect reconstruction."""

    bits: float


@dataclass(frozen=True)
class ExactReconstructions(Caveat, kind="exact_reconstructions"):
    """PSNR is a mean without the images that were reconstructed exactly, whose PSNR is infinite."""

    exact: int
    n: int


UNIT_VARIANCE_BITS = float(elbo.bits_per_dimension(-0.5 * np.log(2 * np.pi), 1))
CAVEATS: dict[tuple[str, str], Caveat] = {
    ("elbo", "gaussian"): GaussianDensity(),
    ("elbo", "laplace"): LaplaceDensity(),
    ("elbo", "bernoulli"): BinarisedPixels(),
    ("bits_per_dimension", "gaussian"): UnitVarianceBits(round(UNIT_VARIANCE_BITS, 2)),
}
"""By metric and likelihood."""


def overview(
    encoder: Callable, generator: Callable, images: np.ndarray, rows: int = 4, columns: int = 10
) -> np.ndarray:
    """The picture reconstructions.png: a row of images, below it their reconstructions, and so on.

    images: test images, uint8 (N, H, W, 3), of which the first rows · columns are shown.
    """
    originals = np.array(images[: rows * columns])
    decoded = sampling.reconstruct(encoder, generator, originals)
    starts = range(0, len(originals), columns)
    return grid(
        np.concatenate([part[start : start + columns] for start in starts for part in (originals, decoded)]), columns
    )


def judge(
    encoder: Callable,  # images float32 (B, H, W, 3) in -1..1 -> latents (B, D) and more; a VAE's: mean, log variance
    generator: Callable,  # latents float32 (B, D) -> images float32 (B, H, W, 3) in -1..1
    images: np.ndarray,  # test images, uint8 (N, H, W, 3)
    settings: Preset,  # the run's, of an autoencoder
    seed: int = 0,
    advance: Callable[[int], Any] | None = None,  # called with the number of images judged since the last call
) -> list[dict[str, Any]]:
    """Rows of metrics.json, each a mean over the test images with its standard error.

    Of images that were encoded, decoded (from the posterior's mean) and rounded to uint8: `reconstruction_mse` (on the
    scale 0..1), `psnr` (dB), and `ssim` where images are large enough for it. A VAE also has `elbo`, the evidence lower
    bound in nats per image, from one latent sample of each posterior, seeded, and an analytic KL divergence; its
    standard error includes that sampling. `bits_per_dimension` is the same bound where the likelihood is Gaussian or of
    8-bit levels; see `easel.metrics.elbo`. Other families have no bound: a VAE-GAN's reconstruction error is of a
    discriminator's features, and the codes of the rest have no posterior. A VAE that samples from a fitted mixture has
    none either, as its bound would be that of another prior.

    PSNR is infinite for an exact reconstruction; such images are left out of its mean, with a caveat.

    Raises EaselError where a network's output is not finite.
    """
    random = np.random.default_rng([seed, sampling.POSTERIORS])
    likelihood: str | None = None
    log_likelihood: Callable | None = None
    if isinstance(settings, Vae) and settings.prior == "standard_normal":
        likelihood, log_likelihood = settings.likelihood, log_likelihood_of(settings)
    parts = []
    for batch in sampling.batches(images, sampling.images_per_call(generator)):
        parts.append(judge_batch(encoder, generator, batch, log_likelihood, random))
        if advance:
            advance(len(batch))
    found = {metric: np.concatenate([part[metric] for part in parts]) for metric in parts[0]}
    if likelihood == "gaussian":
        found["bits_per_dimension"] = elbo.bits_per_dimension(found["elbo"], images[0].size)
    elif likelihood == "discretised_logistic":
        found["bits_per_dimension"] = -found["elbo"] / (images[0].size * np.log(2))
    rows = [row_of(metric, values, likelihood) for metric, values in found.items()]
    return [each for each in rows if each["n"]]


def judge_batch(
    encoder: Callable,
    generator: Callable,
    images: np.ndarray,
    log_likelihood: Callable | None,  # a VAE's: (images, decoder outputs) -> nats per image
    random: np.random.Generator,
) -> dict[str, np.ndarray]:
    """The values of each metric, float64 (B,), by its name."""
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
        with np.errstate(over="ignore"):  # `require_finite` reports an infinite deviation
            latents = mean + np.exp(0.5 * log_variance) * noise
            require_finite("encoder", latents)
            kl = elbo.kl_divergence(mean, log_variance)
        found["elbo"] = log_likelihood(inputs, decode(generator, latents)) - kl
    return found


def log_likelihood_of(settings: Vae) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """The function (images, decoder outputs) -> nats per image of a VAE's likelihood; see `easel.metrics.elbo`."""
    if settings.likelihood == "discretised_logistic":
        return partial(elbo.discretised_logistic, scale=settings.scale)
    return {"gaussian": elbo.gaussian, "bernoulli": elbo.bernoulli, "laplace": elbo.laplace}[settings.likelihood]


def decode(generator: Callable, latents: np.ndarray) -> np.ndarray:
    """Images float32 (B, H, W, 3) of latents float32 (B, D), checked to be finite."""
    images = np.asarray(generator(latents, training=False), np.float32)
    require_finite("generator", images)
    return images


def require_finite(network: str, outputs: np.ndarray) -> None:
    """Raise EaselError if any number is not finite. network: `encoder` or `generator`."""
    bad = np.count_nonzero(~np.isfinite(outputs.reshape(len(outputs), -1)).all(axis=1))
    if bad:
        raise EaselError(
            f"{network}.keras: its outputs for {bad:,} of {len(outputs):,} test images are not finite numbers, so the "
            "network is broken; delete the run's state, lower its learning_rate and train it again"
        )


def row_of(metric: str, values: np.ndarray, likelihood: str | None = None) -> dict[str, Any]:
    """A row of metrics.json from a metric's values, float64 (N,), one of each image."""
    images = len(values)
    caveats: list[Caveat] = []
    if metric == "psnr" and (exact := np.count_nonzero(np.isinf(values))):
        values = values[np.isfinite(values)]
        caveats.append(ExactReconstructions(int(exact), images))
    if likelihood and (caveat := CAVEATS.get((metric, likelihood))):
        caveats.append(caveat)
    n = len(values)
    error = StandardError(float(values.std(ddof=1) / np.sqrt(n))) if n > 1 else None
    estimate = Estimate(float(values.mean()), error) if n else None
    against = ComparedWith("test", images)
    made = row("reconstructions", metric, estimate, n, against, BY_PIXELS, [each.as_json() for each in caveats])
    # Bounds of different likelihoods do not compare.
    return made | ({"likelihood": likelihood} if metric in ("elbo", "bits_per_dimension") else {})
