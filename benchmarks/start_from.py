"""How much sooner a training gets to the same FID if it starts from one on other pictures.

    PYTHONPATH=.:workflow python -m benchmarks.start_from FOLDER --archive cifar-10-binary.tar.gz \\
        --judge results/judges/cifar10/classifier

Five classes of CIFAR-10 train the source, and the other five everything that is compared: a training from nothing,
and ones that start from the source and take a part of its steps, with frozen layers and without. FIDs are of samples
of each against the test images of those five classes. Seconds are of the processor, on one thread, so that other
programs on the machine cost little; they include compilation. Finished trainings in FOLDER are not repeated.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks.speedrun.checks import weights_of
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from easel import judges, sampling
from easel.config.presets import Preset, PresetBase
from easel.data import cifar10_binary
from easel.data.prepared import Split
from easel.evaluation import features
from easel.metrics import fid
from easel.models import load
from easel.training.devices import choose_precision, use_devices
from easel.training.loop import train
from easel.training.record import write_outputs, write_record
from easel.training.start import read_source
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

HALF = 5  # classes


def half(split: Split, second: bool) -> tuple[np.ndarray, np.ndarray]:
    """The images of five classes, uint8 (N, 32, 32, 3), and their classes from 0 on, int64 (N,)."""
    chosen = (split.labels >= HALF) == second
    return split.images[chosen], split.labels[chosen].astype(np.int64) % HALF


def trained(folder: Path, settings: PresetBase, split: Split, second: bool, seed: int, start: str | None) -> Path:
    """The record of a training in a folder of its own, which is made if it is not there."""
    record = folder / "train.json"
    if record.is_file():
        return record
    images, labels = half(split, second)
    trainer = Trainer(images, settings, seed, choose_precision("auto"), folder.name, labels, list("abcde"))
    if start:
        trainer.start(read_source(start, folder.parent / start / "train.json"))
    state = TrainingState(trainer, folder / "state", {"start": start or ""})
    began = time.process_time()
    train(trainer, state)
    seconds = time.process_time() - began
    write_outputs(state, folder)
    names = {"study": folder.parent.name, "run": folder.name, "seed": seed, "preset": "fast_cpu", "dataset": "half"}
    write_record(trainer, state, record, names, {"data": ""})
    timed = json.loads(record.read_text(encoding="utf-8")) | {"process_seconds": seconds}
    record.write_text(json.dumps(timed), encoding="utf-8")
    return record


def contestants(parts: list[int], freeze: int) -> Iterator[tuple[str, int, int, bool]]:
    """Of each: its name, the part of the steps that it takes, its frozen layers, and whether it starts anew."""
    yield "from nothing", 1, 0, True
    for part in parts:
        yield f"started, 1/{part} of the steps", part, 0, False
    if freeze:
        yield f"started, {freeze} layers frozen, 1/{parts[0]}", parts[0], freeze, False


def main(arguments: argparse.Namespace) -> None:
    """Train what is missing, and print the table."""
    use_devices(threads=1, gpus=0, label="start_from")
    _, splits = cifar10_binary.read({"cifar10": arguments.archive}, {})
    written = YAML(typ="safe").load(Path("config/presets/fast_cpu.yaml")) | {"flip": True, "draw_every": 5_000}
    judge = judges.load(weights_of(arguments.judge))
    real = features.outputs(judge, half(splits["test"], second=True)[0], "test images").features
    mean, covariance = real.mean(axis=0), np.cov(real, rowvar=False)

    def settings(epochs: float, **overrides: object) -> PresetBase:
        return TypeAdapter(Preset).validate_python(written | {"epochs": epochs, **overrides})

    source = f"source-{arguments.seed}"
    trained(arguments.folder / source, settings(arguments.source_epochs), splits["train"], False, arguments.seed, None)
    print("| training | images | CPU seconds | FID |\n| --- | ---: | ---: | ---: |")
    for name, part, freeze, anew in contestants(arguments.parts, arguments.freeze):
        overrides = {} if anew else {"start_from": f"a/{source}/seed-0", "learning_rate": arguments.rate}
        folder = arguments.folder / f"{name.replace('/', 'of').replace(' ', '-')}-{arguments.seed}"
        wanted = settings(arguments.epochs / part, **overrides | ({"freeze": freeze} if freeze else {}))
        record = trained(folder, wanted, splits["train"], True, arguments.seed, None if anew else source)
        found = json.loads(record.read_text(encoding="utf-8"))
        network = load(folder / found["snapshots"][-1]["generator"])
        frequencies = sampling.class_frequencies(found["classes"])
        sampler = sampling.Sampler(network, network.inputs[0].shape[1], frequencies, 0)
        seen = features.outputs(judge, sampler.samples(arguments.samples).images, name).features
        print(
            f"| {name} | {found['images']:,} | {found['process_seconds']:.0f} "
            f"| {fid.distance_to(seen, mean, covariance):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for the trainings")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True, help="a folder in results/judges/<dataset>/")
    parser.add_argument("--source-epochs", type=float, default=4.0, help="of the source, on its 25,000 images")
    parser.add_argument("--epochs", type=float, default=2.0, help="of the training from nothing, on the other 25,000")
    parser.add_argument("--parts", type=int, nargs="+", default=[3, 6], help="of its steps, for what starts trained")
    parser.add_argument("--freeze", type=int, default=2, help="layers, in one more training of the first part; 0: none")
    parser.add_argument("--rate", type=float, default=8e-4, help="learning rate of what starts trained")
    parser.add_argument("--samples", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    main(parser.parse_args())
