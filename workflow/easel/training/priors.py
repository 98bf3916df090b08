"""The prior of an autoencoder's codes: N(0, 1), or a mixture of Gaussians that is fitted to the codes afterwards.

Fitting afterwards is ex-post density estimation (Ghosh et al. 2020, arXiv 1903.12436, section 4). Either way the
exported networks take and give latents from N(0, 1): the mixture is the generator's first layers, and its inverse
the encoder's last ones.
"""

import warnings
from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from easel.config.presets import Autoencoder
from easel.images import to_float
from easel.training.objectives import ObjectiveBase

FIT_IMAGES, QUICK_FIT_IMAGES = 10_000, 1_000  # training images whose codes a prior is fitted to
BATCH = 500
STREAM = 7  # of random numbers, for the choice of these images
REGULARISATION = 1e-6  # added to the variances, so that dimensions that no image uses can be sampled, too
TAIL = 1e-7  # the share of a component at either end within which latents are clipped


class Autoencoding(ObjectiveBase):
    """Sampling from an encoder and a decoder, with or without a fitted prior."""

    sampler = "decoder"

    def __init__(self, settings: Autoencoder):
        is_fitted = settings.prior == "gaussian_mixture"
        self.mixture = Mixture(settings.latent_dim, settings.components) if is_fitted else None

    def fit(self, network: Callable[[str], keras.Model], images: np.ndarray, seed: int, quick: bool) -> None:
        """Fit the mixture, if there is one, to the codes of some training images; quick: a single Gaussian."""
        if self.mixture:
            codes = codes_of(network("encoder"), images, seed, QUICK_FIT_IMAGES if quick else FIT_IMAGES)
            fit = single_gaussian(codes) if quick else gaussian_mixture(codes, self.mixture.components, seed)
            self.mixture.assign(*fit)

    def to_images(self, network: Callable[[str], keras.Model]) -> keras.Model:
        decoder = network("decoder")
        if not self.mixture:
            return decoder
        latents = keras.Input(decoder.input_shape[1:], name="latents")
        return keras.Model(latents, decoder(self.mixture.colour(latents)), name="generator")

    def to_latents(self, network: Callable[[str], keras.Model]) -> keras.Model:
        encoder = network("encoder")
        if not self.mixture:
            return encoder
        images = keras.Input(encoder.input_shape[1:], name="images")
        return keras.Model(images, self.mixture.whiten(code_of(encoder(images))), name="encoder")


def codes_of(encoder: keras.Model, images: np.ndarray, seed: int, count: int) -> np.ndarray:
    """The codes (posterior means) of at most `count` of the images, chosen by the seed: float64 (count, latent_dim)."""
    chosen = np.random.default_rng([seed, STREAM]).choice(len(images), min(count, len(images)), replace=False)
    chosen.sort()  # a file is read from its beginning to its end
    parts = [chosen[start : start + BATCH] for start in range(0, len(chosen), BATCH)]
    return np.concatenate([np.float64(code_of(encoder(to_float(images[part]), training=False))) for part in parts])


def code_of(outputs):
    """The code among an encoder's outputs: the mean, if they are a posterior's mean and log variance."""
    return outputs[0] if isinstance(outputs, list | tuple) else outputs


def single_gaussian(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The Gaussian of codes (N, D) as a mixture: weights (1,), means (1, D) and covariances (1, D, D)."""
    centred = codes - codes.mean(axis=0)
    covariance = centred.T @ centred / len(codes) + REGULARISATION * np.eye(codes.shape[1])
    return np.ones(1), codes.mean(axis=0)[None], covariance[None]


def gaussian_mixture(codes: np.ndarray, components: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A mixture of Gaussians fitted to codes (N, D): weights (K,), means (K, D) and covariances (K, D, D).

    K is `components`, or fewer if each would have fewer than two codes. Expectation maximisation runs until a step
    gains less than 0.01 nats per code, or for 20 steps, each of which takes seconds.
    """
    from sklearn.exceptions import ConvergenceWarning  # imported here because it takes a second
    from sklearn.mixture import GaussianMixture

    components = max(1, min(components, len(codes) // 2))
    model = GaussianMixture(components, tol=0.01, max_iter=20, reg_covar=REGULARISATION, random_state=seed)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        model.fit(codes)
    return model.weights_, model.means_, model.covariances_


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
        self.assign(np.ones(1), np.zeros((1, latent_dim)), np.eye(latent_dim)[None])

    def assign(self, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> None:
        """Set the mixture: weights (k,), means (k, D), covariances (k, D, D), with k ≤ `components`."""
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
