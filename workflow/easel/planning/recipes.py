"""Recipes: the settings that decide the cost of a step. Runs of one recipe cost the same and are measured once."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from easel.config.affects import Affects, as_params, as_probed
from easel.config.datasets import Sizes
from easel.config.judges.base import JudgeSettings
from easel.config.presets import PresetBase
from easel.study.load import Study

INTERVALS = ("log_every", "draw_every", "checkpoint_every")
"""The settings that say how often a training does something other than steps."""


def of_training(settings: PresetBase, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a run: everything that the time, the memory and the disk space of its steps depend on."""
    return {
        "kind": "training",
        "settings": as_params(as_probed(settings), Affects.TRAINING),
        "image_shape": list(sizes.image_shape),
        "images": sizes.train,
        "classes": sizes.classes if settings.is_conditional else 0,  # as labels
    }


def of_timed_training(settings: PresetBase, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a run with the run's own intervals, on which the time between steps depends."""
    recipe = of_training(settings, sizes)
    return recipe | {"settings": recipe["settings"] | settings.model_dump(include=set(INTERVALS))}


def of_judge(judge: JudgeSettings, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a judge that can be measured before it is made (`can_be_probed`)."""
    return {
        "kind": judge.kind,
        "settings": as_params(as_probed(judge), Affects.OUTPUT),
        "image_shape": list(sizes.image_shape),
        "images": sizes.train,
        "classes": sizes.classes,
    }


def name_of(recipe: dict[str, Any]) -> str:
    """The name of a recipe: 12 hexadecimal digits of a hash, equal on every machine."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:12]


def of_study(study: Study, sizes: Sizes) -> dict[str, dict[str, Any]]:
    """Every distinct recipe of a study, by name: those of trainings, then those of judges."""
    trainings = (of_training(run.settings, sizes) for run in study.runs.values())
    judges = (of_judge(judge, sizes) for judge in study.judges.values() if judge.can_be_probed)
    return {name_of(recipe): recipe for recipe in (*trainings, *judges)}


def modules_of(recipe: Mapping[str, Any]) -> list[str]:
    """The modules of easel that a measurement of the recipe imports by name."""
    if recipe["kind"] != "training":
        return [f"easel.judges.{recipe['kind']}.training", f"easel.judges.{recipe['kind']}"]
    settings = recipe["settings"]
    return [f"easel.models.{settings['model']}", f"easel.training.objectives.{settings['family']}"]


def label_of(recipe: Mapping[str, Any]) -> str:
    """A short description: `dcgan of width 64 in batches of 128`."""
    settings = recipe["settings"]
    what = settings["model"] if recipe["kind"] == "training" else f"the judge {recipe['kind']}"
    return f"{what} of width {settings['width']} in batches of {settings['batch_size']}"
