"""Features and logits of many images."""

import numpy as np

from easel.judges import Judge, Outputs, takes
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError

CHUNK = 5_000  # images between two updates of the progress bar


def outputs(judge: Judge, images: np.ndarray, label: str) -> Outputs:
    """A judge's features and logits of images uint8 (N, H, W, C), checked to be finite.

    label: of the progress bar. Raises EaselError if the judge was made for images of another shape, or if a feature is
    not finite.
    """
    if not takes(judge, images.shape[1:]):
        expected = tuple(judge.image_shape)  # type: ignore[attr-defined]
        raise EaselError(f"{label}: images of shape {images.shape[1:]}, but the judge was made for {expected}")
    parts = []
    with Progress(len(images), "images", label) as progress:
        for start in range(0, len(images), CHUNK):
            parts.append(judge.outputs(images[start : start + CHUNK]))
            progress.update(len(parts[-1].features))
    found = Outputs(*map(np.concatenate, zip(*parts, strict=True)))
    if bad := np.count_nonzero(~(np.isfinite(found.features).all(axis=1) & np.isfinite(found.logits).all(axis=1))):
        raise EaselError(
            f"{label}: the judge's features of {bad:,} of {len(images):,} images are not finite, so its network is "
            "broken. Delete it, and the same command makes it again; if it is trained, lower its learning_rate first"
        )
    return found
