"""Features and logits of many images."""

import numpy as np
import pytest
from helpers.pixels_judge import TEST, Pixels

from easel.evaluation import features
from easel.runtime.errors import EaselError


class Broken(Pixels):
    """A single number of some images is not finite, of the outputs of one name."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def outputs(self, images):
        found = super().outputs(images)
        bad = images[:, 0, 0, 0] > np.median(images[:, 0, 0, 0])
        broken = np.array(getattr(found, self.name))
        broken[bad, 1] = np.nan
        return found._replace(**{self.name: broken})


def test_outputs_do_not_depend_on_the_chunks(monkeypatch, judge):
    whole = features.outputs(judge, TEST.images, "test images")
    monkeypatch.setattr(features, "CHUNK", 64)
    for part, same in zip(features.outputs(judge, TEST.images, "test images"), whole, strict=True):
        np.testing.assert_array_equal(part, same)


@pytest.mark.parametrize("name", ["features", "logits"])
def test_features_that_are_not_finite_are_an_error(name):
    with pytest.raises(EaselError, match=r"^test images: the judge's features of \d+ of 150 images are not finite"):
        features.outputs(Broken(name), TEST.images, "test images")


def test_images_of_another_size_are_an_error(judge):
    with pytest.raises(EaselError, match=r"images of shape \(16, 16, 3\), but the judge was made for \(32, 32, 3\)"):
        features.outputs(judge, TEST.images[:, :16, :16], "samples")
