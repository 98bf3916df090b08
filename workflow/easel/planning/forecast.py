"""What each outdated job will take: from earlier jobs of its recipe where there are any, else from a probe of it, else
what `easel.planning.costs` says of every such step.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from easel.config.datasets import Sizes
from easel.config.judges.base import JudgeSettings
from easel.config.presets import Preset
from easel.planning import recipes
from easel.planning.benchmarks import Took, took
from easel.planning.costs import Costs, snapshots_of
from easel.planning.earlier import Trained, same_judge, typical
from easel.planning.jobs import Job
from easel.planning.progress import steps_done
from easel.planning.rules import Work, rule
from easel.runtime.files import read_json
from easel.study.load import Study

EARLIER, MEASURED, AT_MOST, USUAL = "earlier run", "measured here", "measured here, at most", "estimate"
"""Where a figure comes from: a job of the same recipe, a probe of it (also where the job may end early), or what such
steps usually take."""

KEPT_CHECKPOINTS = 2
SETTLING = 1.0  # seconds in which a job of TensorFlow's writes its files and ends
JUDGED_AT_MOST = 10_000  # training images for a judge's accuracy, and features that a reference keeps
TENSORFLOW_MB = 760  # resident in a process that has loaded TensorFlow and a network

DOWNLOAD_MB = 2.0  # a second; what costs.py allows for a slow server is for a cluster's limits, and nothing to expect


@dataclass(frozen=True)
class Forecast:
    """What a job will take."""

    seconds: float
    memory_mb: float
    """Resident at most."""
    disk_mb: float
    """Of what it leaves."""
    source: str


def pixels_mb(sizes: Sizes) -> float:
    """A dataset's images in memory, in MB."""
    return math.prod(sizes.image_shape) * (sizes.train + sizes.test) / 1e6


@dataclass(frozen=True)
class Knowledge:
    """What is known here of the recipes of a study."""

    study: Study
    sizes: Sizes
    results: Path
    probes: Mapping[str, Mapping[str, Any]]
    """What `planning.probes` measured, by the names of the recipes."""
    trainings: Mapping[str, Sequence[Trained]]
    """Earlier trainings, by the names of the recipes."""
    read: dict[str, list[Took]] = field(default_factory=dict)
    """The benchmark files of a step that have been read, by their name."""

    def forecast(self, job: Job) -> Forecast:
        """What a job will take."""
        known = FORECASTS.get(rule(job.rule).work, Knowledge.as_before)
        return known(self, job) or self.as_others(job) or as_usual(self.study, self.sizes, job)

    def as_before(self, job: Job) -> Forecast | None:
        """What the same job took when it was last done."""
        before = took(job.benchmark)
        if before is None:
            return None
        usual = as_usual(self.study, self.sizes, job)
        files = [file for file in map(Path, job.outputs) if file.is_file()]
        disk = sum(file.stat().st_size for file in files) / 1e6 if files else usual.disk_mb
        memory = usual.memory_mb if math.isnan(before.memory_mb) else before.memory_mb
        return Forecast(before.seconds, memory, disk, EARLIER)

    def as_others(self, job: Job) -> Forecast | None:
        """What the same step took for the study's other runs and seeds."""
        if not job.run:
            return None
        folder = self.results / "benchmarks" / self.study.name
        others = self.others(folder, Path(job.benchmark).name)
        if not others:
            return None
        usual = as_usual(self.study, self.sizes, job)
        memory = typical((each.memory_mb for each in others), max)
        return Forecast(
            typical(each.seconds for each in others),
            usual.memory_mb if math.isnan(memory) else memory,
            usual.disk_mb,
            EARLIER,
        )

    def others(self, folder: Path, name: str) -> list[Took]:
        """All benchmark files of a step in a study's folder."""
        if name not in self.read:
            found = (took(file) for file in sorted(folder.glob(f"*/seed-*/{name}")))
            self.read[name] = [each for each in found if each]
        return self.read[name]

    @cached_property
    def data(self) -> str | None:
        """The SHA-256 of the training images, where they are there."""
        record = self.results / "datasets" / self.study.dataset_name / "dataset.json"
        return read_json(record)["arrays"]["train_images.npy"] if record.is_file() else None

    def training_probe(self, job: Job) -> Mapping[str, Any] | None:
        """The probe of a job's run."""
        return self.probes.get(recipes.name_of(recipes.of_training(self.study.runs[job.run].settings, self.sizes)))

    def judge_probe(self, judge: JudgeSettings) -> Mapping[str, Any] | None:
        """The probe of a judge."""
        if not judge.can_be_probed:
            return None
        return self.probes.get(recipes.name_of(recipes.of_judge(judge, self.sizes)))


def as_usual(study: Study, sizes: Sizes, job: Job) -> Forecast:
    """What such a step usually takes."""
    cost = Costs(study, sizes).of(job.rule, job.run, job.wildcards.get("judge", ""))
    minutes = cost.disk_mb / DOWNLOAD_MB / 60 if rule(job.rule).work is Work.DOWNLOAD else cost.minutes
    return Forecast(60 * minutes, cost.memory_mb, cost.disk_mb, USUAL)


# --- training ------------------------------------------------------------------------------------------


def steps_of(settings: Preset, images: int) -> int:
    """The steps of a training on so many images."""
    return max(1, round(settings.epochs * images / settings.batch_size))


def training(known: Knowledge, job: Job) -> Forecast | None:
    """A training from where it would go on, by trainings of the same recipe here or else by its probe."""
    settings = known.study.runs[job.run].settings
    steps = steps_of(settings, known.sizes.train)
    folder = known.results / known.study.name / job.run / f"seed-{job.seed}"
    left = steps - steps_done(folder, settings, int(job.seed), steps, known.data)
    probe = known.training_probe(job)
    earlier = known.trainings.get(recipes.name_of(recipes.of_training(settings, known.sizes)), ())
    if earlier:
        return as_earlier(left, earlier, probe)
    return from_probe(settings, steps, left, known.sizes.train, probe) if probe else None


def as_earlier(left: int, earlier: Sequence[Trained], probe: Mapping[str, Any] | None) -> Forecast:
    """A training with so many steps left, as fast as earlier ones."""
    around = typical(each.around for each in earlier)
    if math.isnan(around):
        around = probe["seconds"]["import"] + probe["seconds"]["build"] if probe else 10.0
    memory = typical((each.memory_mb for each in earlier), max)
    if math.isnan(memory):
        memory = probe["memory_mb"] if probe else TENSORFLOW_MB + 300.0
    return Forecast(
        seconds=around + left * typical(each.seconds / each.steps for each in earlier),
        memory_mb=memory,
        disk_mb=typical((each.disk_mb for each in earlier), max),
        source=EARLIER,
    )


def from_probe(settings: Preset, steps: int, left: int, images: int, probe: Mapping[str, Any]) -> Forecast:
    """A training with so many of its steps left, from what a probe has measured of each thing that it does."""
    seconds, size = probe["seconds"], probe["bytes"]
    per_epoch = images / settings.batch_size
    checkpoint_every = max(1, round(settings.checkpoint_every * per_epoch))

    def pictures(steps: int) -> int:  # at the start and at the end, too
        return steps // settings.draw_every + 2

    def snapshots(steps: int) -> int:  # after 1, 2, 4, … epochs and at the end
        return math.floor(math.log2(max(steps / per_epoch, 1))) + 2

    total = (
        seconds["import"]
        + seconds["build"]
        + seconds["first_call"] * (left > 0)
        + max(left - 1, 0) * seconds["step"]
        + pictures(left) * seconds["picture"]
        + snapshots(left) * seconds["snapshot"]
        + (left // checkpoint_every + 1) * seconds["checkpoint"]
        + seconds["outputs"]
        + SETTLING
    )
    metrics = 4 * 8 * steps  # bytes of every step's metrics, which are part of a checkpoint
    disk = KEPT_CHECKPOINTS * (size["checkpoint"] + metrics)
    disk += (snapshots(steps) + 1) * size["generator"] + size["encoder"]
    disk += 2 * pictures(steps) * size["picture"]  # in progress/ and in tensorboard/
    return Forecast(total, probe["memory_mb"], disk / 1e6, MEASURED)


# --- drawing and judging -------------------------------------------------------------------------------


def sampling(known: Knowledge, job: Job) -> Forecast | None:
    """Drawing samples from a run: as it was, if there were as many, else from its probe."""
    if samples_before(known, job) == known.study.samples and (before := known.as_before(job)):
        return before
    if (probe := known.training_probe(job)) is None:
        return None
    seconds, samples = probe["seconds"], known.study.samples
    total = seconds["import"] + seconds["load"] + seconds["first_draw"] + SETTLING
    pixels = math.prod(known.sizes.image_shape) * samples / 1e6
    latents = 4 * known.study.runs[job.run].settings.latent_dim * samples / 1e6
    return Forecast(
        total + samples / 1000 * seconds["thousand_drawn"],
        TENSORFLOW_MB + 2 * pixels + latents,
        pixels + latents + 0.5,
        MEASURED,
    )


def reconstructing(known: Knowledge, job: Job) -> Forecast | None:
    """Encoding every test image and decoding it twice, for its likeness and its bound; each takes a drawing."""
    if before := known.as_before(job):
        return before
    if (probe := known.training_probe(job)) is None:
        return None
    seconds = probe["seconds"]
    total = seconds["import"] + 2 * seconds["load"] + 2 * seconds["first_draw"] + SETTLING
    total += 3 * known.sizes.test / 1000 * seconds["thousand_drawn"]
    return Forecast(total, TENSORFLOW_MB, 0.3, MEASURED)


def evaluating(known: Knowledge, job: Job) -> Forecast | None:
    """Judging a run's samples by every judge of the study: as it was, if there were as many, else from probes."""
    if samples_before(known, job) == known.study.samples and (before := known.as_before(job)):
        return before
    probes = [known.judge_probe(judge) for judge in known.study.judges.values()]
    if any(probe is None for probe in probes):
        return None
    seconds = [probe["seconds"] for probe in probes]
    thousands = known.study.samples / 1000
    total = seconds[0]["import"] + SETTLING
    for each in seconds:
        total += each["load"] + each["first_features"]
        total += thousands * (each["thousand_judged_on_one_core"] + each["thousand_scored"])
    pixels = math.prod(known.sizes.image_shape) * known.study.samples / 1e6
    return Forecast(total, TENSORFLOW_MB + pixels, 0.1, MEASURED)


def limiting(known: Knowledge, job: Job) -> Forecast | None:
    """Judging real images and Gaussians, of which the judge's features are known."""
    name = job.wildcards["judge"]
    if same_judge(known.study, name, known.results) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(known.study.judges[name])) is None:
        return None
    seconds = probe["seconds"]
    thousands = min(known.study.samples, known.sizes.test) / 1000
    return Forecast(
        seconds["import"] + SETTLING + 2 * thousands * seconds["thousand_scored"], TENSORFLOW_MB, 0.1, MEASURED
    )


def judging_snapshots(known: Knowledge, job: Job) -> Forecast | None:
    """Drawing from each snapshot of a training, and judging that."""
    if before := known.as_before(job):
        return before
    probe = known.training_probe(job)
    judge = known.judge_probe(known.study.judges[known.study.snapshot_judge])
    if probe is None or judge is None:
        return None
    drawing, judging = probe["seconds"], judge["seconds"]
    thousands = known.study.snapshot_samples / 1000
    of_each = drawing["load"] + drawing["first_draw"]
    of_each += thousands * (drawing["thousand_drawn"] + judging["thousand_judged_on_one_core"])
    around = drawing["import"] + judging["load"] + judging["first_features"] + SETTLING
    snapshots = snapshots_of(known.study.runs[job.run].settings)
    return Forecast(around + snapshots * of_each, TENSORFLOW_MB, 0.01, MEASURED)


def samples_before(known: Knowledge, job: Job) -> int:
    """How many samples of a run and seed were judged when that was last done; 0 where it was not."""
    record = known.results / known.study.name / job.run / f"seed-{job.seed}" / "metrics.json"
    if not record.is_file():
        return 0
    return next((row["n"] for row in read_json(record)["metrics"] if row["of"] == "samples"), 0)


def making_a_judge(known: Knowledge, job: Job) -> Forecast | None:
    """Making a judge: as it was, if it was the same, else training it to the last of its epochs, from its probe."""
    judge = known.study.judges[job.wildcards["judge"]]
    if same_judge(known.study, job.wildcards["judge"], known.results) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(judge)) is None:
        return None
    seconds, sizes = probe["seconds"], known.sizes
    steps = judge.epochs * max(1, round(sizes.train / judge.batch_size))
    checked = (sizes.test + min(sizes.train, JUDGED_AT_MOST)) / 1000
    total = seconds["import"] + seconds["build"] + seconds["first_call"] + steps * seconds["step"]
    total += seconds["first_features"] + checked * seconds["thousand_judged"] + SETTLING
    return Forecast(total, probe["memory_mb"], probe["bytes"]["network"] / 1e6, AT_MOST)


def referring(known: Knowledge, job: Job) -> Forecast | None:
    """A judge's features of both splits and of Gaussians."""
    if same_judge(known.study, job.wildcards["judge"], known.results) and (before := known.as_before(job)):
        return before
    if (probe := known.judge_probe(known.study.judges[job.wildcards["judge"]])) is None:
        return None
    seconds, sizes = probe["seconds"], known.sizes
    kept = min(sizes.test, JUDGED_AT_MOST)
    total = seconds["import"] + seconds["load"] + seconds["first_features"] + SETTLING
    total += (sizes.train + sizes.test + kept) / 1000 * seconds["thousand_judged"]
    features = probe["bytes"]["features"]  # float32, of an image
    disk = (sizes.train + 2 * kept) * features + 2 * 8 * (features // 4) ** 2
    memory = TENSORFLOW_MB + pixels_mb(sizes) / 2 + 3 * features * sizes.train / 1e6
    return Forecast(total, memory, disk / 1e6, MEASURED)


FORECASTS: dict[Work, Callable[[Knowledge, Job], Forecast | None]] = {
    Work.TRAINING: training,
    Work.SAMPLING: sampling,
    Work.RECONSTRUCTION: reconstructing,
    Work.SNAPSHOTS: judging_snapshots,
    Work.BASELINES: limiting,
    Work.EVALUATION: evaluating,
    Work.JUDGE: making_a_judge,
    Work.REFERENCE: referring,
}
"""Rules of which more is known than that they were run before."""
