"""Divergences between distributions, minimised by variational autoencoders."""

import tensorflow as tf


def kl_from_standard_normal(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """KL divergence (nats, mean over the batch) of N(mean, variance) from N(0, 1) in each dimension: float32 (D,).

    mean, log_variance: float32 (B, D). Kingma & Welling 2014 (arXiv 1312.6114), appendix B.
    """
    return 0.5 * tf.reduce_mean(mean**2 + tf.exp(log_variance) - 1.0 - log_variance, axis=0)
