"""Checked downloads from the first address that serves the right file, and copies from a local path.

A password may be part of an address or be in ~/.netrc, which Requests reads. It is used, and never shown.
"""

import re
import shutil
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial as partial_function
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pooch
import requests
import urllib3.exceptions

from easel.runtime.addresses import without_secrets
from easel.runtime.console import Progress, log
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, sha256

TRIES = 3  # per address
WAIT = 1.0  # seconds before the second try; twice as long before the third
TIMEOUT = 30.0  # seconds without a connection, or without a byte
CHUNK = 2**18  # bytes
MOST_BYTES = 2**33  # of a file; archives of datasets and judges are smaller by far

NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError)


class WebPage(requests.RequestException):
    """The server sent a page for a browser: a login, a proxy's notice, "this page has moved"."""


class TooLong(requests.RequestException):
    """The server sends more than any archive has."""


def obtain(path: str, urls: Sequence[str], checksum: str, archive: str | Path, of: str = "dataset") -> None:
    """Copy the local file `path`, if there is one, to `archive`, else download that from one of `urls`: see both."""
    if path:
        take(path, checksum, archive, of)
    else:
        download(urls, checksum, archive, of)


def download(urls: Sequence[str], checksum: str, archive: str | Path, of: str = "dataset") -> None:
    """Download `archive` from the first of `urls` that serves a file with the SHA-256 `checksum`.

    of: `dataset` or `judge`, for errors.

    If every address fails, raises EaselError with the reason of each, and leaves neither `archive` nor a part of it.
    """
    archive = Path(archive)

    def retrieve(url: str, partial: Path) -> None:
        downloader = partial_function(fetch, label=archive.name)
        pooch.retrieve(url, f"sha256:{checksum}", partial.name, partial.parent, downloader=downloader)
        log.info("%s: %.1f MB, SHA-256 as expected", archive.name, partial.stat().st_size / 1e6)

    with atomic(archive) as partial:
        first_that(
            urls, lambda url: retrieve(url, partial), archive.name,
            f"get the file with SHA-256 {checksum} in another way, and set in the {of}'s configuration "
            f"'path: /where/it/is/{archive.name}' instead of 'urls'",
        )  # fmt: skip


def download_and_unpack(
    urls: Sequence[str], file: str | Path, unpack: Callable[[Path, Path], None], remedy: str
) -> None:
    """Make `file` from the first download that `unpack(downloaded, file)` accepts.

    unpack: writes the file, or raises EaselError for a damaged or wrong download. remedy: what else the user can do,
    for the error if every address fails.
    """
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=file.parent, prefix=".download-") as folder:

        def retrieve(url: str) -> None:
            downloaded = Path(folder) / "download"
            downloaded.unlink(missing_ok=True)
            pooch.retrieve(url, None, downloaded.name, folder, downloader=partial_function(fetch, label=file.name))
            try:
                unpack(downloaded, file)
            except EaselError as error:  # the file's name says nothing to the user, and its address is known
                raise EaselError(str(error).removeprefix(f"{downloaded}: ")) from None

        first_that(urls, retrieve, file.name, remedy)


def first_that(urls: Sequence[str], retrieve: Callable[[str], None], name: str, remedy: str) -> None:
    """Call `retrieve` with one address after the other until one of them serves the right file.

    If every address fails, raises EaselError with the reason of each, and `remedy`.
    """
    pooch.get_logger().setLevel("WARNING")
    failures = []
    for url in urls:
        shown = without_secrets(url)
        log.info("Downloading %s", shown)
        try:
            return retrieve(url)
        except (*NETWORK_ERRORS, EaselError, ValueError) as error:  # pooch raises ValueError for a wrong checksum
            log.warning("%s: %s", shown, reason(error))
            failures.append(f"  {shown}\n    {reason(error)}")
    raise EaselError(
        f"{name} could not be downloaded. Tried, in this order:\n" + "\n".join(failures) + "\n"
        "Check the network and run the same command again; a proxy is set in the environment variable "
        f"HTTPS_PROXY. Or {remedy}."
    )


def take(path: str | Path, checksum: str, archive: str | Path, of: str = "dataset") -> None:
    """Copy the local file `path` to `archive` and check the copy's SHA-256; `path` is only read.

    of: `dataset` or `judge`, for errors.

    A link would be cheaper, but Snakemake changes the time stamps of outputs, and so would change the user's file.
    """
    path, archive = Path(path), Path(archive)
    with atomic(archive) as partial:
        try:
            shutil.copyfile(path, partial)
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise EaselError(
                f"{path}: cannot be read as the {of}'s archive: {error.strerror}. Expected a readable file; "
                f"correct 'path' in the {of}'s configuration."
            ) from error
        if (found := sha256(partial)) != checksum:
            raise EaselError(
                f"{path}: wrong SHA-256. Expected {checksum}, found {found} ({path.stat().st_size:,} bytes). "
                f"Get the file again; or, if it is the one you mean, correct 'sha256' in the {of}'s configuration."
            )


def fetch(url: str, target: str, _pooch: object, label: str) -> None:
    """A downloader for pooch: up to TRIES transfers, each of which resumes where the last one stopped.

    label: the file's name, for the progress.
    """
    with open(target, "wb") as file:
        for attempt in range(1, TRIES + 1):
            try:
                transfer(url, file, label)
                break
            except NETWORK_ERRORS as error:
                if attempt == TRIES or is_final(error):
                    raise
                wait = WAIT * 2 ** (attempt - 1)
                log.warning("%s: %s; trying again in %.0f s", without_secrets(url), reason(error), wait)
                time.sleep(wait)


def transfer(url: str, file: BinaryIO, label: str) -> None:
    """Append the rest of the content of `url` to `file`, byte for byte as the server stores it."""
    done = file.tell()
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            done = file.seek(0)
            file.truncate()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise WebPage(f"the server sent a web page instead of the file, from {without_secrets(response.url)}")
        total = done + int(response.headers.get("Content-Length", 0))
        require_length(total)
        with Progress(total=total / 1e6, unit="MB", label=label, done=done / 1e6) as progress:
            # Some servers declare a .gz file as compressed for the transfer; decoding it would change its checksum.
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                require_length(file.tell() + len(chunk))
                file.write(chunk)
                progress.update(len(chunk) / 1e6)


def require_length(size: int) -> None:
    """Refuse a file that is too long, before the disk is full of it."""
    if size > MOST_BYTES:
        raise TooLong(f"the server sends more than {MOST_BYTES:,} bytes, which is no archive that Easel can read")


def is_final(error: Exception) -> bool:
    """True if an immediate retry would fail in the same way."""
    if isinstance(error, requests.HTTPError):
        return error.response.status_code < 500 and error.response.status_code not in (408, 429)
    return isinstance(error, WebPage | TooLong | ValueError | requests.exceptions.SSLError | requests.TooManyRedirects)


def reason(error: Exception) -> str:
    """A short reason for a failed download."""
    if mismatch := re.search(r"expected sha256:(\w+) but got (\w+)", str(error)):
        return f"wrong SHA-256: expected {mismatch[1]}, found {mismatch[2]}"
    if isinstance(error, requests.HTTPError):
        return f"HTTP {error.response.status_code} {error.response.reason}"
    through = "the proxy: " if isinstance(error, requests.exceptions.ProxyError) else ""
    return through + without_secrets(words(root(error)))


def root(error: BaseException) -> BaseException:
    """The innermost of the errors that urllib3 and requests wrap around each other."""
    inner = [getattr(error, "reason", None), error.__cause__, *error.args]
    wrapped = next((one for one in inner if isinstance(one, BaseException)), None)
    return root(wrapped) if wrapped else error


def words(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return f"the host name was not found ({error.strerror})"
        case TimeoutError() | urllib3.exceptions.TimeoutError():
            return f"no answer within {TIMEOUT:.0f} s"
        case urllib3.exceptions.IncompleteRead(partial=done, expected=left):
            return f"the transfer broke off after {done:,} of {done + left:,} bytes"
        case OSError(strerror=str(message)):
            return message.lower()
        case _:
            return str(error)
