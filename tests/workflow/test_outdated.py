"""The jobs that an edit makes outdated: one row per edit, each decided by the real Snakemake.

The scripts are stubs that write their outputs without doing the work; nothing else is replaced.
"""

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from helpers.warm_python import warm_python
from PIL import Image

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

# Inserted at the top of every script of the copy. It writes the declared outputs; their content depends on the spec.
# Jobs that may take a GPU which is free are noted in a file of their own.
STUB = """
if "snakemake" in globals():
    import pathlib, sys
    if snakemake.params.get("free_gpu"):
        with open("free_gpu.txt", "a") as notes:
            print(snakemake.rule, file=notes)
    for path in map(pathlib.Path, snakemake.output):
        folder = path.name in ("snapshots", "progress")
        (path if folder else path.parent).mkdir(parents=True, exist_ok=True)
        (path / "file" if folder else path).write_text(repr((snakemake.rule, snakemake.params.get("spec"))))
    sys.exit()
"""

RUNS = ("dcgan", "vae", "vae_gan")
SAMPLING_RULE = dict.fromkeys(("dcgan", "gan", "hinge"), "sample") | dict.fromkeys(
    ("vae", "vae_gan"), "sample_autoencoder"
)
WILDCARDS = {
    "download": {"dataset": "archived", "archive": "cifar-10-binary.tar.gz"},
    "prepare": {"dataset": "archived"},
    "draw_preview": {"dataset": "archived"},
    "make_classifier": {"dataset": "archived", "judge": "small"},
    "compute_reference": {"dataset": "archived", "judge": "small"},
    "judge_baselines": {"dataset": "archived", "judge": "small", "n": "100"},
    "measure_sensitivity": {"dataset": "archived", "judge": "small"},
    "compare": {"study": "stubs"},
    "report_study": {"study": "stubs"},
    "write_manifest": {"study": "stubs"},
}
"""The wildcards of rules that have a single job; all other rules have one for each run and seed."""


def job(rule: str, **wildcards: str) -> str:
    """The name of a job in these tests: `train_run(run=dcgan, seed=0, study=stubs)`."""
    return f"{rule}({', '.join(f'{name}={value}' for name, value in sorted(wildcards.items()))})"


def jobs(*rules: str, **wildcards: str) -> set[str]:
    """Jobs of rules that have a single one. wildcards: replacements for those in WILDCARDS."""
    return {job(rule, **WILDCARDS[rule] | wildcards) for rule in rules}


def per_training(*rules: str, runs: Sequence[str] = RUNS, seeds: Sequence[int] = (0, 1)) -> set[str]:
    """The jobs of rules that have one for each run and seed; "samples" stands for the two rules that sample a run."""
    return {
        job(SAMPLING_RULE[run] if rule == "samples" else rule, study="stubs", run=run, seed=str(seed))
        for rule in rules
        for run in runs
        for seed in seeds
    }


def training(*runs: str, seeds: Sequence[int] = (0, 1)) -> set[str]:
    """The trainings of some runs, and everything downstream."""
    steps = ("train_run", "judge_snapshots", "samples", "compile_player", "evaluate", "report_run")
    return per_training(*steps, runs=runs, seeds=seeds) | STUDY_WIDE


STUDY_PAGE = jobs("report_study", "write_manifest")
STUDY_WIDE = jobs("compare") | STUDY_PAGE
BASELINES = jobs("judge_baselines")
JUDGE = jobs("make_classifier", "compute_reference") | BASELINES
EVALUATION = per_training("evaluate", "report_run") | STUDY_WIDE
SAMPLING = per_training("samples", "compile_player") | EVALUATION
SNAPSHOTS = per_training("judge_snapshots") | SAMPLING
DATA = jobs("prepare", "draw_preview")
EVERYTHING_BUT_DOWNLOAD = DATA | JUDGE | training(*RUNS)
EVERYTHING = jobs("download") | EVERYTHING_BUT_DOWNLOAD


class StubbedCheckout:
    """A copy of the checkout whose scripts are stubs, with the study `stubs.yaml`."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        shutil.copy2(ROOT / "Snakefile", folder)
        for name in ("workflow", "config", "notebooks", "profiles", "scripts"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for script in (folder / "scripts").glob("*.py"):
            docstring = ast.parse(script.read_text()).body[0]
            lines = script.read_text().splitlines(keepends=True)
            script.write_text("".join([*lines[: docstring.end_lineno], STUB, *lines[docstring.end_lineno :]]))
        (folder / "stubs.yaml").write_text(STUDY)

    def run(self, module: str, *arguments: object) -> None:
        """Run a module that takes Snakemake's arguments after its own; `said` is what it prints."""
        done = subprocess.run(
            [warm_python(), "-m", module, *map(str, arguments), "--cores", "2", "--config", "study=stubs.yaml"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | {"PYTHONPATH": str(self.folder / "workflow")},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        self.said = done.stdout

    def outdated(self, *arguments: str) -> dict[str, str]:
        """The jobs that a dry run announces, each with its reason. Target rules are left out."""
        return {job(each["rule"], **each["wildcards"]): each["reason"] for each in self.announced(*arguments)}

    def announced(self, *arguments: str) -> list[dict]:
        """The jobs that a dry run announces, as easel.tracking.dry_run keeps them, without target rules."""
        kept = self.folder.with_suffix(".jobs")
        self.run("easel.tracking.dry_run", kept, *arguments)
        return [each for each in map(json.loads, kept.read_text().splitlines()) if each["benchmark"]]

    def sources(self) -> list[Path]:
        """All files but the results and what Python keeps of its own."""
        made = {"results", ".snakemake", "__pycache__"}
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return [path for path in files if not made & set(path.relative_to(self.folder).parts)]

    def replace(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert before in text, f"{file} has no {before!r}"
        path.write_text(text.replace(before, after, 1))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> StubbedCheckout:
    checkout = StubbedCheckout(tmp_path_factory.mktemp("stubs") / "easel")
    checkout.run("snakemake")
    assert checkout.outdated() == {}
    return checkout


@contextmanager
def edited(made: StubbedCheckout) -> Iterator[StubbedCheckout]:
    """A checkout of which every source file is restored afterwards, with its time: Python need not compile it again."""
    files = {path: (path.read_bytes(), path.stat()) for path in made.sources()}
    yield made
    for path in made.sources():
        if path not in files:
            path.unlink()
    for folder in (made.folder / "workflow").glob("*.dist-info"):
        folder.rmdir()
    for path, (content, about) in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


@pytest.fixture
def checkout(made):
    """The finished study."""
    with edited(made) as checkout:
        yield checkout


@dataclass(frozen=True)
class Row:
    """An edit, the jobs that it makes outdated, and a part of one of their reasons."""

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
    """Reprint a module from its syntax tree, without comments."""

    def edit(checkout) -> None:
        path = checkout.folder / file
        path.write_text(ast.unparse(ast.parse(path.read_text())))

    return edit


def rename_dataset(checkout) -> None:
    for before, after in {"dataset: archived": "dataset: other", "  archived:": "  other:"}.items():
        checkout.replace("stubs.yaml", before, after)


def add_code(file: str):
    return lambda checkout: (checkout.folder / file).write_text((checkout.folder / file).read_text() + "\nNEW = 1\n")


def start_from_changed_run(checkout) -> None:
    checkout.replace("stubs.yaml", "vae_gan, epochs: 4", "vae_gan, epochs: 4, start_from: stubs/vae/seed-0")
    checkout.replace("stubs.yaml", "vae, epochs: 4", "vae, epochs: 5")


def project_pictures(checkout) -> None:
    Image.new("RGB", (40, 30), (200, 0, 0)).save(checkout.folder / "photo.png")
    checkout.replace("stubs.yaml", "vae, epochs: 4", "vae, epochs: 4, project: photo.png")


def freeze_from_run(checkout) -> None:
    checkout.replace("stubs.yaml", "vae_gan, epochs: 4", "vae_gan, epochs: 4, start_from: stubs/vae/seed-0, freeze: 2")


def install(package: str, version: str):
    """Record another version of an installed package."""

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
    Row("a comment", replacing("workflow/easel/models/dcgan.py", "def generator", "# Of images\ndef generator")),
    Row("console messages", add_code("workflow/easel/runtime/console.py")),
    Row("reading a study", add_code("workflow/easel/study/load.py"), jobs("write_manifest")),
    Row("the keys of a study", add_code("workflow/easel/config/studies.py"), jobs("write_manifest")),
    Row("the wording of reasons", add_code("workflow/easel/tracking/rerun_reasons.py")),
    Row("a preset's source", replacing("config/presets/dcgan.yaml", "source: ", "source: see ")),
    Row("another preset's epochs", replacing("config/presets/tutorial_dcgan.yaml", "epochs: ", "epochs: 1")),
    Row("threads, and where samples are judged",
        replacing("config/config.yaml", "threads: 8", "threads: 1\njudge_on: gpu")),
    Row("another mirror", in_study('["https://example.org/images.tar.gz", ', "[")),
    # Code
    Row("the DCGAN's network", replacing("workflow/easel/models/dcgan.py", "LeakyReLU(0.2)", "LeakyReLU(0.1)"),
        training("dcgan"), "code has changed in workflow/easel/models/dcgan.py"),
    Row("the VAE's network", add_code("workflow/easel/models/vae.py"), training("vae")),
    Row("an adversarial loss", add_code(f"{TRAINING_CODE}/losses.py"), training("dcgan", "vae_gan")),
    Row("the GAN's objective", add_code(f"{TRAINING_CODE}/objectives/gan.py"), training("dcgan")),
    Row("the loop", add_code(f"{TRAINING_CODE}/loop.py"), training(*RUNS), "workflow/easel/training/loop.py"),
    Row("FID", add_code("workflow/easel/metrics/fid.py"), SNAPSHOTS | jobs("compute_reference") | BASELINES),
    Row("another metric", add_code("workflow/easel/metrics/manifold.py"), EVALUATION | BASELINES),
    Row("the choice of the best snapshot", add_code("workflow/easel/evaluation/snapshots.py"), SNAPSHOTS),
    Row("the sampling of the chosen snapshot", add_code("workflow/easel/evaluation/chosen.py"), SAMPLING),
    Row("reconstruction", add_code("workflow/easel/evaluation/reconstruction.py"),
        per_training("samples", "compile_player", "evaluate", "report_run", runs=["vae", "vae_gan"]) | STUDY_WIDE),
    Row("the comparison", add_code("workflow/easel/evaluation/comparison.py"), STUDY_WIDE),
    Row("damages that no study asks for", add_code("workflow/easel/evaluation/damages.py"), jobs("write_manifest")),
    Row("a judge that the study does not have", add_code("workflow/easel/judges/inception.py")),
    Row("the keys of a preset", add_code("workflow/easel/config/presets.py"), training(*RUNS)),
    Row("the judge's code", add_code("workflow/easel/judges/classifier/network.py"), SNAPSHOTS | JUDGE),
    Row("a plot", add_code("workflow/easel/report/figures/curves.py"), per_training("report_run") | STUDY_PAGE,
        "workflow/easel/report/figures/curves.py"),
    Row("sampling code", add_code("workflow/easel/sampling/sampler.py"), SNAPSHOTS),
    Row("reading archives", add_code("workflow/easel/data/cifar10_binary.py"), EVERYTHING_BUT_DOWNLOAD),
    Row("the page's networks", add_code("workflow/easel/player/packing.py"),
        per_training("compile_player", "report_run") | STUDY_PAGE, "workflow/easel/player/packing.py"),
    Row("the page's engine", replacing("notebooks/template/engine.js", "const ", "let "),
        per_training("report_run") | STUDY_PAGE),
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
        "settings.epochs was 4, and is now 5"),
    Row("a run's epochs down", in_study("vae, epochs: 4", "vae, epochs: 3"), training("vae")),
    # Snakemake names the settings, or the new input if that is the younger.
    Row("a start from another run", in_study("vae_gan, epochs: 4", "vae_gan, epochs: 4, start_from: stubs/vae/seed-0"),
        training("vae_gan")),
    Row("a start from another run, which is trained anew", start_from_changed_run, training("vae", "vae_gan"),
        "Input files updated by another job: results/stubs/vae/seed-0/train.json"),
    Row("frozen layers", freeze_from_run, training("vae_gan")),
    Row("pictures to project", project_pictures, per_training("project", "report_run", runs=["vae"]) | STUDY_PAGE),
    Row("a seed added", in_study("[0, 1]", "[0, 1, 2]"), training(*RUNS, seeds=[2]),
        "seeds was [0, 1], and is now [0, 1, 2]"),
    Row("a seed removed", in_study("[0, 1]", "[1]"), STUDY_WIDE),
    Row("a run added", in_study("judge:", "  hinge: {preset: dcgan, loss: hinge}\njudge:"), training("hinge"),
        "runs.hinge.preset is now 'dcgan'"),
    Row("a run renamed", in_study("  dcgan: ", "  gan: "), training("gan")),
    Row("a run removed", in_study("  vae:     {preset: vae, epochs: 4}\n", ""), STUDY_WIDE,
        "runs.vae.preset was 'vae', and is gone"),
    Row("the judge's settings", in_study("classifier, epochs: 3", "classifier, epochs: 2"), SNAPSHOTS | JUDGE,
        "epochs was 3, and is now 2"),
    Row("the sample count", in_study("samples: 100", "samples: 200"),
        SAMPLING | jobs("judge_baselines", n="200"),
        "samples was 100, and is now 200"),
    Row("the setting `select`", in_study("samples: 100", "samples: 100\nselect: last"),
        SAMPLING, "select was 'best', and is now 'last'"),
    Row("one run's sampling settings", in_study("dcgan, epochs: 4", "dcgan, epochs: 4, sampling: {truncation: 0.5}"),
        per_training("samples", "compile_player", "evaluate", "report_run", runs=["dcgan"]) | STUDY_WIDE,
        "sampling.truncation was None, and is now 0.5"),
    Row("the study's sampling settings", in_study("samples: 100", "samples: 100\nsampling: {seed: 7}"),
        SAMPLING, "sampling.seed was"),
    Row("the sample count of snapshots", in_study("samples: 100", "samples: 100\nsnapshot_samples: 50"), SNAPSHOTS,
        "n was 2000, and is now 50"),
    Row("what the judges see, asked for", in_study("samples: 100", "samples: 100\nsensitivity: true"),
        jobs("measure_sensitivity") | STUDY_PAGE),
    Row("the dataset's checksum", in_study("sha256: 0123", "sha256: 3210"), EVERYTHING,
        "sha256 was"),
    Row("the study's title", in_study("title: Stubs", "title: Sticks"), STUDY_WIDE,
        "title was 'Stubs', and is now 'Sticks'"),
    Row("the study's notes", in_study("title: Stubs", "title: Stubs\nnotes: It works."), STUDY_PAGE,
        "notes was '', and is now 'It works.'"),
    Row("a run's notes", in_study("vae, epochs: 4", "vae, epochs: 4, notes: It works."),
        per_training("report_run", runs=["vae"]) | STUDY_PAGE),
    # Packages
    Row("another TensorFlow", install("tensorflow", "9.9.9"), training(*RUNS) | JUDGE,
        "tensorflow was '2.21.0', and is now '9.9.9'"),
    Row("another matplotlib", install("matplotlib", "9.9.9"),
        per_training("report_run") | STUDY_PAGE | jobs("draw_preview")),
    Row("another pooch", install("pooch", "9.9.9")),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_an_edit_makes_exactly_its_jobs_outdated(checkout, row):
    row.edit(checkout)
    outdated = checkout.outdated()
    assert set(outdated) == row.jobs
    assert row.because in "\n".join(outdated.values())


JUDGING = {"compute_reference", "judge_snapshots", "sample", "sample_autoencoder", "evaluate"}


def test_jobs_that_sample_and_judge_may_take_a_free_gpu(made):
    assert set((made.folder / "free_gpu.txt").read_text().split()) == JUDGING


def test_jobs_that_sample_and_judge_ask_for_a_gpu_only_if_told_to(checkout):
    checkout.replace("config/config.yaml", "threads: 8", "threads: 8\njudge_on: gpu")
    gpus = {each["rule"]: each["gpus"] for each in checkout.announced("--forceall")}
    assert {rule for rule, count in gpus.items() if count} == {"train_run", "make_classifier"} | JUDGING
    checkout.replace("config/config.yaml", "judge_on: gpu", "judge_on: auto")
    gpus = {each["rule"]: each["gpus"] for each in checkout.announced("--forceall")}
    assert {rule for rule, count in gpus.items() if count} == {"train_run", "make_classifier"}


def test_a_fresh_clone_reuses_old_results_and_still_notices_edits(made, tmp_path):
    clone = StubbedCheckout(tmp_path / "clone")
    shutil.copytree(made.folder / "results", clone.folder / "results", copy_function=shutil.copy)  # new file times
    assert clone.outdated() == {}
    add_code("workflow/easel/models/dcgan.py")(clone)
    assert set(clone.outdated()) == training("dcgan")


# --- budgets in minutes ------------------------------------------------------------------------------------

BUDGET = job("measure_budget", study="stubs", run="dcgan")
UNTRAINED, ALWAYS, NEVER = "until something is trained", "always", "never"
MEASURED_AGAIN = {
    "a setting that costs time": (in_study("minutes: 4", "minutes: 4, width: 16"), UNTRAINED, "settings.width was 64"),
    "another number of threads": (replacing("config/config.yaml", "threads: 8", "threads: 1"), UNTRAINED, "threads"),
    "the code of the measurement": (add_code("workflow/easel/planning/probes.py"), UNTRAINED, "planning/probes.py"),
    "other minutes": (in_study("minutes: 4", "minutes: 5"), ALWAYS, "minutes was 4, and is now 5"),
    "another dataset": (rename_dataset, ALWAYS, "Set of input files has changed"),
    "a setting that costs nothing": (in_study("minutes: 4", "minutes: 4, beta_1: 0.1"), NEVER, ""),
    "other images": (in_study("sha256: 0123", "sha256: 3210"), NEVER, ""),
}


def by_minutes(folder: Path, target: str) -> StubbedCheckout:
    """A study by minutes that has been made up to a target."""
    checkout = StubbedCheckout(folder / "easel")
    checkout.replace("stubs.yaml", "dcgan, epochs: 4", "dcgan, minutes: 4")
    checkout.run("snakemake", target)
    return checkout


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> StubbedCheckout:
    """A study by minutes of which only the budget is measured."""
    return by_minutes(tmp_path_factory.mktemp("measured"), "results/stubs/dcgan/budget.json")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> StubbedCheckout:
    """The same study with its trainings."""
    return by_minutes(tmp_path_factory.mktemp("trained"), "train")


@pytest.mark.parametrize("edit", MEASURED_AGAIN)
def test_a_budget_is_measured_again_only_until_it_is_trained_with(measured, trained, edit):
    make, when, because = MEASURED_AGAIN[edit]
    for made, again in ((measured, when in (UNTRAINED, ALWAYS)), (trained, when == ALWAYS)):
        with edited(made) as checkout:
            make(checkout)
            outdated = checkout.outdated()
        assert (BUDGET in outdated) == again
        assert not again or because in outdated[BUDGET]
        kept = made is trained and when == UNTRAINED and "code" not in edit
        assert made.said.count("dcgan: its epochs stay as measured for its minutes, although ") == kept


def test_a_budget_that_was_trained_with_is_measured_again_on_request(trained):
    """The trainings follow, of both seeds."""
    trainings = {job("train_run", study="stubs", run="dcgan", seed=str(seed)) for seed in (0, 1)}
    assert not (trainings | {BUDGET}) & trained.outdated().keys()
    assert trainings | {BUDGET} <= trained.outdated("--forcerun", "measure_budget").keys()
