"""The outdated jobs, and their order, from a dry run of Snakemake."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from easel.runtime.errors import EaselError


@dataclass(frozen=True)
class Job:
    """One job that Snakemake would run."""

    rule: str
    wildcards: Mapping[str, str]
    reasons: Sequence[Mapping[str, Any]]
    """Records of `tracking.rerun_reasons.reasons_in`."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    benchmark: str
    """The benchmark file that Snakemake will write; "" for a target, which runs nothing."""
    threads: int
    gpus: int

    @property
    def run(self) -> str:
        """Its run; "" for jobs of several runs or none."""
        return self.wildcards.get("run", "")

    @property
    def seed(self) -> str:
        """Its seed; "" for jobs of several seeds or none."""
        return self.wildcards.get("seed", "")


def outdated(snakefile: Path, profile: Path, config: Mapping[str, Any], cores: int) -> list[Job]:
    """The jobs that `snakemake` would run here for its default target, in its order.

    Raises EaselError with Snakemake's own message if the dry run fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "jobs"
        command = [
            sys.executable, "-m", "easel.tracking.dry_run", str(kept), "--snakefile", str(snakefile),
            "--workflow-profile", str(profile), "--cores", str(cores),
            "--config", *(f"{key}={json.dumps(value)}" for key, value in config.items()),
        ]  # fmt: skip
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            raise EaselError(f"a dry run of the study failed, so nothing can be planned:\n{last_lines(done.stdout)}")
        lines = kept.read_text(encoding="utf-8").splitlines()
    return [job for line in lines if (job := job_of(json.loads(line))).benchmark]


def job_of(record: Mapping[str, Any]) -> Job:
    """A job from its line in the output of `tracking.dry_run`."""
    return Job(
        rule=record["rule"], wildcards=record["wildcards"], reasons=record["reasons"], inputs=tuple(record["inputs"]),
        outputs=tuple(record["outputs"]), benchmark=record["benchmark"] or "",
        threads=record["threads"], gpus=record["gpus"],
    )  # fmt: skip


def waits_for(jobs: Sequence[Job]) -> list[set[int]]:
    """For each job, the indices of those whose outputs are among its inputs."""
    maker = {file: index for index, job in enumerate(jobs) for file in job.outputs}
    return [{maker[file] for file in job.inputs if file in maker} - {index} for index, job in enumerate(jobs)]


def last_lines(output: str, count: int = 12) -> str:
    """The last lines of a program's output, without empty ones."""
    return "\n".join([line for line in output.splitlines() if line.strip()][-count:])
