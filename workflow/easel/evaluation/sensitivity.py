"""What a judge can see: test images damaged more and more, judged as if they were samples. The content of
sensitivity.json.

A judge *notices* a damage of some severity by a metric if the metric is worse than that of as many undamaged images, by
more than ERRORS standard errors of the difference between two sets of so many images. It *sees* the damage by that
metric if it notices the heaviest severity, and if no step towards it makes the metric better by more than one such
standard error. So a damage that is not seen could be in all samples of a run without a reader of that metric being
able to tell. Both depend on the number of images, which is therefore in the record.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from easel.data.prepared import Split
from easel.data.sizes import FEWEST
from easel.evaluation import damages, features
from easel.evaluation.metrics_row import finite
from easel.evaluation.reference import Reference, kept_test_images
from easel.judges import Judge
from easel.metrics import fid, kid, manifold
from easel.metrics.catalogue import direction
from easel.metrics.estimate import Estimate

IMAGES = 1_000
"""Images that are damaged, at most. Half of the test images is enough for any share of dropped classes."""
ERRORS = 3.0
"""Standard errors from which a difference is noticed: by chance less than once in 700 comparisons."""
RESAMPLES = 10
"""Of the bootstrap of each FID: its error is then known to a quarter of itself."""

METRICS = ("fid", "kid", "precision", "recall", "coverage")


class Value(NamedTuple):
    """A metric's value, and its standard error."""

    value: float
    error: float


Values = Mapping[str, Value]


def measure(judge: Judge, reference: Reference, test: Split, mirrorable: bool) -> dict[str, Any]:
    """Every damage at every severity by a judge: the content of sensitivity.json but for the judge's name and device.

    test: the split whose features `reference` holds. mirrorable: whether a mirrored image of the dataset is as real.
    """
    kept = kept_test_images(len(test.images))
    count = min(IMAGES, max(len(kept) // 2, FEWEST))
    images, labels = test.images[kept[:count]], test.labels[kept]
    seen = _Sight(judge, reference, images, labels)
    left_out = left_out_of(images, labels)
    undamaged, found = seen.values(seen.features[:count]), []
    for damage, severities in damages.SEVERITIES.items():
        if damage not in left_out:
            judged = {severity: seen.of(damage, severity) for severity in severities}
            found.append(_record(damage, undamaged, judged))
    return {
        "n": count, "reference_split": "train", "reference_n": int(reference["train_n"]), "errors": ERRORS,
        "mirrorable": mirrorable, "undamaged": _as_json(undamaged),
        "pixel_gaussian": _as_json(seen.values(reference["gaussian_features"][:count])),
        "damages": found, "left_out": [{"damage": damage, "why": why} for damage, why in left_out.items()],
    }  # fmt: skip


def left_out_of(images: np.ndarray, labels: np.ndarray) -> dict[str, str]:
    """The damages that a dataset cannot have, and why: it is `colourless`, has `one_class`, or `few_images`, so that
    fewer than are judged are left without some classes, or fewer than two without the repeated ones.

    images: uint8 (n, H, W, C), those to damage; labels: integers (m,), of all test images.
    """
    found = dict.fromkeys(damages.COLOURS, "colourless") if (images == images[..., :1]).all() else {}
    share, copies = (damages.SEVERITIES[each][-1] for each in ("dropped_classes", "repeated_images"))
    if len(np.unique(labels)) < 2:
        found["dropped_classes"] = "one_class"
    elif len(damages.dropped_classes(labels, share)) < len(images):
        found["dropped_classes"] = "few_images"
    return found | ({"repeated_images": "few_images"} if len(images) < 2 * copies else {})


class _Sight:
    """What a judge sees of a dataset's test images, damaged or not."""

    def __init__(self, judge: Judge, reference: Reference, images: np.ndarray, labels: np.ndarray):
        """images: uint8 (n, H, W, C), the first of those whose features the reference holds. labels: (m,), of all."""
        self.judge, self.reference, self.count = judge, reference, len(images)
        self.images, self.labels, self.features = images, labels, reference["test_features"]
        self.real = reference.some_train_features(len(images))

    def of(self, damage: str, severity: float) -> Values:
        """The metrics of n images with a damage."""
        if damage == "dropped_classes":
            return self.values(self.features[damages.dropped_classes(self.labels, severity)[: self.count]])
        if damage == "repeated_images":
            copies = int(severity)
            return self.values(self.features[damages.repeated_images(self.count, copies)], copies)
        damaged = damages.PIXELS[damage](self.images, severity)
        found, changed = self.features[: self.count].copy(), (damaged != self.images).any(axis=(1, 2, 3))
        label = f"{damage.replace('_', ' ')}, {severity:g}"
        if changed.any():  # the others are known
            found[changed] = features.outputs(self.judge, damaged[changed], label).features
        return self.values(found)

    def values(self, found: np.ndarray, copies: int = 1) -> Values:
        """The metrics of images with features float32 (n, d), each with a standard error.

        copies: how often each image is there. Another such set has n / copies other images, so errors are those of so
            many, but for recall and coverage, which are means over real images.
        """
        moments = self.reference["train_mean"], self.reference["train_covariance"]
        different = found[::copies]
        errors = fid.bootstrap(different, *moments, RESAMPLES), kid.standard_error(different, self.real)
        measured = {
            "fid": Value(fid.distance_to(found, *moments), errors[0]),
            "kid": Value(kid.mmd2(found, self.real), errors[1]),
            **{metric: of_estimate(each) for metric, each in manifold.prdc(found, self.real).items()},
        }
        precise = measured["precision"]
        measured["precision"] = precise._replace(error=precise.error * copies**0.5)
        return {metric: measured[metric] for metric in METRICS}


def of_estimate(estimate: Estimate) -> Value:
    """The value and the standard error of an estimate that has one."""
    assert estimate.uncertainty is not None
    return Value(estimate.value, estimate.uncertainty.value)


def _record(damage: str, undamaged: Values, judged: Mapping[float, Values]) -> dict[str, Any]:
    """A damage: its metrics at each severity, and by which of them the judge sees it."""
    rows = [{"severity": severity, "metrics": _as_json(values)} for severity, values in judged.items()]
    verdicts = {
        metric: verdict(metric, [undamaged[metric], *(values[metric] for values in judged.values())], list(judged))
        for metric in METRICS
    }
    return {"damage": damage, "rows": rows, "verdicts": verdicts}


def verdict(metric: str, values: Sequence[Value], severities: Sequence[float]) -> dict[str, Any]:
    """Whether a metric shows a damage: `seen`, `steady`, and `noticed_from`, the lightest severity from which on every
    one is noticed, or None.

    values: of the undamaged images, then at each of the severities, from light to heavy.
    """
    sign = 1.0 if direction(metric) == "lower" else -1.0
    worse = sign * np.array([each.value for each in values])
    errors = np.array([each.error for each in values])
    noticed = worse[1:] - worse[0] > ERRORS * np.hypot(errors[1:], errors[0])
    steady = bool((np.diff(worse) >= -np.hypot(errors[1:], errors[:-1])).all())
    first = len(noticed) - int(np.cumprod(noticed[::-1]).sum())  # of the noticed ones that end in the heaviest
    noticed_from = severities[first] if first < len(noticed) else None
    return {"seen": noticed_from is not None and steady, "steady": steady, "noticed_from": noticed_from}


def _as_json(values: Values) -> dict[str, Any]:
    return {metric: {"value": finite(each.value), "error": finite(each.error)} for metric, each in values.items()}
