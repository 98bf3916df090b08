"""Train one run with one seed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from easel.config.budgets import read_budget, with_epochs
from easel.config.presets import Preset
from easel.data.prepared import load_split
from easel.runtime.console import job
from easel.runtime.files import read_json
from easel.training.devices import choose_branches, choose_devices, choose_jit_compile, choose_precision, use_devices
from easel.training.loop import train
from easel.training.record import write_outputs, write_record
from easel.training.start import read_source
from easel.training.state import TrainingState
from easel.training.trainer import HeldOut, Trainer

# The code that decides what a step computes. After a change elsewhere (a message, a record) Snakemake runs this
# again, and the training resumes from its state. (Threads, of which devices.py decides, can change a sum's last bit.)
COMPUTING = ("workflow/easel/models/", "workflow/easel/training/")
NOT_COMPUTING = tuple(f"workflow/easel/training/{name}.py" for name in ("checkpoints", "devices", "record"))


def train_run(
    dataset: Path,  # dataset.json, next to train_images.npy
    record: Path,  # train.json; the other outputs and the state go next to it
    settings: Mapping[str, Any],  # the preset with the run's overrides
    study: str,
    run: str,
    seed: int,
    preset: str,
    code: Mapping[str, str],  # file -> fingerprint of the code that this executes
    threads: int,
    gpus: int,  # GPUs that Snakemake has given to this job
    budget: Path | None = None,  # budget.json, if the settings have minutes in place of epochs
    start: Path | None = None,  # train.json of the training to start from, or a .keras file
    caveats: Sequence[Mapping[str, Any]] = (),  # of the settings on this dataset, as train.json holds them
) -> None:
    """Train; write snapshots/, progress/, history.csv and train.json.

    While it trains: state/ and tensorboard/.
    """
    label = f"{run} seed {seed}"
    computing = {file: mark for file, mark in code.items() if file.startswith(COMPUTING) and file not in NOT_COMPUTING}
    spent = None if budget is None else read_budget(budget)
    settings = with_epochs(TypeAdapter(Preset).validate_python(settings), spent, run)
    branches = choose_branches(settings.width, settings.batch_size)
    use_devices(threads, gpus, label, branches, settings.deterministic)
    devices = choose_devices(settings.gpu, settings.batch_size)
    data, split, test = read_json(dataset), *(load_split(dataset.parent, split) for split in ("train", "test"))
    images = data["arrays"]["train_images.npy"]
    training_data = (
        {"images": images, "labels": data["arrays"]["train_labels.npy"]} if settings.is_conditional else images
    )
    trainer = Trainer(
        images=split.images,
        labels=split.labels,
        classes=data["classes"],
        settings=settings,
        seed=seed,
        precision=choose_precision(settings.precision),
        jit_compile=choose_jit_compile(settings.jit_compile, max(1, len(devices))),
        devices=devices,
        label=label,
        held_out=HeldOut(test.images, test.labels, data["arrays"]["test_images.npy"]),
    )
    depends_on: dict[str, Any] = {"data": training_data, "code": computing}
    if start is not None and settings.start_from is not None:
        trainer.start(read_source(settings.start_from, start))
        depends_on["start"] = trainer.started["weights"]
    state = TrainingState(trainer, record.with_name("state"), depends_on)
    train(trainer, state, board=record.with_name("tensorboard"))
    write_outputs(state, record.parent)
    names = {"study": study, "run": run, "seed": seed, "preset": preset, "dataset": data["name"]}
    write_record(trainer, state, record, names, {"data": images, "code": dict(code)}, caveats, spent)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        train_run(
            dataset=Path(snakemake.input.dataset),
            record=Path(snakemake.output.record),
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            **snakemake.params.spec,
            code=snakemake.params.code,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            budget=next(map(Path, snakemake.input.budget), None),
            start=next(map(Path, snakemake.input.start), None),
        )
