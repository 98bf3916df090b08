"""config/README.md states every key with its default."""

from pathlib import Path
from typing import get_args

import pytest
from helpers.config_types import every_type

from easel.config.datasets import (
    Cifar10Binary,
    Cifar100Binary,
    Folder,
    Idx,
    IdxChecksums,
    Shapes,
    SvhnChecksums,
    SvhnMat,
)
from easel.config.judges.classifier import ClassifierSettings
from easel.config.judges.inception import SHA256, InceptionSettings
from easel.config.presets import Gan, Growth, NetworkCost, NetworkCosts, Rae, Vae, VaeGan, VqVae
from easel.config.sampling import SamplingSettings
from easel.config.studies import ExternalEntry, MachineConfig, StudyFile

ROOT = Path(__file__).parents[2]


def test_the_types_are_all_found():
    assert {
        Shapes,
        Cifar10Binary,
        Cifar100Binary,
        Idx,
        SvhnMat,
        Folder,
        ClassifierSettings,
        InceptionSettings,
        Gan,
        Vae,
        Rae,
        VqVae,
        VaeGan,
        StudyFile,
        ExternalEntry,
        MachineConfig,
    } <= set(every_type())


def tables():
    """The tables of config/README.md: the default of each key, by the heading above."""
    found, rows = {}, {}
    for line in (ROOT / "config" / "README.md").read_text().splitlines():
        if line.startswith("##"):
            rows = found[line.strip("# ")] = {}
        elif line.startswith("| `"):
            key, default = (cell.strip(" `") for cell in line.split("|")[1:3])
            rows[key] = default
    return found


def keys_in_tables(kind):
    """The keys of a type in config/README.md: key -> default."""
    headings = {
        MachineConfig: "`config.yaml`",
        StudyFile: "A study",
        ExternalEntry: "External samples",
        SamplingSettings: "`sampling`",
        NetworkCosts: "`cost`",
        NetworkCost: "`at_32`, `at_64`, `at_128` and `at_256`",
        Growth: "`megaflops` and `megaparameters`",
        IdxChecksums: "`sha256` of `idx`",
        SvhnChecksums: "`sha256` of `svhn_mat`",
    }
    if kind in headings:
        return tables()[headings[kind]]
    tag = next(key for key in ("format", "kind", "family") if key in kind.model_fields)
    own = tables()[f"`{tag}: {get_args(kind.model_fields[tag].annotation)[0]}`"]
    return tables()["Every family"] | own if tag == "family" else own


def shown(field):
    """A field's default as config/README.md writes it."""
    if field.is_required():
        return "required"
    match field.default:
        case None | "" | [] | {} | SamplingSettings():
            return "none"
        case bool() as value:
            return str(value).lower()
        case [str() as value]:
            return value
        case [255, 255, 255]:
            return "white"
        case [str(), str(), str()]:
            return "three addresses"
        case str() as value if value == SHA256:
            return "that of the published graph"
        case float() as value if 0 < value < 0.01:
            return f"{value:.0e}".replace("e-0", "e-")
        case int() | float() as value:
            return f"{value:,}".removesuffix(".0")
    return str(field.default)


@pytest.mark.parametrize("kind", every_type(), ids=lambda kind: kind.__name__)
def test_config_readme_states_every_key_with_its_default(kind):
    assert keys_in_tables(kind) == {key: shown(field) for key, field in kind.model_fields.items()}


def test_config_readme_names_every_choice():
    text = (ROOT / "config" / "README.md").read_text()
    for kind in every_type():
        for key, field in kind.model_fields.items():
            for choice in get_args(field.annotation):
                if isinstance(choice, str):
                    assert f"`{choice}`" in text, f"{kind.__name__}.{key}: {choice}"
