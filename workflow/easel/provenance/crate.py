"""A study as an RO-Crate: the workflow, what went into it and what came out, in one archive that says so itself.

After the profile Workflow Run Crate 0.5 (https://w3id.org/ro/wfrun/workflow/0.5).
"""

import mimetypes
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from easel.fingerprint import ROOT
from easel.provenance.form import NAME, Manifest
from easel.provenance.manifest import mark_of, utc

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
RO_CRATE = "1.1"
"""The version of RO-Crate that these profiles extend."""
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Where `sha256` is defined."""

CHECKOUT = (
    "LICENSE", "README.md", "pyproject.toml", "environment.yml", "requirements.txt", "requirements-gpu.txt", "config",
    "notebooks", "profiles", "scripts", "workflow",
)  # fmt: skip
"""What of the checkout is packed beside the Snakefile: all that it takes to run it again."""
LEFT_OUT = ("__pycache__", ".egg-info", ".ipynb_checkpoints")
FORMATS = {
    ".keras": "application/zip",
    ".npz": "application/zip",
    ".npy": "application/octet-stream",
    ".ipynb": "application/x-ipynb+json",
    ".yaml": "application/yaml",
    ".smk": "text/x-python",
}


def pack(study: Path, manifest: Manifest, snakemake: str) -> ROCrate:
    """The crate of a study, ready to be written.

    study: its folder of results. snakemake: the version of Snakemake that made it.
    In the crate the results lie below results/, as they do in a checkout.
    """
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_contexts.append(TERMS)
    about = manifest.configuration["study"]
    crate.name = f"{about['title']}: a study of image generators"
    crate.description = about["description"] or f"The study {manifest.study}, trained, judged and reported by Easel."
    # The profile asks for one. Whose the images are, and what may be done with them, Easel cannot know.
    crate.license = thing(
        crate, "#licence", "CreativeWork", name="The workflow is under the MIT licence (LICENSE); for the images that "
        "the networks have learned from, and so for what they have made of them, ask where the images come from",
    )  # fmt: skip
    crate.root_dataset["conformsTo"] = [
        thing(crate, profile, "CreativeWork", name=name, version=profile.rsplit("/", 1)[1])
        for profile, name in PROFILES.items()
    ]

    workflow = crate.add_workflow(
        ROOT / "Snakefile", "Snakefile", main=True, lang="snakemake", lang_version=snakemake,
        properties={"name": "Easel", "version": manifest.versions["easel"], **described(ROOT / "Snakefile")},
    )  # fmt: skip
    for file in checkout_files():
        add(crate, file, file.relative_to(ROOT).as_posix())
    study_file = add_study_file(crate, Path(about["file"]))
    inputs, outputs = [study_file] if study_file else [], [add(crate, study / NAME, f"results/{study.name}/{NAME}")]
    for path, output in manifest.outputs.items():
        marks = {"sha256": output.sha256, "contentSize": str(output.bytes), "dateModified": output.made}
        entity = add(crate, study.parent / path, f"results/{path}", marks)
        # An archive is as it was before the run, wherever it came from.
        (inputs if output.rule == "download" else outputs).append(entity)

    times = [output.made for output in manifest.outputs.values()]
    run = thing(
        crate, f"#{uuid.uuid5(uuid.NAMESPACE_OID, manifest.model_dump_json())}", "CreateAction",
        name=f"Easel's run of the study {manifest.study}", description=manifest.command or "", instrument=workflow,
        object=inputs, result=outputs, startTime=min(times), endTime=max(times),
        actionStatus={"@id": "http://schema.org/CompletedActionStatus"},
    )  # fmt: skip
    crate.root_dataset["mentions"] = [run]
    crate.root_dataset["datePublished"] = utc(datetime.now(UTC))
    return crate


def thing(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    """Add something to the crate that is no file."""
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))


def add(crate: ROCrate, file: Path, path: str, marks: dict[str, str] | None = None) -> Entity:
    """Add a file to the crate, under a path in it. marks: its `described`, where that is known."""
    form = FORMATS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "text/plain"
    properties = {"name": path, "encodingFormat": form, **(marks or described(file))}
    return crate.add_file(file, path, properties=properties)


def add_study_file(crate: ROCrate, file: Path) -> Entity | None:
    """The study's YAML file in the crate; added, if it lies elsewhere than in the checkout; None where it is gone."""
    if file.is_relative_to(ROOT) and (entity := crate.get(file.relative_to(ROOT).as_posix())):
        return entity
    return add(crate, file, f"config/studies/{file.stem}.yaml") if file.is_file() else None


def described(file: Path) -> dict[str, str]:
    """SHA-256, size and time of a file, in the crate's words."""
    marks = mark_of(file)
    return {"sha256": marks["sha256"], "contentSize": str(marks["bytes"]), "dateModified": marks["made"]}


def checkout_files() -> Iterator[Path]:
    """The workflow's files beside the Snakefile, sorted by room."""
    for room in CHECKOUT:
        files = (ROOT / room).rglob("*") if (ROOT / room).is_dir() else [ROOT / room]
        for file in sorted(files):
            if file.is_file() and not any(part.endswith(LEFT_OUT) for part in file.parts):
                yield file
