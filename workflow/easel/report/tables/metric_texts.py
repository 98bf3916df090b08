"""Which metrics stand together in a table, and what the texts call metrics and images."""

from easel.report.page.html import Html, element, joined
from easel.texts import Text, knows, recognised, say, verbatim

CHAPTERS = (
    ("fid", "fid_infinity", "kid", "inception_score", "precision", "recall", "density", "coverage"),
    ("intra_class_fid", "class_accuracy", "class_tv_distance", "class_coverage", "data_copying_auc", "near_copy_rate"),
    ("reconstruction_mse", "psnr", "ssim", "elbo", "bits_per_dimension"),
)
"""Which metrics stand in one table."""

KINDS = ("samples", "reconstructions", "test_images", "pixel_gaussian")
"""Of images that are judged, in the order of a table's columns."""


def title_of(metric: str) -> Text:
    """How a metric is called; one that the texts do not know, by its name in metrics.json."""
    return say(f"metrics.{metric}.title") if knows(f"metrics.{metric}.title") else verbatim(metric.replace("_", " "))


def wanted(metric: str) -> str:
    """Which values are better."""
    return say(f"metrics.{metric}.wanted") if knows(f"metrics.{metric}.wanted") else ""


def explained(metric: str) -> Html:
    """A metric's name, and a line on what it says."""
    brief = say(f"metrics.{metric}.brief") if knows(f"metrics.{metric}.brief") else None
    return joined(title_of(metric), brief and element("small", brief))


def meaning_of(metric: str) -> Text | None:
    """What a metric says, in words that a student understands; None of one that the texts do not know."""
    return say(f"metrics.{metric}.meaning") if knows(f"metrics.{metric}.meaning") else None


def source_of(metric: str) -> Text | None:
    """The paper that a metric comes from; None of one that is known from textbooks, or Easel's own."""
    return say(f"metrics.{metric}.source") if knows(f"metrics.{metric}.source") else None


def kind_words(of: str) -> Text:
    """A kind of images that were judged."""
    return say(f"scores.of.{of}")


def split_words(split: str) -> str:
    """A split's name."""
    return say(f"scores.splits.{split}") if knows(f"scores.splits.{split}") else split


def in_words(sentence: str) -> str:
    """A sentence of a results file, in every language that has it."""
    return recognised(sentence)
