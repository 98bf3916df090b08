"""Export a study as an RO-Crate: crate.zip."""

from pathlib import Path

from easel.provenance.manifest_file import read_manifest
from easel.provenance.verify import differences
from easel.runtime.console import job, log
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic


def pack_crate(
    manifest: Path,  # manifest.json, in the study's folder
    crate: Path,  # crate.zip
) -> None:
    """Pack the workflow and every file of the manifest. Raises EaselError if a file differs from the manifest."""
    try:
        from easel.provenance.crate import pack
    except ModuleNotFoundError as error:
        raise EaselError(f"{error}; pip install rocrate") from None
    study, content = manifest.parent, read_manifest(manifest.parent)
    if wrong := list(differences(study, content)):
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise EaselError(f"{wrong[0]}{more}; a crate holds only files that agree with the manifest")
    with atomic(crate) as partial:
        pack(study, content).write_zip(partial)
    log.info("%s: %.0f MB", crate, crate.stat().st_size / 1e6)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        pack_crate(
            manifest=Path(snakemake.input[0]),
            crate=Path(snakemake.output[0]),
        )
