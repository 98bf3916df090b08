"""Reading manifest.json, which may be damaged. docs/files.md describes the whole file."""

import json
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from easel.config.base import Name, Sha256
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256
from easel.runtime.receipts import Written

NAME = "manifest.json"
CHECKSUM = "manifest.sha256"


def inside(path: str) -> str:
    """Validate a path inside the results folder."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(f"'{path}' points outside the results folder")
    return path


InResults = Annotated[str, AfterValidator(inside)]


class StateFile(BaseModel):
    """One file: its SHA-256, its size, and when it was written (ISO 8601, UTC)."""

    sha256: Sha256
    bytes: int
    made: str


class Output(StateFile):
    """The same of an output, and the rule that made it."""

    rule: str


class ManifestStudy(BaseModel):
    """The study's file, title and description."""

    file: str
    title: str
    description: str


class ManifestRun(BaseModel):
    """A run. Its settings are in the file, too, but are not read again."""

    preset: Name


class Configuration(BaseModel):
    """The part of the resolved configuration that is read again."""

    study: ManifestStudy
    runs: dict[str, ManifestRun]


class Start(BaseModel):
    """The trained networks that a training started from, and the SHA-256 of their weights."""

    source: Annotated[str, Field(alias="from")]
    weights: Sha256


class ManifestTraining(BaseModel):
    """A training, as far as it is read again."""

    start: Start | None = None
    """Not in manifests of earlier versions."""


class Manifest(BaseModel):
    """The part of manifest.json that is read again."""

    model_config = ConfigDict(frozen=True)
    study: str
    made: str
    command: str | None
    configuration: Configuration
    code: dict[str, str]
    versions: dict[str, str]
    folders: list[InResults]
    absent: list[InResults]
    outputs: Annotated[dict[InResults, Output], Field(min_length=1)]
    trainings: dict[InResults, ManifestTraining] = {}
    state: dict[InResults, StateFile] = {}
    """Of a training. Not in manifests of earlier versions."""


def checksum_of(manifest: Path) -> str:
    """The content of manifest.sha256: a line as `sha256sum` writes and checks it."""
    return f"{sha256(manifest)}  {manifest.name}\n"


def checksums(study: Path) -> dict[str, Written]:
    """The outputs in the manifest of a study's folder; empty if there is none, or if it is damaged."""
    try:
        outputs = read_manifest(study).outputs
    except EaselError:
        return {}
    return {path: Written(output.sha256, output.bytes, mtime_ns=0) for path, output in outputs.items()}


def read_manifest(study: Path) -> Manifest:
    """Read the manifest in a study's folder. Raises EaselError if it is missing or damaged."""
    file = study / NAME
    again = f"delete it and run snakemake --config study={study.name} to write it again for the current files"
    try:
        return Manifest.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        why = f"snakemake --config study={study.name} writes it" if study.is_dir() else "there is no such study"
        raise EaselError(f"{file}: not found; {why}") from None
    except OSError as error:
        raise EaselError(f"{file}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the whole file"
        raise EaselError(f"{file}: damaged: {where}: {problem['msg'].removeprefix('Value error, ')}; {again}") from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON
        raise EaselError(f"{file}: damaged: {error}; {again}") from None
