"""Networks as .keras files with reproducible bytes, whichever process writes them and when."""

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from easel.runtime.files import atomic

if TYPE_CHECKING:
    import keras


def save(network: "keras.Model", file: Path) -> None:
    """Write a network, never a partial file, without the dates and memory addresses that Keras adds."""
    with atomic(file) as partial:
        network.save(partial)
        with zipfile.ZipFile(partial) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(partial, "w") as archive:
            for name, content in timeless(parts).items():
                archive.writestr(zipfile.ZipInfo(name), content)


def timeless(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of a .keras file without the date in metadata.json, and with its shared objects numbered from 0."""
    metadata = json.loads(parts["metadata.json"]) | {"date_saved": ""}
    numbers: dict[str, int] = {}
    config = re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda address: str(numbers.setdefault(address[0], len(numbers))),
        parts["config.json"].decode(),
    )
    return {**parts, "metadata.json": json.dumps(metadata).encode(), "config.json": config.encode()}
