"""Every metric: its name in metrics.json, which values are better, and the table of a report that shows it.

To add a metric:

- metrics/<file>.py: a pure function of feature arrays that returns an `Estimate`, with the paper and its equation;
- METRICS below: one line;
- evaluation/: yield it where its inputs are (`rows.measurements` for features and logits, `by_class.ByClass` for
  classes, `reconstruction.judge` for reconstructions), with the reference it is relative to;
- texts/<language>.yaml, for every language: `metrics.<name>` with `title`, `brief`, `meaning` and `source`, the paper
  (not for a metric from textbooks); a new kind of uncertainty or caveat has a sentence, too (`runtime/records.py`);
- tests/metrics/test_<file>.py: known answers.

tests/metrics/test_catalogue.py and tests/texts fail for what is missing. The tables, the comparison of runs and
comparison.csv follow from METRICS.
"""

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    """Facts about a metric that the rest of Easel needs."""

    better: Literal["lower", "higher"] | float
    """A number is the value of held-out real images where both lower and higher values are worse."""
    table: Literal["samples", "distribution", "classes", "memorisation", "reconstructions"]
    """The report's table: `samples` is always shown, the others are folded."""


METRICS = {
    "fid": Metric("lower", "samples"),
    "kid": Metric("lower", "samples"),
    "precision": Metric("higher", "samples"),
    "recall": Metric("higher", "samples"),
    "class_accuracy": Metric("higher", "samples"),
    "fid_infinity": Metric("lower", "distribution"),
    "inception_score": Metric("higher", "distribution"),
    "density": Metric("higher", "distribution"),
    "coverage": Metric("higher", "distribution"),
    "intra_class_fid": Metric("lower", "classes"),
    "predicted_class_fid": Metric("lower", "classes"),
    "class_tv_distance": Metric("lower", "classes"),
    "class_coverage": Metric("higher", "classes"),
    "data_copying_auc": Metric(0.5, "memorisation"),
    "near_copy_rate": Metric(0.01, "memorisation"),
    "reconstruction_mse": Metric("lower", "reconstructions"),
    "psnr": Metric("higher", "reconstructions"),
    "ssim": Metric("higher", "reconstructions"),
    "elbo": Metric("higher", "reconstructions"),
    "bits_per_dimension": Metric("lower", "reconstructions"),
}
"""By name, in the order of the tables' columns."""

BASELINES = ("test_images", "pixel_gaussian")
"""Images that are judged as if they were samples, to compare samples with."""

OF = ("samples", "reconstructions", *BASELINES)
"""Kinds of images that are judged: the key `of` of a row of metrics.json, in the order of a table's columns."""

SAMPLING_KEYS = ("truncation", "label")
"""Settings of sampling that change the model's distribution: keys of a row of metrics.json where they are set."""

COMPARABLE_KEYS = ("of", "judge", "metric", "n", "reference_split", "reference_n", "likelihood", *SAMPLING_KEYS)
"""Keys of a row of metrics.json that two values must share to be compared."""


def direction(metric: str) -> Literal["lower", "higher"] | None:
    """The direction in which a metric improves; None if there is none, and for an unknown metric."""
    better = METRICS[metric].better if metric in METRICS else None
    return better if better == "lower" or better == "higher" else None
