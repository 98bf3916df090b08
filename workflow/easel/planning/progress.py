"""How far a training has come already: from which of its steps it would go on."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from easel.config.affects import Affects, names_of
from easel.config.presets import Preset
from easel.runtime.files import read_json
from easel.tracking.fingerprint import code_of


def steps_done(folder: Path, settings: Preset, seed: int, steps: int, data: str | None) -> int:
    """The steps, of a training of so many, that its newest checkpoint spares it; 0 where it would start over.

    folder: `<study>/<run>/seed-<k>/`. data: the SHA-256 of the training images; None where they are not there yet.
    Reads each state's state_key.json, as the training itself does not: it knows the name of its state. Whether a
    checkpoint is whole only the training finds out.
    """
    code = code_of("train_run.py", f"easel.models.{settings.model}", f"easel.training.objectives.{settings.family}")
    wanted = json.loads(settings.model_dump_json()) | {"seed": seed}
    resolved = names_of(type(settings), Affects.RESOLVED_BY_DEVICE)
    found = [0]
    for file in folder.glob("state/*/state_key.json"):
        if data and fits(read_json(file), wanted, resolved, code, data):
            checkpoints = (int(path.stem.removeprefix("checkpoint-")) for path in file.parent.glob("checkpoint-*.npz"))
            found += [step for step in checkpoints if step <= steps]
    return max(found)


def fits(
    made_for: Mapping[str, Any],  # a state's made_for.json
    settings: Mapping[str, Any],  # and the seed
    resolved: Sequence[str],  # settings of which a state has the value that the device made of them
    code: Mapping[str, str],
    data: str,
) -> bool:
    """Whether a state was made for these settings, this code and these data."""
    made_for = dict(made_for)
    own_code = {**made_for.pop("code"), **{package: made_for.pop(package) for package in ("tensorflow", "keras")}}
    learnt_from = made_for.pop("data")  # of a training that is told classes, their labels, too
    images = learnt_from["images"] if isinstance(learnt_from, dict) else learnt_from
    if images != data or any(code.get(file) != mark for file, mark in own_code.items()):
        return False
    for name in resolved:
        chosen = made_for.pop(name)
        if settings[name] not in ("auto", chosen):
            return False
    return all(settings.get(name) == value for name, value in made_for.items())
