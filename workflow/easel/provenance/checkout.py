"""The files of the checkout that are packed into a crate: those that git tracks, and nothing private beside them.

A checkout may also hold keys, passwords (`config/.env`, `.netrc`), and links to anywhere. So hidden files are left out,
and a link is only followed to another file that is packed.
"""

from pathlib import Path
from typing import NamedTuple

from easel.provenance import git

FILES = (
    "Snakefile", "LICENSE", "README.md", "pyproject.toml", "environment.yml", "requirements.txt", "requirements-gpu.txt"
)  # fmt: skip
FOLDERS = ("config", "notebooks", "profiles", "scripts", "workflow")
"""The parts of the checkout that are needed to run the workflow again."""

WITHOUT_GIT = (
    *FILES, "config/README.md", "config/config.yaml", "config/datasets.yaml", "config/judges.yaml",
    "config/presets/*.yaml", "notebooks/*.ipynb", "notebooks/template/*", "profiles/default/*.yaml",
    "profiles/slurm/*.yaml", "scripts/*.py", "workflow/envs/venv.sh", "workflow/report/*.rst", "workflow/rules/*.smk",
    "workflow/schemas/*.json", "workflow/easel/**/*.py", "workflow/easel/py.typed", "workflow/easel/**/*.yaml",
)  # fmt: skip
"""The same files where git cannot say which they are, as in a checkout that was downloaded as a zip.

Studies are not among them: a crate gets its own, and others are not its business.
"""


class Checkout(NamedTuple):
    """What is packed of a checkout, and what is not."""

    files: list[str]
    """Paths from the checkout on, sorted."""
    left_out: list[str]
    """Hidden files, and links to files that are not packed, though git tracks them."""


def choose_files(checkout: Path) -> Checkout:
    """The files of a checkout for a crate."""
    try:
        git.ask(checkout, "ls-files", "--error-unmatch", "Snakefile")
        listed = set(git.ask(checkout, "ls-files", "-z", "--", *FILES, *FOLDERS).split("\0")[:-1])
    except git.GitError:
        found = (file for pattern in WITHOUT_GIT for file in checkout.glob(pattern))
        listed = {file.relative_to(checkout).as_posix() for file in found}
    root = checkout.resolve()
    targets = {root / path for path in listed}
    existing = sorted(path for path in listed if (checkout / path).is_file())
    left_out = [path for path in existing if is_hidden(path) or (checkout / path).resolve() not in targets]
    return Checkout([path for path in existing if path not in left_out], left_out)


def is_hidden(path: str) -> bool:
    """True for a file whose name, or a folder's before it, begins with a dot."""
    return any(part.startswith(".") for part in Path(path).parts)
