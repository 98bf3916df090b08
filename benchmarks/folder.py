"""Compare the speed of preparing a folder of pictures with a bare Pillow loop in as many processes.

    .venv/bin/python benchmarks/folder.py [--files 20000] [--processes 2] [--rounds 3] [--size 320x240]

The bare loop opens, decodes (JPEGs no larger than needed) and resizes each file, and keeps nothing. Easel finds the
files, decodes them, hashes files and pixels, leaves out duplicates, splits, and writes arrays. Both take turns on the
same files, which are in the operating system's cache.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow"), str(ROOT / "tests")]

from helpers.photographs import photograph  # noqa: E402
from scripts.prepare_folder import prepare_folder  # noqa: E402

from easel.config.datasets import Folder  # noqa: E402

SIDE = 32
ARRAYS = [f"{split}_{kind}.npy" for split in ("train", "test") for kind in ("images", "labels")]
OUTPUTS = (*ARRAYS, "files.tsv", "near_duplicates.tsv", "dataset.json")


def write(folder: Path, files: int, size: tuple[int, int]) -> None:
    """Different JPEGs in ten classes."""
    for i in range(files):
        name = folder / f"class {i % 10}" / f"{i:06}.jpg"
        name.parent.mkdir(parents=True, exist_ok=True)
        photograph(i, *size).save(name, quality=85)


def bare(name: str) -> None:
    """Decode and resize one file with Pillow."""
    with Image.open(name) as image:
        image.draft(None, (2 * SIDE, 2 * SIDE))
        width, height = image.size
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        box = (left, top, left + side, top + side)
        image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS, box, reducing_gap=2.0)


def by_pillow(names: Sequence[str], processes: int) -> float:
    """Images per second of the bare loop, whose processes were started before."""
    with get_context("fork").Pool(processes) as pool:
        pool.map(abs, range(processes))
        started = time.perf_counter()
        for _ in pool.imap_unordered(bare, names, chunksize=64):
            pass
        return len(names) / (time.perf_counter() - started)


def by_easel(folder: Path, into: Path, count: int, processes: int) -> float:
    """Images per second of the whole job, including the start of its processes."""
    settings = Folder(format="folder", path="/data", image_size=SIDE).model_dump()
    started = time.perf_counter()
    prepare_folder(folder, *(into / name for name in OUTPUTS), name="mine", settings=settings, processes=processes)
    return count / (time.perf_counter() - started)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--files", type=int, default=20_000)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--size", default="320x240")
    asked = arguments.parse_args()
    width, height = map(int, asked.size.split("x"))
    with tempfile.TemporaryDirectory() as place:
        folder, into = Path(place) / "pictures", Path(place) / "made"
        write(folder, asked.files, (width, height))
        names = [str(path) for path in sorted(folder.rglob("*.jpg"))]
        megabytes = sum(Path(name).stat().st_size for name in names) / 1e6
        print(
            f"{len(names):,} JPEGs of {width} × {height}, {megabytes:.0f} MB, {asked.processes} processes", flush=True
        )
        by_pillow(names, asked.processes)
        ratios = []
        for _ in range(asked.rounds):
            pillow = by_pillow(names, asked.processes)
            easel = by_easel(folder, into, len(names), asked.processes)
            ratios.append(easel / pillow)
            print(f"Pillow {pillow:,.0f}, Easel {easel:,.0f} images/s, ratio {easel / pillow:.2f}", flush=True)
        print(f"Easel / Pillow: {statistics.median(ratios):.2f} (median)")


if __name__ == "__main__":
    main()
