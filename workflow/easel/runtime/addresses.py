"""Addresses without their secrets, as they may be kept in results and shown in logs and pages.

A password or token can stand before the host, and a signature in the query:
`https://user:SECRET@host/archive.tar.gz?X-Amz-Signature=SECRET`. Both are cut off, here alone, so that whoever keeps or
shows an address keeps and shows the same: `https://host/archive.tar.gz`. Only a download uses the whole address.
"""

import re
import shlex
from collections.abc import Iterable

USER = r"(?P<user>[^\s/?#\"<>]*@|[^\s/?#@:]*:(?!\d+(?:\W|$))[^\s\"<>]*@)?"
"""Before the host. The second form has `/`, `?` or `#` in its password, where they should not be."""
PLACE = r"(?P<place>[^\s?#\"<>]*)"
"""Host, port and path."""
QUERY = r"(?:[?#][^\s\"<>]*?(?=[\]}),.;:'`]*(?:[\s\"<>]|$)))?"
"""Query and fragment, but not the punctuation that may follow an address in a text."""
ADDRESS = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://){USER}{PLACE}{QUERY}")
REQUEST = re.compile(r"(?<=with url: )(?P<place>[^\s?#]*)[?#]\S*")
"""The path and query of a request, as urllib3 quotes them."""
PLAIN_USER = re.compile(r"[^:@]*@")
SECRET_OPTION = re.compile(r"(?P<option>--[\w-]*(?:password|secret|token|credential|access-key|api-key)[\w-]*)(?:=.*)?")
HIDDEN = "HIDDEN"


def without_secrets(text: str) -> str:
    """The text, and each address in it without user, password, query and fragment. An address alone is a text, too.

    A user without a password stays with ssh, which needs one: `ssh://git@host/repository`.
    """
    return REQUEST.sub(r"\g<place>", ADDRESS.sub(shown, text))


def shown(address: re.Match[str]) -> str:
    """One address, in so far as it may be shown."""
    scheme, user = address["scheme"], address["user"] or ""
    kept = user if scheme.lower().endswith("ssh://") and PLAIN_USER.fullmatch(user) else ""
    return scheme + kept + address["place"]


def command_line(arguments: Iterable[str]) -> str:
    """A command as one would type it, with addresses as above and without the values of options for secrets."""
    kept: list[str] = []
    for argument in arguments:
        if kept and SECRET_OPTION.fullmatch(kept[-1]) and "=" not in kept[-1] and not argument.startswith("-"):
            kept.append(HIDDEN)
        elif option := SECRET_OPTION.fullmatch(argument):
            kept.append(f"{option['option']}={HIDDEN}" if "=" in argument else argument)
        else:
            kept.append(without_secrets(argument))
    return shlex.join(kept)
