"""External samples of a study: their paths, and patterns such as `submissions/*` that stand for a run per match."""

import glob
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from easel.config.base import MOST_REPEATS, repeated_end
from easel.config.studies import MOST_RUNS, ExternalEntry
from easel.data.external import ARRAYS
from easel.data.picture_files import is_hidden, no_folder, printable_name
from easel.study.checks import absolute
from easel.study.messages import ConfigError
from easel.study.sweeps import label_of, shortened_name
from easel.study.wording import display_path, listed, shortened

LETTERS = r"[^\W_]"
"""A letter or digit of any script."""
SHOWN = 3
"""Files of each kind that a message names."""
DIGITS = 6
"""Hexadecimal digits that stand for the letters of a file's name that a run's name cannot have."""


def resolve_external(entries: Mapping[str, ExternalEntry], file: Path, root: Path) -> dict[str, ExternalEntry]:
    """The external samples that the entries of a study's `runs` stand for, by name of run, with absolute paths.

    file: the study's, to which paths are relative.
    """
    found: dict[str, ExternalEntry] = {}
    for name, entry in entries.items():
        where = f"{display_path(file, root)}: runs.{name}.path"
        path = absolute(entry.path, file)
        is_pattern = glob.has_magic(entry.path) and not os.path.lexists(path)
        made = written_out(name, entry, file.parent, where) if is_pattern else {name: entry}
        if both := sorted(found.keys() & made.keys()):
            raise ConfigError(f"{where}: another entry also stands for a run called '{both[0]}'; rename one of the two")
        imported = Path("results", file.stem)
        if len(found) + len(made) > MOST_RUNS:
            raise ConfigError(
                f"{where}: with these, the study has {len(found) + len(made):,} runs of external samples; it may have "
                f"{MOST_RUNS:,}. Split the study"
            )
        found |= {run: with_path(each, file, imported / run, where) for run, each in made.items()}
    return found


def written_out(name: str, entry: ExternalEntry, base: Path, where: str) -> dict[str, ExternalEntry]:
    """An entry for each match of a pattern, by name of run; its description is the match's name unless it has one.

    base: the folder to which the pattern is relative.
    """
    matches = sorted(matches_of(entry.path, base))
    if not matches:
        raise ConfigError(
            f"{where}: nothing matches '{shortened(entry.path)}' in {base}; a pattern stands for a run for each "
            "folder of pictures, .npz or .npy file that it matches"
        )
    if others := [path for path in matches if not (path.is_dir() or path.name.lower().endswith(ARRAYS))]:
        raise ConfigError(
            f"{where}: {listed_shortly([printable_name(path.name) for path in others])} "
            f"{'is' if len(others) == 1 else 'are'} neither a folder of pictures nor an .npz or .npy file; move "
            f"{'it' if len(others) == 1 else 'them'} elsewhere, or name a narrower pattern, such as "
            f"'{os.path.join(os.path.dirname(entry.path), '*.npz')}'"
        )
    made: dict[str, Path] = {}
    for path in matches:
        run = name_of_run(name, path, where)
        if run in made:
            both = f"{printable_name(made[run].name)} and {printable_name(path.name)}"
            raise ConfigError(f"{where}: {both} both stand for a run called '{run}'; rename one of the two")
        made[run] = path
    return {
        run: entry.model_copy(update={"path": str(path), "description": entry.description or printable_name(path.name)})
        for run, path in made.items()
    }


def matches_of(pattern: str, base: Path) -> Iterator[Path]:
    """The files and folders that a pattern matches, but for hidden ones."""
    for match in glob.iglob(os.path.expanduser(pattern), root_dir=base):
        path = Path(os.path.abspath(base / match))
        if not is_hidden(path.name):
            yield path


def name_of_run(name: str, path: Path, where: str) -> str:
    """The run that a match of the entry `name` stands for. Raises ConfigError if no path can have its name."""
    run = shortened_name(f"{name}-{label_of_match(path)}")
    if part := repeated_end(run):
        raise ConfigError(
            f"{where}: {printable_name(path.name)} stands for a run called '{run}', which would end in more than "
            f"{MOST_REPEATS} times '{part}', which no path may; rename it"
        )
    return run


def label_of_match(path: Path) -> str:
    """A match as part of a run's name, which does not depend on what else matches.

    The suffix of an array is left out, and other characters become `_`. Where letters are lost, as of 민지.npz, digits
    of a hash of the whole name stand for them.
    """
    stem = path.stem if path.name.lower().endswith(ARRAYS) else path.name
    label = label_of(stem)
    if any(re.match(LETTERS, character) and not character.isascii() for character in stem):
        mark = hashlib.sha256(unicodedata.normalize("NFC", stem).encode(errors="surrogateescape")).hexdigest()[:DIGITS]
        label = f"{label.strip('_')}-{mark}".lstrip("-")
    return label


def listed_shortly(names: list[str]) -> str:
    """The first names, and how many there are more."""
    rest = len(names) - SHOWN
    return listed([*names[:SHOWN], f"{rest} more"] if rest > 0 else names, "and")


def with_path(entry: ExternalEntry, file: Path, imported: Path, where: str) -> ExternalEntry:
    """An entry with an absolute path. file: the study's; imported: the folder of the run's results."""
    path = absolute(entry.path, file)
    if not os.path.exists(path) and not any(imported.glob("seed-*/samples.npz")):
        raise ConfigError(f"{where}: there is no file or folder {shortened(path)}")
    if os.path.isfile(path) and not path.lower().endswith(ARRAYS):
        raise ConfigError(f"{where}: {no_folder(path)}, or name a .npz or .npy file")
    return entry.model_copy(update={"path": path})
