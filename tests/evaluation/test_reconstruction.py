"""Evaluation of autoencoders: rows against direct computations, and a model with a known evidence."""

import json

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import norm

from easel import sampling
from easel.config.presets import Preset
from easel.evaluation import reconstruction
from easel.images import grid, to_float, to_uint8
from easel.metrics.image_similarity import mse, psnr, ssim
from easel.runtime.errors import EaselError
from easel.training import likelihoods
from easel.training.divergences import kl_from_standard_normal

SIDE, LATENTS = 12, 3
VAE = {
    "model": "vae", "family": "vae", "latent_dim": LATENTS, "width": 4, "epochs": 1.0, "batch_size": 4,
    "learning_rate": 1e-3,
}  # fmt: skip
VAE_GAN = VAE | {"model": "vae_gan", "family": "vae_gan", "reconstruction_weight": 0.01}


def settings_of(**keys):
    return TypeAdapter(Preset).validate_python(VAE | keys)


@pytest.fixture(scope="module")
def images():
    """uint8 (30, 12, 12, 3)."""
    return np.random.default_rng(0).integers(0, 256, (30, SIDE, SIDE, 3), np.uint8)


@pytest.fixture(scope="module")
def networks():
    """An encoder and a decoder, untrained."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((SIDE, SIDE, 3))
    flat = keras.layers.Flatten()(inputs)
    parts = [keras.layers.Dense(LATENTS)(flat), keras.layers.Dense(LATENTS, bias_initializer="ones")(flat)]
    latents = keras.Input((LATENTS,))
    decoded = keras.layers.Dense(SIDE * SIDE * 3, activation="tanh")(latents)
    return keras.Model(inputs, parts), keras.Model(latents, keras.layers.Reshape((SIDE, SIDE, 3))(decoded))


def by_metric(rows):
    return {row["metric"]: row for row in rows}


def mean_and_error(values):
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


def posterior_sample(encoder, images, seed):
    """Mean, log variance and a sample, as the seed has it."""
    mean, log_variance = (np.array(part) for part in encoder(to_float(images), training=False))
    noise = np.random.default_rng([seed, sampling.POSTERIORS]).standard_normal(mean.shape, np.float32)
    return mean, log_variance, mean + np.exp(0.5 * log_variance) * noise


@pytest.mark.parametrize("settings", [VAE, VAE_GAN], ids=["vae", "vae_gan"])
def test_reconstructions_from_the_means(networks, images, settings):
    encoder, decoder = networks
    rows = by_metric(reconstruction.judge(encoder, decoder, images, TypeAdapter(Preset).validate_python(settings)))
    rebuilt = to_uint8(decoder(encoder(to_float(images))[0]))
    for name, metric in (("reconstruction_mse", mse), ("psnr", psnr), ("ssim", ssim)):
        value, error = mean_and_error(metric(images, rebuilt))
        assert rows[name]["value"] == pytest.approx(value, rel=1e-9)
        assert rows[name]["uncertainty"] == {"kind": "standard_error", "value": pytest.approx(error, rel=1e-9)}
    assert rows["psnr"] == {
        "of": "reconstructions", "metric": "psnr", "value": rows["psnr"]["value"],
        "uncertainty": rows["psnr"]["uncertainty"], "n": 30, "judge": None, "judge_facts": None,
        "reference_split": "test", "reference_n": 30, "caveats": [],
    }  # fmt: skip


def test_gaussian_bound(networks, images):
    """By SciPy's densities; the bits by the integral over each level's bin."""
    encoder, decoder = networks
    rows = by_metric(reconstruction.judge(encoder, decoder, images, settings_of(likelihood="gaussian"), seed=5))
    assert list(rows) == ["reconstruction_mse", "psnr", "ssim", "elbo", "bits_per_dimension"]
    mean, log_variance, latents = posterior_sample(encoder, images, 5)
    x, decoded = images / 127.5 - 1, np.array(decoder(latents), float)
    kl = 0.5 * (mean.astype(float) ** 2 + np.exp(log_variance.astype(float)) - 1 - log_variance).sum(axis=1)
    bounds = norm.logpdf(x, decoded).sum(axis=(1, 2, 3)) - kl
    np.testing.assert_allclose(
        (rows["elbo"]["value"], rows["elbo"]["uncertainty"]["value"]), mean_and_error(bounds), rtol=1e-5
    )
    mass = np.log(norm.cdf(x + 1 / 255, decoded) - norm.cdf(x - 1 / 255, decoded)).sum(axis=(1, 2, 3))
    bits = (kl - mass) / (SIDE * SIDE * 3) / np.log(2)
    found = rows["bits_per_dimension"]
    np.testing.assert_allclose(found["value"], bits.mean(), rtol=0, atol=2e-5)
    np.testing.assert_allclose(found["uncertainty"]["value"], mean_and_error(bits)[1], rtol=1e-3)
    assert found["caveats"] == [{"kind": "unit_variance_bits", "bits": 8.32}]
    assert rows["elbo"]["caveats"] == [{"kind": "gaussian_density"}]


def test_bernoulli_bound_has_a_caveat_and_no_bits(networks, images):
    encoder, decoder = networks
    rows = by_metric(reconstruction.judge(encoder, decoder, images, settings_of(likelihood="bernoulli"), seed=5))
    assert list(rows) == ["reconstruction_mse", "psnr", "ssim", "elbo"]
    mean, log_variance, latents = posterior_sample(encoder, images, 5)
    x, p = images / 255, (np.array(decoder(latents), float) + 1) / 2
    kl = 0.5 * (mean.astype(float) ** 2 + np.exp(log_variance.astype(float)) - 1 - log_variance).sum(axis=1)
    bounds = (x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3)) - kl
    np.testing.assert_allclose(
        (rows["elbo"]["value"], rows["elbo"]["uncertainty"]["value"]), mean_and_error(bounds), rtol=1e-5
    )
    assert rows["elbo"]["caveats"] == [{"kind": "binarised_pixels"}]


def test_a_vae_gan_has_no_bound(networks, images):
    rows = reconstruction.judge(*networks, images, TypeAdapter(Preset).validate_python(VAE_GAN))
    assert [row["metric"] for row in rows] == ["reconstruction_mse", "psnr", "ssim"]
    assert not any(row["caveats"] for row in rows)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli", "laplace", "discretised_logistic"])
def test_the_bound_is_the_negative_training_loss(networks, images, likelihood):
    """The negative loss of the objective at beta 1, but for the Gaussian's constant; beta itself changes nothing."""
    encoder, decoder = networks
    found = [
        by_metric(reconstruction.judge(encoder, decoder, images, settings_of(likelihood=likelihood, beta=beta)))
        for beta in (1.0, 0.1)
    ]
    assert found[0] == found[1]
    mean, log_variance, latents = posterior_sample(encoder, images, 0)
    error = likelihoods.likelihood_of(settings_of(likelihood=likelihood))(to_float(images), decoder(latents))
    loss = float(error) + float(np.sum(kl_from_standard_normal(mean, log_variance)))
    constant = {"gaussian": 0.5 * np.log(2 * np.pi), "laplace": np.log(2)}.get(likelihood, 0.0)
    assert found[0]["elbo"]["value"] == pytest.approx(-loss - constant * SIDE * SIDE * 3, rel=1e-5)


def test_bits_of_8_bit_levels_are_the_bound(networks, images):
    found = by_metric(
        reconstruction.judge(*networks, images, settings_of(likelihood="discretised_logistic", scale=0.2))
    )
    dimensions = SIDE * SIDE * 3
    assert found["bits_per_dimension"]["value"] == pytest.approx(-found["elbo"]["value"] / dimensions / np.log(2))
    assert found["bits_per_dimension"]["caveats"] == []


def test_a_vae_with_a_fitted_mixture_has_no_bound(networks, images):
    found = by_metric(reconstruction.judge(*networks, images, settings_of(prior="gaussian_mixture")))
    assert list(found) == ["reconstruction_mse", "psnr", "ssim"]


def test_the_bound_is_the_evidence_where_the_posterior_is_exact():
    """A linear Gaussian model: x = W z + b + noise, with orthogonal columns in W so that the posterior has a diagonal
    covariance, I / (1 + |w|²). Then the bound's mean over samples is log N(x; b, W Wᵀ + I), for any image."""
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (600, SIDE, SIDE, 3), np.uint8)
    pixels = SIDE * SIDE * 3
    lengths = np.array([0.5, 2.0, 6.0])
    weights = np.linalg.qr(random.normal(size=(pixels, LATENTS)))[0] * lengths
    bias = random.uniform(-0.2, 0.2, pixels)
    variance = 1 / (1 + lengths**2)

    def encoder(x, training):
        mean = (x.reshape(len(x), -1) - bias) @ weights * variance
        return mean, np.broadcast_to(np.log(variance), mean.shape)

    def decoder(z, training):
        return (z @ weights.T + bias).reshape(-1, SIDE, SIDE, 3)

    rows = by_metric(reconstruction.judge(encoder, decoder, images, settings_of(likelihood="gaussian")))
    covariance = weights @ weights.T + np.eye(pixels)
    centred = images.reshape(len(images), -1) / 127.5 - 1 - bias
    distances = np.sum(centred * np.linalg.solve(covariance, centred.T).T, axis=1)
    evidence = -0.5 * (distances + np.linalg.slogdet(covariance)[1] + pixels * np.log(2 * np.pi))
    assert rows["elbo"]["value"] == pytest.approx(evidence.mean(), abs=0.25)  # the samples' error is about 0.05
    off = by_metric(
        reconstruction.judge(
            lambda x, training: (encoder(x, training)[0] + 0.5, encoder(x, training)[1]),
            decoder,
            images,
            settings_of(likelihood="gaussian"),
        )
    )
    assert off["elbo"]["value"] < evidence.mean() - 1.0


def test_rows_follow_the_seed_and_not_the_batches(networks, images, monkeypatch):
    encoder, decoder = networks
    told = []
    rows = reconstruction.judge(encoder, decoder, images, settings_of(), seed=1, advance=told.append)
    assert told == [30]
    assert reconstruction.judge(encoder, decoder, images, settings_of(), seed=1) == rows
    other = by_metric(reconstruction.judge(encoder, decoder, images, settings_of(), seed=2))
    assert other["psnr"] == by_metric(rows)["psnr"]
    assert other["elbo"] != by_metric(rows)["elbo"]
    monkeypatch.setattr(sampling.networks, "BATCH", 7)
    for row, whole in zip(
        reconstruction.judge(encoder, decoder, images, settings_of(), seed=1, advance=told.append), rows, strict=True
    ):
        assert row["value"] == pytest.approx(whole["value"], rel=1e-5)
    assert told[1:] == [7, 7, 7, 7, 2]


def test_exact_reconstructions_are_left_out_of_the_mean_of_psnr(images):
    def encoder(x, training):
        return x.reshape(len(x), -1), np.zeros((len(x), SIDE * SIDE * 3), np.float32)

    def decoder(z, training):
        rebuilt = np.array(z).reshape(-1, SIDE, SIDE, 3)
        rebuilt[2:, 0, 0, 0] = -rebuilt[2:, 0, 0, 0]
        return rebuilt

    settings = TypeAdapter(Preset).validate_python(VAE_GAN)
    rows = reconstruction.judge(encoder, decoder, images, settings)
    found = by_metric(rows)["psnr"]
    assert (found["n"], found["reference_n"]) == (28, 30)
    assert found["caveats"] == [{"kind": "exact_reconstructions", "exact": 2, "n": 30}]
    assert np.isfinite(found["value"])
    json.dumps(rows, allow_nan=False)
    perfect = by_metric(reconstruction.judge(encoder, decoder, images[:2], settings))
    assert list(perfect) == ["reconstruction_mse", "ssim"]
    assert perfect["reconstruction_mse"]["value"] == 0.0


def test_small_images_have_no_ssim():
    small = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), np.uint8)
    rows = reconstruction.judge(
        lambda x, training: (np.zeros((len(x), 2)), np.zeros((len(x), 2))),
        lambda z, training: np.zeros((len(z), 8, 8, 3)),
        small,
        TypeAdapter(Preset).validate_python(VAE_GAN),
    )
    assert [row["metric"] for row in rows] == ["reconstruction_mse", "psnr"]


@pytest.mark.parametrize(
    ("network", "mean", "log_variance", "decoded"),
    [("encoder", np.nan, 0, 0), ("encoder", 0, 300, 0), ("encoder", 0, -np.inf, 0), ("generator", 0, 0, np.inf)],
)
def test_broken_networks_are_named(images, network, mean, log_variance, decoded):
    with pytest.raises(EaselError, match=rf"{network}\.keras: its outputs for 30 of 30 test images are not finite"):
        reconstruction.judge(
            lambda x, training: (np.full((len(x), 2), mean), np.full((len(x), 2), log_variance)),
            lambda z, training: np.full((len(z), SIDE, SIDE, 3), decoded),
            images,
            settings_of(),
        )


def test_a_single_number_that_is_not_finite_is_found():
    outputs = np.zeros((4, 3, 3, 3), np.float32)
    outputs[2, 1, 1, 0] = np.nan
    with pytest.raises(EaselError, match="outputs for 1 of 4 test images"):
        reconstruction.require_finite("generator", outputs)


# --- the picture -----------------------------------------------------------------------------------------


def test_the_picture_has_rows_of_images_each_above_its_reconstructions(networks, images):
    rebuilt = sampling.reconstruct(*networks, images[:6])
    rows = [images[:4], rebuilt[:4], images[4:6], rebuilt[4:6]]
    picture = reconstruction.overview(*networks, images[:6], rows=2, columns=4)
    np.testing.assert_array_equal(picture, grid(np.concatenate(rows), 4))
