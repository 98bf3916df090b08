"""Resolutions and channels of networks."""

import pytest

from easel.models.stages import channels_at, resolutions, thinned


@pytest.mark.parametrize(
    ("size", "four", "eight"),
    [
        (32, [4, 8, 16, 32], [8, 16, 32]),
        (48, [6, 12, 24, 48], [12, 24, 48]),
        (64, [4, 8, 16, 32, 64], [8, 16, 32, 64]),
        (96, [6, 12, 24, 48, 96], [12, 24, 48, 96]),
        (128, [4, 8, 16, 32, 64, 128], [8, 16, 32, 64, 128]),
        (256, [4, 8, 16, 32, 64, 128, 256], [8, 16, 32, 64, 128, 256]),
    ],
)
def test_resolutions_double_up_to_the_images(size, four, eight):
    assert (resolutions(size), resolutions(size, 8)) == (four, eight)


@pytest.mark.parametrize(
    ("size", "channels"),
    [
        (32, [512, 256, 128, 64]),
        (48, [512, 256, 128, 64]),
        (64, [1024, 512, 256, 128, 64]),
        (96, [1024, 512, 256, 128, 64]),
        (128, [1024, 512, 256, 128, 64, 32]),
        (256, [1024, 512, 256, 128, 64, 32, 16]),
    ],
)
def test_channels_of_a_width_of_64(size, channels):
    assert [channels_at(each, size, 64) for each in resolutions(size)] == channels


def test_few_channels_are_not_halved():
    assert [thinned(24, size) for size in (32, 64, 96, 128, 256)] == [24, 24, 24, 16, 16]
    assert [thinned(3, size) for size in (64, 256)] == [3, 3]
