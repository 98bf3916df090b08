"""MSE, PSNR and SSIM: other implementations, closed forms and properties."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from easel.metrics import image_similarity
from easel.metrics.image_similarity import mse, psnr, ssim


def pair(shape, weight):
    """Two arrays of images from integers alone, the more alike the lower the weight (0..8), so that other
    implementations can be given the very same ones."""
    i = np.arange(np.prod(shape)).reshape(shape)
    first, other = i * i // 97 % 256, (7 * i * i // 1013 + i) % 256
    return np.uint8(first), np.uint8((first * (8 - weight) + other * weight) // 8)


@pytest.fixture
def random():
    return np.random.default_rng(0)


# scikit-image 0.26.0 with NumPy 2.4.6 and SciPy 1.17.1: mean_squared_error of images / 255,
# peak_signal_noise_ratio(data_range=255), structural_similarity(gaussian_weights=True, sigma=1.5,
# use_sample_covariance=False, data_range=255, channel_axis=-1), each image on its own.
@pytest.mark.parametrize(
    ("shape", "weight", "expected"),
    [
        ((2, 32, 32, 3), 1, [(0.002514552696078431, 25.99539258680446, 0.9825004350651024),
                             (0.002662677816224529, 25.74681379975185, 0.9815238814312516)]),
        ((2, 32, 32, 3), 5, [(0.06280759904043316, 12.019878081469713, 0.49113394363870233),
                             (0.06649312063469179, 11.772232843952251, 0.47603509778294156)]),
        ((1, 11, 17, 1), 2, [(0.006625670505173864, 21.787701653968412, 0.9607444469510578)]),
        ((1, 24, 16, 3), 8, [(0.1530027446708531, 8.153007784326324, 0.00585163183749129)]),
    ],
)  # fmt: skip
def test_other_implementations(shape, weight, expected):
    first, second = pair(shape, weight)
    found = np.stack([metric(first, second) for metric in (mse, psnr, ssim)], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_ssim_by_its_formula_with_a_filter(random):
    """Equation 13 with SciPy's Gaussian filter, cut off at 5 pixels, where it does not reach over the edge."""
    first, second = random.integers(0, 256, (2, 1, 15, 13, 1), np.uint8)
    x, y = first[0, :, :, 0].astype(float), second[0, :, :, 0].astype(float)

    def mean(values):
        return gaussian_filter(values, 1.5, radius=5)[5:-5, 5:-5]

    c1, c2 = 2.55**2, 7.65**2
    luminance = (2 * mean(x) * mean(y) + c1) / (mean(x) ** 2 + mean(y) ** 2 + c1)
    spread = mean(x * x) - mean(x) ** 2 + mean(y * y) - mean(y) ** 2
    structure = (2 * (mean(x * y) - mean(x) * mean(y)) + c2) / (spread + c2)
    assert ssim(first, second)[0] == pytest.approx(np.mean(luminance * structure), rel=1e-12)


def test_equals(random):
    images = random.integers(0, 256, (3, 16, 16, 3), np.uint8)
    assert mse(images, images).tolist() == [0.0] * 3
    assert psnr(images, images).tolist() == [np.inf] * 3
    np.testing.assert_allclose(ssim(images, images), 1.0, rtol=1e-12)


def test_constant_images_differ_in_luminance_alone():
    black, white = np.zeros((1, 12, 12, 3), np.uint8), np.full((1, 12, 12, 3), 255, np.uint8)
    assert mse(black, white)[0] == 1.0
    assert psnr(black, white)[0] == 0.0
    assert ssim(black, white)[0] == pytest.approx(2.55**2 / (255**2 + 2.55**2), rel=1e-9)


def test_one_level_in_one_value():
    first = np.full((1, 16, 16, 3), 100, np.uint8)
    second = first.copy()
    second[0, 3, 5, 1] += 1
    assert psnr(first, second)[0] == pytest.approx(48.1308036087 + 10 * np.log10(16 * 16 * 3), abs=1e-9)


def test_symmetric_and_image_by_image(random):
    first, second = random.integers(0, 256, (2, 5, 20, 14, 3), np.uint8)
    for metric in (mse, psnr, ssim):
        together = metric(first, second)
        assert together.dtype == np.float64
        np.testing.assert_allclose(metric(second, first), together, rtol=1e-12)
        alone = [metric(first[i : i + 1], second[i : i + 1])[0] for i in range(5)]
        np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_an_inverted_pattern_is_negative(random):
    pattern = random.integers(0, 256, (4, 32, 32, 3), np.uint8)
    found = ssim(pattern, 255 - pattern)
    assert np.all((found < -0.5) & (found >= -1.0))


def test_noise_is_worse_the_more_there_is_of_it(random):
    images = random.integers(60, 196, (10, 16, 16, 3), np.uint8)
    noise = random.normal(size=images.shape)
    noisy = [np.uint8(np.clip(np.rint(images + level * noise), 0, 255)) for level in (1, 4, 16, 64)]
    for metric, way in ((mse, 1), (psnr, -1), (ssim, -1)):
        assert np.all(way * np.diff([metric(images, each).mean() for each in noisy]) > 0)


def test_blocks_change_nothing(random, monkeypatch):
    first, second = random.integers(0, 256, (2, 7, 12, 12, 3), np.uint8)
    whole = [metric(first, second) for metric in (mse, psnr, ssim)]
    monkeypatch.setattr(image_similarity, "BLOCK", 2 * 12 * 12 * 3 + 1)
    np.testing.assert_allclose([metric(first, second) for metric in (mse, psnr, ssim)], whole, rtol=1e-12)
    assert mse(first[:0], second[:0]).shape == (0,)


def test_what_cannot_be_compared():
    images = np.zeros((2, 16, 16, 3), np.uint8)
    for metric in (mse, psnr, ssim):
        with pytest.raises(ValueError, match=r"one shape, found \(2, 16, 16, 3\) and \(1, 16, 16, 3\)"):
            metric(images, images[:1])
        with pytest.raises(ValueError, match=r"found \(16, 16, 3\)"):
            metric(images[0], images[0])
        with pytest.raises(ValueError, match="uint8 images, found uint8 and float32"):
            metric(images, images.astype(np.float32))
    with pytest.raises(ValueError, match="10 × 16 pixels are smaller than the window"):
        ssim(images[:, :10], images[:, :10])
