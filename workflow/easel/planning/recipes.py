"""What decides the cost of a step: two runs of one recipe cost the same, and only one of them has to be measured."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from easel.config.judges import Judge
from easel.config.presets import Preset
from easel.data.sizes import Sizes
from easel.study.load import Study, as_params

WITHOUT_COST = {
    "description": "", "source": "", "epochs": 1.0, "on_collapse": "continue", "log_every": 50, "draw_every": 200,
    "checkpoint_every": 1.0, "learning_rate": 1e-4, "discriminator_learning_rate": 0.0, "beta_1": 0.5, "beta_2": 0.9,
    "decay": "constant", "beta": 1.0, "warm_up": 0.0, "free_bits": 0.0, "scale": 0.1, "reconstruction_weight": 0.01,
    "equilibrium": 0.68, "margin": 0.35, "embedding_penalty": 0.03, "decoder_penalty": 2e-3, "commitment": 0.25,
}  # fmt: skip
"""Settings that change what a training learns or for how long, and not what a step of it costs; and what stands in
their place while a step is measured."""


ON_OR_OFF = {
    "ema_decay": 0.99, "aux_classifier_weight": 1.0, "gradient_penalty": 1.0, "r1": 1.0, "r2": 1.0, "lecam": 1.0,
    "pixel_weight": 1.0,
}  # fmt: skip
"""Settings that 0 turns off. That something is on costs; how much of it does not, and this stands in its place."""


def of_training(settings: Preset, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a run: everything that the seconds, the memory and the bytes of its steps depend on."""
    plain = {key: value for key, value in WITHOUT_COST.items() if key in type(settings).model_fields}
    switched = {key: on for key, on in ON_OR_OFF.items() if getattr(settings, key, 0.0)}
    return {
        "kind": "training",
        "settings": as_params(settings.model_copy(update=plain | switched)),
        "image_shape": list(sizes.image_shape),
        "images": sizes.train,
        "classes": sizes.classes if settings.is_conditional else 0,  # that networks are told
    }


def of_judge(judge: Judge, sizes: Sizes) -> dict[str, Any]:
    """The recipe of a judge that can be measured (`judges.Settings.without_cost`)."""
    return {
        "kind": judge.kind,
        "settings": as_params(judge.model_copy(update=judge.without_cost)),
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
    judges = (of_judge(judge, sizes) for judge in study.judges.values() if judge.without_cost is not None)
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
