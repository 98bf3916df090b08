"""A study as an RO-Crate: the workflow, what went into it and what came out, in one archive that says so itself.

After the profile Workflow Run Crate 0.5 (https://w3id.org/ro/wfrun/workflow/0.5).
"""

import mimetypes
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from easel.provenance.form import NAME, Manifest
from easel.provenance.manifest import mark_of, utc
from easel.tracking.fingerprint import ROOT

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
    "Snakefile": "text/x-python",
}


def pack(study: Path, manifest: Manifest) -> ROCrate:
    """The crate of a study, ready to be written.

    study: its folder of results. In the crate, too, they lie below results/.
    """
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_contexts.append(TERMS)
    about = manifest.configuration.study
    crate.name = f"{about.title}: a study of image generators"
    crate.description = about.description or f"The study {manifest.study}, trained, judged and reported by Easel."
    # The profile asks for one. Whose the images are, and what may be done with them, Easel cannot know.
    crate.license = thing(
        crate, "#licence", "CreativeWork", name="The workflow is under the MIT licence (LICENSE); for the images that "
        "the networks have learned from, and so for what they have made of them, ask where the images come from",
    )  # fmt: skip
    crate.root_dataset["conformsTo"] = [
        thing(crate, profile, "CreativeWork", name=name, version=profile.rsplit("/", 1)[1])
        for profile, name in PROFILES.items()
    ]
    crate.root_dataset["datePublished"] = utc(datetime.now(UTC))
    workflow = add_workflow(crate, manifest)
    inputs, outputs = add_inputs(crate, manifest), [add(crate, study / NAME, f"results/{study.name}/{NAME}")]
    for path, output in manifest.outputs.items():
        entity = add(crate, study.parent / path, f"results/{path}", output.model_dump())
        # An archive is as it was before the run, wherever it came from.
        (inputs if output.rule == "download" else outputs).append(entity)
    made = [output.made for output in manifest.outputs.values()]
    crate.root_dataset["mentions"] = thing(
        crate, f"#{uuid.uuid5(uuid.NAMESPACE_OID, manifest.model_dump_json())}", "CreateAction",
        name=f"Easel's run of the study {manifest.study}", description=manifest.command or "",
        instrument=workflow, object=inputs, result=outputs, startTime=min(made), endTime=max(made),
    )  # fmt: skip
    return crate


def add_workflow(crate: ROCrate, manifest: Manifest) -> Entity:
    """Add the Snakefile, and all that it takes to run it again; returns the Snakefile."""
    snakefile = ROOT / "Snakefile"
    workflow = crate.add_workflow(
        snakefile, "Snakefile", main=True, lang="snakemake", lang_version=manifest.versions.get("snakemake"),
        properties={**described(snakefile), "name": "Easel", "version": manifest.versions.get("easel", "")},
    )  # fmt: skip
    for room in CHECKOUT:
        for file in sorted((ROOT / room).rglob("*")) if (ROOT / room).is_dir() else [ROOT / room]:
            path = file.relative_to(ROOT)
            if file.is_file() and not any(part.endswith(LEFT_OUT) for part in path.parts):
                add(crate, file, path.as_posix())
    return workflow


def add_inputs(crate: ROCrate, manifest: Manifest) -> list[Entity]:
    """The files of configuration that the study was made of; its own is added if it lies outside the checkout."""
    file = Path(manifest.configuration.study.file)
    own = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path("config/studies", file.name)
    if own.as_posix() not in crate and file.is_file():
        add(crate, file, own.as_posix())
    presets = {f"config/presets/{run.preset}.yaml" for run in manifest.configuration.runs.values()}
    shared = [f"config/{name}.yaml" for name in ("config", "datasets", "judges")]
    return [entity for path in (own.as_posix(), *shared, *sorted(presets)) if (entity := crate.get(path))]


def thing(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    """Add something to the crate that is no file."""
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))


def add(crate: ROCrate, file: Path, path: str, marks: Mapping[str, Any] | None = None) -> Entity:
    """Add a file to the crate, under a path in it. marks: its SHA-256, size and time, where they are known."""
    return crate.add_file(file, path, properties={**described(file, marks), "name": path})


def described(file: Path, marks: Mapping[str, Any] | None = None) -> dict[str, str]:
    """A file in the crate's words."""
    marks = marks or mark_of(file)
    form = FORMATS.get(file.suffix or file.name) or mimetypes.guess_type(file.name)[0] or "text/plain"
    return {
        "sha256": marks["sha256"],
        "contentSize": str(marks["bytes"]),
        "dateModified": marks["made"],
        "encodingFormat": form,
    }
