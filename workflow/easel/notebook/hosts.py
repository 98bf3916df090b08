"""Where the notebook runs: Colab, Kaggle or another Jupyter."""

import importlib
import importlib.util
import os
import subprocess
from pathlib import Path
from typing import Any

from IPython.display import FileLink, display

from easel.runtime.errors import EaselError

DRIVE = Path("/content/drive")
"""Where Colab shows Google Drive."""
KAGGLE_OUTPUT = Path("/kaggle/working")
"""What Kaggle keeps when a version of the notebook is saved."""
GPU_MENU = {
    "Colab": "Runtime → Change runtime type → T4 GPU",
    "Kaggle": "Settings → Accelerator → GPU T4 x2",
}


def host() -> str:
    """The notebook's host: Colab, Kaggle, or "" for any other."""
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return "Kaggle"
    try:
        return "Colab" if importlib.util.find_spec("google.colab") else ""
    except ModuleNotFoundError:  # there is no package `google` either
        return ""


def gpus() -> list[str]:
    """The GPUs that nvidia-smi lists, a line each; none where there is no driver."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode != 0:
        return []
    return [line for line in done.stdout.splitlines() if line.startswith("GPU ")]  # those of MIG are parts of one


def mount_drive() -> Path:
    """Show Google Drive as a folder, once Colab's user has agreed to it. Returns the folder `My Drive`."""
    try:
        _colab("drive").mount(str(DRIVE))
    except Exception as error:  # google.colab has errors of its own, as when the user refuses, and others' with them
        raise EaselError(
            f"Google Drive was not connected ({error}). Run this cell again and allow it, or set keep_in to "
            '"this machine" in the cell *Choose*'
        ) from None
    folder = DRIVE / "MyDrive"
    if not folder.is_dir():
        raise EaselError(f"Google Drive is connected, but {folder} does not exist: restart the session and try again")
    return folder


def upload() -> dict[str, bytes]:
    """Let Colab's user choose files. Returns their content by name."""
    return _colab("files").upload()


def download(file: Path) -> None:
    """Hand a file to the user: Colab's browser saves it, elsewhere there is a link or a path."""
    if host() == "Colab":
        _colab("files").download(str(file))
        return
    if file.is_relative_to(Path.cwd()):
        display(FileLink(str(file.relative_to(Path.cwd()))))  # Jupyter serves the files below the notebook
    print(file)


def _colab(module: str) -> Any:
    return importlib.import_module(f"google.colab.{module}")
