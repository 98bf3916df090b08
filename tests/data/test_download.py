import errno
import hashlib
import os
import socket
import threading
from base64 import b64encode
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from easel.data import download as module
from easel.data.download import download, download_and_unpack, take
from easel.runtime.errors import EaselError

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Each path fails in its own way; `asked` counts the requests of each."""

    def do_GET(self):
        asked = self.server.asked
        self.server.ranges.append(self.headers.get("Range"))
        asked[self.path] = asked.get(self.path, 0) + 1
        match self.path.split("/")[1]:
            case "good":
                self.answer(200, CONTENT)
            case "endless":
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    while True:
                        self.wfile.write(CONTENT)
            case "other":
                self.answer(200, b"another file")
            case "guarded" if self.headers.get("Authorization") == "Basic " + b64encode(b"user:SECRET").decode():
                self.answer(200, CONTENT)
            case "signed":
                self.answer(302, b"", Location="ftp://user:SECRET@host/a?X-Amz-Signature=SECRET")
            case "moved":
                self.answer(302, b"", Location="/login")
            case "login":
                self.answer(200, b"<!doctype html>Please log in", **{"Content-Type": "text/html; charset=utf-8"})
            case "truncated":
                self.answer(200, CONTENT[:1000], **{"Content-Length": len(CONTENT)})
            case "breaks" if self.headers.get("Range"):
                start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
                self.answer(206, CONTENT[start:])
            case "breaks" | "breaks-and-restarts":
                sent = CONTENT if asked[self.path] > 1 else CONTENT[: len(CONTENT) // 2]
                self.answer(200, sent, **{"Content-Length": len(CONTENT)})
            case "busy":
                self.answer(*((200, CONTENT) if asked[self.path] > 2 else (503, b"")))
            case "labelled":
                self.answer(200, CONTENT, **{"Content-Encoding": "x-gzip"})
            case "silent":
                self.server.done.wait(5)
            case _:
                self.answer(404, b"<html>Not found</html>", **{"Content-Type": "text/html"})

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in ({"Content-Length": len(body)} | headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *message):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.ranges, server.done = {}, [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.done.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "datasets" / "archive.tar.gz"


@pytest.fixture(autouse=True)
def quick_and_direct(monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.0)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")


def refuse(archive, *urls, checksum=SHA256):
    """The message of a download that fails; nothing may be left of it."""
    with pytest.raises(EaselError) as error:
        download(urls, checksum, archive)
    assert os.listdir(archive.parent) == []
    assert all(url in str(error.value) for url in urls)
    return str(error.value)


def test_downloads_and_leaves_nothing_else(server, archive):
    download([f"{server.url}/good/a.tar.gz"], SHA256, archive)
    assert archive.read_bytes() == CONTENT
    assert os.listdir(archive.parent) == ["archive.tar.gz"]


def test_the_next_address_is_tried(server, archive):
    urls = [f"{server.url}/{kind}/a.tar.gz" for kind in ("missing", "other", "moved", "good")]
    download(urls, SHA256, archive)
    assert archive.read_bytes() == CONTENT
    assert all(times == 1 for times in server.asked.values()), "what will not change is not tried again"


def test_goes_on_where_a_transfer_broke_off(server, archive):
    download([f"{server.url}/breaks/a.tar.gz"], SHA256, archive)
    assert archive.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={len(CONTENT) // 2}-"]


def test_starts_again_where_the_server_cannot_go_on(server, archive):
    download([f"{server.url}/breaks-and-restarts/a.tar.gz"], SHA256, archive)
    assert archive.read_bytes() == CONTENT


def test_a_busy_server_is_asked_again(server, archive):
    download([f"{server.url}/busy/a.tar.gz"], SHA256, archive)
    assert server.asked == {"/busy/a.tar.gz": 3}


def test_the_file_is_kept_as_it_is_stored(server, archive):
    download([f"{server.url}/labelled/a.tar.gz"], SHA256, archive)
    assert archive.read_bytes() == CONTENT


def test_a_wrong_checksum(server, archive):
    said = refuse(archive, f"{server.url}/other/a.tar.gz")
    found = hashlib.sha256(b"another file").hexdigest()
    assert f"wrong SHA-256: expected {SHA256}, found {found}" in said
    assert "path: /where/it/is/archive.tar.gz" in said


def test_a_redirect_to_a_web_page(server, archive):
    said = refuse(archive, f"{server.url}/moved/a.tar.gz")
    assert f"the server sent a web page instead of the file, from {server.url}/login" in said


def test_every_address_and_its_reason_is_listed(server, archive):
    said = refuse(archive, f"{server.url}/missing/a.tar.gz", f"{server.url}/other/a.tar.gz")
    assert said.index("HTTP 404 Not Found") < said.index("wrong SHA-256")


@pytest.mark.parametrize("path", ["missing", "moved", "other", "signed", "truncated", "busy-not", "x\\y"])
def test_a_failing_address_is_shown_without_its_secrets(server, archive, caplog, path):
    host = server.url.removeprefix("http://")
    for urls in (
        [f"http://user:SECRET@{host}/{path}/a.tar.gz?X-Amz-Signature=SECRET"],
        ["http://user:SECRET@127.0.0.1:1/a.tar.gz?X-Amz-Signature=SECRET", f"http://SECRET@[{path}/a?SECRET"],
    ):
        caplog.clear()
        with pytest.raises(EaselError, match=r"could not be downloaded") as error:
            download(urls, SHA256, archive)
        assert "SECRET" not in str(error.value) + caplog.text
    assert os.listdir(archive.parent) == []


def test_a_password_is_taken_from_the_address_or_from_netrc(server, archive, tmp_path, monkeypatch):
    host = server.url.removeprefix("http://")
    download([f"http://user:SECRET@{host}/guarded/a"], SHA256, archive)
    archive.unlink()
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password SECRET\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    download([f"{server.url}/guarded/a"], SHA256, archive)
    assert archive.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "end", ["", "a/..", "%2F..%2F..%2Fx", "%FF", "a" * 300, "brace{seed}.tgz", "dataset.json", "?"]
)
def test_the_end_of_an_address_names_no_file(server, tmp_path, end):
    def unpack(downloaded, file):
        file.write_bytes(downloaded.read_bytes())
        assert [each.name for each in file.parent.glob(".*/*")] == ["download"]

    download_and_unpack([f"{server.url}/good/{end}"], tmp_path / "judges" / "graph.pb", unpack, "wait")
    download([f"{server.url}/good/{end}"], SHA256, tmp_path / "a.tar.gz")
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["a.tar.gz", "graph.pb", "judges"]
    assert (tmp_path / "judges/graph.pb").read_bytes() == CONTENT


@pytest.mark.parametrize("path", ["good", "endless"])
def test_a_file_that_is_too_long_is_not_downloaded_to_its_end(server, archive, monkeypatch, path):
    monkeypatch.setattr(module, "MOST_BYTES", 500_000)
    said = refuse(archive, f"{server.url}/{path}/a.tar.gz")
    assert "the server sends more than 500,000 bytes" in said
    assert server.asked == {f"/{path}/a.tar.gz": 1}


def test_an_unsuitable_download_is_named_by_its_address(server, tmp_path):
    def unpack(downloaded, file):
        raise EaselError(f"{downloaded}: this .tgz is damaged")

    with pytest.raises(EaselError) as error:
        download_and_unpack([f"{server.url}/good/a"], tmp_path / "graph.pb", unpack, "wait")
    assert f"  {server.url}/good/a\n    this .tgz is damaged\n" in str(error.value)
    assert not any(tmp_path.iterdir())


def test_a_truncated_transfer(server, archive):
    said = refuse(archive, f"{server.url}/truncated/a.tar.gz")
    assert f"the transfer broke off after 1,000 of {len(CONTENT):,} bytes" in said
    assert server.asked == {"/truncated/a.tar.gz": 3}


def test_nobody_listens(archive):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "connection refused" in refuse(archive, f"http://127.0.0.1:{port}/a.tar.gz")


def test_no_answer_in_time(server, archive, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.1)
    assert "no answer within" in refuse(archive, f"{server.url}/silent/a.tar.gz")


def test_no_such_host(archive, monkeypatch):
    def offline(*address, **options):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    said = refuse(archive, "https://www.example.org/a.tar.gz", "https://mirror.example.org/a.tar.gz")
    assert said.count("the host name was not found (Temporary failure in name resolution)") == 2


def test_an_unreachable_proxy(server, archive, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert "the proxy: connection refused" in refuse(archive, "http://www.example.org/a.tar.gz")


def test_a_full_disk_is_not_the_server_s_fault(server, archive, monkeypatch):
    def full(url, file, label):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "transfer", full)
    with pytest.raises(EaselError, match=r"archive\.tar\.gz: the disk is full"):
        download([f"{server.url}/good/a.tar.gz"], SHA256, archive)
    assert os.listdir(archive.parent) == []


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine.tar.gz"
    file.write_bytes(CONTENT)
    file.chmod(0o400)
    return file


def state(file):
    about = file.stat()
    return file.read_bytes(), about.st_mtime_ns, about.st_mode, about.st_nlink


def test_takes_a_local_file_and_leaves_it_as_it_was(mine, archive):
    before = state(mine)
    take(mine, SHA256, archive)
    assert archive.read_bytes() == CONTENT
    archive.unlink()
    assert state(mine) == before


def test_a_local_file_with_a_wrong_checksum(mine, archive):
    before = state(mine)
    with pytest.raises(EaselError, match=rf"mine\.tar\.gz: wrong SHA-256\. Expected {'0' * 64}, found {SHA256}"):
        take(mine, "0" * 64, archive)
    assert os.listdir(archive.parent) == []
    assert state(mine) == before


@pytest.mark.parametrize(("name", "said"), [("none.tar.gz", "No such file"), (".", "Is a directory")])
def test_a_local_path_that_is_no_file(tmp_path, archive, name, said):
    with pytest.raises(EaselError, match=rf"cannot be read as the dataset's archive: {said}"):
        take(tmp_path / name, SHA256, archive)
    assert os.listdir(archive.parent) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which is always full")
def test_a_full_disk_while_copying(mine, archive):
    archive.parent.mkdir()
    (archive.parent / f".archive.tar.{os.getpid()}.part.gz").symlink_to("/dev/full")
    with pytest.raises(EaselError, match="the disk is full"):
        take(mine, SHA256, archive)
    assert os.listdir(archive.parent) == []
    assert mine.read_bytes() == CONTENT
