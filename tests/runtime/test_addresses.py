import pytest
import requests

from easel.runtime.addresses import command_line, without_secrets


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://host/a.tar.gz", "https://host/a.tar.gz"),
        ("http://user:SECRET@host:8080/a.tar.gz?X-Amz-Signature=SECRET", "http://host:8080/a.tar.gz"),
        ("https://SECRET@host/a", "https://host/a"),
        ("https://user:SECRET:with@signs@host/a", "https://host/a"),
        ("https://user:SECRET/with?all#signs@host/a", "https://host/a"),
        ("https://host?SECRET", "https://host"),
        ("https://host/a#SECRET", "https://host/a"),
        ("https://host/a?it's=SECRET", "https://host/a"),
        ("https://host/@user/a%2Fb,(c)", "https://host/@user/a%2Fb,(c)"),
        ("https://host:80/@user", "https://host:80/@user"),
        ("HTTPS://user:SECRET@[::1]:80/a", "HTTPS://[::1]:80/a"),
        ("s3://key:SECRET@bucket/a", "s3://bucket/a"),
        ("ssh://git@host/repository", "ssh://git@host/repository"),
        ("git+ssh://git@host/repository", "git+ssh://git@host/repository"),
        ("ssh://git:SECRET@host/repository", "ssh://host/repository"),
        ("git@host:group/repository", "git@host:group/repository"),
        ("/a/path?with#signs@all", "/a/path?with#signs@all"),
    ],
)
def test_an_address_keeps_its_scheme_host_and_path(address, shown):
    assert without_secrets(address) == shown
    for before, after in [
        ("'", "'"),
        ('"', '"'),
        ("see ", ", and"),
        ("(", ")."),
        ("[", "]"),
        ("<", ">"),
        ("a: ", "\n"),
    ]:
        assert without_secrets(f"{before}{address}{after}") == f"{before}{shown}{after}"


def test_every_address_of_a_text():
    text = "urls: [https://a:SECRET@b/c, https://d/e?SECRET]  # http://f?SECRET\n"
    assert without_secrets(text) == "urls: [https://b/c, https://d/e]  # http://f\n"


def test_a_request_in_an_error_of_a_library():
    with pytest.raises(requests.ConnectionError) as error:
        requests.get("http://127.0.0.1:9/a.tar.gz?X-Amz-Signature=SECRET", timeout=1)
    assert "SECRET" in str(error.value)
    assert "SECRET" not in without_secrets(str(error.value))


def test_a_command_keeps_no_secret():
    arguments = ["--config", "study=a b", "--wms", "http://u:SECRET@h/?t=SECRET", "--storage-s3-access-key", "SECRET"]
    assert command_line(["snakemake", *arguments, "--http-password=SECRET", "--forcerun", "data"]) == (
        "snakemake --config 'study=a b' --wms http://h/ --storage-s3-access-key HIDDEN --http-password=HIDDEN "
        "--forcerun data"
    )
