"""A file of config/studies/, and config/config.yaml, which names one."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator

from easel.config.affects import Affects
from easel.config.base import Closed, LengthIfSet, License, Name, Names, Notes, Text, Title, all_differ, is_unset
from easel.config.datasets import Dataset
from easel.config.exports import Format
from easel.config.panels import JudgeOrPanel
from easel.config.sampling import SamplingSettings

MOST_RUNS = 1_000
"""Runs of a study: each has a column or a row on the study's page."""
MOST_TRAININGS = 10_000
"""Runs times seeds: the workflow engine plans each of their jobs before the first starts."""
RESERVED_STUDY_NAMES = ("datasets", "judges", "logs", "benchmarks", "report.html", "README.md")
RESERVED_RUN_NAMES = (
    "report.html", "report.ipynb", "comparison.csv", "comparison.json", "manifest.json", "crate.zip", "plan.html",
    "plan.tsv", "notes.json", "paper",
)  # fmt: skip


def one_or_list(value: object) -> str:
    """The tag of the type to check a value against: `list` or `one`."""
    return "list" if isinstance(value, list) else "one"


class RunEntry(BaseModel):
    """A preset under a name; every other key overrides the preset's. A list of values stands for a run per value."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)
    preset: Annotated[
        Annotated[Name, Tag("one")] | Annotated[Names, Tag("list")], Discriminator(one_or_list), Affects.OUTPUT
    ]
    """The file `config/presets/<preset>.yaml`."""
    notes: Annotated[Notes, Affects.REPORT] = ""
    """Markdown for the run's page and the study's: what was tried, what went wrong, what was learnt."""


class ExternalEntry(Closed):
    """Samples of another program, judged like a run's: a folder of pictures, or an .npz or .npy file."""

    kind: Annotated[Literal["external"], Affects.OUTPUT]
    """`external`: images that no preset sampled."""
    path: Annotated[str, Affects.OUTPUT] = Field(min_length=1)
    """A folder of pictures, or a file of uint8 images (N, H, W, 3): absolute, from `~`, or relative to this file.
    A pattern, such as `submissions/*`, stands for a run for each match."""
    description: Annotated[Text, Affects.REPORT] = ""
    """One line for the report: where the images come from."""
    notes: Annotated[Notes, Affects.REPORT] = ""
    """Markdown for the study's page."""


def trained_or_external(value: object) -> str:
    """The tag of the type to check an entry of `runs` against."""
    return "external images" if isinstance(value, dict) and "kind" in value else "a training"


AnyRun = Annotated[
    Annotated[RunEntry, Tag("a training")] | Annotated[ExternalEntry, Tag("external images")],
    Discriminator(trained_or_external),
]


def one_or_several(value: object) -> list[Any]:
    """A single name as a list of one; a list as it is."""
    if not isinstance(value, str | list):
        raise ValueError("should be a name, or a list of names")
    return [value] if isinstance(value, str) else value


class StudyFile(Closed):
    """One file of config/studies/: a dataset, named runs, seeds, a judge."""

    title: Annotated[Title, Affects.REPORT] = ""
    """Heading of the report; by default the study's name."""
    description: Annotated[Text, Affects.REPORT] = ""
    """A sentence or two below the heading."""
    notes: Annotated[Notes, Affects.REPORT] = ""
    """Markdown for the study's page: what was tried, what went wrong, what was learnt."""
    dataset: Annotated[Name, Affects.OUTPUT]
    """A key of config/datasets.yaml, or of this study's own `datasets`."""
    datasets: Annotated[dict[Name, Dataset], Affects.OUTPUT] = Field({})
    """Datasets of this study's own, in the form of config/datasets.yaml."""
    seeds: Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Affects.OUTPUT] = Field(
        [0], min_length=1, max_length=MOST_RUNS
    )
    """Seeds: every run is trained once with each."""
    runs: Annotated[dict[Name, AnyRun], Affects.OUTPUT] = Field(min_length=1)
    """The runs to compare: name, preset, and the settings that differ from the preset; or name and external samples."""
    judge: Annotated[Names, BeforeValidator(one_or_several, json_schema_input_type=Name | Names), Affects.OUTPUT] = (
        Field(["panel"])
    )
    """A judge or a panel of judges: a key of config/judges.yaml or of this study's own `judges`; or a list of them. The
    first chooses the snapshots."""
    minutes: Annotated[LengthIfSet, Affects.OUTPUT] = Field(None, exclude_if=is_unset)
    """Default for runs that set neither `epochs` nor `minutes`: minutes of training for each."""
    on_collapse: Annotated[Literal["", "continue", "stop"], Affects.OUTPUT] = ""
    """Default for runs that don't set it: `stop` ends a run that has collapsed."""
    judges: Annotated[dict[Name, JudgeOrPanel], Affects.OUTPUT] = Field({})
    """Judges of this study's own, in the form of config/judges.yaml."""
    sensitivity: Annotated[bool, Affects.REPORT] = False
    """Measure what each judge sees of damaged images, for the study's page. Without it, the page shows what `snakemake
    sensitivity` has measured."""
    samples: Annotated[int, Affects.SAMPLES] = Field(2_000, ge=10, le=1_000_000)
    """Images to sample and judge per run and seed."""
    sampling: Annotated[SamplingSettings, Affects.SAMPLES] = SamplingSettings()
    """Defaults, key by key, for runs that don't set them: settings for sampling images."""
    select: Annotated[Literal["best", "last"], Affects.SAMPLES] = "best"
    """Snapshot to sample, which becomes generator.keras: the one with the lowest FID (`best`), or the last."""
    snapshot_samples: Annotated[int, Affects.SAMPLES] = Field(2_000, ge=10, le=1_000_000)
    """Images to sample from each snapshot for its FID."""
    export: Annotated[list[Format], Affects.EXPORT] = Field([])
    """Default for runs that don't set it: formats to export each trained run to."""
    license: Annotated[License, Affects.EXPORT] = "unknown"
    """Licence of exported networks and samples, as the Hugging Face hub's identifier. With `unknown`, the model card
    says that none is stated."""

    @field_validator("runs")
    @classmethod
    def are_not_files_of_the_study(cls, runs: dict) -> dict:
        if taken := sorted(runs.keys() & set(RESERVED_RUN_NAMES)):
            raise ValueError(f"a run cannot be called '{taken[0]}': the study has a file of that name")
        return runs

    @field_validator("seeds", "judge")
    @classmethod
    def differ(cls, values: list) -> list:
        return all_differ(values)


class MachineConfig(Closed):
    """config/config.yaml and `--config`: the study to run, and settings of this machine."""

    study: Annotated[str, Affects.OUTPUT]
    """A name in config/studies/, or the path of a study's YAML file."""
    threads: Annotated[int, Affects.NOTHING] = Field(8, ge=1)
    """CPU threads per training; Snakemake's --cores is the upper limit."""
    thread_gflops: Annotated[float, Affects.NOTHING] = Field(70, gt=0)
    """Billions of floating-point operations per second that training reaches on one CPU thread; for estimates only."""
    gpu_gflops: Annotated[float, Affects.NOTHING] = Field(0, ge=0)
    """The same per GPU; 0 if there is none."""
    judge_on: Annotated[Literal["auto", "cpu", "gpu"], Affects.NOTHING] = "auto"
    """Where networks are sampled and judged: on a GPU if one is free when the job starts (`auto`), always on the CPU,
    or on a GPU that each job asks for and waits for, like a training."""
