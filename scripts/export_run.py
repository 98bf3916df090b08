"""Export a run: networks and samples in other forms, and a model card, in a folder that can be uploaded as it is."""

import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from easel.exporting import pictures
from easel.exporting.conversion import Network, convert
from easel.images import to_float
from easel.models import load
from easel.report.model_card import Card, model_card
from easel.runtime.console import job
from easel.runtime.files import read_json, write_json
from easel.training.devices import use_devices

COMPARED = 500  # samples for which outputs are compared
VERSIONS = {
    "onnx": ("tensorflow", "keras", "onnx", "onnxruntime", "tf2onnx"),
    "litert": ("tensorflow", "keras"),
    "png": ("pillow",),
}


def export_run(
    training: Path,  # train.json, in the run's folder
    samples: Path,  # samples.npz
    samples_record: Path,  # samples.json
    picture: Path,  # samples.png
    generator: Path,  # generator.keras
    encoder: Path | None,  # encoder.keras, of an autoencoder
    metrics: Path,  # metrics.json
    dataset: Path,  # dataset.json
    folder: Path,  # export/
    record: Path,  # export.json
    formats: list[str],
    license: str,  # an identifier of the hub's; `unknown`: none is stated
    description: str,  # of the run
    threads: int,
) -> None:
    """Write the folder and its record. Raises EaselError where an exported network's outputs are not those of Keras."""
    use_devices(threads)
    trained = read_json(training)
    with np.load(samples) as archive:
        images, latents, labels = archive["images"], archive["latents"], archive.get("labels")
    folder.mkdir(parents=True, exist_ok=True)
    for file in (generator, encoder, picture):
        if file:
            shutil.copyfile(file, folder / file.name)
    inputs = {"latents": latents[:COMPARED]}
    if labels is not None:
        inputs["labels"] = labels[:COMPARED].astype(np.int32)
    networks = [Network("generator", load(generator), inputs)]
    if encoder:
        shown = {"images": to_float(images[:COMPARED])}
        networks.append(Network("encoder", load(encoder), shown, decoder=networks[0].keras))
    converted = list(convert(networks, formats, folder))
    if "png" in formats:
        pictures.write(images, folder / "png", labels, (trained["classes"] or {}).get("names", ()))
    exported: Mapping[str, Any] = {
        "study": trained["study"],
        "run": trained["run"],
        "seed": trained["seed"],
        "formats": formats,
        "license": license,
        "files": converted,
        "pictures": len(images) if "png" in formats else 0,
        "versions": {name: version(name) for name in sorted({name for each in formats for name in VERSIONS[each]})},
    }
    card = Card(trained, read_json(samples_record), read_json(metrics), read_json(dataset), exported, description)
    (folder / "README.md").write_text(model_card(card, folder), encoding="utf-8")
    write_json(record, exported)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        export_run(
            training=Path(snakemake.input.training),
            samples=Path(snakemake.input.samples),
            samples_record=Path(snakemake.input.samples_record),
            picture=Path(snakemake.input.picture),
            generator=Path(snakemake.input.generator),
            encoder=next(map(Path, snakemake.input.get("encoder", [])), None),
            metrics=Path(snakemake.input.metrics),
            dataset=Path(snakemake.input.dataset),
            folder=Path(snakemake.output.folder),
            record=Path(snakemake.output.record),
            **snakemake.params.spec,
            threads=snakemake.threads,
        )
