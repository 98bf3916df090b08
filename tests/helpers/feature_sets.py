"""Made-up features of samples and of real images, on which metrics are compared with other implementations.

NumPy alone, so that tests/metrics/make_expected.py draws the same ones in an environment without Easel.
"""

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]  # samples (n, d), real images (m, d); float32


def gaussian() -> Pair:
    """Two Gaussians, one of them shifted and wider."""
    random = np.random.default_rng(1)
    samples, reference = random.normal(size=(900, 64)), random.normal(size=(1000, 64))
    return _float32(1.1 * samples + 0.1, reference)


def rectified() -> Pair:
    """As after a ReLU: sparse, with heavy tails, few directions of large variance."""
    random = np.random.default_rng(2)
    directions = random.normal(size=(12, 256))

    def draw(n: int, drift: float) -> np.ndarray:
        moved = random.normal(size=(n, 12)) @ directions * 0.3 + 0.2 * random.standard_t(4, size=(n, 256))
        return np.maximum(moved + drift, 0.0)

    return _float32(draw(700, 0.1), draw(800, 0.0))


def few() -> Pair:
    """Fewer samples than dimensions: singular covariances."""
    random = np.random.default_rng(3)
    scales = np.linspace(2.0, 0.1, 512)
    return _float32(random.normal(size=(300, 512)) * scales + 0.05, random.normal(size=(320, 512)) * scales)


def clusters() -> Pair:
    """Twelve narrow clusters, of which samples cover nine; some samples nearly repeat each other or a real image."""
    random = np.random.default_rng(4)
    centres = 3.0 * random.normal(size=(12, 32))
    reference = centres[random.integers(12, size=1000)] + 0.3 * random.normal(size=(1000, 32))
    samples = centres[random.integers(9, size=800)] + 0.3 * random.normal(size=(800, 32))
    samples[:100] = samples[100:200] + 1e-3 * random.normal(size=(100, 32))
    samples[200:250] = reference[:50] + 1e-3 * random.normal(size=(50, 32))
    return _float32(samples, reference)


FEATURES = {each.__name__: each for each in (gaussian, rectified, few, clusters)}


def logits() -> np.ndarray:
    """Of 1,003 images in the order of their classes, float32 (1003, 10): most are sure, some are not."""
    random = np.random.default_rng(5)
    sure = 6.0 * np.eye(10)[np.arange(1003) * 10 // 1003] * random.uniform(size=(1003, 1))
    return (sure + random.normal(size=(1003, 10))).astype(np.float32)


def _float32(samples: np.ndarray, reference: np.ndarray) -> Pair:
    return samples.astype(np.float32), reference.astype(np.float32)
