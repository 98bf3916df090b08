"""Archives that say, or hold, more than their format can need. A bomb here is a few MB, or a header alone."""

import gzip
import io
import tarfile
import tracemalloc

import pytest

from easel.data import bounded, cifar10_binary, cifar_archives
from easel.data.bounded import BoundedReader, tar_members
from easel.runtime.errors import EaselError

MEGABYTE = 2**20


def reader(data: bytes, limit: int) -> BoundedReader:
    return BoundedReader(io.BytesIO(data), "a.gz", limit)


def test_a_stream_is_read_up_to_its_limit():
    stream = reader(bytes(10), 10)
    assert (stream.read(4), stream.read(), stream.read(1)) == (bytes(4), bytes(6), b"")
    for read in (lambda stream: stream.read(), lambda stream: stream.read(11), lambda stream: stream.seek(11)):
        with pytest.raises(EaselError, match=r"^a\.gz: unpacks to more than .* at most 10 bytes"):
            read(reader(bytes(20), 10))


def header(size: int, name: bytes = b"a", kind: bytes = tarfile.REGTYPE) -> bytes:
    """The header of a member that says that it has so many bytes."""
    member = tarfile.TarInfo(name.decode())
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def sparse(size: int) -> bytes:
    """A sparse member in GNU's old form: no data, and one hole of `size` bytes."""
    block = bytearray(header(0, kind=tarfile.GNUTYPE_SPARSE))
    block[483:495] = b"%011o\0" % size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


BOMBS = {
    "a large member": (header(10**10), "the member 'a' says that it has 10,000,000,000 bytes"),
    "a large member after others": (header(4) + bytes(512) + header(10**10), "10,000,000,000 bytes"),
    "a negative size": (header(-1024), "the member 'a' says that it has -1,024 bytes"),
    "a hole": (sparse(10**9), "the member 'a' says that it has 1,000,000,000 bytes"),
    "a long name": (header(4 * MEGABYTE, kind=tarfile.GNUTYPE_LONGNAME) + bytes(4 * MEGABYTE), "unpacks to more"),
    "a long pax record": (header(4 * MEGABYTE, kind=tarfile.XHDTYPE) + bytes(4 * MEGABYTE), "unpacks to more"),
    "many pax records": (header(0, kind=tarfile.XHDTYPE) * 2_000, "unpacks to more|recursion"),
    "many members": (header(0) * 2_000, "more than 1,000 members"),
    "a long end": (bytes(4 * MEGABYTE), "unpacks to more"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_neither_time_nor_memory(tmp_path, bomb):
    data, said = BOMBS[bomb]
    archive = tmp_path / "bomb.tar.gz"
    archive.write_bytes(gzip.compress(data + bytes(1024)))
    del data
    tracemalloc.start()
    with pytest.raises(EaselError, match=said) as error:
        cifar10_binary.read({archive.name: archive}, {})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(error.value).startswith(f"{archive}: ")
    assert "\n" not in str(error.value)
    assert peak < 3 * MEGABYTE


def test_what_is_beside_the_data_counts(pack, contents, monkeypatch):
    """A file that nobody asks for is skipped, which takes time, too."""
    archive = pack({"zeros": bytes(MEGABYTE)} | contents)
    cifar10_binary.read({archive.name: archive}, {})
    monkeypatch.setattr(cifar_archives, "MOST_BYTES", MEGABYTE + 2_000)
    with pytest.raises(EaselError, match=r"'cifar-10-batches-bin/data_batch_\d\.bin' says that it has 12,292 bytes"):
        cifar10_binary.read({archive.name: archive}, {})


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_members_of_every_form_are_read(form):
    names = ["short", "long/" * 18 + "name"] + ["ü" * 150] * (form != tarfile.USTAR_FORMAT)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as tar:
        for size, name in enumerate(names, 511):
            member = tarfile.TarInfo(name)
            member.size = size
            tar.addfile(member, io.BytesIO(bytes(size)))
    stream = reader(packed.getvalue(), 0)
    found = [(member.name, tar.extractfile(member).read()) for tar, member in tar_members(stream, "a.tar", 10**6)]
    assert found == [(name, bytes(size)) for size, name in enumerate(names, 511)]
    assert bounded.BLOCK == tarfile.BLOCKSIZE
