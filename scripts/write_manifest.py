"""Record the provenance of a study's outputs: manifest.json and its checksum, manifest.sha256."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.provenance.manifest import Rule, build, write
from easel.runtime.console import job, log
from easel.study.load import load_study
from easel.tracking.fingerprint import ROOT


def write_manifest(
    output: Path,  # manifest.json, in the study's folder; manifest.sha256 goes next to it
    machine: Mapping[str, Any],  # config/config.yaml and --config, which names the study
    rules: Mapping[str, Rule],
    code: Mapping[str, str],  # file -> fingerprint, of all code that the rules execute
    command: str | None,  # the user's command
) -> None:
    """Hash every output of the study, and write the hashes with code, settings, versions and hardware.

    Raises EaselError if an output is not as its step wrote it.
    """
    study = load_study(dict(machine), ROOT)
    content = build(study, rules, code, command, results=output.parent.parent)
    write(content, output)
    megabytes = sum(each["bytes"] for each in content["outputs"].values()) / 1e6
    log.info("%s: %d files, %.0f MB", output, len(content["outputs"]), megabytes)
    if content["absent"]:
        log.info("left out, because absent: %s", ", ".join(content["absent"]))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        write_manifest(
            output=Path(snakemake.output.manifest),
            machine=snakemake.config,
            rules=snakemake.params.rules,
            code=snakemake.params.code,
            command=os.environ.get("EASEL_COMMAND"),
        )
