"""The state of the checkout: its commit, and how its files differ from it."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

KEPT = 1_000_000
"""Bytes of the diff that are kept as text, at most; its SHA-256 is of all of it."""
NAMED = 1_000
"""Untracked files and folders that are named, at most."""


class GitError(Exception):
    """Git cannot say; the message is why."""


def describe(checkout: Path) -> dict[str, Any]:
    """What git knows of a checkout.

    commit: 40 hexadecimal digits. diff: what `git apply` takes, from the commit to the tracked files as they are,
    empty where they are the commit's; diff_bytes and diff_sha256 are of all of it, diff_is_cut says whether its text
    is only the beginning. untracked: files and folders that git neither knows nor ignores.
    Where there is no git or no commit: {"commit": None, "reason": why}.
    """
    try:
        # A checkout without git of its own may lie in somebody else's repository.
        ask(checkout, "ls-files", "--error-unmatch", "Snakefile")
        commit = ask(checkout, "rev-parse", "--verify", "HEAD").strip()
        untracked = ask(checkout, "ls-files", "--others", "--exclude-standard", "--directory", "-z").split("\0")[:-1]
        return {"commit": commit, **difference(checkout), "untracked": untracked[:NAMED]}
    except GitError as error:
        return {"commit": None, "reason": str(error)}


def difference(checkout: Path) -> dict[str, Any]:
    """The entries `dirty` and `diff…`; the diff is read in pieces, because a changed file may be of any size."""
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    options = ["--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"]
    with start(checkout, "diff", *options, "HEAD", "--", ".", stderr=subprocess.DEVNULL) as git:
        assert git.stdout is not None  # a pipe
        while piece := git.stdout.read(1 << 16):
            digest.update(piece)
            size += len(piece)
            kept += piece[: KEPT - len(kept)]
    if git.returncode:
        raise GitError(f"git diff ended with exit code {git.returncode}")
    return {
        "dirty": size > 0,
        "diff_bytes": size,
        "diff_sha256": digest.hexdigest(),
        "diff_is_cut": size > len(kept),
        "diff": kept.decode(errors="replace"),
    }


def ask(checkout: Path, *arguments: str) -> str:
    """What git answers; a GitError with the first line of its complaint where it does not."""
    with start(checkout, *arguments, stderr=subprocess.PIPE) as git:
        answer, complaint = git.communicate()
    if git.returncode:
        raise GitError((complaint.decode(errors="replace").strip().splitlines() or ["git failed"])[0])
    return answer.decode(errors="replace")


def start(checkout: Path, *arguments: str, stderr: int) -> subprocess.Popen:
    """Git in a checkout, with its output to be read; stderr: where its complaints go."""
    # Inside a git hook, GIT_DIR and its like would point elsewhere; and git must not wait for a lock to be read.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.Popen(
            ["git", "-C", str(checkout), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment,
        )  # fmt: skip
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
