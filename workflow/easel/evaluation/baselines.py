"""Baselines: test images and pixel Gaussians judged as if they were samples, to compare a run's numbers with."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.evaluation.by_class import ByClass
from easel.evaluation.reference import Reference
from easel.evaluation.rows import measurements, nearest_training_images, rows
from easel.judges import Outputs


def judge_baselines(
    reference: Reference,
    judge: Mapping[str, Any],  # the keys `judge`, `judge_facts` and `device` of each row
    knows_classes: bool,  # whether its classes are the dataset's
    n: int,
    failures: Sequence[Mapping[str, Any]] = (),  # the caveats of check.json
) -> list[dict[str, Any]]:
    """Every metric of n test images and of n pixel Gaussians, or of as many as reference.npz has."""
    test_labels = reference["test_labels"][:n]
    test = Outputs(reference["test_features"][:n], reference["test_logits"][:n])
    gaussian = Outputs(reference["gaussian_features"][:n], reference["gaussian_logits"][:n])
    to_train = nearest_training_images(gaussian, reference, "pixel Gaussians").distances
    judged = (
        ("test_images", test, reference["test_nearest"][:n], test_labels),
        ("pixel_gaussian", gaussian, to_train, None),
    )
    found = []
    for of, seen, distances, labels in judged:
        found += rows(of, seen, measurements(seen, reference, distances, of.replace("_", " ")), judge, failures)
        if knows_classes:
            by_class = ByClass(seen, seen.logits.argmax(axis=1), reference, labels)
            found += rows(of, seen, by_class.measurements(), judge, failures, by_class.caveats())
    return found
