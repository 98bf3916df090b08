import numpy as np
import pytest
from scipy.io import savemat

from easel.config.datasets import SvhnMat
from easel.data import svhn_mat
from easel.runtime.errors import EaselError


@pytest.fixture
def files(tmp_path):
    """Both files of a small dataset: 12 training and 10 test images, as SVHN's are compressed."""
    rng = np.random.default_rng(10)
    contents = {}
    for name, count in zip(SvhnMat.files.values(), (12, 10), strict=True):
        digits = (np.arange(count) % 10 + 1).astype(np.uint8)[:, None]  # 10 stands for 0
        contents[name] = {"X": rng.integers(0, 256, (32, 32, 3, count), np.uint8), "y": digits}
        savemat(tmp_path / name, contents[name], do_compression=True)
    return {name: tmp_path / name for name in contents}, contents


def test_images_come_first_and_ten_is_nought(files):
    paths, contents = files
    classes, splits = svhn_mat.read(paths, {})
    train = splits["train"]
    assert classes == list("0123456789")
    assert (train.images.shape, train.images.dtype, train.images.flags.c_contiguous) == (
        (12, 32, 32, 3),
        np.uint8,
        True,
    )
    assert train.labels.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]
    assert train.labels.dtype == np.int64
    np.testing.assert_array_equal(train.images[7], contents["train_32x32.mat"]["X"][..., 7])
    assert splits["test"].images.shape == (10, 32, 32, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": np.full((10, 1), 11)}, r"found 11 at place 0 .* the first of 10"),
        ({"y": np.zeros((10, 1))}, "Expected 1 to 10, where 10 is the digit 0, found 0"),
        ({"y": np.ones((9, 1))}, "9 labels for 10 images"),
        ({"X": np.zeros((32, 32, 10), np.uint8)}, r"X is uint8 \(32, 32, 10\)\. Expected uint8 \(32, 32, 3, N\)"),
        ({"X": np.zeros((32, 32, 3, 10))}, "X is float64"),
    ],
)
def test_arrays_that_are_wrong(files, change, said):
    paths, contents = files
    savemat(paths["test_32x32.mat"], contents["test_32x32.mat"] | change)
    with pytest.raises(EaselError, match=said):
        svhn_mat.read(paths, {})


def test_an_array_that_is_missing(files):
    paths, contents = files
    savemat(paths["test_32x32.mat"], {"y": contents["test_32x32.mat"]["y"]})
    with pytest.raises(EaselError, match=r"test_32x32\.mat: lacks the array X"):
        svhn_mat.read(paths, {})


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.99])
def test_a_damaged_file(files, kept):
    file = files[0]["train_32x32.mat"]
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(EaselError, match=r"train_32x32\.mat: (cannot be read as a MATLAB 5 file|lacks the array)"):
        svhn_mat.read(files[0], {})


@pytest.mark.parametrize("compressed", [True, False])
def test_a_large_array_of_another_name_is_passed_over(files, compressed):
    paths, contents = files
    more = {"other": np.zeros((1000, 1000))}
    savemat(paths["test_32x32.mat"], more | contents["test_32x32.mat"], do_compression=compressed)
    assert svhn_mat.read(paths, {})[1]["test"].images.shape == (10, 32, 32, 3)
