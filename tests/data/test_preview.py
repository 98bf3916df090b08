import numpy as np

from easel.data import lettering
from easel.data.prepared import Split, describe
from easel.data.preview import GAP, MARGIN, draw_preview


def preview(side=32, classes=("one", "two"), per_class=12):
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(len(classes)), per_class)
    train = Split(rng.integers(0, 200, (len(labels), side, side, 3), np.uint8), labels)
    return draw_preview(describe("mine", "shapes", "a test", classes, {"train": train, "test": train}), train), train


def test_shows_ten_enlarged_images_per_class_without_blur():
    sheet, train = preview()
    for label in (0, 1):
        for place in (0, 9):
            bottom = sheet.shape[0] - MARGIN - (1 - label) * (96 + GAP)
            right = sheet.shape[1] - MARGIN - (9 - place) * (96 + GAP)
            shown = sheet[bottom - 96 : bottom, right - 96 : right]
            assert np.array_equal(shown, train.images[12 * label + place].repeat(3, axis=0).repeat(3, axis=1))


def test_names_every_class():
    sheet, _ = preview()
    for label in (0, 1):
        bottom = sheet.shape[0] - MARGIN - (1 - label) * (96 + GAP)
        beside = sheet[bottom - 96 : bottom, : MARGIN + 40]
        assert beside.min() < 60, "no dark text beside the row"
    assert sheet[:MARGIN].min() == 255, "the margin is not empty"


def test_a_class_of_few_images_leaves_its_row_short():
    sheet, _ = preview(per_class=4)
    right = sheet.shape[1] - MARGIN
    assert (sheet[-MARGIN - 96 : -MARGIN, right - 6 * (96 + GAP) + GAP : right] == 255).all()


def test_large_images_keep_their_size():
    sheet, train = preview(side=128)
    assert np.array_equal(sheet[-MARGIN - 128 : -MARGIN, -MARGIN - 128 : -MARGIN], train.images[21])


def test_widens_for_long_names_with_accents():
    narrow, _ = preview(classes=("a", "b"))
    wide, _ = preview(classes=("a", "Łódź, naïve façade, Ωμέγα"))
    assert wide.shape[1] > narrow.shape[1] + 100
    assert wide.shape[0] == narrow.shape[0]


def test_says_which_letters_no_font_has(monkeypatch, caplog):
    monkeypatch.setattr(lettering, "findSystemFonts", list)
    spelled_out, _ = preview(classes=("日本", "한국"))
    assert spelled_out.shape == preview(classes=("\\u65e5\\u672c", "\\ud55c\\uad6d"))[0].shape
    (said,) = caplog.messages
    assert said.startswith(
        "preview: no installed font has 4 of the letters of class names, so they are spelled out (日"
    )


def test_of_a_thousand_classes_it_shows_the_first_hundred():
    sheet, _ = preview(side=96, classes=[f"class {i}" for i in range(1000)], per_class=1)
    hundred, _ = preview(side=96, classes=[f"class {i}" for i in range(100)], per_class=1)
    assert sheet.shape[0] == hundred.shape[0]


def test_a_sheet_of_larger_images_shows_fewer_and_is_no_larger():
    sheet, train = preview(side=256)
    assert np.array_equal(sheet[-MARGIN - 256 : -MARGIN, -MARGIN - 256 : -MARGIN], train.images[12 + 4])
    many = [f"class {i}" for i in range(100)]
    small, large = (preview(side, many, per_class=1)[0] for side in (128, 256))
    assert large.size < small.size
