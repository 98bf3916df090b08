"""A prepared dataset of any images, as the jobs after `prepare` find it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from easel.data.prepared import Split, describe, write


def write_dataset(folder: Path, name: str, classes: Sequence[str], splits: Mapping[str, Split]) -> Path:
    """Write dataset.json and its arrays to a folder. splits: `train` and `test`. Returns dataset.json."""
    arrays = {
        folder / f"{split}_{kind}.npy": getattr(of_split, kind)
        for split, of_split in splits.items()
        for kind in ("images", "labels")
    }
    dataset = folder / "dataset.json"
    write(dataset, describe(name, "shapes", {"kind": "drawn"}, list(classes), splits), arrays)
    return dataset
