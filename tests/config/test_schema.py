"""The JSON schemas for editors agree with the types, and with every file under config/."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from easel.config import schema

ROOT = Path(__file__).parents[2]
SCHEMA_OF = {"config.yaml": "config", "datasets.yaml": "datasets", "judges.yaml": "judges"}
CONFIG_FILES = sorted(path.relative_to(ROOT / "config") for path in (ROOT / "config").rglob("*.yaml"))


def read(file):
    return YAML(typ="safe", pure=True).load(file)


def validator(name):
    written = json.loads((schema.SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(written)
    return jsonschema.Draft202012Validator(written)


def test_the_schemas_in_the_checkout_are_those_of_the_types(tmp_path):
    schema.write(tmp_path)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    there = {path.name: path.read_text() for path in schema.SCHEMAS.iterdir()}
    assert there == made, "workflow/schemas/ is stale: run `make schemas`"


@pytest.mark.parametrize("file", CONFIG_FILES, ids=str)
def test_every_file_of_config_is_valid_and_names_its_schema(file):
    name = SCHEMA_OF.get(file.name) or {"presets": "preset", "studies": "study"}[file.parent.name]
    path = ROOT / "config" / file
    validator(name).validate(read(path))
    said = path.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / said).resolve() == (schema.SCHEMAS / f"{name}.schema.json").resolve()


STUDY = "dataset: shapes\nruns:\n  a: {preset: dcgan"


@pytest.mark.parametrize(
    "text",
    [
        STUDY + ", epoch: 4}",
        STUDY + ", epochs: many}",
        STUDY + ", epochs: 0}",
        STUDY + ", family: vae}",
        STUDY + ", sampling: {truncation: 0}}",
        STUDY + "}\nsampling: {count: 10}",
        STUDY + "}\n  a b: {preset: dcgan}",
        STUDY + "}\nseeds: 0",
        STUDY + "}\njudge: []",
        STUDY + "}\nsample: 10",
        STUDY + "}\ndatasets:\n  mine: {format: cifar10_binary, path: a.tar.gz, sha256: 12}",
        STUDY + ", epochs: []}",
        STUDY + ", epochs: [1, many]}",
        STUDY + ", epochs: [1, 1]}",
        STUDY + ", epochs: [[1]]}",
        "dataset: shapes\nruns:\n  a: {preset: []}",
        "dataset: shapes\nruns: {}",
        "dataset: shapes\nruns:\n  a: {epochs: 4}",
    ],
)
def test_a_wrong_study_is_invalid(text):
    with pytest.raises(jsonschema.ValidationError):
        validator("study").validate(read(text))


@pytest.mark.parametrize(
    "text",
    [
        STUDY + ", loss: hinge, n_dis: 2}",
        STUDY + ", model: lean_gan, conditional: true, sampling: {label: disc}}\nsampling: {truncation: 0.5, seed: 1}",
        STUDY + "}\n  b: {preset: vae, beta: 4, likelihood: gaussian}",
        STUDY + "}\n  c: {preset: vae_gan, margin: 0.2, learning_rate: 1e-4}\njudge: [classifier]",
        STUDY + ", learning_rate: [1e-4, 2e-4], jit_compile: [auto, true], loss: [hinge]}",
        "dataset: shapes\nruns:\n  a: {preset: [dcgan, vae]}",
        STUDY + "}\ndatasets:\n  mine: {format: shapes, seed: 1}\njudges:\n  small: {kind: classifier, width: 8}",
    ],
)
def test_a_right_study_is_valid(text):
    validator("study").validate(read(text))


def test_a_run_has_no_defaults_of_its_own():
    run = schema.run_schema()["properties"]
    assert not [key for key, value in run.items() if "default" in value]


def test_every_key_has_a_description():
    for name, made in schema.schemas().items():
        for kind in [made, *made.get("$defs", {}).values()]:
            silent = [key for key, value in kind.get("properties", {}).items() if not value.get("description")]
            assert not silent, f"{name}: {kind.get('title')}: no description of {silent}"
