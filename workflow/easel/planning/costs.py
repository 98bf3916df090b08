"""What jobs cost, estimated from a study before anything runs: minutes, memory, disk.

A training's share follows from its preset's `cost` and the machine's speed, everything else from what was measured with
CIFAR-10 on two CPU cores. Estimates are rough: within a factor of two where the machine's speed is right. They are pure
and quick and need no TensorFlow, because the Snakefile asks for them in every job.
"""

from functools import cache, cached_property
from math import log2, prod
from typing import NamedTuple

from easel import judges
from easel.config.datasets import Sizes
from easel.config.presets import Growth, Preset
from easel.data.sizes import expected
from easel.study.load import Study

START = 1.0  # minutes: Python, TensorFlow and the first, traced step, from a slow shared disk
LIGHT = 0.2  # minutes of a job that hardly computes

PLAIN = 500  # MB of a job without TensorFlow, Jupyter's kernel included
TENSORFLOW = 1_000  # MB of a job with it
CUDA = 4_000  # MB of the host's memory that a GPU's libraries take besides
MEASURED = (32, 32, 3)  # the images that everything was counted and measured with
PICTURES = 150  # that one core reads a second from a folder, of some hundred kilobytes each
WORKER = 60  # MB of a process that decodes them, and ...
BYTES_HELD = 8  # of each pixel of the largest picture: decoded, and in another mode
ACTIVATIONS = 0.05  # MB that a step holds per image of the batch and channel of width


OVERHEAD = 100  # MFLOP in whose time an image's share of drawing batches and of element-wise work is done
STEP = Growth(linear=3.3, quadratic=3.3)  # MFLOP and ...
SIZE = Growth(linear=0.076, quadratic=0.010)  # ... millions of parameters of a preset without `cost`: of the dearest
FORWARD = 1 / 6  # of a training step is at most what it costs to draw an image

CHECKPOINT = 12  # bytes per parameter, in float32: itself and Adam's two moments
FEATURE = 4  # bytes of one number of a judge's features
SOLVED = 500  # d³ operations of all the matrix square roots and eigenvalues that FID's uncertainty and limit take
SCORING_GFLOPS = 20  # of one thread, with float64

NETWORK = 4  # bytes per parameter of a .keras file


class Cost(NamedTuple):
    """What one job takes."""

    minutes: float
    memory_mb: float
    """Of the host, at its peak."""
    disk_mb: float
    """What it leaves."""


class Costs:
    """The costs of a study's jobs."""

    def __init__(self, study: Study, sizes: Sizes | None = None):
        """sizes: of the study's dataset, where they are known; otherwise as they are expected to be."""
        self.study, self.machine, self.known = study, study.machine, sizes
        self.of = cache(self._of)  # of one study there are few different ones, whatever its seeds

    @cached_property
    def sizes(self) -> Sizes:
        """The dataset's. Only asked for with a cost, as the files of a folder are counted then."""
        return self.known or expected(self.study.dataset)

    @property
    def train(self) -> int:
        """Training images."""
        return self.sizes.train

    @property
    def image(self) -> int:
        """Bytes of an image."""
        return prod(self.sizes.image_shape)

    @property
    def area(self) -> float:
        """Of an image, in those for which MFLOP are counted."""
        return self.image / prod(MEASURED)

    @property
    def megabytes(self) -> float:
        """Of the arrays."""
        return (self.sizes.train + self.sizes.test) * self.image / 1e6

    def _of(self, rule: str, run: str = "", judge: str = "") -> Cost:
        """What a job of a rule costs. run, judge: its wildcards, where it has them."""
        match rule:
            case "download":
                return Cost(self.megabytes / 0.1 / 60, PLAIN, self.megabytes)  # at a slow server's 100 kB/s
            case "prepare_folder":
                minutes = LIGHT + (self.train + self.sizes.test) / (PICTURES * self.machine.threads) / 60
                held = self.machine.threads * (WORKER + BYTES_HELD * self.study.dataset.max_pixels / 1e6)
                return Cost(minutes, PLAIN + held + 2 * self.megabytes, self.megabytes)
            case "draw_shapes" | "prepare":
                return Cost(LIGHT + self.megabytes / 1000, PLAIN + 2 * self.megabytes, self.megabytes)
            case "train_run" | "train_autoencoder":
                return self.training(self.study.runs[run].settings)
            case maker if maker in judges.rules():
                settings = self.study.judges[judge]
                if not settings.learns:
                    return Cost(LIGHT, PLAIN + 2 * settings.archive_mb, settings.archive_mb)
                minutes = self.minutes(
                    settings.passes * self.train, settings.training_megaflops, self.machine.threads, 1
                )
                return Cost(minutes, self.memory(self.megabytes, gpus=1), 5)
            case "compute_reference":
                images, settings = self.train + 2 * self.sizes.test, self.study.judges[judge]
                minutes = self.minutes(images, settings.megaflops, self.machine.threads)
                features = FEATURE * settings.feature_dim * images / 1e6
                return Cost(minutes, self.memory(self.megabytes) + settings.memory_mb + 3 * features, features)
            case "judge_baselines":
                images, dimensions = self.study.samples, self.study.judges[judge].feature_dim
                return Cost(LIGHT + 2 * self.scoring(images, dimensions), self.scoring_memory(dimensions), 1)
            case "judge_snapshots":
                judge = self.study.judges[self.study.snapshot_judge]
                settings = self.study.runs[run].settings
                drawn = snapshots_of(settings) * self.study.snapshot_samples
                minutes = self.minutes(drawn, FORWARD * step_of(settings) + judge.megaflops)
                return Cost(minutes, self.memory() + judge.memory_mb, 1)
            case "sample":
                drawn = self.study.samples
                minutes = self.minutes(drawn, FORWARD * step_of(self.study.runs[run].settings))
                return Cost(minutes, self.memory(drawn * self.image / 1e6), drawn * self.image / 1e6)
            case "reconstruct":  # each test image is encoded, and decoded twice
                minutes = self.minutes(3 * self.sizes.test, FORWARD * step_of(self.study.runs[run].settings))
                return Cost(minutes, self.memory(), 1)
            case "evaluate":
                drawn, all_judges = self.study.samples, self.study.judges.values()
                minutes = self.minutes(drawn, sum(each.megaflops for each in all_judges))
                minutes += sum(self.scoring(drawn, each.feature_dim) for each in all_judges)
                most = max(self.scoring_memory(each.feature_dim) + each.memory_mb for each in all_judges)
                return Cost(minutes, self.memory(drawn * self.image / 1e6) + most, 1)
            case "fetch_judge":
                largest = max(judge.archive_mb for judge in self.study.judges.values() if not judge.learns)
                return Cost(largest / 0.1 / 60, PLAIN, largest)
            case "import_samples":
                drawn = self.study.samples
                return Cost(LIGHT + drawn / 1e5, PLAIN + 4 * drawn * self.image / 1e6, drawn * self.image / 1e6)
        return Cost(LIGHT, PLAIN, 5)

    def training(self, settings: Preset) -> Cost:
        """A training, from its first step to its last."""
        minutes = self.minutes(settings.epochs * self.train, step_of(settings), self.machine.threads, settings.gpu)
        parameters = (settings.cost.megaparameters if settings.cost else SIZE).at(settings.width)  # millions
        checkpoint = (CHECKPOINT + NETWORK * (settings.ema_decay > 0)) * parameters
        step = ACTIVATIONS * self.area * settings.batch_size * settings.width + 2 * checkpoint
        disk = 2 * checkpoint + (2 + snapshots_of(settings)) * NETWORK * parameters  # the finished networks, too
        return Cost(minutes, self.memory(self.megabytes, settings.gpu) + step, disk)

    def scoring(self, images: int, dimensions: int) -> float:
        """Minutes of all metrics of so many images, whose cost is that of distances between features."""
        pairs = images * (self.train + 3 * images)
        return (2 * dimensions * pairs / 1e9 + SOLVED * dimensions**3 / 1e9) / SCORING_GFLOPS / 60

    def scoring_memory(self, dimensions: int) -> float:
        """MB of a job that computes metrics: features, and matrices of them."""
        return PLAIN + 3 * FEATURE * dimensions * (self.train + self.study.samples) / 1e6 + 200 * dimensions**2 / 1e6

    def minutes(self, images: float, megaflops: float, threads: int = 1, gpus: int = 0) -> float:
        """How long it takes to put so many images through networks that need `megaflops` for each."""
        speed = gpus * self.machine.gpu_gflops or threads * self.machine.thread_gflops  # GFLOP/s
        return START + images * self.area * (megaflops + OVERHEAD) / 1000 / speed / 60

    def memory(self, arrays: float = 0, gpus: int = 0) -> float:
        """MB of a job that holds so many MB of images, twice, and computes with TensorFlow."""
        return TENSORFLOW + 2 * arrays + CUDA * bool(gpus and self.machine.gpu_gflops)


def snapshots_of(settings: Preset) -> float:
    """About how many snapshots a training leaves: one for each doubling of its epochs, and one at the end."""
    return 1 + log2(settings.epochs + 1)


def step_of(settings: Preset) -> float:
    """MFLOP of a training step, per image."""
    return (settings.cost.megaflops if settings.cost else STEP).at(settings.width)
