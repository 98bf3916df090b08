"""All metrics by the names under which they stand in metrics.json, and which way each is better."""

from typing import Literal

BETTER: dict[str, Literal["lower", "higher", ""]] = {
    "fid": "lower",
    "fid_infinity": "lower",
    "kid": "lower",
    "inception_score": "higher",
    "precision": "higher",
    "recall": "higher",
    "density": "higher",
    "coverage": "higher",
    "data_copying_auc": "",  # as near to the training images as held-out images are is right: 0.5
    "near_copy_rate": "",  # likewise 0.01
    "class_tv_distance": "lower",
    "class_coverage": "higher",
    "intra_class_fid": "lower",
    "class_accuracy": "higher",
    "reconstruction_mse": "lower",
    "psnr": "higher",
    "ssim": "higher",
    "elbo": "higher",
    "bits_per_dimension": "lower",
}
"""Name -> `lower` or `higher`; "" where the best value lies in between."""

DRAWING = ("truncation", "label")
"""What samples can be drawn with that makes them others than the model's own: keys of the rows that it holds for."""

COLUMN = ("of", "judge", "metric", "n", "reference_split", "reference_n", "likelihood", *DRAWING)
"""What numbers must share to be compared: keys of a row of metrics.json."""
