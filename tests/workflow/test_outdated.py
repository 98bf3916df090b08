"""What makes which job outdated: one row per edit, each through the real Snakemake, on a study made of stubs.

A stub makes a job's outputs without doing its work; everything that decides what is outdated is the real thing.
"""

import ast
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from helpers.forked_snakemake import ForkedSnakemake

ROOT = Path(__file__).parents[2]

STUDY = """\
title: Stubs
dataset: archived
datasets:
  archived:
    format: cifar10_binary
    urls: ["https://example.org/images.tar.gz", "https://example.com/images.tar.gz"]
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
seeds: [0, 1]
runs:
  dcgan:   {preset: dcgan, epochs: 4}
  vae:     {preset: vae, epochs: 4}
  vae_gan: {preset: vae_gan, epochs: 4}
judge: small
judges:
  small: {kind: classifier, epochs: 3}
samples: 100
"""

# Made first in every script of the copy: no outputs but the declared ones, each different for different settings.
STUB = """
if "snakemake" in globals():
    import pathlib, sys
    for path in map(pathlib.Path, snakemake.output):
        folder = path.name in ("snapshots", "progress")
        (path if folder else path.parent).mkdir(parents=True, exist_ok=True)
        (path / "file" if folder else path).write_text(repr((snakemake.rule, snakemake.params.get("spec"))))
    sys.exit()
"""

RUNS = ("dcgan", "vae", "vae_gan")
MESSAGES = {
    "download": "Fetching images.tar.gz of archived",
    "prepare": "Unpacking archived into arrays",
    "draw_preview": "Drawing a preview of archived",
    "make_judge": "Making the judge small of archived",
    "compute_reference": "Reference statistics of archived as small sees it",
    "judge_baselines": "Judging 100 real images of archived as if they were samples, by small",
    "judge_snapshots": "Judging the snapshots of {run}, seed {seed}",
    "train": "Training {run} with seed {seed}",
    "sample": "Drawing 100 samples from {run}, seed {seed}",
    "reconstruct": "Reconstructing test images with {run}, seed {seed}",
    "evaluate": "Judging {run}, seed {seed}",
    "report_run": "Reporting on {run}, seed {seed}",
    "compare": "Comparing the runs of stubs",
    "report_study": "Reporting on the study stubs",
    "write_manifest": "Noting where the results of stubs come from",
}
AFTER_TRAINING = ("judge_snapshots", "sample", "reconstruct", "evaluate", "report_run")
STUDY_PAGE = {MESSAGES["report_study"], MESSAGES["write_manifest"]}
STUDY_WIDE = {MESSAGES["compare"]} | STUDY_PAGE
LIMITS = {MESSAGES["judge_baselines"]}
JUDGING = {MESSAGES["make_judge"], MESSAGES["compute_reference"]} | LIMITS
DATA = {MESSAGES["download"], MESSAGES["prepare"], MESSAGES["draw_preview"]}


def per_training(*rules: str, runs=RUNS, seeds=(0, 1)) -> set[str]:
    """The messages of jobs that there are for each run and seed; only autoencoders reconstruct."""
    return {
        MESSAGES[rule].format(run=run, seed=seed)
        for rule in rules
        for run in runs
        for seed in seeds
        if rule != "reconstruct" or run.startswith("vae")
    }


def training(*runs: str, seeds=(0, 1)) -> set[str]:
    """Training some runs, and all that follows from it."""
    return per_training("train", *AFTER_TRAINING, runs=runs, seeds=seeds) | STUDY_WIDE


EVALUATION = per_training("evaluate", "report_run") | STUDY_WIDE
SAMPLING = per_training("judge_snapshots", "sample") | EVALUATION
EVERYTHING_BUT_DOWNLOAD = training(*RUNS) | JUDGING | DATA - {MESSAGES["download"]}


class StubbedCheckout:
    """A copy of the checkout with stubs for scripts, in which the study `stubs.yaml` has been run."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        shutil.copy2(ROOT / "Snakefile", folder)
        for room in ("workflow", "config", "notebooks", "profiles", "scripts"):
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for script in (folder / "scripts").glob("*.py"):
            docstring = ast.parse(script.read_text()).body[0]
            lines = script.read_text().splitlines(keepends=True)
            script.write_text("".join([*lines[: docstring.end_lineno], STUB, *lines[docstring.end_lineno :]]))
        (folder / "stubs.yaml").write_text(STUDY)
        self.forked = ForkedSnakemake(folder, folder / "workflow", folder.with_suffix(".log"))

    def snakemake(self, *arguments: str) -> str:
        return self.forked(*arguments, "--cores", "2", "--config", "study=stubs.yaml")

    def outdated(self) -> dict[str, str]:
        """What a dry run would do, by message, and why."""
        said = self.snakemake("--dry-run")
        return dict(re.findall(r"^Job \d+: (.*)\nReason: (.*)$", said, re.MULTILINE))

    def sources(self) -> list[Path]:
        """Every file that is not a result."""
        made = (self.folder / "results", self.folder / ".snakemake")
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return [path for path in files if not any(path.is_relative_to(folder) for folder in made)]

    def replace(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert before in text, f"{file} has no {before!r}"
        path.write_text(text.replace(before, after, 1))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> StubbedCheckout:
    checkout = StubbedCheckout(tmp_path_factory.mktemp("stubs") / "easel")
    checkout.snakemake()
    assert checkout.outdated() == {}
    return checkout


@pytest.fixture
def checkout(made):
    """The finished study; afterwards every source file is put back as it was."""
    files = {path: path.read_bytes() for path in made.sources()}
    yield made
    for path in made.sources():
        path.unlink()
    for folder in (made.folder / "workflow").glob("*.dist-info"):
        folder.rmdir()
    for path, content in files.items():
        path.write_bytes(content)


@dataclass(frozen=True)
class Row:
    """An edit, the jobs that it makes outdated, and words that one of their reasons contains."""

    name: str
    edit: object
    jobs: set[str] = field(default_factory=set)
    because: str = ""


def replacing(file: str, before: str, after: str):
    return lambda checkout: checkout.replace(file, before, after)


def in_study(before: str, after: str):
    return replacing("stubs.yaml", before, after)


def touch_all(checkout) -> None:
    for path in checkout.sources():
        path.touch()


def reformat(file: str):
    """All of a module on as few lines as Python's own printer likes, without a comment."""

    def edit(checkout) -> None:
        path = checkout.folder / file
        path.write_text(ast.unparse(ast.parse(path.read_text())))

    return edit


def add_code(file: str):
    return lambda checkout: (checkout.folder / file).write_text((checkout.folder / file).read_text() + "\nNEW = 1\n")


def install(package: str, version: str):
    """Another version of a package, as Python's own record of what is installed has it."""

    def edit(checkout) -> None:
        record = checkout.folder / "workflow" / f"{package}-{version}.dist-info" / "METADATA"
        record.parent.mkdir()
        record.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")

    return edit


TRAINING_CODE = "workflow/easel/training"
ROWS = [
    # What changes no result
    Row("every source file touched", touch_all),
    Row("a module reformatted", reformat(f"{TRAINING_CODE}/loop.py")),
    Row("a docstring", replacing(f"{TRAINING_CODE}/loop.py", '"""', '"""Now: ')),
    Row("a comment", replacing("workflow/easel/models/dcgan.py", "def _sizes", "# Powers of two\ndef _sizes")),
    Row("what a job says", add_code("workflow/easel/console.py")),
    Row("how a study is read", add_code("workflow/easel/study.py"), {MESSAGES["write_manifest"]}),
    Row("what a study file may say", add_code("workflow/easel/config/studies.py"), {MESSAGES["write_manifest"]}),
    Row("what is said about outdated jobs", add_code("workflow/easel/reasons.py")),
    Row("a preset's source", replacing("config/presets/dcgan.yaml", "source: ", "source: see ")),
    Row("another preset's epochs", replacing("config/presets/tutorial_dcgan.yaml", "epochs: ", "epochs: 1")),
    Row("threads", replacing("config/config.yaml", "threads: 8", "threads: 1")),
    Row("another mirror", in_study('["https://example.org/images.tar.gz", ', "[")),
    # Code
    Row("the DCGAN's network", replacing("workflow/easel/models/dcgan.py", "LeakyReLU(0.2)", "LeakyReLU(0.1)"),
        training("dcgan"), "code has changed in workflow/easel/models/dcgan.py"),
    Row("the VAE's network", add_code("workflow/easel/models/vae.py"), training("vae")),
    Row("an adversarial loss", add_code(f"{TRAINING_CODE}/losses.py"), training("dcgan", "vae_gan")),
    Row("the GAN's objective", add_code(f"{TRAINING_CODE}/objectives/gan.py"), training("dcgan")),
    Row("the loop", add_code(f"{TRAINING_CODE}/loop.py"), training(*RUNS), "workflow/easel/training/loop.py"),
    Row("FID", add_code("workflow/easel/metrics/fid.py"), SAMPLING | {MESSAGES["compute_reference"]} | LIMITS),
    Row("another metric", add_code("workflow/easel/metrics/manifold.py"), EVALUATION | LIMITS),
    Row("which snapshot is best", add_code("workflow/easel/evaluation/snapshots.py"), SAMPLING),
    Row("how runs are compared", add_code("workflow/easel/comparison.py"), STUDY_WIDE),
    Row("a judge that the study does not have", add_code("workflow/easel/judges/inception.py")),
    Row("what a preset may say", add_code("workflow/easel/config/presets.py"), training(*RUNS)),
    Row("the judge's code", add_code("workflow/easel/judges/classifier/network.py"), SAMPLING | JUDGING),
    Row("a plot", add_code("workflow/easel/report/figures/curves.py"), per_training("report_run") | STUDY_PAGE,
        "workflow/easel/report/figures/curves.py"),
    Row("how samples are drawn", add_code("workflow/easel/sampling.py"),
        per_training("judge_snapshots", "sample", "reconstruct", "evaluate", "report_run") | STUDY_WIDE),
    Row("how archives are read", add_code("workflow/easel/data/cifar10_binary.py"), EVERYTHING_BUT_DOWNLOAD),
    Row("the run notebook's prose", replacing("notebooks/run.ipynb", "## ", "## On "),
        per_training("report_run") | STUDY_PAGE, "notebooks/run.ipynb"),
    Row("the study notebook's prose", replacing("notebooks/study.ipynb", "## ", "## On "), STUDY_PAGE),
    Row("the page's style", replacing("notebooks/template/page.css", "{", "{ "),
        per_training("report_run") | STUDY_PAGE),
    # Settings
    Row("a preset's learning rate", replacing("config/presets/dcgan.yaml", "learning_rate: ", "learning_rate: 1"),
        training("dcgan"), "settings.learning_rate was 0.0002, and is now"),
    Row("a preset's description", replacing("config/presets/dcgan.yaml", "description: ", "description: The "),
        STUDY_WIDE, "runs.dcgan.description was"),
    Row("a run's epochs up", in_study("vae, epochs: 4", "vae, epochs: 5"), training("vae"),
        "settings.epochs was 4.0, and is now 5.0"),
    Row("a run's epochs down", in_study("vae, epochs: 4", "vae, epochs: 3"), training("vae")),
    Row("a seed added", in_study("[0, 1]", "[0, 1, 2]"), training(*RUNS, seeds=[2]),
        "seeds was [0, 1], and is now [0, 1, 2]"),
    Row("a seed removed", in_study("[0, 1]", "[1]"), STUDY_WIDE),
    Row("a run added", in_study("judge:", "  hinge: {preset: dcgan, loss: hinge}\njudge:"), training("hinge"),
        "runs.hinge.preset is now 'dcgan'"),
    Row("a run renamed", in_study("  dcgan: ", "  gan: "), training("gan")),
    Row("a run removed", in_study("  vae:     {preset: vae, epochs: 4}\n", ""), STUDY_WIDE,
        "runs.vae.preset was 'vae', and is gone"),
    Row("the judge's settings", in_study("classifier, epochs: 3", "classifier, epochs: 2"), SAMPLING | JUDGING,
        "epochs was 3, and is now 2"),
    Row("the sample count", in_study("samples: 100", "samples: 200"),
        {said.replace("100", "200") for said in per_training("sample", "evaluate", "report_run") | LIMITS} | STUDY_WIDE,
        "samples was 100, and is now 200"),
    Row("which snapshot is sampled", in_study("samples: 100", "samples: 100\nselect: last"),
        per_training("sample", "evaluate", "report_run") | STUDY_WIDE, "select was 'best', and is now 'last'"),
    Row("how a run's samples are drawn", in_study("dcgan, epochs: 4", "dcgan, epochs: 4, sampling: {truncation: 0.5}"),
        per_training("sample", "evaluate", "report_run", runs=["dcgan"]) | STUDY_WIDE,
        "sampling.truncation was None, and is now 0.5"),
    Row("how all runs' samples are drawn", in_study("samples: 100", "samples: 100\nsampling: {seed: 7}"),
        per_training("sample", "evaluate", "report_run") | STUDY_WIDE, "sampling.seed was"),
    Row("the snapshots' samples", in_study("samples: 100", "samples: 100\nsnapshot_samples: 50"), SAMPLING,
        "n was 2000, and is now 50"),
    Row("the dataset's checksum", in_study("sha256: 0123", "sha256: 3210"), EVERYTHING_BUT_DOWNLOAD | DATA,
        "sha256 was"),
    Row("the study's title", in_study("title: Stubs", "title: Sticks"), STUDY_WIDE,
        "title was 'Stubs', and is now 'Sticks'"),
    # Packages
    Row("another TensorFlow", install("tensorflow", "9.9.9"), training(*RUNS) | JUDGING,
        "tensorflow was '2.21.0', and is now '9.9.9'"),
    Row("another matplotlib", install("matplotlib", "9.9.9"),
        per_training("report_run") | STUDY_PAGE | {MESSAGES["draw_preview"]}),
    Row("another pooch", install("pooch", "9.9.9")),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_an_edit_makes_exactly_its_jobs_outdated(checkout, row):
    row.edit(checkout)
    outdated = checkout.outdated()
    assert set(outdated) == row.jobs
    assert row.because in "\n".join(outdated.values())


def test_a_fresh_clone_over_old_results_does_nothing_and_still_sees_edits(made, tmp_path):
    clone = StubbedCheckout(tmp_path / "clone")
    shutil.copytree(made.folder / "results", clone.folder / "results", copy_function=shutil.copy)  # new file times
    assert clone.outdated() == {}
    add_code("workflow/easel/models/dcgan.py")(clone)
    assert set(clone.outdated()) == training("dcgan")
