"""The prior of an autoencoder's codes: N(0, 1), or a mixture of Gaussians that is fitted to the codes afterwards.

Fitting afterwards is ex-post density estimation (Ghosh et al. 2020, arXiv 1903.12436, section 4). Either way the
exported networks take and give latents from N(0, 1): the mixture is the generator's first layers, and its inverse
the encoder's last ones.
"""

import warnings
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers, ops

from easel.config.presets import Autoencoder
from easel.images import per_call, to_float
from easel.training.objectives import Networks, ObjectiveBase

FIT_NUMBERS = 2**22  # in the codes that a prior is fitted to, at most: 32,768 codes of 128 numbers take a second a step
QUICK_FIT_IMAGES = 1_000  # for a progress picture
BATCH = 500
STREAM = 7  # of random numbers, for the choice of images, samples of their posteriors and the held-out codes
HELD_OUT, MOST_HELD_OUT = 0.05, 2_500  # share and largest number of the codes that judge the fit
FEW = 20  # codes: no more than these are all fitted to, and judge the fit as well
STEPS, MOST_STEPS = 5, 100  # of expectation maximisation: between two looks at the held-out codes, and in all
GAIN = (
    0.1  # nats per code by which a look must rise; every snapshot has a fit of its own, so the last digits cost hours
)
REGULARISATION = 1e-6  # added to the variances, so that dimensions that no image uses can be sampled, too
TAIL = 1e-7  # the share of a component at either end within which latents are clipped


class Autoencoding(ObjectiveBase):
    """Sampling from an encoder and a decoder, with or without a fitted prior."""

    sampler = "decoder"

    def __init__(self, settings: Autoencoder):
        is_fitted = settings.prior == "gaussian_mixture"
        self.mixture = Mixture(settings.latent_dim, settings.components) if is_fitted else None

    def fit(self, network: Networks, images: np.ndarray, labels: np.ndarray | None, seed: int, quick: bool) -> None:
        """Fit the mixture, if there is one, to the codes of training images; quick: a single Gaussian, to few of them.

        The codes are samples of the images' posteriors, where an encoder gives posteriors.
        """
        if self.mixture is None:
            return
        count = QUICK_FIT_IMAGES if quick else FIT_NUMBERS // self.mixture.latent_dim
        codes = codes_of(network("encoder"), images, seed, count)
        if quick:
            self.mixture.assign(single_gaussian(codes))
            return
        gaussians, self.fitted = gaussian_mixture(codes, self.mixture.components, seed)
        self.mixture.assign(gaussians)

    def to_images(self, network: Networks) -> keras.Model:
        decoder = network("decoder")
        if not self.mixture:
            return decoder
        latents = keras.Input(decoder.input_shape[1:], name="latents")
        return keras.Model(latents, decoder(self.mixture.colour(latents)), name="generator")

    def to_latents(self, network: Networks) -> keras.Model:
        encoder = network("encoder")
        if not self.mixture:
            return encoder
        images = keras.Input(encoder.input_shape[1:], name="images")
        return keras.Model(images, self.mixture.whiten(code_of(encoder(images))), name="encoder")


class Gaussians(NamedTuple):
    """A mixture of k Gaussians in D dimensions."""

    weights: np.ndarray
    """(k,)"""
    means: np.ndarray
    """(k, D)"""
    covariances: np.ndarray
    """(k, D, D)"""


def codes_of(encoder: keras.Model, images: np.ndarray, seed: int, count: int) -> np.ndarray:
    """The codes of at most `count` of the images, chosen by the seed: float64 (count, latent_dim).

    Where the encoder gives a posterior, a code is a sample of it, as means alone are less spread than what the decoder
    has learned from.
    """
    random = np.random.default_rng([seed, STREAM])
    chosen = np.sort(random.choice(len(images), min(count, len(images)), replace=False))  # a file is read in its order
    parts = []
    together = per_call(BATCH, images.shape[1])
    for part in (chosen[start : start + together] for start in range(0, len(chosen), together)):
        outputs = encoder(to_float(images[part]), training=False)
        codes = np.float64(code_of(outputs))
        if isinstance(outputs, list | tuple):
            codes += np.exp(0.5 * np.float64(outputs[1])) * random.standard_normal(codes.shape)
        parts.append(codes)
    return np.concatenate(parts)


def code_of(outputs):
    """The code among an encoder's outputs: the mean, if they are a posterior's mean and log variance."""
    return outputs[0] if isinstance(outputs, list | tuple) else outputs


def single_gaussian(codes: np.ndarray) -> Gaussians:
    """The Gaussian of codes (N, D)."""
    centred = codes - codes.mean(axis=0)
    covariance = centred.T @ centred / len(codes) + REGULARISATION * np.eye(codes.shape[1])
    return Gaussians(np.ones(1), codes.mean(axis=0)[None], covariance[None])


def gaussian_mixture(codes: np.ndarray, components: int, seed: int) -> tuple[Gaussians, dict[str, Any]]:
    """A mixture of Gaussians fitted to codes (N, D), and a snapshot's entry `prior` in train.json.

    There are `components` Gaussians, or fewer if each would have fewer than two codes. They begin at the clusters that
    k-means finds. Expectation maximisation runs while the log-likelihood of held-out codes rises, and the fit with the
    highest is kept: that of the codes fitted to goes on rising when components shrink around single codes.
    """
    from sklearn.exceptions import ConvergenceWarning  # imported here because it takes a second
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    codes = np.random.default_rng([seed, STREAM, 1]).permutation(codes)
    held_out = min(int(HELD_OUT * len(codes)), MOST_HELD_OUT) if len(codes) > FEW else 0
    judging, fitting = codes[:held_out] if held_out else codes, codes[held_out:]
    model = GaussianMixture(
        max(1, min(components, len(fitting) // 2)),
        tol=0.0,
        max_iter=STEPS,
        reg_covar=REGULARISATION,
        random_state=seed,
        warm_start=True,
    )
    best, best_steps, highest = single_gaussian(fitting), 0, -np.inf
    for steps in range(STEPS, MOST_STEPS + 1, STEPS):
        # On one thread, because the matrices are small: the threads of BLAS take turns and spin in between.
        with threadpool_limits(1), warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            model.fit(fitting)
            likelihood = model.score(judging)
        if likelihood > highest + GAIN:
            highest, best_steps = likelihood, steps
            best = Gaussians(model.weights_.copy(), model.means_.copy(), model.covariances_.copy())
        else:
            break
    return best, {
        "components": len(best.weights),
        "codes": len(fitting),
        "held_out": held_out,
        "steps": best_steps,
        "log_likelihood": float(highest),
    }


class Mixture:
    """The mixture Σₖ πₖ N(μₖ, Lₖ Lₖᵀ) as a network from N(0, 1), `colour`, and its inverse, `whiten`.

    With u = Φ(z₁), the component k is the one with cₖ ≤ u < cₖ + πₖ, where cₖ = π₁ + … + πₖ₋₁. Given k,
    (u - cₖ) / πₖ is uniform again, so with e₁ = Φ⁻¹((u - cₖ) / πₖ) in place of z₁ the code is μₖ + Lₖ e.
    `whiten` takes the most likely component for k. Only the outermost 1e-7 of e₁, beyond ±5.2, is lost.
    """

    def __init__(self, latent_dim: int, components: int):
        self.latent_dim, self.components = latent_dim, components
        self.layers = {
            "bounds": layers.Dense(components, dtype="float64", name="bounds"),  # u - (cₖ + πₖ)
            "intervals": layers.Embedding(components, 2, dtype="float64", name="intervals"),  # cₖ, πₖ
            "means": layers.Embedding(components, latent_dim, dtype="float32", name="means"),
            "factors": layers.Embedding(components, latent_dim**2, dtype="float32", name="factors"),
            "back": layers.Dense(components * latent_dim, dtype="float32", name="back"),  # Lₖ⁻¹ (code - μₖ), for all k
            "likelihoods": layers.Dense(components, dtype="float32", name="likelihoods"),
        }
        self.colour, self.whiten = self._colour(), self._whiten()
        self.assign(Gaussians(np.ones(1), np.zeros((1, latent_dim)), np.eye(latent_dim)[None]))

    def assign(self, gaussians: Gaussians) -> None:
        """Set the mixture: at most `components` Gaussians."""
        weights, means, covariances = gaussians
        missing = self.components - len(weights)
        factors = np.linalg.cholesky(covariances)
        back = np.linalg.inv(factors)
        ends = np.cumsum(weights)
        ends[-1] = 1.0
        starts = np.concatenate([[0.0], ends[:-1]])
        likelihoods = np.log(weights) - np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
        values = {
            "bounds": [np.ones((1, self.components)), -_padded(ends, missing, 1.0)],
            "intervals": [_padded(np.stack([starts, ends - starts], axis=1), missing, 1.0)],
            "means": [_padded(means, missing)],
            "factors": [_padded(factors.reshape(len(weights), -1), missing)],
            "back": [
                _padded(back, missing).transpose(2, 0, 1).reshape(self.latent_dim, -1),
                -_padded(np.einsum("kij,kj->ki", back, means), missing).reshape(-1),
            ],
            "likelihoods": [np.eye(self.components), _padded(likelihoods, missing, -1e30)],
        }
        for name, arrays in values.items():
            self.layers[name].set_weights(arrays)

    def _colour(self) -> keras.Model:
        """Latents float32 (B, D) from N(0, 1) to codes float32 (B, D) of the mixture."""
        latents = keras.Input((self.latent_dim,), name="latents")
        u = normal_cdf(latents[:, :1])
        past = ops.sum(ops.cast(self.layers["bounds"](u) > 0, "int32"), axis=1)
        component = ops.minimum(past, self.components - 1)  # u rounds to 1 for large z₁
        interval = self.layers["intervals"](component)
        within = normal_quantile(ops.clip((u - interval[:, :1]) / interval[:, 1:], TAIL, 1 - TAIL))
        noise = ops.concatenate([within, latents[:, 1:]], axis=1)
        factor = ops.reshape(self.layers["factors"](component), (-1, self.latent_dim, self.latent_dim))
        coloured = ops.squeeze(ops.matmul(factor, ops.expand_dims(noise, -1)), -1)
        return keras.Model(latents, self.layers["means"](component) + coloured, name="mixture")

    def _whiten(self) -> keras.Model:
        """Codes float32 (B, D) to a list: latents float32 (B, D), and the component int32 (B,) they were computed with,
        the most likely one."""
        codes = keras.Input((self.latent_dim,), name="codes")
        noises = ops.reshape(self.layers["back"](codes), (-1, self.components, self.latent_dim))
        likelihoods = self.layers["likelihoods"](-0.5 * ops.sum(ops.square(noises), axis=2))
        component = ops.argmax(likelihoods, axis=1)
        noise = ops.squeeze(ops.take_along_axis(noises, component[:, None, None], axis=1), 1)
        interval = self.layers["intervals"](component)
        within = ops.clip(normal_cdf(noise[:, :1]), TAIL, 1 - TAIL)
        first = normal_quantile(interval[:, :1] + interval[:, 1:] * within)
        latents = ops.concatenate([first, noise[:, 1:]], axis=1)
        return keras.Model(codes, [latents, component], name="whitening")


def _padded(array: np.ndarray, missing: int, value: float = 0.0) -> np.ndarray:
    """An array of components, padded with `missing` more that are never chosen."""
    return np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1), constant_values=value)


def normal_cdf(numbers: keras.KerasTensor) -> keras.KerasTensor:
    """Φ, the share of N(0, 1) below each number, in float64: float32 cannot resolve shares near 1."""
    return 0.5 * (1.0 + ops.erf(ops.cast(numbers, "float64") / 2**0.5))


def normal_quantile(shares: keras.KerasTensor) -> keras.KerasTensor:
    """Φ⁻¹ of shares in float64, as float32."""
    return ops.cast(2**0.5 * ops.erfinv(2.0 * shares - 1.0), "float32")
