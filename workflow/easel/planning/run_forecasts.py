"""The expected cost of a run's jobs: training, sampling, evaluation. None where nothing was measured."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from easel.config.presets import PresetBase
from easel.planning.costs import call_mb
from easel.planning.earlier import EarlierTraining, typical
from easel.planning.jobs import Job
from easel.planning.knowledge import EstimateSource, Forecast, Knowledge
from easel.planning.progress import steps_done
from easel.planning.training_time import TrainingTime, steps_of

KEPT_CHECKPOINTS = 2
SETTLING = 1.0  # seconds in which a job with TensorFlow writes its files and ends
TENSORFLOW_MB = 760  # resident in a process that has loaded TensorFlow and a network


# --- training ------------------------------------------------------------------------------------------


def training(known: Knowledge, job: Job) -> Forecast | None:
    """A training from the step where it would resume: as trainings of the same recipe, else by its probe."""
    settings = known.settings_of(job.run)
    steps = steps_of(settings, known.sizes.train)
    folder = known.results / known.study.name / job.run / f"seed-{job.seed}"
    done = steps_done(folder, settings, int(job.seed), steps, known.train_images_sha256)
    probe, earlier = known.training_probe(job.run), known.earlier_trainings(job.run)
    if earlier:
        return as_earlier(steps - done, earlier, probe)
    return from_probe(settings, steps, done, known.sizes.train, probe) if probe else None


def as_earlier(steps_left: int, earlier: Sequence[EarlierTraining], probe: Mapping[str, Any] | None) -> Forecast:
    """A training as fast as earlier ones."""
    overhead = typical(each.overhead_seconds for each in earlier)
    if math.isnan(overhead):
        overhead = probe["seconds"]["import"] + probe["seconds"]["build"] if probe else 10.0
    memory = typical((each.memory_mb for each in earlier), max)
    if math.isnan(memory):
        memory = probe["memory_mb"] if probe else TENSORFLOW_MB + 300.0
    return Forecast(
        seconds=overhead + steps_left * typical(each.seconds_per_step for each in earlier),
        memory_mb=memory,
        disk_mb=typical((each.disk_mb for each in earlier), max),
        source=EstimateSource.EARLIER_RUN,
    )


def from_probe(settings: PresetBase, steps: int, done: int, images: int, probe: Mapping[str, Any]) -> Forecast:
    """A training from a probe's measurement of each of its parts. done: the step where it would resume."""
    seconds, size = probe["seconds"], probe["bytes"]
    time = TrainingTime(settings, images, seconds)
    total = seconds["import"] + seconds["build"] + time.until(steps, done)
    total += seconds["picture"] + seconds["checkpoint"] + seconds["outputs"] + SETTLING
    history = 4 * 8 * steps  # bytes of every step's metrics, which are part of a checkpoint
    disk = KEPT_CHECKPOINTS * (size["checkpoint"] + history)
    disk += 2 * time.snapshots(steps) * networks_bytes(probe)  # in the state, and copied from there
    disk += 2 * (time.pictures(steps) + 1) * size["picture"]  # in progress/ and in tensorboard/
    return Forecast(total, probe["memory_mb"], disk / 1e6, EstimateSource.PROBE)


def networks_bytes(probe: Mapping[str, Any]) -> int:
    """The size of a snapshot."""
    return probe["bytes"]["generator"] + probe["bytes"]["encoder"]


# --- sampling and evaluation ---------------------------------------------------------------------------


def snapshots(known: Knowledge, job: Job) -> Forecast | None:
    """Sampling from each snapshot of a training, and judging the samples."""
    if before := known.as_before(job):
        return before
    probe = known.training_probe(job.run)
    judge = known.judge_probe(known.study.judges[known.study.snapshot_judge])
    if probe is None or judge is None or not known.judges_as_probed:
        return None
    drawing, judging = probe["seconds"], judge["seconds"]
    thousands = known.study.snapshot_samples / 1000
    per_snapshot = drawing["load"] + drawing["first_samples"]
    per_snapshot += thousands * (drawing["samples_1000"] + judging["features_1000_one_core"])
    overhead = drawing["import"] + judging["load"] + judging["first_features"] + SETTLING
    number = known.costs.snapshots_of(known.settings_of(job.run))
    memory = TENSORFLOW_MB + call_mb(known.settings_of(job.run), known.sizes.image_shape[0])
    return Forecast(overhead + number * per_snapshot, memory, 0.01, EstimateSource.PROBE)


def sampling(known: Knowledge, job: Job) -> Forecast | None:
    """Sampling from a run: as before with as many samples, else by the probe of its training."""
    if known.samples_before(job) == known.study.samples and (before := known.as_before(job)):
        return before
    probe = known.training_probe(job.run)
    return sampling_from_probe(known, job, probe) if probe and known.judges_as_probed else None


def sampling_from_probe(known: Knowledge, job: Job, probe: Mapping[str, Any]) -> Forecast:
    """Sampling from a run by the probe of its training."""
    seconds, samples = probe["seconds"], known.study.samples
    total = seconds["import"] + seconds["load"] + seconds["first_samples"] + SETTLING
    pixels = math.prod(known.sizes.image_shape) * samples / 1e6
    latents = 4 * known.study.runs[job.run].settings.latent_dim * samples / 1e6
    return Forecast(
        total + samples / 1000 * seconds["samples_1000"],
        TENSORFLOW_MB + 2 * pixels + latents + call_mb(known.study.runs[job.run].settings, known.sizes.image_shape[0]),
        pixels + latents + networks_bytes(probe) / 1e6 + 0.5,
        EstimateSource.PROBE,
    )


def reconstruction(known: Knowledge, job: Job) -> Forecast | None:
    """Sampling from an autoencoder, encoding every test image and decoding it twice, for similarity and for the bound;
    each costs one sample."""
    if known.samples_before(job) == known.study.samples and (before := known.as_before(job)):
        return before
    if (probe := known.training_probe(job.run)) is None or not known.judges_as_probed:
        return None
    sampled, seconds = sampling_from_probe(known, job, probe), probe["seconds"]
    rebuilding = 2 * seconds["load"] + 2 * seconds["first_samples"]
    rebuilding += 3 * known.sizes.test / 1000 * seconds["samples_1000"]
    return replace(sampled, seconds=sampled.seconds + rebuilding)


def evaluation(known: Knowledge, job: Job) -> Forecast | None:
    """A run's samples by every judge of the study: as before with as many samples, else by the judges' probes."""
    if known.samples_before(job) == known.study.samples and (before := known.as_before(job)):
        return before
    seconds = []
    for judge in known.study.judges.values():
        if (probe := known.judge_probe(judge)) is None or not known.judges_as_probed:
            return None
        seconds.append(probe["seconds"])
    thousands = known.study.samples / 1000
    total = seconds[0]["import"] + SETTLING
    for each in seconds:
        total += each["load"] + each["first_features"]
        total += thousands * (each["features_1000_one_core"] + each["metrics_1000"])
    pixels = math.prod(known.sizes.image_shape) * known.study.samples / 1e6
    return Forecast(total, TENSORFLOW_MB + pixels, 0.1, EstimateSource.PROBE)
