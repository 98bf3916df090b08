"""Rules of thumb for the cost of jobs, and the cost that presets state against their networks."""

import math
from pathlib import Path

import pytest
from benchmarks import flops

from easel.config.datasets import Sizes
from easel.config.judges import KINDS
from easel.config.models import model_of
from easel.config.presets import Growth
from easel.evaluation import damages, sensitivity
from easel.judges import random
from easel.judges.classifier import network as classifier
from easel.judges.self_supervised import network as self_supervised
from easel.planning.costs import (
    DAMAGED,
    DAMAGED_SETS,
    MAPPED,
    SENSITIVITY_SETS,
    UNKNOWN,
    Costs,
    damaged_images,
    megaflops_of_step,
)
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]
STUDY = """\
dataset: shapes
runs:
  narrow: {preset: dcgan, width: 16, epochs: 10}
  wide:   {preset: dcgan, width: 64, epochs: 10}
  long:   {preset: dcgan, width: 64, epochs: 20}
  large:  {preset: dcgan, width: 64, epochs: 10, batch_size: 1024}
  two:    {preset: dcgan, width: 64, epochs: 10, gpu: 2}
  none:   {preset: dcgan, width: 64, epochs: 10, gpu: 0}
  timed:  {preset: dcgan, width: 64, minutes: 7}
"""


@pytest.fixture
def costs(tmp_path):
    """The costs of a study, with settings of the machine's own."""
    file = tmp_path / "study.yaml"

    def of_study(text=STUDY, **machine):
        file.write_text(text)
        return Costs(load_study({"study": str(file), **machine}, ROOT))

    return of_study


# --- what presets say --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("preset", "size"), [(file.stem, flops.SIZES[i % 3]) for i, file in enumerate(flops.PRESETS)])
def test_a_preset_states_the_cost_of_its_networks(preset, size):
    """At one of 32, 64 and 128: all of them take a minute."""
    if size not in model_of(flops.read(preset).model).sizes:
        size = 64
    at, said = flops.read(preset).cost.stated(size)
    counted = flops.cost(preset, size)
    laws = {name: {"linear": law[0], "quadratic": law[1]} for name, law in counted.growth.items()}
    expected = {name: pytest.approx(law, rel=1e-3) for name, law in laws.items()}
    expected["megavalues"] = pytest.approx(counted.megavalues, rel=1e-3)
    assert (at, expected) == (size, said.model_dump()), "run benchmarks/flops.py"


@pytest.mark.parametrize("preset", [file.stem for file in flops.PRESETS])
def test_the_law_of_growth_holds_at_other_widths(preset):
    """But for what does not grow with it, such as a codebook."""
    settings = flops.read(preset).model_copy(update={"width": 12})
    cost = settings.cost.at_32
    assert cost.megaflops.at(12) == pytest.approx(flops.of_step(settings) / 1e6, rel=0.01)
    assert cost.megaparameters.at(12) == pytest.approx(flops.parameters(settings) / 1e6, rel=0.05)


def test_a_preset_without_cost_counts_as_the_most_expensive():
    costs = [settings.cost.at_32 for settings in map(flops.read, (file.stem for file in flops.PRESETS))]
    unknown = UNKNOWN.at_32
    for width in (8, 64):
        assert unknown.megaflops.at(width) == pytest.approx(max(each.megaflops.at(width) for each in costs), rel=0.05)
        most = max(each.megaparameters.at(width) for each in costs)
        assert unknown.megaparameters.at(width) == pytest.approx(most, rel=0.05)
    assert unknown.megavalues == pytest.approx(max(each.megavalues for each in costs), rel=0.05)


@pytest.mark.parametrize(("size", "at"), [(32, 32), (48, 32), (64, 64), (96, 64), (128, 128), (256, 256)])
def test_the_cost_at_a_size_is_that_of_its_stages(size, at):
    """48 and 96 have the networks of 32 and 64, and so their operations grow with their pixels."""
    dcgan, small = flops.read("dcgan"), flops.read("dcgan").model_copy(update={"width": 8})
    assert dcgan.cost.stated(size)[0] == at
    counted = flops.of_step(small, size) / flops.of_step(small, at)
    assert counted == pytest.approx((size / at) ** 2, rel=0.01)
    without = dcgan.model_copy(update={"cost": None})
    assert megaflops_of_step(without, 64) == 4 * megaflops_of_step(without, 32)


@pytest.mark.parametrize("width", [8, 32])
@pytest.mark.parametrize("kind", ["classifier", "random", "self_supervised"])
def test_the_cost_of_a_judge_is_that_of_its_network(kind, width):
    shape, settings = (32, 32, 3), KINDS[kind](kind=kind, width=width)
    views, built = {
        "classifier": lambda: (2, classifier.network(shape, 10, width)),
        "random": lambda: (1, random.network(shape, width, seed=0)),
        "self_supervised": lambda: (1, self_supervised.features_of(self_supervised.network(shape, width))),
    }[kind]()
    counted = sum(map(flops.forward, built.layers)) / 1e6
    assert settings.megaflops == pytest.approx(views * counted, rel=0.01)
    assert settings.feature_dim == built.outputs[-1].shape[-1]


def test_growth():
    assert Growth(linear=3, quadratic=0.5).at(4) == 3 * 4 + 0.5 * 16


# --- what follows from it ----------------------------------------------------------------------------------


def test_time_follows_width_epochs_and_the_machine(costs):
    of = costs(threads=2).of
    narrow, wide, long = (of("train_run", run) for run in ("narrow", "wide", "long"))
    assert long.minutes - wide.minutes == pytest.approx(wide.minutes - 1)  # one is for starting
    assert 5 < (wide.minutes - 1) / (narrow.minutes - 1) < 15
    assert costs(threads=4).of("train_run", "wide").minutes - 1 == pytest.approx((wide.minutes - 1) / 2)


def test_a_budget_in_minutes_costs_its_minutes(costs):
    for machine in ({"threads": 2}, {"threads": 2, "gpu_gflops": 5000}):
        assert costs(**machine).of("train_run", "timed").minutes == pytest.approx(1 + 7)
        assert 1 < costs(**machine).of("measure_budget", "timed").minutes < 2
    of_run = costs(threads=2)
    settings = {run: of_run.study.runs[run].settings for run in ("wide", "timed")}
    assert of_run.epochs_of(settings["wide"]) == 10
    rate = 10 / (of_run.of("train_run", "wide").minutes - 1)
    assert of_run.epochs_of(settings["timed"]) == pytest.approx(7 * rate)
    assert of_run.snapshots_of(settings["wide"]) == pytest.approx(1 + math.log2(11))


def test_a_training_as_it_was_measured(costs):
    """On two cores `dcgan` of width 16 and batch 32 took 52 s for 40,000 images, `vae` 55 s for 60,000."""
    text = "dataset: shapes\nruns:\n  dcgan: {preset: dcgan, epochs: 4, width: 16}\n  vae: {preset: vae, epochs: 6}\n"
    of = costs(text, threads=2).of
    for run in ("dcgan", "vae"):
        assert 0.5 < (of("train_run", run).minutes - 1) / (53 / 60) < 2


def test_gpus_count_where_the_machine_has_them(costs):
    on_cpu, on_gpu = costs(threads=2), costs(threads=2, gpu_gflops=5000)
    assert on_cpu.of("train_run", "two") == on_cpu.of("train_run", "wide")
    minutes = {run: on_gpu.of("train_run", run).minutes - 1 for run in ("wide", "two", "none")}
    assert minutes["two"] == pytest.approx(minutes["wide"] / 2)
    assert minutes["none"] == pytest.approx(on_cpu.of("train_run", "none").minutes - 1)
    assert on_gpu.of("train_run", "wide").memory_mb > on_gpu.of("train_run", "none").memory_mb


def test_jobs_that_judge_are_faster_on_a_gpu_unless_it_is_not_for_them(costs):
    heavy = STUDY.replace("runs:", "judge: inception\nsamples: 50000\nruns:")
    of = {on: costs(heavy, threads=2, gpu_gflops=5000, judge_on=on).of for on in ("auto", "gpu", "cpu")}
    on_cpu = costs(heavy, threads=2, judge_on="gpu").of
    jobs = [
        ("sample", "wide"),
        ("evaluate", "wide"),
        ("judge_snapshots", "wide"),
        ("compute_reference", "", "inception"),
    ]
    for job in jobs:
        assert of["auto"](*job) == of["gpu"](*job)
        assert of["cpu"](*job) == on_cpu(*job)
        assert of["auto"](*job).minutes < of["cpu"](*job).minutes
        assert of["auto"](*job).memory_mb > of["cpu"](*job).memory_mb


def test_where_jobs_that_judge_get_no_free_gpu_they_cost_what_they_cost_on_a_cpu(costs):
    """As on a cluster, whose time limit would stop a job that is planned for a GPU."""
    on = {judge_on: costs(threads=2, gpu_gflops=5000, judge_on=judge_on) for judge_on in ("auto", "gpu", "cpu")}
    submitted = {judge_on: Costs(each.study, free_gpus=False).of for judge_on, each in on.items()}
    for job in [("sample", "wide"), ("compute_reference", "", "classifier")]:
        assert submitted["auto"](*job) == submitted["cpu"](*job) == on["cpu"].of(*job)
        assert submitted["gpu"](*job) == on["gpu"].of(*job) != on["cpu"].of(*job)


def test_memory_follows_batch_and_dataset(costs):
    of = costs().of
    assert of("train_run", "large").memory_mb > 2 * of("train_run", "wide").memory_mb
    big = costs(STUDY.replace("dataset: shapes", "dataset: cifar10"))
    assert big.of("train_run", "wide").memory_mb - of("train_run", "wide").memory_mb == pytest.approx(295, abs=1)


def test_checkpoints_dominate_the_disk_space_of_a_training(costs):
    parameters = 6.34  # millions, of the preset `dcgan`
    assert costs().of("train_run", "wide").disk_mb == pytest.approx(2 * 12 * parameters, rel=2)
    assert costs().of("train_run", "wide").disk_mb > 2 * 12 * parameters


def test_every_rule_costs_something(costs):
    of = costs().of
    for rule in (
        "draw_shapes",
        "prepare",
        "download",
        "draw_preview",
        "compare",
        "report_run",
        "report_study",
        "another",
        "import_samples",
    ):
        assert min(of(rule)) > 0
    for rule in ("sample", "sample_autoencoder", "evaluate", "judge_snapshots", "compile_player", "project"):
        assert min(of(rule, "narrow")) > 0
    for rule in ("make_classifier", "compute_reference", "judge_baselines", "measure_sensitivity", "calibrate"):
        assert min(of(rule, judge="classifier")) > 0


def test_a_search_takes_as_long_as_there_are_pictures(costs, tmp_path):
    """An encoder takes no time. Whether a file is a picture, only the check before the first job looks."""
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).touch()
    text = """\
dataset: shapes
runs:
  one:   {preset: dcgan, project: [a.png]}
  three: {preset: dcgan, project: [a.png, b.png, c.png]}
  coded: {preset: vae, project: [a.png, b.png, c.png]}
"""
    one, three, coded = (costs(text).of("project", run).minutes - 1 for run in ("one", "three", "coded"))
    assert three == pytest.approx(3 * one)
    assert one > 0.05
    assert coded == 0


def test_a_sensitivity_judges_as_many_images_as_there_are_damages(costs):
    shares = [severity for name in damages.OF_SOME for severity in damages.SEVERITIES[name]]  # of images that change
    of_all = [severity for name in damages.PIXELS.keys() - {*damages.OF_SOME} for severity in damages.SEVERITIES[name]]
    assert len(of_all) + sum(shares) == DAMAGED_SETS
    assert sum(map(len, damages.SEVERITIES.values())) + 2 == SENSITIVITY_SETS  # undamaged images, pixel Gaussians
    assert DAMAGED == sensitivity.IMAGES
    few = Costs(costs().study, Sizes((32, 32, 3), 1000, 200, 10))
    assert damaged_images(few.sizes) == 100
    assert (
        few.of("measure_sensitivity", judge="classifier").minutes
        < costs().of("measure_sensitivity", judge="classifier").minutes
    )


def test_costs_follow_the_size_of_the_images(costs, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(30):
            (tmp_path / "pictures" / name / f"{i}.png").touch()
    of_folder = "dataset: own\ndatasets:\n  own: {{format: folder, path: pictures, image_size: {}}}\nruns:\n"
    runs = STUDY.partition("runs:\n")[2]
    small, large = (costs(of_folder.format(side) + runs) for side in (32, 64))
    assert (small.sizes, large.sizes.image_shape) == (((32, 32, 3), 54, 6, 2), (64, 64, 3))
    minutes = [of("train_run", "wide").minutes - 1 for of in (small.of, large.of)]
    assert 4 < minutes[1] / minutes[0] < 6  # four times the pixels, and a stage more
    assert large.of("train_run", "wide").memory_mb > small.of("train_run", "wide").memory_mb
    assert min(small.of("prepare_folder")) > 0
    sizes = large.sizes._replace(image_shape=(256, 256, 3), train=50_000)
    many = Costs(large.study, sizes).of("prepare_folder")
    assert many.disk_mb > 9_000
    assert many.memory_mb < large.of("prepare_folder").memory_mb + MAPPED, "the arrays are mapped from files"
