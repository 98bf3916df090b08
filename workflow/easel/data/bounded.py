"""Archives that are read within limits, so that a small file cannot unpack to more than its format can need.

A gzip or zip file of 10 MB can hold 10 GB. So sizes in headers are compared with a limit before anything is read, and a
stream is never read beyond what its header says.
"""

import io
import tarfile
from collections.abc import Iterator
from gzip import GzipFile
from pathlib import Path
from typing import IO

from easel.runtime.errors import EaselError

MOST_IMAGES = 1_000_000
"""The most images of a split in an archive: Easel holds them in memory, 3 GB of 32 × 32 pixels."""
MOST_MEMBERS = 1_000
"""The most files of a tar archive; published ones have fewer than ten."""
HEADERS = 2**16
"""Bytes before a file's content in a tar archive, long names and pax records included, or before an array's values."""
PADDING = 2**20
"""Bytes after the last file of a tar archive."""
BLOCK = 512
"""Bytes; the content of a file in a tar archive is filled up to a multiple of it."""


class BoundedReader(io.RawIOBase):
    """A stream that raises EaselError where it is longer than a limit, before it has read or skipped much more.

    `limit`, a position in bytes, may be moved while it is read.
    """

    def __init__(self, stream: IO[bytes] | GzipFile, file: str | Path, limit: int):
        self.stream, self.file, self.limit = stream, file, limit

    def read(self, size: int = -1) -> bytes:
        left = self.limit - self.stream.tell()
        data = self.stream.read(left + 1 if size < 0 else min(size, left + 1))
        if len(data) > left:
            self.refuse()
        return data

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or place > self.limit:
            self.refuse()
        return self.stream.seek(place)

    def tell(self) -> int:
        return self.stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def refuse(self) -> None:
        """Raise the error."""
        raise EaselError(
            f"{self.file}: unpacks to more than its format needs: expected at most {self.limit:,} bytes up to here. It "
            "is damaged or malicious. Get it from a source you trust."
        )


def tar_members(
    stream: BoundedReader, file: str | Path, most: int
) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """The members of a tar archive in their order, each with the archive to read it from.

    most: bytes of all members together. Raises EaselError for more bytes or members, and for a sparse member, whose
    holes take no space in the archive; tarfile's errors for a damaged archive.
    """
    stream.limit = HEADERS
    # Not closed, as a member may be read after this function has ended. It holds nothing but the stream.
    tar = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115
    for _ in range(MOST_MEMBERS):
        if (member := tar.next()) is None:
            stream.limit = stream.tell() + PADDING
            while stream.read(BLOCK**2):  # to gzip's checksum, which follows the data
                pass
            return
        end = member.offset_data + -(-member.size // BLOCK) * BLOCK
        if member.size < 0 or end > most or member.sparse is not None:
            raise EaselError(
                f"{file}: the member '{member.name}' says that it has {member.size:,} bytes. Expected plain files "
                f"of at most {most:,} bytes together; such an archive is damaged or malicious. Get it from a "
                "source you trust."
            )
        stream.limit = end
        yield tar, member
        stream.limit = end + HEADERS
    raise EaselError(f"{file}: has more than {MOST_MEMBERS:,} members. Expected a published dataset's few files.")
