"""One file as pixels: pictures of every kind, and files that are none."""

import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.photographs import deep_colour, deep_grey, photograph, png, saved
from PIL import Image, features

from easel.data import picture_files
from easel.data.folder.decode import decode


@pytest.fixture
def decoded(tmp_path, settings, monkeypatch):
    """A function that decodes the bytes of a file, as in a process for it; returns its outcome and its pixels."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)

    def decoded(content, name="a.png", **changed):
        (tmp_path / name).write_bytes(content)
        chosen = settings(**changed)
        into = np.zeros((chosen["image_size"],) * 2 + (3,), np.uint8)
        return decode(str(tmp_path), name, chosen, into), into

    return decoded


def quarters(width=64, height=64):
    """Red, green, blue and white quarters, left to right and top to bottom."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2, 0] = 255
    picture[: height // 2, width // 2 :, 1] = 255
    picture[height // 2 :, : width // 2, 2] = 255
    picture[height // 2 :, width // 2 :] = 255
    return Image.fromarray(picture)


def corners(pixels):
    """The colours of the four corners, left to right and top to bottom, as letters."""
    names = {(255, 0, 0): "r", (0, 255, 0): "g", (0, 0, 255): "b", (255, 255, 255): "w", (0, 0, 0): "k"}
    return "".join(names[tuple(pixels[y, x].tolist())] for y in (2, -3) for x in (2, -3))


def test_a_picture_of_the_right_size_is_taken_as_it_is(decoded):
    picture = photograph(1, 32, 32)
    for form in ("PNG", "BMP"):
        outcome, pixels = decoded(saved(picture, form), f"a.{form.lower()}")
        np.testing.assert_array_equal(pixels, np.asarray(picture))
        assert (outcome.taken, outcome.kinds) == (True, [])


def test_the_same_pixels_and_the_same_bytes_have_the_same_digests(decoded):
    a, b = (decoded(saved(photograph(1), form), f"a.{form.lower()}")[0] for form in ("PNG", "BMP"))
    again, other = decoded(saved(photograph(1), "PNG"))[0], decoded(saved(photograph(2), "PNG"))[0]
    assert a.pixels == b.pixels == again.pixels != other.pixels
    assert a.content == again.content != b.content


@pytest.mark.parametrize("side", [32, 48, 64, 96, 128, 256])
def test_sizes(decoded, side):
    assert corners(decoded(saved(quarters(), "PNG"), image_size=side)[1]) == "rgbw"


def test_a_crop_is_centred(decoded):
    wide = np.zeros((40, 121, 3), np.uint8)
    wide[:, 40:81] = 255  # the middle
    _, pixels = decoded(saved(Image.fromarray(wide), "PNG"), filter="box")
    np.testing.assert_array_equal(pixels, np.full((32, 32, 3), 255))
    _, tall = decoded(saved(Image.fromarray(wide).transpose(Image.Transpose.ROTATE_90), "PNG"), filter="box")
    np.testing.assert_array_equal(tall, pixels)


def test_padding_keeps_all_of_it(decoded):
    outcome, pixels = decoded(saved(quarters(64, 32), "PNG"), fit="pad", filter="box", background=[1, 2, 3])
    assert outcome.taken
    assert (pixels[:8] == [1, 2, 3]).all()
    assert (pixels[-8:] == [1, 2, 3]).all()
    assert corners(pixels[8:-8]) == "rgbw"
    extreme, pixels = decoded(saved(Image.new("RGB", (4000, 10), "red"), "PNG"), fit="pad")
    assert extreme.taken
    assert (pixels[15] == [255, 0, 0]).all()


def test_stretching_squeezes_all_of_it(decoded):
    assert corners(decoded(saved(quarters(128, 40), "PNG"), fit="stretch")[1]) == "rgbw"


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, "rgbw"), (2, "grwb"), (3, "wbgr"), (4, "bwrg"), (5, "rbgw"), (6, "brwg"), (7, "wgbr"), (8, "gwrb")],
)
def test_exif_orientations(decoded, fit, orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for form in ("PNG", "WEBP"):
        options = {"lossless": True} if form == "WEBP" else {}
        content = saved(quarters(), form, exif=exif, **options)
        outcome, pixels = decoded(content, f"a.{form.lower()}", fit=fit)
        assert corners(pixels) == expected
        assert ("rotated" in outcome.kinds) == (orientation != 1)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_there_is_not_is_upright(decoded, value):
    exif = Image.Exif()
    exif[0x0112] = value
    outcome, pixels = decoded(saved(quarters(), "PNG", exif=exif))
    assert (outcome.taken, corners(pixels)) == (True, "rgbw")
    assert decoded(saved(quarters(), "JPEG", exif=b"Exif\0\0garbage"), "a.jpg")[0].taken


def test_transparency_is_laid_on_the_background(decoded):
    picture = quarters().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    outcome, pixels = decoded(saved(picture, "PNG"), background=[10, 20, 30])
    assert (pixels == [10, 20, 30]).all()
    assert outcome.kinds == ["alpha"]
    half = Image.new("RGBA", (64, 64), (200, 100, 0, 128))
    _, pixels = decoded(saved(half, "PNG"), background=[0, 0, 0])
    np.testing.assert_allclose(pixels[0, 0], [100, 50, 0], atol=1)
    outcome, _ = decoded(saved(Image.new("RGBA", (64, 64), (1, 2, 3, 255)), "PNG"))
    assert outcome.kinds == [], "an opaque alpha channel changes nothing"


def test_invisible_colours_do_not_bleed_into_visible_ones(decoded):
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:, ::2] = [0, 0, 255, 255]
    picture[:, 1::2] = [255, 0, 0, 0]
    _, pixels = decoded(saved(Image.fromarray(picture), "PNG"), background=[0, 0, 0], filter="box")
    assert pixels[..., 0].max() == 0


def test_one_transparent_colour(decoded):
    palette = Image.new("P", (64, 64), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    outcome, pixels = decoded(saved(palette, "PNG", transparency=1), background=[0, 255, 0])
    assert set(outcome.kinds) == {"palette", "alpha"}
    assert (pixels == [0, 255, 0]).all()
    outcome, pixels = decoded(saved(Image.new("RGB", (64, 64), "red"), "PNG", transparency=(255, 0, 0)))
    assert outcome.kinds == ["alpha"]
    assert (pixels == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_modes(decoded, mode):
    picture = Image.new("RGB", (64, 64), "white").convert(mode)
    form = "JPEG" if mode == "CMYK" else "PNG"
    outcome, pixels = decoded(saved(picture, form), f"a.{form.lower()}")
    assert outcome.taken
    assert pixels.min() >= 254


def test_sixteen_bits_are_scaled_and_not_clipped(decoded):
    grey = deep_grey()[:, :72]
    outcome, pixels = decoded(saved(Image.fromarray(grey), "PNG"), filter="box")
    assert set(outcome.kinds) == {"deep", "grey"}
    np.testing.assert_allclose(pixels.mean(), grey.mean() / 257, atol=1)
    assert pixels.max() > 240
    for level, expected in ((0, 0), (65535, 255), (32896, 128), (257 * 7 + 100, 7), (257 * 7 + 200, 8)):
        flat = Image.fromarray(np.full((64, 64), level, np.uint16))
        assert decoded(saved(flat, "PNG"))[1].max() == expected
    outcome, pixels = decoded(deep_colour())
    assert outcome.kinds == ["deep"]
    _, expected = decoded(saved(photograph(7003), "PNG"))
    np.testing.assert_allclose(pixels, expected, atol=1)


def test_large_jpegs_lose_nothing_by_being_decoded_small(decoded):
    large = photograph(3, 500, 400).resize((2000, 1600))
    _, small = decoded(saved(large, "JPEG", quality=95), "a.jpg")
    _, exact = decoded(saved(large, "PNG"))
    assert np.abs(small.astype(int) - exact).mean() < 2


def test_of_several_frames_the_first(decoded):
    for form in ("WEBP", "PNG"):
        options = {"lossless": True} if form == "WEBP" else {}
        frames = saved(quarters(), form, save_all=True, append_images=[Image.new("RGB", (64, 64))], **options)
        outcome, pixels = decoded(frames, f"a.{form.lower()}")
        assert (outcome.kinds, corners(pixels)) == (["frames"], "rgbw")


# --- what is none ----------------------------------------------------------------------------------------


def too_much_text():
    """A PNG with a compressed text that is a thousand times as large when it is unpacked."""
    bomb = b"Comment\0\0" + zlib.compress(bytes(2**27), 9)
    whole = saved(photograph(1), "PNG")
    chunk = struct.pack(">I", len(bomb)) + b"zTXt" + bomb + struct.pack(">I", zlib.crc32(b"zTXt" + bomb))
    return whole[:33] + chunk + whole[33:]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (png(10_000, 10_000, zlib.compress(bytes(1251 * 100))), "a.png", "too_large"),
        (png(7_072, 7_072, b""), "a.png", "too_large"),  # 50,013,184 pixels
        (png(7_071, 7_071, b""), "a.png", "damaged"),
        (png(0, 5, b""), "a.png", "damaged"),
        (png(64, 64, zlib.compress(bytes(10**7))), "a.png", None),  # more data than pixels
        (too_much_text(), "a.png", "damaged"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(4) + b"\x10\0\0\0" + b"\xff" * 6, "a.webp", "damaged"),
        (b"BM" + struct.pack("<IHHIIiiHHIIiiII", 60, 0, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0), "a.bmp",
         "too_large"),
        (b"%PDF-1.4", "a.png", "no_image"),
        (b"GIF89a", "a.png", "no_image"),
        (b"II*\0" + bytes(100), "a.jpg", "no_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a.jpg", "no_image"),  # Pillow would run Ghostscript
        (bytes(1000), "a.bmp", "no_image"),
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_files(decoded, content, name, kind):
    outcome, _ = decoded(content, name)
    assert outcome.kinds == ([kind] if kind else ["grey"])
    assert outcome.taken == (kind is None)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
def test_truncated_and_changed_files_give_a_result(decoded, form):
    whole = saved(photograph(4, 40, 30), form)
    random = np.random.default_rng(5)
    for _ in range(60):
        data = bytearray(whole)
        for place in random.integers(0, min(len(data), 400), random.integers(1, 4)):
            data[place] = random.integers(0, 256)
        outcome, _ = decoded(bytes(data[: random.integers(1, len(data) + 1)]), "a.png")
        assert outcome.taken or outcome.kinds


def test_a_file_that_is_gone_or_closed(decoded, tmp_path, settings):
    into = np.zeros((32, 32, 3), np.uint8)
    assert decode(str(tmp_path), "gone.png", settings(), into).kinds == ["vanished"]
    assert decode(str(tmp_path), "", settings(), into).kinds == ["closed"]


def test_limits_can_be_set(decoded):
    assert decoded(saved(photograph(1, 40, 30), "PNG"), max_pixels=1199)[0].kinds == ["too_large"]
    assert decoded(saved(photograph(1, 40, 30), "PNG"), max_pixels=1200)[0].taken
    assert decoded(saved(photograph(1, 40, 30), "PNG"), min_side=31)[0].kinds == ["too_small"]
    outcome, _ = decoded(saved(photograph(1, 40, 30), "PNG"), min_side=30)
    assert outcome.kinds == ["enlarged"]


def test_bytes_after_a_picture_do_not_matter(tmp_path, settings):
    whole = saved(photograph(1), "PNG")
    with open(tmp_path / "long.png", "wb") as file:
        file.write(whole)
        file.truncate(2**26)
    outcome = decode(str(tmp_path), "long.png", settings(), np.zeros((32, 32, 3), np.uint8))
    assert outcome.taken


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_crop_that_is_told_is_the_part_of_the_upright_picture_that_was_kept(decoded, orientation):
    upright = photograph(3, 90, 50)
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # Pillow's numbers of the inverse turns
    stored = upright if back is None else upright.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    outcome, pixels = decoded(saved(stored, "PNG", exif=exif), fit="random_crop", filter="box", seed=7)
    assert tuple(outcome.size) == (90, 50)
    left, top, right, bottom = outcome.crop
    assert (top, bottom) == (0, 1)
    assert right - left == pytest.approx(50 / 90, abs=1e-3)
    cut = upright.resize((32, 32), Image.Resampling.BOX, (90 * left, 0, 90 * right, 50))
    assert np.abs(pixels.astype(int) - np.asarray(cut)).mean() < 2


def test_a_random_crop_depends_on_the_bytes_and_the_seed_alone(decoded):
    wide = [saved(photograph(number, 200, 40), "PNG") for number in range(20)]
    crops = [decoded(content, fit="random_crop")[0].crop for content in wide]
    assert crops == [decoded(content, "other.png", fit="random_crop", image_size=64)[0].crop for content in wide]
    assert len({crop[0] for crop in crops}) == 20
    assert min(crop[0] for crop in crops) < 0.2
    assert max(crop[2] for crop in crops) > 0.8
    assert decoded(wide[0], fit="random_crop", seed=1)[0].crop != crops[0]
    assert decoded(wide[0])[0].crop == (0.4, 0, 0.6, 1)
    assert [decoded(wide[0], fit=fit)[0].crop for fit in ("pad", "stretch")] == [(), ()]


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow cannot write AVIF")
def test_avif_is_read(decoded):
    outcome, pixels = decoded(saved(quarters(), "AVIF", quality=90), "a.avif", filter="box")
    assert (outcome.taken, outcome.kinds) == (True, [])
    assert np.abs(pixels[8, 8].astype(int) - [255, 0, 0]).max() < 12
    assert decoded(saved(quarters(), "AVIF")[:200], "a.avif")[0].kinds == ["damaged"]


def test_heic_is_read_where_its_reader_is_installed(monkeypatch):
    registered = []
    reader = SimpleNamespace(register_heif_opener=lambda: registered.append(picture_files.HEIF_READER))
    monkeypatch.setattr(picture_files, "find_spec", lambda name: reader if name == "pillow_heif" else None)
    monkeypatch.setattr(picture_files, "import_module", {"pillow_heif": reader}.__getitem__)
    kept = picture_files.readable, picture_files.decoders
    try:
        for each in kept:
            each.cache_clear()
        assert "HEIF" in picture_files.decoders()
        assert registered == ["pillow_heif"]
        assert [picture_files.kind_of_name(name) for name in ("a.heic", "b.HEIF", "c.tiff")] == [
            "",
            "",
            "other_picture",
        ]
    finally:
        for each in kept:
            each.cache_clear()


def test_heic_without_its_reader_says_what_to_install(monkeypatch):
    monkeypatch.setattr(picture_files, "find_spec", lambda name: None)
    picture_files.readable.cache_clear()
    try:
        assert picture_files.kind_of_name("a.heic") == "needs_heif"
    finally:
        picture_files.readable.cache_clear()
