"""What decides the cost of a step: two runs of one recipe cost the same, and only one of them has to be measured."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from easel.config.affects import Affects, as_params, as_probed
from easel.config.datasets import Sizes
from easel.config.judges.base import JudgeSettings
from easel.config.presets import Preset
from easel.study.load import Study


def of_training(settings: Preset, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a run: everything that the seconds, the memory and the bytes of its steps depend on."""
    return {
        "kind": "training",
        "settings": as_params(as_probed(settings), Affects.TRAINING),
        "image_shape": list(sizes.image_shape),
        "images": sizes.train,
        "classes": sizes.classes if settings.is_conditional else 0,  # that networks are told
    }


def of_judge(judge: JudgeSettings, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a judge that can be measured (`can_be_probed`)."""
    return {
        "kind": judge.kind,
        "settings": as_params(as_probed(judge), Affects.OUTPUT),
        "image_shape": list(sizes.image_shape),
        "images": sizes.train,
        "classes": sizes.classes,
    }


def name_of(recipe: dict[str, Any]) -> str:
    """A recipe's name: 12 hexadecimal digits, the same for the same recipe on every machine."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:12]


def of_study(study: Study, sizes: Sizes) -> dict[str, dict[str, Any]]:
    """Every distinct recipe of a study, of its trainings first and then of its judges, by its name."""
    trainings = (of_training(run.settings, sizes) for run in study.runs.values())
    judges = (of_judge(judge, sizes) for judge in study.judges.values() if judge.can_be_probed)
    return {name_of(recipe): recipe for recipe in (*trainings, *judges)}


def modules_of(recipe: Mapping[str, Any]) -> list[str]:
    """The modules of easel that a measurement of a recipe imports by name."""
    if recipe["kind"] != "training":
        return []
    settings = recipe["settings"]
    return [f"easel.models.{settings['model']}", f"easel.training.objectives.{settings['family']}"]


def in_words(recipe: Mapping[str, Any]) -> str:
    """A recipe in a few words: `dcgan of width 64 in batches of 128`."""
    settings = recipe["settings"]
    what = settings["model"] if recipe["kind"] == "training" else f"the judge {recipe['kind']}"
    return f"{what} of width {settings['width']} in batches of {settings['batch_size']}"
