"""A study as an RO-Crate: one archive with the workflow, its inputs and outputs, and a description of all of them.

Nothing else is packed: of the checkout what git tracks, of the results what the manifest lists. YAML files are packed
without the passwords and signatures of the addresses in them.

It follows the profile Workflow Run Crate 0.5 (https://w3id.org/ro/wfrun/workflow/0.5).
"""

import mimetypes
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from easel.provenance.checkout import choose_files
from easel.provenance.manifest import file_facts, utc
from easel.provenance.manifest_file import NAME, Manifest
from easel.runtime.addresses import without_secrets
from easel.runtime.console import log
from easel.runtime.errors import EaselError
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

YAML = (".yaml", ".yml")
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
    """Describe a study as a crate, ready to be written.

    study: the study's folder in the results folder. In the crate, results are below results/, too. Raises EaselError
    for an output that is a link to a file outside the results.
    """
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_contexts.append(TERMS)
    about = manifest.configuration.study
    crate.name = f"{about.title}: a study of image generators"
    crate.description = about.description or f"The study {manifest.study}, trained, judged and reported by Easel."
    # The profile requires a licence. Easel cannot know who owns the images and what they may be used for.
    crate.license = add_context(
        crate, "#licence", "CreativeWork", name="The workflow is under the MIT licence (LICENSE). For the training "
        "images, and so for the networks and samples, ask the provider of the images",
    )  # fmt: skip
    crate.root_dataset["conformsTo"] = [
        add_context(crate, profile, "CreativeWork", name=name, version=profile.rsplit("/", 1)[1])
        for profile, name in PROFILES.items()
    ]
    crate.root_dataset["datePublished"] = utc(datetime.now(UTC))
    workflow = add_workflow(crate, manifest)
    inputs, outputs = add_inputs(crate, manifest), [add(crate, study / NAME, f"results/{study.name}/{NAME}")]
    for path, output in manifest.outputs.items():
        refuse_link_out(study.parent, path)
        entity = add(crate, study.parent / path, f"results/{path}", output.model_dump())
        # A downloaded archive is an input of the run.
        (inputs if output.rule == "download" else outputs).append(entity)
    inputs += add_starts(crate, manifest)
    made = [output.made for output in manifest.outputs.values()]
    crate.root_dataset["mentions"] = add_context(
        crate, f"#{uuid.uuid5(uuid.NAMESPACE_OID, manifest.model_dump_json())}", "CreateAction",
        name=f"Easel's run of the study {manifest.study}", description=manifest.command or "",
        instrument=workflow, object=inputs, result=outputs, startTime=min(made), endTime=max(made),
    )  # fmt: skip
    return crate


def refuse_link_out(results: Path, path: str) -> None:
    """Raise EaselError if an output is a link to a file elsewhere, as a crate would publish a file of any kind.

    path: in `results`. The folder of a study or of datasets, and a folder in it, may be links to a larger disk.
    """
    file = (results / path).resolve()
    places = [results / parent for parent in Path(path).parents][-3:]  # such as results/a/b, results/a and results
    if not any(file.is_relative_to(place.resolve()) for place in places):
        raise EaselError(
            f"{results / path} is a link to {file}, which is no file of the results. Put the file itself there, and "
            "pack again."
        )


def add_workflow(crate: ROCrate, manifest: Manifest) -> Entity:
    """Add the Snakefile and the files that it needs. Returns the Snakefile's entity."""
    snakefile = ROOT / "Snakefile"
    workflow = crate.add_workflow(
        snakefile, "Snakefile", main=True, lang="snakemake", lang_version=manifest.versions.get("snakemake"),
        properties={**described(snakefile), "name": "Easel", "version": manifest.versions.get("easel", "")},
    )  # fmt: skip
    chosen = choose_files(ROOT)
    for path in chosen.files:
        if path != "Snakefile":
            add(crate, ROOT / path, path)
    if chosen.left_out:
        log.warning("left out, as hidden or a link: %s", ", ".join(chosen.left_out))
    return workflow


def add_inputs(crate: ROCrate, manifest: Manifest) -> list[Entity]:
    """The study's configuration files. Its own file and its presets are added if git does not track them."""
    file = Path(manifest.configuration.study.file)
    own = (file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path("config/studies", file.name)).as_posix()
    presets = sorted({f"config/presets/{run.preset}.yaml" for run in manifest.configuration.runs.values()})
    for path, source in {own: file, **{preset: ROOT / preset for preset in presets}}.items():
        # The manifest may have been edited, and a key is no study.
        if path not in crate and source.suffix in YAML and source.is_file():
            log.info("packed, though git does not track it, as the study uses it: %s", source)
            add(crate, source, path)
    shared = [f"config/{name}.yaml" for name in ("config", "datasets", "judges")]
    return [entity for path in (own, *shared, *presets) if (entity := crate.get(path))]


def add_starts(crate: ROCrate, manifest: Manifest) -> list[Entity]:
    """The trained networks of other studies, and from files, that trainings started from. They are not packed."""
    found = {}
    for path, training in manifest.trainings.items():
        if (start := training.start) and start.source not in manifest.trainings:
            name = f"Trained networks from {start.source}, with which {path} started"
            found[start.source] = add_context(
                crate, f"#start-{start.weights[:12]}", "CreativeWork", name=name, sha256=start.weights
            )
    return list(found.values())


def add_context(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    """Add an entity that is not a file."""
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))


def add(crate: ROCrate, file: Path, path: str, facts: Mapping[str, Any] | None = None) -> Entity:
    """Add a file under a path of the crate. facts: as `file_facts`, if they are known."""
    properties = {**described(file, facts), "name": path}
    if file.suffix in YAML and (text := file.read_text("utf-8", "surrogateescape")) != (shown := without_secrets(text)):
        log.warning("packed without the passwords and queries of the addresses in it: %s", path)
        data = shown.encode("utf-8", "surrogateescape")
        changed = {"sha256": sha256(data).hexdigest(), "contentSize": str(len(data))}
        return crate.add_file(BytesIO(data), path, properties=properties | changed)
    return crate.add_file(file, path, properties=properties)


def described(file: Path, facts: Mapping[str, Any] | None = None) -> dict[str, str]:
    """A file's properties in the crate's vocabulary."""
    facts = facts or file_facts(file)
    form = FORMATS.get(file.suffix or file.name) or mimetypes.guess_type(file.name)[0] or "text/plain"
    return {
        "sha256": facts["sha256"],
        "contentSize": str(facts["bytes"]),
        "dateModified": facts["made"],
        "encodingFormat": form,
    }
