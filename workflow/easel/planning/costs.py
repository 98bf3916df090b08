"""Rules of thumb for the minutes, memory and disk of a study's jobs, before anything runs.

A training's cost follows from its preset's `cost` and the machine's speed, everything else from measurements with
CIFAR-10 on two CPU cores. Estimates are within a factor of two if the machine's speed is right. They are pure and fast
and need no TensorFlow, because the Snakefile asks for them in every job.
"""

from functools import cache, cached_property
from math import log2, prod
from typing import NamedTuple

from easel.config.datasets import Folder, Sizes
from easel.config.judges.base import JudgeSettings
from easel.config.presets import Growth, NetworkCost, NetworkCosts, PresetBase
from easel.data.folder.archive import BYTES_PER_PIXEL, is_archive
from easel.data.sizes import expected
from easel.judges import cores_for
from easel.planning import rules
from easel.planning.rules import Work
from easel.study.load import Study
from easel.study.resolve import Run

START = 1.0  # minutes: Python, TensorFlow and the first, traced step, from a slow shared disk
LIGHT = 0.2  # minutes of a job that hardly computes

PLAIN = 500  # MB of a job without TensorFlow; Jupyter's kernel is one
TENSORFLOW = 1_000  # MB of a job with it
CUDA = 4_000  # MB of the host's memory that a GPU's libraries take in addition
MEASURED = (32, 32, 3)  # the image shape of judges' counts, and of all measurements
SLOW_SERVER = 0.1  # MB/s
PICTURES = 150  # pictures of a few hundred kilobytes that one core decodes per second
WORKER = 60  # MB of a process that decodes them ...
BYTES_HELD = 8  # ... and bytes for each pixel of the largest picture: decoded, and in another mode
MAPPED = 2_000  # MB of arrays in files that are kept in memory, at most: what does not fit is written and let go
HELD = 4.0  # bytes that a step holds for each value that a layer puts out, for each image of the batch

OVERHEAD = 100  # MFLOP that take as long as drawing an image's share of a batch and element-wise work on it
UNKNOWN = NetworkCosts(  # of a preset without `cost`: the most expensive
    at_32=NetworkCost(
        megaflops=Growth(linear=3.3, quadratic=3.3),
        megaparameters=Growth(linear=0.076, quadratic=0.010),
        megavalues=0.083,
    )
)
FORWARD = 1 / 6  # upper bound on the cost of sampling an image, relative to a training step

SAMPLED = 500  # images that a generator makes in a call, of 32 × 32 pixels; fewer of larger ones, and ...
OF_GENERATOR = 0.6  # ... the share of its layers in the values that all networks put out, about

SEARCHED = 1_200  # images that a generator makes to find a picture, at most, each with ...
OF_GRADIENT = 2 * FORWARD  # ... its gradient; upper bound on the cost of both, relative to a training step
PLAYED = 1_000  # images that a page's networks are measured with, at most
CONVERSION = 0.5  # minutes for a format, of a network of many layers
CONVERTED = 3_000  # MB that a conversion takes, most for the prior of a vq_vae, which is unrolled
CHECKPOINT = 12  # bytes per parameter, in float32: itself and Adam's two moments
NETWORK = 4  # bytes per parameter of a .keras file
FEATURE = 4  # bytes of one component of a judge's features
SOLVED = 500  # d³ operations of all matrix square roots and eigenvalues for FID's uncertainty and its limit
DAMAGED = 1_000  # test images that a sensitivity is measured with, at most
DAMAGED_SETS = 21.5  # times as many images are judged: each damage to pixels at each severity ...
SENSITIVITY_SETS = 32  # ... and metrics are computed of so many sets of them
METRICS_GFLOPS = 20  # of one thread, in float64


class Cost(NamedTuple):
    """The cost of one job."""

    minutes: float
    memory_mb: float
    """Peak memory of the host."""
    disk_mb: float
    """Size of its outputs."""


class Costs:
    """The costs of a study's jobs."""

    def __init__(self, study: Study, sizes: Sizes | None = None, free_gpus: bool = True):
        """sizes: of the study's dataset, if known; otherwise those that its settings lead one to expect. free_gpus:
        whether jobs that sample and judge may take a GPU that they did not ask for, which a cluster's may not."""
        self.study, self.machine, self.known_sizes = study, study.machine, sizes
        self.free_gpus = free_gpus
        self.of = cache(self._of)  # a study has few different costs, however many seeds

    @cached_property
    def sizes(self) -> Sizes:
        """The sizes of the dataset. Asked for only with a cost, because counting the files of a folder takes time."""
        return self.known_sizes or expected(self.study.dataset)

    @property
    def judging_gpus(self) -> int:
        """The GPUs of a job that samples or judges. `auto` finds the machine's GPU free most of the time."""
        return int(self.machine.judge_on == "gpu" or (self.machine.judge_on == "auto" and self.free_gpus))

    @property
    def image_bytes(self) -> int:
        """The bytes of one image."""
        return prod(self.sizes.image_shape)

    @property
    def image_size(self) -> int:
        """Height and width of the images, in pixels."""
        return self.sizes.image_shape[0]

    @property
    def relative_area(self) -> float:
        """The size of an image relative to MEASURED, for which MFLOP are counted."""
        return self.image_bytes / prod(MEASURED)

    @property
    def dataset_mb(self) -> float:
        """The size of the dataset's arrays."""
        return (self.sizes.train + self.sizes.test) * self.image_bytes / 1e6

    @property
    def samples_mb(self) -> float:
        """The size of one run's samples."""
        return self.study.samples * self.image_bytes / 1e6

    def _of(self, rule: str, run: str = "", judge: str = "") -> Cost:
        """The cost of a job of a rule. run, judge: its wildcards, "" if it has none."""
        match rules.rule(rule).work:
            case Work.DOWNLOAD:
                return self.download(self.dataset_mb)
            case Work.FOLDER:
                return self.folder()
            case Work.ARRAYS:
                return Cost(LIGHT + self.dataset_mb / 1000, PLAIN + 2 * self.dataset_mb, self.dataset_mb)
            case Work.BUDGET:
                return self.budget(self.study.runs[run].settings)
            case Work.TRAINING:
                return self.training(self.study.runs[run].settings)
            case Work.JUDGE_ARCHIVE:
                archives = (each for each in self.study.judges.values() if each.is_fetched)
                return self.download(max(each.archive_mb for each in archives))
            case Work.JUDGE:
                return self.judge(self.study.judges[judge])
            case Work.REFERENCE:
                return self.reference(self.study.judges[judge])
            case Work.BASELINES:
                return self.baselines(self.study.judges[judge])
            case Work.SENSITIVITY:
                return self.sensitivity(self.study.judges[judge])
            case Work.SNAPSHOTS:
                return self.snapshots(self.study.runs[run].settings)
            case Work.SAMPLING:
                return self.sampling(self.study.runs[run].settings)
            case Work.EXTERNAL_SAMPLES:
                return Cost(LIGHT + self.study.samples / 1e5, PLAIN + 4 * self.samples_mb, self.samples_mb)
            case Work.RECONSTRUCTION:
                return self.reconstruction(self.study.runs[run].settings)
            case Work.EVALUATION:
                return self.evaluation()
            case Work.PLAYER:
                return self.player(self.study.runs[run].settings)
            case Work.PROJECTION:
                return self.projection(self.study.runs[run])
            case Work.EXPORT:
                return self.export(self.study.runs[run].settings)
            case Work.LIGHT:
                return Cost(LIGHT, PLAIN, 5)

    # --- one method for each kind of work --------------------------------------------------------------

    def download(self, size_mb: float) -> Cost:
        """Fetching a file."""
        return Cost(size_mb / SLOW_SERVER / 60, PLAIN, size_mb)

    def folder(self) -> Cost:
        """Decoding a folder of pictures, in as many processes as there are threads."""
        dataset = self.study.dataset
        assert isinstance(dataset, Folder)
        minutes = LIGHT + (self.sizes.train + self.sizes.test) / (PICTURES * self.machine.threads) / 60
        unpacked = BYTES_PER_PIXEL if is_archive(dataset.path) else 0
        held = self.machine.threads * (WORKER + (BYTES_HELD + unpacked) * dataset.max_pixels / 1e6)
        return Cost(minutes, PLAIN + held + min(2 * self.dataset_mb, MAPPED), self.dataset_mb)

    def budget(self, settings: PresetBase) -> Cost:
        """Training for a few seconds, to see how fast it is."""
        return Cost(START + LIGHT, self.training(settings).memory_mb, 0.01)

    def training(self, settings: PresetBase) -> Cost:
        """A training, from its first step to its last."""
        minutes = START + self.steps_minutes(settings)
        checkpoint = checkpoint_mb(settings, self.image_size)
        snapshots = 2 * self.snapshots_of(settings) * networks_mb(settings, self.image_size)  # in the state, and copied
        memory = self.memory_mb(self.dataset_mb, settings.gpu) + step_memory_mb(settings, self.image_size)
        return Cost(minutes, memory, 2 * checkpoint + snapshots)

    def judge(self, settings: JudgeSettings) -> Cost:
        """Making a judge from the dataset, with or without a training, or from its archive."""
        if settings.is_fetched:
            return Cost(LIGHT, PLAIN + 2 * settings.archive_mb, settings.archive_mb)
        images = settings.training_images(self.sizes.train)
        minutes = self.minutes(
            images, self.judge_megaflops(settings, settings.training_megaflops), self.machine.threads, gpus=1
        )
        return Cost(minutes, self.memory_mb(self.dataset_mb, gpus=1), 5)

    def reference(self, judge: JudgeSettings) -> Cost:
        """A judge's features of both splits, and of as many pixel Gaussians as test images."""
        images = self.sizes.train + 2 * self.sizes.test
        minutes = self.minutes(images, self.judge_megaflops(judge), self.machine.threads, self.judging_gpus)
        features_mb = FEATURE * judge.feature_dim * images / 1e6
        memory = self.memory_mb(self.dataset_mb, self.judging_gpus) + judge.memory_mb + 3 * features_mb
        return Cost(minutes, memory, features_mb)

    def baselines(self, judge: JudgeSettings) -> Cost:
        """Every metric of two baselines, whose features are known."""
        minutes = 2 * self.metrics_minutes(self.study.samples, judge.feature_dim)
        return Cost(LIGHT + minutes, self.metrics_memory_mb(judge.feature_dim), 1)

    def sensitivity(self, judge: JudgeSettings) -> Cost:
        """Judging damaged test images."""
        images = damaged_images(self.sizes)
        threads = cores_for([judge.weights], self.machine.threads)
        minutes = self.minutes(DAMAGED_SETS * images, self.judge_megaflops(judge), threads, self.judging_gpus)
        minutes += SENSITIVITY_SETS * self.sensitivity_minutes(images, judge.feature_dim)
        memory = self.metrics_memory_mb(judge.feature_dim) + judge.memory_mb
        return Cost(minutes, self.memory_mb(gpus=self.judging_gpus) + memory, 0.1)

    def snapshots(self, settings: PresetBase) -> Cost:
        """Sampling from each snapshot of a training, and judging the samples."""
        judge = self.study.judges[self.study.snapshot_judge]
        images = self.snapshots_of(settings) * self.study.snapshot_samples
        each = FORWARD * self.step_megaflops(settings) + self.judge_megaflops(judge)
        minutes = self.minutes(images, each, cores_for([judge.weights], self.machine.threads), self.judging_gpus)
        memory = self.memory_mb(gpus=self.judging_gpus) + judge.memory_mb + call_mb(settings, self.image_size)
        return Cost(minutes, memory, 1)

    def sampling(self, settings: PresetBase) -> Cost:
        """Sampling from a run."""
        minutes = self.minutes(self.study.samples, FORWARD * self.step_megaflops(settings), gpus=self.judging_gpus)
        memory = self.memory_mb(self.samples_mb, self.judging_gpus) + call_mb(settings, self.image_size)
        return Cost(minutes, memory, self.samples_mb + networks_mb(settings, self.image_size))

    def reconstruction(self, settings: PresetBase) -> Cost:
        """Sampling from an autoencoder, encoding each test image, and decoding it twice."""
        sampling = self.sampling(settings)
        images = self.study.samples + 3 * self.sizes.test
        minutes = self.minutes(images, FORWARD * self.step_megaflops(settings), gpus=self.judging_gpus)
        return sampling._replace(minutes=minutes)

    def evaluation(self) -> Cost:
        """Every metric of a run's samples by every judge."""
        samples, all_judges = self.study.samples, self.study.judges.values()
        each_image = sum(map(self.judge_megaflops, all_judges))
        threads = cores_for([each.weights for each in all_judges], self.machine.threads)
        minutes = self.minutes(samples, each_image, threads, self.judging_gpus)
        minutes += sum(self.metrics_minutes(samples, each.feature_dim) for each in all_judges)
        most = max(self.metrics_memory_mb(each.feature_dim) + each.memory_mb for each in all_judges)
        return Cost(minutes, self.memory_mb(self.samples_mb, self.judging_gpus) + most, 1)

    def player(self, settings: PresetBase) -> Cost:
        """Rounding a run's weights, and drawing and encoding a few images with them."""
        minutes = self.minutes(PLAYED, FORWARD * self.step_megaflops(settings))
        memory = self.memory_mb(self.samples_mb + self.dataset_mb)
        return Cost(
            minutes, memory + 2 * networks_mb(settings, self.image_size), networks_mb(settings, self.image_size) / 2
        )

    def projection(self, run: Run) -> Cost:
        """Searching a generator for each picture from its samples, one after the other; an encoder takes no time."""
        settings = run.settings
        images = 0 if run.autoencodes else SEARCHED * len(settings.project)
        minutes = self.minutes(images, OF_GRADIENT * self.step_megaflops(settings))
        memory = self.memory_mb(self.samples_mb) + call_mb(settings, self.image_size)
        return Cost(minutes, memory + networks_mb(settings, self.image_size), 1)

    def export(self, settings: PresetBase) -> Cost:
        """Converting a run's networks, and sampling a few images with each file."""
        parameters_mb = networks_mb(settings, self.image_size)
        minutes = CONVERSION * len(settings.export) + self.minutes(0, 0)
        disk = (1 + len(settings.export)) * parameters_mb + self.samples_mb * ("png" in settings.export)
        return Cost(minutes, self.memory_mb(self.samples_mb) + CONVERTED, disk)

    # --- what they share -------------------------------------------------------------------------------

    def judge_megaflops(self, judge: JudgeSettings, at_32: float | None = None) -> float:
        """MFLOP to judge an image, or of something else that takes `at_32` for an image of 32 × 32 pixels."""
        area = (judge.seen_size(self.image_size) / MEASURED[0]) ** 2
        return area * (judge.megaflops if at_32 is None else at_32)

    def step_megaflops(self, settings: PresetBase) -> float:
        """MFLOP of a training step, per image."""
        return megaflops_of_step(settings, self.image_size)

    def steps_minutes(self, settings: PresetBase) -> float:
        """Minutes of a training's steps."""
        if settings.minutes is not None:
            return settings.minutes
        images = settings.known_epochs * self.sizes.train
        return self.minutes(images, self.step_megaflops(settings), self.machine.threads, settings.gpu) - START

    def epochs_of(self, settings: PresetBase) -> float:
        """The epochs of a training, or those to expect of its minutes."""
        if settings.minutes is None:
            return settings.known_epochs
        one = self.steps_minutes(settings.model_copy(update={"epochs": 1.0, "minutes": None}))
        return settings.minutes / one if one else 1.0

    def snapshots_of(self, settings: PresetBase) -> float:
        """About how many snapshots a training leaves: one for each doubling of its epochs, and one at the end."""
        return 1 + log2(self.epochs_of(settings) + 1)

    def metrics_minutes(self, images: int, feature_dim: int) -> float:
        """Minutes of all metrics of so many images. The distances between features dominate."""
        pairs = images * (self.sizes.train + 3 * images)
        return (2 * feature_dim * pairs / 1e9 + SOLVED * feature_dim**3 / 1e9) / METRICS_GFLOPS / 60

    def sensitivity_minutes(self, images: int, feature_dim: int) -> float:
        """Minutes of the metrics of one set of damaged images: distances, kernels, and some FIDs."""
        pairs, fids = 5 * images**2, 11 * (images * feature_dim**2 + 10 * feature_dim**3)
        return 2 * (feature_dim * pairs + fids) / 1e9 / METRICS_GFLOPS / 60

    def metrics_memory_mb(self, feature_dim: int) -> float:
        """Memory of a job that computes metrics: features, and matrices of them."""
        images = self.sizes.train + self.study.samples
        return PLAIN + 3 * FEATURE * feature_dim * images / 1e6 + 200 * feature_dim**2 / 1e6

    def minutes(self, images: float, megaflops: float, threads: int = 1, gpus: int = 0) -> float:
        """Minutes to put so many images through networks that need `megaflops` for each."""
        speed = gpus * self.machine.gpu_gflops or threads * self.machine.thread_gflops  # GFLOP/s
        return START + images * (megaflops + OVERHEAD * self.relative_area) / 1000 / speed / 60

    def memory_mb(self, arrays_mb: float = 0, gpus: int = 0) -> float:
        """Memory of a job that holds images of this size twice and computes with TensorFlow."""
        return TENSORFLOW + 2 * arrays_mb + CUDA * bool(gpus and self.machine.gpu_gflops)


def damaged_images(sizes: Sizes) -> int:
    """The test images that a sensitivity is measured with."""
    return min(DAMAGED, sizes.test // 2)


def cost_at(settings: PresetBase, image_size: int) -> tuple[float, NetworkCost]:
    """What a preset states of its networks, and how many times as many pixels as there its images have."""
    size, cost = (settings.cost or UNKNOWN).stated(image_size)
    return (image_size / size) ** 2, cost


def megaparameters(settings: PresetBase, image_size: int) -> float:
    """Millions of parameters of all of a preset's networks."""
    return cost_at(settings, image_size)[1].megaparameters.at(settings.width)


def networks_mb(settings: PresetBase, image_size: int) -> float:
    """An upper bound on the size of a snapshot: all networks, where a discriminator is none of its."""
    return NETWORK * megaparameters(settings, image_size)


def checkpoint_mb(settings: PresetBase, image_size: int) -> float:
    """The size of a checkpoint."""
    return (CHECKPOINT + NETWORK * (settings.ema_decay > 0)) * megaparameters(settings, image_size)


def step_memory_mb(settings: PresetBase, image_size: int) -> float:
    """The memory that training takes, besides TensorFlow's and the images'."""
    area, cost = cost_at(settings, image_size)
    values = area * cost.megavalues * settings.width * settings.batch_size
    return HELD * values + 2 * checkpoint_mb(settings, image_size)


def call_mb(settings: PresetBase, image_size: int) -> float:
    """What the layers of a generator put out in a call, all of which is in memory at once."""
    area, cost = cost_at(settings, image_size)
    images = SAMPLED * (MEASURED[0] / max(MEASURED[0], image_size)) ** 2
    return OF_GENERATOR * 4 * area * cost.megavalues * settings.width * images


def megaflops_of_step(settings: PresetBase, image_size: int) -> float:
    """MFLOP of a training step, per image."""
    area, cost = cost_at(settings, image_size)
    return area * cost.megaflops.at(settings.width)


def estimated_step(settings: PresetBase, image_size: int) -> float:
    """MFLOP of a training step, with those that take as long as everything else."""
    overhead = OVERHEAD * (image_size / MEASURED[0]) ** 2
    return settings.batch_size * (megaflops_of_step(settings, image_size) + overhead)
