"""A file of config/studies/, and config/config.yaml, which names one."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator

from easel.config.base import Closed, Name, Names
from easel.config.datasets import Dataset
from easel.config.judges import Judge
from easel.config.sampling import SamplingSettings

RESERVED_STUDY_NAMES = ("datasets", "judges", "logs", "benchmarks")
RESERVED_RUN_NAMES = (
    "report.html", "report.ipynb", "comparison.csv", "comparison.json", "manifest.json", "crate.zip", "plan.html",
    "plan.tsv",
)  # fmt: skip


def one_or_list(value: object) -> str:
    """Which of two types a value is to be checked against."""
    return "list" if isinstance(value, list) else "one"


class RunEntry(BaseModel):
    """A preset under a name; every other key overrides the preset's. A list of values is a run for each of them."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)
    preset: Annotated[Annotated[Name, Tag("one")] | Annotated[Names, Tag("list")], Discriminator(one_or_list)]
    """A file `config/presets/<preset>.yaml`."""


class ExternalEntry(Closed):
    """Images made elsewhere, judged like a run's samples: a folder of pictures, or an .npz or .npy file."""

    kind: Literal["external"]
    """`external`: images that no preset has drawn."""
    path: str = Field(min_length=1)
    """A folder of pictures, or a file of uint8 images (N, H, W, 3): absolute, from `~`, or relative to this file."""
    description: str = ""
    """One line for the report: where the images come from."""


def trained_or_external(value: object) -> str:
    """Which type an entry of `runs` is to be checked against."""
    return "external images" if isinstance(value, dict) and "kind" in value else "a training"


AnyRun = Annotated[
    Annotated[RunEntry, Tag("a training")] | Annotated[ExternalEntry, Tag("external images")],
    Discriminator(trained_or_external),
]


def one_or_several(value: object) -> object:
    """A name alone as a list of one."""
    if not isinstance(value, str | list):
        raise ValueError("should be a name, or a list of names")
    return [value] if isinstance(value, str) else value


class StudyFile(Closed):
    """One file of config/studies/: a dataset, named runs, seeds, a judge."""

    title: str = ""
    """The report's heading; the study's name where there is none."""
    description: str = ""
    """A sentence or two under the heading."""
    dataset: Name
    """A key of config/datasets.yaml or of this study's own `datasets`."""
    datasets: dict[Name, Dataset] = Field({})
    """Datasets of this study's own, in the form of config/datasets.yaml."""
    seeds: list[Annotated[int, Field(ge=0, lt=2**31)]] = Field([0], min_length=1)
    """Every run is trained once with each."""
    runs: dict[Name, AnyRun] = Field(min_length=1)
    """What is compared: a name, a preset, and what differs from the preset; or a name and images made elsewhere."""
    judge: Annotated[Names, BeforeValidator(one_or_several, json_schema_input_type=Name | Names)] = Field(
        ["classifier"]
    )
    """A key of config/judges.yaml or of this study's own `judges`, or a list of them."""
    on_collapse: Literal["", "continue", "stop"] = ""
    """For all runs that do not say it themselves: whether a training that has collapsed goes on."""
    judges: dict[Name, Judge] = Field({})
    """Judges of this study's own, in the form of config/judges.yaml."""
    samples: int = Field(2_000, ge=10)
    """Images drawn and judged per run and seed."""
    sampling: SamplingSettings = SamplingSettings()
    """How they are drawn, of all runs that do not say it themselves, key by key."""
    select: Literal["best", "last"] = "best"
    """Which snapshot of a training is sampled: the one with the lowest FID, or the last."""
    snapshot_samples: int = Field(2_000, ge=10)
    """Images drawn from each snapshot for its FID."""

    @field_validator("runs")
    @classmethod
    def are_not_files_of_the_study(cls, runs: dict) -> dict:
        if taken := sorted(runs.keys() & set(RESERVED_RUN_NAMES)):
            raise ValueError(f"a run cannot be called '{taken[0]}': the study has a file of that name")
        return runs

    @field_validator("seeds", "judge")
    @classmethod
    def differ(cls, values: list) -> list:
        if twice := [value for value, count in Counter(values).items() if count > 1]:
            raise ValueError(f"{twice[0]} is listed twice")
        return values


class MachineConfig(Closed):
    """config/config.yaml and `--config`: which study, and what holds for every study on this machine."""

    study: str
    """A name in config/studies/, or the path of a study's YAML file."""
    threads: int = Field(8, ge=1)
    """CPU threads for one training; Snakemake's --cores is the upper limit."""
    thread_gflops: float = Field(70, gt=0)
    """Billions of floating-point operations per second that training reaches with each CPU thread."""
    gpu_gflops: float = Field(0, ge=0)
    """Likewise with each GPU; 0 where there is none."""
