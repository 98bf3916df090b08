"""Real images and pixel Gaussians, judged as if they were samples: the limits between which to read a run's numbers."""

from collections.abc import Mapping
from typing import Any

from easel.evaluation.by_class import ByClass
from easel.evaluation.reference import Reference
from easel.evaluation.rows import measurements, nearest, rows
from easel.judges import Outputs


def limits(reference: Reference, about: Mapping[str, Any], knows_classes: bool, n: int) -> list[dict[str, Any]]:
    """Every metric of n test images (the floor) and n pixel Gaussians (the ceiling), or of as many as are kept.

    about: the judge, and what a table says of it. knows_classes: whether its classes are the dataset's.
    """
    known = reference["test_labels"][:n]
    test = Outputs(reference["test_features"][:n], reference["test_logits"][:n])
    gaussian = Outputs(reference["gaussian_features"][:n], reference["gaussian_logits"][:n])
    judged = (
        ("test_images", test, reference["test_nearest"][:n], known),
        ("pixel_gaussian", gaussian, nearest(gaussian, reference, "pixel Gaussians").distances, None),
    )
    found = []
    for of, seen, to_train, labels in judged:
        found += rows(of, seen, measurements(seen, reference, to_train, of), about)
        if knows_classes:
            by_class = ByClass(seen, seen.logits.argmax(axis=1), reference, labels)
            found += rows(of, seen, by_class.measurements(), about, of_metrics=by_class.caveats())
    return found
