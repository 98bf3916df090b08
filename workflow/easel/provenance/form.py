"""The form of manifest.json, and reading one that may be damaged."""

import json
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from easel.config.base import Sha256
from easel.runtime.errors import EaselError

NAME = "manifest.json"


def inside(path: str) -> str:
    """A path that leads nowhere but into the folder of results."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(f"'{path}' leads out of the folder of results")
    return path


InResults = Annotated[str, AfterValidator(inside)]


class Output(BaseModel):
    """One file: the rule that made it, its SHA-256, its size, and when it was written (ISO 8601, UTC)."""

    rule: str
    sha256: Sha256
    bytes: int
    made: str


class AboutStudy(BaseModel):
    """What the study says of itself."""

    file: str
    title: str
    description: str


class Run(BaseModel):
    """A run; its settings stand beside its preset, and are not read again."""

    preset: str


class Configuration(BaseModel):
    """The resolved configuration, as far as it is read again."""

    study: AboutStudy
    runs: dict[str, Run]


class Manifest(BaseModel):
    """What is read of manifest.json again; all that stands in it is in docs/files.md."""

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


def read(study: Path) -> Manifest:
    """The manifest of a study, given its folder. An EaselError where there is none, or one that is damaged."""
    file = study / NAME
    again = f"delete it, and snakemake --config study={study.name} makes it anew of the files as they then are"
    try:
        return Manifest.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        why = f"snakemake --config study={study.name} makes it" if study.is_dir() else "there is no such study"
        raise EaselError(f"{file} is not there; {why}") from None
    except OSError as error:
        raise EaselError(f"{file}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the whole of it"
        raise EaselError(f"{file}: damaged: {where}: {problem['msg'].removeprefix('Value error, ')}; {again}") from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON
        raise EaselError(f"{file}: damaged: {error}; {again}") from None
