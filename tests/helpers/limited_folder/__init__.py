"""A folder like a mounted cloud drive: without locks and links, with fixed permissions, and with times that are rounded
and later than now.

`limited_folder.c` says what is limited. It is a library that programs load before the C library (LD_PRELOAD), so it
needs neither root nor a mount, only a C compiler on Linux, and every program that is started from a limited one is
limited, too: Snakemake, its jobs, TensorFlow, make, cp.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.shared import made_once

SOURCE = Path(__file__).with_name("limited_folder.c")
LIBRARY = "limited_folder.so"


def compile_into(folder: Path) -> Path:
    """Compile the library. Returns its file, whose path may not have spaces or colons."""
    library = folder / LIBRARY
    command = ["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return library


def limited_folder_library(factory: pytest.TempPathFactory) -> Path:
    """The library, compiled once for all of pytest's processes. Skips the test where there is no C compiler."""
    if not shutil.which("cc"):
        pytest.skip("a C compiler (cc) is needed")
    return made_once(factory, "limited_folder", compile_into_new) / LIBRARY


def compile_into_new(folder: Path) -> None:
    folder.mkdir()
    compile_into(folder)


def limits(folder: Path, library: Path) -> dict[str, str]:
    """The environment variables that limit a program to what a cloud drive can do in `folder`, which exists."""
    return {"LD_PRELOAD": str(library), "LIMITED_FOLDER": str(folder.resolve(strict=True))}
