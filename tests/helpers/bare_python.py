"""A Python as Debian's python3 package and Colab have it: with the module venv, but no pip to put into environments."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path


def bare_python(folder: Path) -> Path:
    """The program of a Python below `folder`: the one that runs this, without ensurepip, pip and other packages.

    It is the real program, with links to the modules of the standard library but for those.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = folder / "lib" / version
    (library / "site-packages").mkdir(parents=True)
    for path in Path(sysconfig.get_path("stdlib")).iterdir():
        if path.name not in ("ensurepip", "site-packages", "dist-packages", "__pycache__"):
            (library / path.name).symlink_to(path)
    program = folder / "bin" / version
    program.parent.mkdir()
    shutil.copy(os.path.realpath(sys.executable), program)
    (program.parent / "python3").symlink_to(program.name)
    return program.parent / "python3"
