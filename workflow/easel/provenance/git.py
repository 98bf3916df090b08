"""The git state of the checkout: its commit and its uncommitted changes."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from easel.runtime.addresses import without_secrets

MAX_DIFF_BYTES = 1_000_000
"""The most bytes of the diff that are kept as text. Its SHA-256 covers all of it."""
MAX_UNTRACKED = 1_000
"""The most untracked files and folders that are listed."""


class GitError(Exception):
    """Git failed; the message says why."""


def describe(checkout: Path) -> dict[str, Any]:
    """The git state of a checkout.

    commit: 40 hexadecimal digits. diff: the uncommitted changes of tracked files, for `git apply`; "" if there are
    none. diff_bytes and diff_sha256 cover the whole diff; diff_is_cut is true if `diff` is only its beginning,
    diff_is_censored if addresses in `diff` lack their passwords and queries, without which git may not apply it.
    untracked: files and folders that git neither tracks nor ignores.
    Without git or without a commit: {"commit": None, "reason": why}.
    """
    try:
        # A checkout without a repository of its own may lie inside another repository.
        ask(checkout, "ls-files", "--error-unmatch", "Snakefile")
        commit = ask(checkout, "rev-parse", "--verify", "HEAD").strip()
        untracked = ask(checkout, "ls-files", "--others", "--exclude-standard", "--directory", "-z").split("\0")[:-1]
        return {"commit": commit, **difference(checkout), "untracked": untracked[:MAX_UNTRACKED]}
    except GitError as error:
        return {"commit": None, "reason": str(error)}


def difference(checkout: Path) -> dict[str, Any]:
    """The entries `dirty` and `diff…`. The diff is read in pieces because a changed file can be of any size."""
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    options = ["--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"]
    with start(checkout, "diff", *options, "HEAD", "--", ".", stderr=subprocess.DEVNULL) as git:
        assert git.stdout is not None  # a pipe
        while piece := git.stdout.read(1 << 16):
            digest.update(piece)
            size += len(piece)
            kept += piece[: MAX_DIFF_BYTES - len(kept)]
    if git.returncode:
        raise GitError(f"git diff ended with exit code {git.returncode}")
    diff = kept.decode(errors="replace")
    shown = without_secrets(diff)
    return {
        "dirty": size > 0,
        "diff_bytes": size,
        "diff_sha256": digest.hexdigest(),
        "diff_is_cut": size > len(kept),
        "diff_is_censored": shown != diff,
        "diff": shown,
    }


def ask(checkout: Path, *arguments: str) -> str:
    """Git's output. Raises GitError with the first line of its error message."""
    with start(checkout, *arguments, stderr=subprocess.PIPE) as git:
        output, errors = git.communicate()
    if git.returncode:
        raise GitError((errors.decode(errors="replace").strip().splitlines() or ["git failed"])[0])
    return output.decode(errors="replace")


def start(checkout: Path, *arguments: str, stderr: int) -> subprocess.Popen:
    """Start git in a checkout with a pipe for its output. stderr: as for `subprocess.Popen`."""
    # In a git hook, variables such as GIT_DIR point elsewhere; and reading must not wait for a lock.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.Popen(
            ["git", "-C", str(checkout), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=environment,
        )  # fmt: skip
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
