"""One's own pictures: a folder, or an archive that is kept and unpacked on the machine's own disk."""

import hashlib
import re
import shutil
import zipfile
import zlib
from pathlib import Path

from easel.notebook import hosts
from easel.notebook.places import Place, find
from easel.runtime.errors import EaselError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
NOT_PICTURES = ("__MACOSX",)
"""Folders that programs add to archives."""
REMEDY = "Only a folder or a .zip works: pack the folder of your pictures as a zip"
CLASSES = ("folders", "first", "none")
"""What folders of pictures may mean, as in easel.new."""
RESERVED = ("datasets", "judges", "logs", "benchmarks")
"""Names that no study can have, as its results would lie in a folder that all studies share."""


def picture_folder(place: Place, name: str, pictures: str) -> Path:
    """The folder of the pictures of a study.

    pictures: a folder or a zip archive, or "" to be asked for an archive, which is kept. Raises EaselError if it is
    neither, or not there.
    """
    kept = place.pictures / f"{name}.zip"
    if pictures.strip():
        found = find(pictures.strip())
        if not found.exists():
            raise EaselError(f"pictures: {found} does not exist. Check the path, or leave it empty to upload a zip")
        if found.is_dir():
            return found
    else:
        found = kept
        if kept.exists():
            print(f"Using the zip that you uploaded before: {kept}. With another pictures_name, you are asked again.")
        else:
            keep_upload(kept)
    folder = unpack(found, place.scratch / "pictures" / name)
    print(f"{found} is unpacked in {folder}")  # which is what errors about the pictures name
    return folder


def check_settings(place: Place, name: str, classes: str) -> None:
    """Raise EaselError if no study of one's own pictures can be called `name`, or if `classes` is none of CLASSES."""
    if not NAME.fullmatch(name):
        raise EaselError(f"pictures_name should be a short name of letters and digits, such as birds, not {name!r}")
    if name in RESERVED:
        raise EaselError(f"pictures_name: {name} is a folder of Easel's own among the results: choose another name")
    if (place.shipped_studies / f"{name}.yaml").exists() and place.shipped_studies != place.studies:
        raise EaselError(f"pictures_name: {name} is a study that comes with Easel: choose another name")
    if classes not in CLASSES:
        raise EaselError(f"classes should be one of {', '.join(CLASSES)}, not {classes!r}")


def keep_upload(archive: Path) -> None:
    """Ask for an archive, and keep it. Raises EaselError if none is chosen, or something else."""
    if hosts.host() != "Colab":
        raise EaselError("pictures is empty, and only Colab can upload: name a folder or a zip, such as /data/birds")
    print("Choose a zip of your pictures, with one folder for each class.")
    chosen = hosts.upload()
    if len(chosen) != 1:
        raise EaselError("choose one zip: run this cell again")
    ((name, content),) = chosen.items()
    Path(name).unlink(missing_ok=True)  # Colab leaves a copy beside the notebook
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        part = archive.with_suffix(".part")
        part.write_bytes(content)
        if not zipfile.is_zipfile(part):
            part.unlink()
            raise EaselError(f"{name} is no zip archive. {REMEDY}, and upload it")
        part.replace(archive)
    except OSError as error:
        raise EaselError(f"{archive} cannot be written: {error.strerror}") from None


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive beside `folder`, unless that has been done. Returns the folder in it that has the pictures.

    Its path depends on what is in the archive, on every machine alike: other pictures are never taken for these.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            if not any(is_picture(file) for file in packed.infolist()):
                raise EaselError(f"{archive} is empty: pack the folder of your pictures again")
            content = "\n".join(f"{file.filename} {file.file_size} {file.CRC}" for file in packed.infolist())
            unpacked = folder.with_name(f"{folder.name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}")
            if not unpacked.exists():
                part = unpacked.with_suffix(".part")
                shutil.rmtree(part, ignore_errors=True)
                extract(packed, part)
                part.rename(unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise EaselError(f"{archive} is no zip archive that can be read ({error}). {REMEDY}") from None
    except OSError as error:
        raise EaselError(f"{archive} cannot be unpacked into {folder.parent}: {error.strerror}") from None
    return inner(unpacked)


def is_picture(file: zipfile.ZipInfo) -> bool:
    """True for what may be a picture: no folder, and nothing that a program has added."""
    *folders, name = Path(file.filename).parts or ("",)
    return not file.is_dir() and not name.startswith(".") and not set(folders) & set(NOT_PICTURES)


def extract(packed: zipfile.ZipFile, folder: Path) -> None:
    """Unpack an archive into a new folder. Raises EaselError if it does not fit onto the disk."""
    folder.mkdir(parents=True)
    size, free = sum(file.file_size for file in packed.infolist()), shutil.disk_usage(folder).free
    if size > free:
        raise EaselError(f"{packed.filename} has {size / 1e9:.1f} GB, and only {free / 1e9:.1f} GB are free here")
    packed.extractall(folder)
    for name in NOT_PICTURES:
        shutil.rmtree(folder / name, ignore_errors=True)


def inner(folder: Path) -> Path:
    """The first folder, from `folder` downwards, that has more in it than one other folder."""
    while True:
        visible = [each for each in folder.iterdir() if not each.name.startswith(".")]
        if len(visible) != 1 or not visible[0].is_dir():
            return folder
        (folder,) = visible
