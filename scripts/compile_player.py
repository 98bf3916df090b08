"""Compile a run's networks into the form in which its page draws with them: player.json and player.bin."""

from pathlib import Path

from easel.data.prepared import load_split
from easel.models import load
from easel.player.record import make_player
from easel.runtime.console import job
from easel.runtime.files import atomic, read_json, write_json
from easel.sampling import Samples
from easel.training.devices import use_devices


def compile_player(
    training: Path,  # train.json
    generator: Path,  # generator.keras
    encoder: Path | None,  # encoder.keras, of an autoencoder
    samples: Path,  # samples.npz
    dataset: Path,  # dataset.json, next to test_images.npy
    record: Path,  # player.json
    weights: Path,  # player.bin
    threads: int,
) -> None:
    """Write the player; of networks that cannot be played, a record that says why, and no weights."""
    use_devices(threads)
    trained = read_json(training)
    made, block = make_player(
        load(generator),
        load(encoder) if encoder else None,
        Samples.load(samples),
        load_split(dataset.parent, "test").images if encoder else None,
        (trained["classes"] or {}).get("names"),
    )
    with atomic(weights) as partial:
        partial.write_bytes(block)
    write_json(record, {"study": trained["study"], "run": trained["run"], "seed": trained["seed"], **made})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        compile_player(
            training=Path(snakemake.input.training),
            generator=Path(snakemake.input.generator),
            encoder=next(map(Path, snakemake.input.get("encoder", [])), None),
            samples=Path(snakemake.input.samples),
            dataset=Path(snakemake.input.dataset),
            record=Path(snakemake.output.record),
            weights=Path(snakemake.output.weights),
            threads=snakemake.threads,
        )
