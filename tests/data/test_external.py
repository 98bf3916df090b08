"""Images made elsewhere: what is read of folders and arrays, and what is refused in which words."""

import os
import pickle
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from easel.data import external, image_files
from easel.runtime.errors import EaselError

SHAPE = (8, 6, 3)


@pytest.fixture
def pictures():
    """uint8 (20, 8, 6, 3); the first pixel's red says which one it is."""
    drawn = np.random.default_rng(0).integers(0, 256, (20, *SHAPE), np.uint8)
    drawn[:, 0, 0, 0] = np.arange(20)
    return drawn


@pytest.fixture
def folder(tmp_path, pictures):
    """Twenty PNGs in two folders, as tools that draw by class leave them."""
    for i, picture in enumerate(pictures):
        save(tmp_path / "drawn" / "ab"[i // 10] / f"{i:03}.png", picture)
    return tmp_path / "drawn"


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def by_first_pixel(images):
    return images[np.argsort(images[:, 0, 0, 0])]


def refused(path, *phrases, count=20):
    """The message of the error that reading raises, which has all phrases and is one line."""
    with pytest.raises(EaselError) as error:
        external.read(path, SHAPE, count)
    message = str(error.value)
    assert message.startswith(f"{path}")
    assert "\n" not in message
    for phrase in phrases:
        assert phrase in message
    return message


# --- which images -----------------------------------------------------------------------------------------


def test_all_images_of_a_folder_and_those_below_it(folder, pictures):
    read = external.read(folder, SHAPE, 20)
    assert (read.images.dtype, read.found, read.caveats) == (np.uint8, 20, [])
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)


@pytest.mark.parametrize("suffix", ["folder", ".npy", ".npz"])
def test_fewer_are_a_random_choice_with_a_seed(folder, pictures, tmp_path, suffix):
    path = {"folder": folder, ".npy": tmp_path / "a.npy", ".npz": tmp_path / "a.npz"}[suffix]
    np.save(tmp_path / "a.npy", pictures)
    np.savez_compressed(tmp_path / "a.npz", pictures)
    expected = pictures[np.random.default_rng(3).choice(20, 8, replace=False)]
    read = external.read(path, SHAPE, 8, seed=3)
    np.testing.assert_array_equal(read.images, expected)
    assert read.found == 20
    assert read.caveats == [external.RandomChoice(8, found=20, seed=3)]
    assert not np.array_equal(external.read(path, SHAPE, 8, seed=4).images, expected)


def test_all_come_in_random_order_too(folder):
    order = external.read(folder, SHAPE, 20).images[:, 0, 0, 0]
    assert sorted(order) == list(range(20))
    assert len(set(order[:10]) & set(range(10))) < 10  # the first half is not the first class


def test_more_than_there_are_wanted(folder):
    read = external.read(folder, SHAPE, 1_000)
    assert (len(read.images), read.found) == (20, 20)
    assert read.caveats == [external.FewerImages(20, wanted=1_000)]


@pytest.mark.parametrize("suffix", ["folder", ".npz"])
def test_progress_counts_the_images_that_are_read(folder, pictures, tmp_path, suffix):
    np.savez(tmp_path / "a.npz", pictures)
    told = []
    external.read(folder if suffix == "folder" else tmp_path / "a.npz", SHAPE, 15, advance=told.append)
    assert sum(told) == 15


def test_equal_images_are_told(folder, tmp_path, pictures):
    np.save(tmp_path / "one.npy", np.repeat(pictures[:1], 20, axis=0))
    assert external.read(tmp_path / "one.npy", SHAPE, 20).caveats == [external.RepeatedImages(20, distinct=1)]
    np.save(tmp_path / "two.npy", np.repeat(pictures[:2], 10, axis=0))
    assert external.read(tmp_path / "two.npy", SHAPE, 20).caveats == [external.RepeatedImages(20, distinct=2)]


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "options"), [(".bmp", {}), (".webp", {"lossless": True}), (".PNG", {})])
def test_formats_without_loss(tmp_path, pictures, suffix, options):
    for i, picture in enumerate(pictures):
        save(tmp_path / f"{i}{suffix}", picture, **options)
    read = external.read(tmp_path, SHAPE, 20)
    assert read.caveats == []
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp"])
def test_formats_with_loss(tmp_path, suffix):
    for red in (0, 120, 240):
        save(tmp_path / f"{red}{suffix}", np.full(SHAPE, (red, 50, 100), np.uint8), quality=95)
    read = external.read(tmp_path, SHAPE, 3)
    assert read.caveats == [image_files.LossyFormat(3)]
    np.testing.assert_allclose(by_first_pixel(read.images)[:, 3, 3], [(r, 50, 100) for r in (0, 120, 240)], atol=4)


def test_grey_and_black_and_white_become_rgb(folder, pictures):
    save(folder / "a" / "000.png", pictures[0, :, :, 1])
    save(folder / "a" / "001.png", pictures[1, :, :, 1] > 127)
    read = external.read(folder, SHAPE, 20)
    assert read.caveats == [image_files.GreyImages(2)]
    found = {image.tobytes() for image in read.images}
    assert np.repeat(pictures[0, :, :, 1, None], 3, axis=-1).tobytes() in found
    assert np.repeat(255 * np.uint8(pictures[1, :, :, 1, None] > 127), 3, axis=-1).tobytes() in found


@pytest.mark.parametrize("bits", [8, 2])
def test_a_palette_is_looked_up(tmp_path, bits):
    colours = np.array([(0, 0, 0), (255, 0, 0), (1, 2, 3), (9, 200, 77)], np.uint8)
    indices = np.random.default_rng(0).integers(0, 4, (4, 8, 6), np.uint8)
    for i, picture in enumerate(indices):
        image = Image.fromarray(picture).convert("P")
        image.putdata(picture.ravel().tolist())
        image.putpalette(colours.ravel().tolist())
        image.save(tmp_path / f"{i}.png", bits=bits)
    read = external.read(tmp_path, SHAPE, 4)
    assert read.caveats == []
    assert {image.tobytes() for image in read.images} == {image.tobytes() for image in colours[indices]}


def test_an_opaque_alpha_channel_is_dropped(folder, pictures):
    save(folder / "a" / "000.png", np.dstack([pictures[0], np.full((8, 6), 255, np.uint8)]))
    read = external.read(folder, SHAPE, 20)
    assert read.caveats == [image_files.OpaqueAlpha(1)]
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)


def test_transparent_pixels_are_refused(folder, pictures):
    alpha = np.full((8, 6), 255, np.uint8)
    alpha[2, 3] = 254
    save(folder / "a" / "000.png", np.dstack([pictures[0], alpha]))
    save(folder / "a" / "001.png", pictures[1], transparency=tuple(pictures[1, 0, 0].tolist()))
    refused(folder, "2 of the 20 images", "2 transparent in places (a/000.png, a/001.png)", "the background")


def test_a_transparent_colour_that_no_pixel_has_is_opaque(folder, pictures):
    pictures[0, :, :, 2] = 200
    save(folder / "a" / "000.png", pictures[0], transparency=(1, 2, 3))
    read = external.read(folder, SHAPE, 20)
    assert read.caveats == [image_files.OpaqueAlpha(1)]
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)


def test_exif_orientation_is_ignored_with_a_note(tmp_path, pictures):
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    for i, picture in enumerate(pictures[:3]):
        save(tmp_path / f"{i}.png", picture, exif=exif)
    exif[0x0112] = 1
    save(tmp_path / "3.png", pictures[3], exif=exif)
    read = external.read(tmp_path, SHAPE, 4)
    assert read.caveats == [image_files.IgnoredOrientation(3)]
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures[:4])


@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_refused(folder, colour_type, channels):
    (folder / "a" / "000.png").write_bytes(png(6, 8, 16, colour_type, channels))
    refused(folder, "1 of the 20 images", "1 with 16 bits per channel (a/000.png)", "write them with 8")


def test_cmyk_is_refused(folder):
    Image.new("CMYK", (6, 8)).save(folder / "a" / "x.jpg")
    refused(folder, "1 with CMYK pixels (a/x.jpg)", "write them as RGB", count=21)


@pytest.mark.parametrize("format", ["png", "webp"])
def test_animations_are_refused(folder, pictures, format):
    first, *others = (Image.fromarray(picture) for picture in pictures[:3])
    first.save(folder / f"moving.{format}", save_all=True, append_images=others)
    refused(folder, f"1 animated (moving.{format})", "keep one frame", count=21)


def test_other_sizes_are_counted(folder):
    for i in range(5):
        save(folder / f"large{i}.png", np.zeros((16, 16, 3), np.uint8))
    save(folder / "turned.png", np.zeros((6, 8, 3), np.uint8))
    message = refused(
        folder,
        "6 of the 26 images",
        "5 of 16 × 16 pixels (large0.png, large1.png, large2.png, …); 1 of 6 × 8 pixels (turned.png)",
        "make them 8 × 6",
        "the filter changes FID",
        count=26,
    )
    assert message.count("make them") == 1


# --- damage and malice ------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["png", "jpg", "webp", "bmp"])
def test_files_cut_short_are_refused(folder, pictures, format):
    for i in range(4):
        save(folder / f"cut{i}.{format}", pictures[i])
        whole = (folder / f"cut{i}.{format}").read_bytes()
        (folder / f"cut{i}.{format}").write_bytes(whole[: len(whole) * (i + 5) // 10])
    refused(folder, "4 of the 24 images", f"4 damaged or truncated (cut0.{format}", "write them again", count=24)


def test_a_png_with_a_wrong_checksum_is_refused(folder):
    content = bytearray((folder / "a" / "000.png").read_bytes())
    content[60] ^= 1
    (folder / "a" / "000.png").write_bytes(content)
    refused(folder, "1 damaged or truncated (a/000.png)")


def test_files_that_are_no_images_are_refused(folder):
    (folder / "text.png").write_text("not an image")
    (folder / "empty.jpg").write_bytes(b"")
    Image.new("RGB", (6, 8)).save(folder / "a.gif")
    (folder / "a.gif").rename(folder / "gif.png")
    refused(folder, "3 not PNG, JPEG, WebP or BMP, despite their names (empty.jpg,", count=23)


def test_damaged_bytes_never_crash(tmp_path, pictures):
    """Either the pixels, or an error that names the files."""
    random = np.random.default_rng(0)
    for i in range(200):
        file = tmp_path / f"{i:03}.{['png', 'jpg', 'webp', 'bmp'][i % 4]}"
        save(file, pictures[i % 20])
        content = bytearray(file.read_bytes())
        for spot in random.integers(0, len(content), 3):
            content[spot] = random.integers(256)
        file.write_bytes(content)
    refused(tmp_path, "of the 200 images to be judged cannot be taken", count=200)


def test_a_picture_that_would_fill_the_memory_is_not_decoded(folder):
    (folder / "bomb.png").write_bytes(png(100_000, 100_000, 8, 2, 0))
    (folder / "large.png").write_bytes(png(10_000, 10_000, 8, 2, 0))
    refused(folder, "1 of more than 178 million pixels (bomb.png)", "1 of 10000 × 10000 pixels", count=22)


def test_other_files_are_left_out_with_a_note(folder, tmp_path, pictures):
    (folder / "labels.txt").write_text("0 1 2")
    (folder / "a" / "lost.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(folder / "a" / "pipe.png")
    save(folder / ".checkpoints" / "000.png", pictures[0])
    (folder / "._000.png").write_bytes(b"a Macintosh's")
    read = external.read(folder, SHAPE, 20)
    assert read.caveats == [
        external.OtherFiles(1, ["labels.txt"]),
        external.BrokenLinks(1, ["a/lost.png"]),
        external.NoRegularFiles(1, ["a/pipe.png"]),
    ]


def test_links_are_followed_and_circles_end(folder, tmp_path, pictures):
    (folder / "b" / "up").symlink_to(folder)
    (folder / "itself.png").symlink_to(folder / "itself.png")
    (tmp_path / "linked").symlink_to(folder)
    read = external.read(tmp_path / "linked", SHAPE, 20)
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)
    assert read.caveats == [external.BrokenLinks(1, ["itself.png"])]


def test_nothing_there(tmp_path, pictures):
    refused(tmp_path / "no", "not found. Expected a folder of images, or a .npz or .npy file")
    refused(tmp_path, "found no PNG, JPEG, WebP or BMP image. Found no file")
    (tmp_path / "a.tif").write_bytes(b"")
    refused(tmp_path, "Found 1 other file: a.tif")
    save(tmp_path / "a.png", pictures[0])
    refused(tmp_path, "found 1 image. Expected at least 2")
    refused(tmp_path / "a.png", "expected a folder of images, or a .npz or .npy file")


def test_unreadable_files_are_refused(folder, monkeypatch):
    """As permissions would have it, which do not hold for the superuser."""

    def closed(name, *arguments, opened=open):
        if str(name).endswith("3.png"):
            raise PermissionError(13, "Permission denied", str(name))
        return opened(name, *arguments)

    monkeypatch.setattr("builtins.open", closed)
    refused(folder, "2 without read permission (a/003.png, b/013.png)", "allow them to be read")
    monkeypatch.undo()

    def closed_folder(name, scandir=os.scandir):
        return closed(name, opened=lambda name: scandir(name.replace("3.png", "")))

    (folder / "3.png").mkdir()
    monkeypatch.setattr("os.scandir", closed_folder)
    refused(folder, "cannot be read: Permission denied")


def png(width, height, depth, colour_type, channels):
    """A PNG of zeros, which Pillow itself does not write with 16 bits; `channels` 0 leaves out the pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    rows = (b"\0" + bytes(width * channels * depth // 8)) * height if channels else b""
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


# --- arrays -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "compressed"])
@pytest.mark.parametrize(
    "names", [["images", "arr_0"], ["labels", "images"], ["arr_0", "arr_1"], ["anything"]], ids=" and ".join
)
def test_the_array_of_an_npz(tmp_path, pictures, save, names):
    of = {name: np.arange(20) for name in names}
    of[next(name for name in ("images", "arr_0", "anything") if name in names)] = pictures
    save(tmp_path / "a.npz", **of)
    read = external.read(tmp_path / "a.npz", SHAPE, 20)
    np.testing.assert_array_equal(by_first_pixel(read.images), pictures)
    assert (read.found, read.caveats) == (20, [])


def test_an_npz_of_several_arrays_without_the_names(tmp_path, pictures):
    np.savez(tmp_path / "a.npz", fakes=pictures, labels=np.arange(20))
    refused(tmp_path / "a.npz", "expected the images as 'images', as 'arr_0' or as the only array", "'fakes', 'labels'")


@pytest.mark.parametrize("last", [(), (1,)])
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_grey_arrays_become_rgb(tmp_path, pictures, last, suffix):
    grey = pictures[..., 0].reshape(20, 8, 6, *last)
    (np.save if suffix == ".npy" else np.savez)(tmp_path / f"a{suffix}", grey)
    read = external.read(tmp_path / f"a{suffix}", SHAPE, 20)
    assert read.caveats == [image_files.GreyImages(20)]
    np.testing.assert_array_equal(
        by_first_pixel(read.images), np.repeat(grey.reshape(20, 8, 6, 1), 3, axis=-1)[np.argsort(grey[:, 0, 0].ravel())]
    )


@pytest.mark.parametrize(
    ("change", "phrases"),
    [
        (lambda a: a.transpose(0, 3, 1, 2), ["uint8 (20, 3, 8, 6)", "save images.transpose(0, 2, 3, 1)."]),
        (lambda a: a[:, :4].transpose(0, 3, 1, 2), ["transpose(0, 2, 3, 1), and all its images are 4 × 6 pixels"]),
        (lambda a: np.concatenate([a, a[..., :1]], axis=-1), ["alpha channel; save images[..., :3]"]),
        (lambda a: a[:, :4], ["all its images are 4 × 6 pixels", "make them 8 × 6 yourself"]),
        (lambda a: a[:, :4, :, 0], ["all its images are 4 × 6 pixels"]),
        (lambda a: a.reshape(20, -1), ["uint8 (20, 144)", "its dimensions are not those of images"]),
        (lambda a: np.uint8(3), ["uint8 ()", "its dimensions are not those of images"]),
        (lambda a: a.astype(np.int64), ["int64 (20, 8, 6, 3)", "in 0..255; save images.round()"]),
        (lambda a: a / 255, ["float64", "in 0..1; save (255 * images).round()"]),
        (lambda a: np.float32(a / 127.5 - 1), ["float32", "in -1..1; save ((images + 1) * 127.5)"]),
        (lambda a: (a / 127.5 - 1).astype(">f4"), [">f4", "in -1..1; save ((images + 1) * 127.5)"]),
        (lambda a: a * 3.0, ["in 0..765; bring them to 0..255"]),
        (lambda a: a > 127, ["bool", "true and false"]),
        (lambda a: np.where(a == a[0, 0, 0, 0], np.nan, a), ["values are NaN or infinite"]),
        (lambda a: np.where(a == a[0, 0, 0, 0], np.inf, a), ["values are NaN or infinite"]),
        (lambda a: a.astype(np.float32)[:0], ["it is empty"]),
        (lambda a: a.astype(str), ["its values are not numbers"]),
        (lambda a: np.float32(a / 255).transpose(0, 3, 1, 2), ["transpose(0, 2, 3, 1); and its values lie in 0..1"]),
        (lambda a: np.asfortranarray(a), ["Fortran order; save numpy.ascontiguousarray(images)"]),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_other_arrays_are_refused_with_how_to_convert(tmp_path, pictures, suffix, change, phrases):
    (np.save if suffix == ".npy" else np.savez)(tmp_path / f"a{suffix}", change(pictures))
    refused(tmp_path / f"a{suffix}", *phrases)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_an_empty_array(tmp_path, pictures, suffix):
    (np.save if suffix == ".npy" else np.savez)(tmp_path / f"a{suffix}", pictures[:0])
    refused(tmp_path / f"a{suffix}", "found 0 images")


class Malice:
    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was read')",)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickles_are_never_read(tmp_path, suffix):
    objects = np.array([Malice(), Malice()])
    (np.save if suffix == ".npy" else np.savez)(tmp_path / f"a{suffix}", objects)
    refused(tmp_path / f"a{suffix}", "has pickled Python objects")
    (tmp_path / f"a{suffix}").write_bytes(pickle.dumps(Malice()))
    refused(tmp_path / f"a{suffix}", "cannot be read as a NumPy")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_header_that_promises_more_than_there_is(tmp_path, pictures, suffix):
    """A petabyte, by its header: refused before any memory is asked for."""
    np.save(tmp_path / "a.npy", pictures)
    content = (tmp_path / "a.npy").read_bytes()
    lie = content.replace(b"(20, 8, 6, 3), }            ", b"(9999999999999, 8, 6, 3), } ")
    assert len(lie) == len(content) != lie.count(b"(20,")
    if suffix == ".npz":
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
            archive.writestr("images.npy", lie)
    else:
        (tmp_path / "a.npy").write_bytes(lie)
    refused(tmp_path / f"a{suffix}", "is truncated", "1,439,999,999,999,", "found 3,008. Save or copy it again")


def test_a_zip_directory_that_promises_more_than_there_is(tmp_path, pictures):
    """The header and the archive's directory agree on a lie."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", b"")
    np.save(tmp_path / "a.npy", np.broadcast_to(pictures[:1], (10_000, *SHAPE)))
    whole = (tmp_path / "a.npy").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", whole[: 128 + 144 * 9_000])
        member = archive.infolist()[0]
        member.file_size = len(whole)  # what is written to the directory at the end
    refused(tmp_path / "a.npz", "cannot be read as a NumPy .npz file", "truncated")


def test_a_long_header_is_not_held_in_memory(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", 8_000_000) + bytes(8_000_000))
    tracemalloc.start()
    refused(tmp_path / "a.npz", "cannot be read as a NumPy .npz file: its header is invalid")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_compressed_array_is_not_held_in_memory(tmp_path):
    """A fifth of a gigabyte of zeros in a megabyte: only the chosen rows take memory, and one block."""
    shape = (1_500_000, *SHAPE)
    head = b"\x93NUMPY\x01\x00\x76\x00" + repr({"descr": "|u1", "fortran_order": False, "shape": shape}).encode()
    archive = zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("images.npy", "w", force_zip64=True) as member:
        member.write(head.ljust(127) + b"\n")
        for _ in range(216):
            member.write(bytes(1_000_000))
    tracemalloc.start()
    read = external.read(tmp_path / "a.npz", SHAPE, 10)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (read.images.shape, read.found) == ((10, *SHAPE), 1_500_000)
    assert most < 80e6


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_arrays_cut_short(tmp_path, pictures, suffix):
    (np.save if suffix == ".npy" else np.savez_compressed)(tmp_path / f"a{suffix}", pictures)
    whole = (tmp_path / f"a{suffix}").read_bytes()
    for length in (0, 4, 60, len(whole) // 2, len(whole) - 1):
        (tmp_path / f"a{suffix}").write_bytes(whole[:length])
        refused(tmp_path / f"a{suffix}", "truncated")


def test_a_flipped_bit_in_an_npz_is_noticed(tmp_path, pictures):
    np.savez(tmp_path / "a.npz", pictures)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[1_000] ^= 1
    (tmp_path / "a.npz").write_bytes(content)
    refused(tmp_path / "a.npz", "Bad CRC-32", count=5)


def test_damaged_arrays_never_crash(tmp_path, pictures):
    random = np.random.default_rng(0)
    np.save(tmp_path / "whole.npy", pictures)
    np.savez_compressed(tmp_path / "whole.npz", pictures)
    refusals = 0
    for i in range(200):
        suffix = (".npy", ".npz")[i % 2]
        content = bytearray((tmp_path / f"whole{suffix}").read_bytes())
        where = range(128) if i % 4 < 2 else range(len(content) - 100, len(content))
        for spot in random.choice(where, 2):
            content[spot] = random.integers(256)
        (tmp_path / f"a{suffix}").write_bytes(content)
        try:
            assert external.read(tmp_path / f"a{suffix}", SHAPE, 20).images.shape[1:] == SHAPE
        except EaselError:
            refusals += 1
    assert refusals > 50


# --- what Snakemake is told -------------------------------------------------------------------------------


def test_describe_is_the_same_elsewhere_and_later(folder, tmp_path, pictures):
    before = external.describe(folder)
    assert before["kind"] == "folder"
    assert before["files"] == 20
    assert before["bytes"] == sum(file.stat().st_size for file in folder.rglob("*.png"))
    for file in folder.rglob("*.png"):
        os.utime(file, (1, 1))
    (folder / "notes.txt").write_text("no image")
    folder.rename(tmp_path / "elsewhere")
    assert external.describe(tmp_path / "elsewhere") == before


def test_describe_notices_other_images(folder, pictures, tmp_path):
    seen = [external.describe(folder)]
    (folder / "a" / "000.png").rename(folder / "a" / "new.png")
    seen.append(external.describe(folder))
    save(folder / "b" / "more.png", pictures[0])
    seen.append(external.describe(folder))
    content = bytearray((folder / "b" / "more.png").read_bytes())
    content[-20] ^= 1
    (folder / "b" / "more.png").write_bytes(content)
    seen.append(external.describe(folder))
    for images in (pictures, 255 - pictures):
        for save_as in (np.save, np.savez, np.savez_compressed):
            with open(tmp_path / "a.npz", "wb") as file:
                save_as(file, images)
            seen.append(external.describe(tmp_path / "a.npz"))
    one_pixel = pictures.copy()
    one_pixel[7, 4, 4, 1] ^= 1
    np.savez(tmp_path / "a.npz", one_pixel)
    seen.append(external.describe(tmp_path / "a.npz"))
    assert len({str(each) for each in seen}) == len(seen)


def test_describe_a_missing_path(tmp_path):
    assert external.describe(tmp_path / "no") == {"kind": "missing"}
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert external.describe(tmp_path / "loop") in ({"kind": "missing"}, {"kind": "unreadable"})
    assert external.describe(tmp_path)["files"] == 0


def test_samples_that_are_out_of_reach_are_as_they_were(folder, tmp_path):
    known = tmp_path / "kept" / "known.json"
    before = external.describe_or_recall(folder, known)
    assert before == external.describe(folder)
    folder.rename(tmp_path / "away")
    assert external.describe_or_recall(folder, known) == before
    folder.mkdir()  # where a disk is not mounted
    assert external.describe_or_recall(folder, known) == before
    assert external.describe_or_recall(folder, tmp_path / "nothing known.json") != before
    assert external.describe_or_recall(tmp_path / "another", known) == {"kind": "missing"}
