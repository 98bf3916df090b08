"""A fitted mixture as a network: its moments, its inverse, and that exported networks load without Easel."""

import subprocess

import keras
import numpy as np
import pytest
from helpers.warm_python import warm_python
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_info, threadpool_limits

from easel import keras_files
from easel.images import to_float
from easel.training import priors
from easel.training.record import write_outputs

WEIGHTS = np.array([0.2, 0.5, 0.3])
MEANS = np.array([[5.0, 0.0, 0.0], [-5.0, 1.0, 0.0], [0.0, -6.0, 2.0]])


@pytest.fixture(scope="module")
def covariances():
    roots = np.random.default_rng(0).normal(size=(3, 3, 3))
    return roots @ roots.transpose(0, 2, 1) + 0.2 * np.eye(3)


@pytest.fixture
def mixture(covariances):
    mixture = priors.Mixture(latent_dim=3, components=4)  # one more than is needed
    mixture.assign(priors.Gaussians(WEIGHTS, MEANS, covariances))
    return mixture


def test_normal_latents_become_the_mixture(mixture, covariances):
    latents = np.random.default_rng(1).standard_normal((200_000, 3), np.float32)
    codes = np.array(mixture.colour(latents))
    mean = WEIGHTS @ MEANS
    covariance = np.einsum("k,kij->ij", WEIGHTS, covariances + MEANS[:, :, None] * MEANS[:, None]) - np.outer(
        mean, mean
    )
    np.testing.assert_allclose(codes.mean(axis=0), mean, atol=0.05)
    np.testing.assert_allclose(np.cov(codes.T), covariance, atol=0.2)


def test_each_component_has_its_weight_and_its_gaussian(mixture, covariances):
    """The first latent dimension selects the component, and is uniform again within it."""
    bounds = [-9.0, -0.8416212, 0.5244005, 9.0]  # quantiles of 0.2 and 0.7
    latents = np.random.default_rng(2).standard_normal((200_000, 3), np.float32)
    codes = np.array(mixture.colour(latents))
    for k in range(3):
        own = codes[(latents[:, 0] > bounds[k]) & (latents[:, 0] < bounds[k + 1])]
        assert len(own) / len(codes) == pytest.approx(WEIGHTS[k], abs=0.005)
        np.testing.assert_allclose(own.mean(axis=0), MEANS[k], atol=0.05)
        np.testing.assert_allclose(np.cov(own.T), covariances[k], atol=0.1)


def test_whitening_is_the_inverse(mixture, covariances):
    random = np.random.default_rng(3)
    for k in range(3):
        codes = random.multivariate_normal(MEANS[k], covariances[k], 1000).astype(np.float32)
        latents, component = mixture.whiten(codes)
        assert set(np.array(component)) <= {0, 1, 2}
        np.testing.assert_allclose(mixture.colour(latents), codes, atol=1e-3)


def test_a_single_gaussian_leaves_the_first_dimension_unchanged():
    mixture = priors.Mixture(latent_dim=2, components=3)
    mixture.assign(priors.single_gaussian(np.array([[0.0, 1.0], [2.0, 1.0], [0.0, 3.0], [2.0, 3.0]])))
    latents = np.float32([[-6.0, 0.0], [0.0, 0.5], [1.5, -1.0], [6.0, 0.0]])
    expected = latents + np.array([1.0, 2.0])
    np.testing.assert_allclose(np.clip(mixture.colour(latents), -4.2, 6.2), np.clip(expected, -4.2, 6.2), atol=0.01)


def clusters(count: int, spread: float = 0.3) -> np.ndarray:
    """Codes (count, 2) in two clusters, one after the other."""
    random = np.random.default_rng(4)
    return np.concatenate([random.normal(mean, spread, (count // 2, 2)) for mean in (-3.0, 3.0)])


def test_a_fit_finds_clusters_and_is_reproducible():
    codes = clusters(400)
    (one, record), (other, _) = (priors.gaussian_mixture(codes, 2, seed=5) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(np.sort(one.means[:, 0]), [-3.0, 3.0], atol=0.1)
    entropy = np.log(2) + 2 * (0.5 * np.log(2 * np.pi * np.e) + np.log(0.3))
    assert record.pop("log_likelihood") == pytest.approx(-entropy, abs=0.3)
    assert {key: record[key] for key in record if key != "steps"} == {"components": 2, "codes": 380, "held_out": 20}


def test_a_fit_takes_one_thread(monkeypatch):
    """Threads of BLAS spin while they wait for each other: thirty times the CPU time, where other jobs run."""
    threads = []

    def fit(model, codes):
        threads.append({pool["num_threads"] for pool in threadpool_info()})
        return original(model, codes)

    original = GaussianMixture.fit
    monkeypatch.setattr(GaussianMixture, "fit", fit)
    with threadpool_limits(2):
        priors.gaussian_mixture(np.random.default_rng(0).normal(size=(500, 3)), components=2, seed=0)
        assert {2} == {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    assert threads
    assert all(each == {1} for each in threads)


@pytest.mark.parametrize("count", [2, 5, 20, 21])
def test_few_codes_have_few_components(count):
    found, record = priors.gaussian_mixture(clusters(40)[:count], 10, seed=0)
    assert len(found.weights) == record["components"] == max(1, record["codes"] // 2)
    assert np.isfinite(record["log_likelihood"])
    assert record["held_out"] == (1 if count == 21 else 0)


def test_a_fit_ends_when_held_out_codes_become_less_likely(monkeypatch):
    """More components than the codes support: their own log-likelihood only rises, that of others soon falls."""
    codes = np.random.default_rng(6).normal(size=(300, 8))
    _, record = priors.gaussian_mixture(codes, 20, seed=0)
    monkeypatch.setattr(priors, "GAIN", -1e6)  # never stop
    _, longer = priors.gaussian_mixture(codes, 20, seed=0)
    assert record["steps"] < longer["steps"] == 100
    assert record["log_likelihood"] > longer["log_likelihood"]


def test_a_fit_goes_on_while_held_out_codes_become_more_likely(monkeypatch):
    """A narrow cluster within a wide one, which k-means parts elsewhere."""
    random = np.random.default_rng(7)
    codes = np.concatenate([random.normal(0.0, spread, (2_000, 2)) for spread in (0.2, 5.0)])
    found, record = priors.gaussian_mixture(codes, 2, seed=0)
    np.testing.assert_allclose(sorted(np.sqrt(found.covariances[:, 0, 0])), [0.2, 5.0], rtol=0.2)
    monkeypatch.setattr(priors, "MOST_STEPS", priors.STEPS)
    _, short = priors.gaussian_mixture(codes, 2, seed=0)
    assert record["steps"] > short["steps"]
    assert record["log_likelihood"] > short["log_likelihood"] + 0.1


def test_codes_are_samples_of_posteriors(images):
    """All images' codes, with the deviation that the encoder gives; means of an encoder without posteriors."""

    def encoder(batch, training):
        mean = np.zeros((len(batch), 500), np.float32)
        return [mean, np.full_like(mean, np.log(4.0))]

    codes = priors.codes_of(encoder, images, seed=0, count=1_000)
    assert codes.shape == (len(images), 500)
    assert codes.std() == pytest.approx(2.0, rel=0.02)
    assert len(np.unique(codes[:, 0])) == len(images)
    np.testing.assert_array_equal(codes, priors.codes_of(encoder, images, seed=0, count=1_000))
    assert (
        priors.codes_of(lambda batch, training: encoder(batch, training)[0], images, 0, 10) == np.zeros((10, 500))
    ).all()


PLAIN = """\
import keras, numpy, sys
generator, encoder = (keras.models.load_model(sys.argv[1] + name + ".keras") for name in ("", "-encoder"))
assert "easel" not in sys.modules
images = numpy.load(sys.argv[2])
numpy.save(sys.argv[3], generator(encoder(images)[0]))
"""


@pytest.mark.parametrize(
    ("preset", "keys"),
    [
        ("conv_vae", {"prior": "gaussian_mixture"}),
        ("rae", {}),
        ("vae_gan", {"prior": "gaussian_mixture"}),
        ("vq_vae", {"latent_dim": 16}),
    ],
)
def test_exported_networks_reconstruct_images_without_easel(preset, keys, training_of, images, tmp_path):
    training = training_of(preset, epochs=1, **keys)
    training.run()
    write_outputs(training.state, tmp_path)
    inputs = to_float(images)
    np.save(tmp_path / "images.npy", inputs)
    script = tmp_path / "plain.py"
    script.write_text(PLAIN)
    end = tmp_path / f"snapshots/step-{training.state.step:06d}"
    files = [end, tmp_path / "images.npy", tmp_path / "rebuilt.npy"]
    subprocess.run([warm_python(), script, *files], check=True, cwd="/", env={"PATH": "", "HOME": "/tmp"})
    code = priors.code_of(training.trainer.networks["encoder"](inputs, training=False))
    if preset == "vq_vae":
        entries = training.trainer.networks["codebook"].get_weights()[0]
        code = entries[((np.array(code)[:, :, None] - entries) ** 2).sum(axis=-1).argmin(axis=-1)]
    direct = training.trainer.networks["decoder"](code, training=False)
    np.testing.assert_allclose(np.load(tmp_path / "rebuilt.npy"), direct, atol=2e-3)


def test_a_second_export_has_the_same_bytes(training_of, tmp_path):
    training = training_of("rae", epochs=0.5)
    training.run()
    for name in ("a", "b"):
        keras.layers.Dense(1)  # names of layers count on
        for network, exported in training.trainer.exported().items():
            keras_files.save(exported, tmp_path / f"{network}-{name}.keras")
    for network in ("generator", "encoder"):
        assert (tmp_path / f"{network}-a.keras").read_bytes() == (tmp_path / f"{network}-b.keras").read_bytes()
