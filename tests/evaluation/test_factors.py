"""Coverage of the factors of shapes."""

from easel.data.shapes import draw
from easel.evaluation.factors import table


def test_real_images_cover_all_factors_and_a_dropped_class_shows():
    train, (samples, labels) = draw("train", 400, seed=0)[0].images, draw("train", 400, seed=3)[0]
    real = table(samples, train)
    assert (real["n"], real["reference_n"], real["unmeasurable"]) == (400, 400, 0)
    assert real["labels"] == [40] * 10
    assert real["factors"]["label"] == {"reached": 1.0, "reached_by_real": 1.0, "total_variation": 0.0, "outside": 0}
    dropped = table(samples[labels < 6], train)
    assert dropped["labels"] == [40] * 6 + [0] * 4
    assert dropped["factors"]["label"]["reached"] == 0.6
    assert dropped["factors"]["label"]["total_variation"] > 0.3


def test_more_samples_than_training_images_are_truncated():
    few = draw("train", 50, seed=0)[0].images
    assert table(draw("train", 80, seed=3)[0].images, few)["n"] == 50
