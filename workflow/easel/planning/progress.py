"""The step from which an interrupted or extended training would resume."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from easel.config.affects import Affects, names_of
from easel.config.presets import PresetBase
from easel.planning.rules import Work, script_of
from easel.runtime.files import read_if_whole
from easel.tracking.fingerprint import code_of


def steps_done(folder: Path, settings: PresetBase, seed: int, steps: int, data: str | None) -> int:
    """The step of a training's newest usable checkpoint; 0 if it would start over.

    folder: `<study>/<run>/seed-<k>/`. steps: of the whole training; later checkpoints are of no use to it. data: the
    SHA-256 of the training images; None until they are prepared.
    Reads each state's state_key.json, while the training itself knows the name of its state. Only the training
    checks that a checkpoint is intact.
    """
    modules = (f"easel.models.{settings.model}", f"easel.training.objectives.{settings.family}")
    code = code_of(script_of(Work.TRAINING), *modules)
    wanted = json.loads(settings.model_dump_json()) | {"seed": seed}
    resolved = names_of(type(settings), Affects.RESOLVED_BY_DEVICE)
    found = [0]
    for file in folder.glob("state/*/state_key.json"):
        if data and fits(read_if_whole(file), wanted, resolved, code, data):
            checkpoints = (int(path.stem.removeprefix("checkpoint-")) for path in file.parent.glob("checkpoint-*.npz"))
            found += [step for step in checkpoints if step <= steps]
    return max(found)


def fits(
    state_key: Mapping[str, Any],  # a state's state_key.json
    settings: Mapping[str, Any],  # and the seed
    resolved: Sequence[str],  # settings whose state holds the value that `auto` became on the device
    code: Mapping[str, str],
    data: str,
) -> bool:
    """True if a state belongs to these settings, this code and these data."""
    state_key = dict(state_key)
    packages = {package: state_key.pop(package, None) for package in ("tensorflow", "keras")}
    own_code = {**state_key.pop("code", {}), **packages}
    trained_on = state_key.pop("data", None)  # for a conditional training, also its labels
    images = trained_on["images"] if isinstance(trained_on, dict) else trained_on
    if images != data or any(code.get(file) != mark for file, mark in own_code.items()):
        return False
    for name in resolved:
        chosen = state_key.pop(name, None)
        if settings[name] not in ("auto", chosen):
            return False
    return all(settings.get(name) == value for name, value in state_key.items())
