"""The photograph-like pictures of the benchmarks and of tests for little data."""

import numpy as np
import pytest
from benchmarks import composites
from PIL import Image


@pytest.mark.parametrize("size", [64, 128])
def test_a_picture_is_a_function_of_split_number_size_and_seed(size):
    pictures = composites.draw("train", 3, size)
    assert (pictures.shape, pictures.dtype) == ((3, size, size, 3), np.uint8)
    np.testing.assert_array_equal(composites.picture("train", 2, size), pictures[2])
    others = [composites.picture("test", 2, size), composites.picture("train", 2, size, seed=1), pictures[1]]
    # So far apart is what no compression or resizing of one picture is.
    assert min(np.abs(other.astype(int) - pictures[2]).mean() for other in others) > 10


def test_textures_have_the_spectrum_of_photographs():
    """The amplitude falls as a power of the frequency."""
    for sheet, slope in zip(composites.sheets(), composites.SLOPES, strict=True):
        amplitudes = np.abs(np.fft.rfft2(sheet))
        near, far = amplitudes[4:8, 4:8].mean(), amplitudes[64:128, 64:128].mean()
        assert np.log2(near / far) / 4 == pytest.approx(slope, abs=0.25)
        assert (sheet.mean(), sheet.std()) == pytest.approx((0, 1), abs=1e-6)


def test_pictures_are_written_as_a_folder_that_can_be_a_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["composites", str(tmp_path), "--count", "2", "--held-out", "1", "--size", "32"])
    composites.main()
    assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.png")) == [
        "test/00000.png", "train/00000.png", "train/00001.png",
    ]  # fmt: skip
    np.testing.assert_array_equal(Image.open(tmp_path / "train/00001.png"), composites.picture("train", 1, 32))
