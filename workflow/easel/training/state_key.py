"""The state key: everything that the steps of a training depend on. Its hash names the folder of the state."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from easel.runtime.console import log
from easel.runtime.files import read_if_whole, write_json
from easel.training.trainer import Trainer

FILE = "state_key.json"


def state_key(trainer: Trainer, depends_on: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the steps of a training depend on, in JSON's types.

    depends_on: fingerprints of the data and the code.
    """
    resolved = {"precision": trainer.precision, "jit_compile": trainer.jit_compile}  # the values of `auto`
    key = trainer.settings.state_settings | {"seed": trainer.seed} | resolved
    key |= {"tensorflow": tf.__version__, "keras": keras.__version__, **depends_on}
    return json.loads(json.dumps(key, sort_keys=True))


def state_folder(states: Path, key: Mapping[str, Any], label: str) -> Path:
    """The folder in `states` for the state of a training with this key, named after the key's hash.

    The key itself is written into it as state_key.json, again if that is damaged. If there is only state for other
    keys, the log says how they differ.
    """
    folder = states / hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]
    if not folder.exists():
        for other in sorted(states.glob(f"*/{FILE}")):
            log.info("%s: not using the state in %s: %s", label, other.parent, differences(read_if_whole(other), key))
    if read_if_whole(folder / FILE) != key:
        write_json(folder / FILE, key)
    return folder


def differences(before: Mapping[str, Any], now: Mapping[str, Any], inside: str = "") -> str:
    """The differences of two keys: `learning_rate was 0.0002 and is 0.0004; code workflow/easel/… has changed`."""
    found = []
    for name in sorted(before.keys() | now.keys()):
        one, other = before.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            found += [differences(one, other, name)] if one != other else []
        elif one != other:
            hashes = inside or name in ("data", "start")
            found.append(f"{inside} {name} has changed".strip() if hashes else f"{name} was {one} and is {other}")
    return "; ".join(found)
