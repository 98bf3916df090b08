"""A study's results in one file, to be downloaded: the report, and the trained networks."""

import zipfile
from pathlib import Path

from easel.notebook.pages import report_files
from easel.runtime.errors import EaselError

WANTED = ("comparison.csv", "*/seed-*/generator.keras", "*/seed-*/encoder.keras", "*/seed-*/*.png", "*/seed-*/*.gif",
          "*/seed-*/metrics.json", "*/seed-*/export/**/*")  # fmt: skip
"""Files of a study's results beside the pages. Samples, snapshots and checkpoints stay: they are large."""


def pack(study: Path, archive: Path) -> Path:
    """Write the report and the networks of a study's results into an archive (zip), and return it."""
    files = [*report_files(study).values(), *(file for pattern in WANTED for file in sorted(study.glob(pattern)))]
    try:
        # Drives may have no times for files; a zip has none before 1980.
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
            for file in files:
                if file.is_file():
                    packed.write(file, Path(study.name) / file.relative_to(study))
    except OSError as error:
        archive.unlink(missing_ok=True)
        raise EaselError(f"{archive} cannot be written: {error.strerror}") from None
    return archive
