"""A folder that may not be listed, for root as for others."""

import os

import pytest


def close_folder(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have os.scandir refuse every folder of a name."""
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith(f"/{name}"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
