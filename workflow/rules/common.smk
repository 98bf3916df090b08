# Shared by the chapters: paths of many files at once, the resources of a job, params that are not compared, and the
# device of jobs that sample and judge.

from functools import cache
from math import ceil

from easel.evaluation.judge_files import JudgeFiles
from easel.planning.costs import Costs


def of_every_training(file, runs=tuple(STUDY.runs)):
    """The paths of a file of every run (or of some) and seed."""
    return expand(f"results/{STUDY.name}/{{run}}/seed-{{seed}}/{file}", run=runs, seed=STUDY.seeds)


def of_every_run(file):
    """The paths of a file of every run and seed, external samples included."""
    external = expand(f"results/{STUDY.name}/{{run}}/seed-{EXTERNAL_SEED}/{file}", run=STUDY.external)
    return of_every_training(file) + external


def encoder_of(wildcards):
    """The encoder of an autoencoder; nothing for other runs."""
    return [f"{TRAINING}/encoder.keras"] if wildcards.run in AUTOENCODERS else []


def of_every_judge(file, judges=tuple(STUDY.judges)):
    """The paths of a file of every judge of the study (or of some)."""
    return expand(f"results/judges/{STUDY.dataset_name}/{{judge}}/{file}", judge=judges)


def judge_files(judge):
    """The files of a judge of the study."""
    folder = f"results/judges/{STUDY.dataset_name}/{judge}"
    return JudgeFiles.at(folder, STUDY.judges[judge].weights, STUDY.samples)


def not_compared(value):
    """A param that never makes a job outdated, because Snakemake does not compare functions of the input.

    value: the param, or a function of wildcards.
    """
    return lambda wildcards, input: value(wildcards) if callable(value) else value


# Jobs that sample and judge can do without a GPU. So they ask Snakemake for none (then they would run one after the
# other, and wait for trainings) and take one if it is free; a cluster's job uses no device that it was not given.
GPUS_TO_JUDGE = int(STUDY.machine.judge_on == "gpu")
FREE_GPU_TO_JUDGE = (
    STUDY.machine.judge_on == "auto"
    and not snakemake_internals.runs_on_cluster(workflow)
    and not snakemake_internals.forbids(workflow, "gpu")
)


@cache
def costs():
    """The costs of jobs, once Snakemake knows where it runs them."""
    return Costs(STUDY, free_gpus=FREE_GPU_TO_JUDGE and not snakemake_internals.submits_jobs(workflow))


def needs(rule):
    """The memory (MB) and time (minutes) that a rule's jobs ask of a cluster: 1.5 and 2 times the estimate.

    Both grow with each attempt. A training that runs out of time continues in the next one.
    """

    def cost_of(wildcards):
        return costs().of(rule, getattr(wildcards, "run", ""), getattr(wildcards, "judge", ""))

    return {
        "mem_mb": lambda wildcards, attempt: ceil(1.5 * cost_of(wildcards).memory_mb) * attempt,
        "runtime": lambda wildcards, attempt: ceil(5 + 2 * cost_of(wildcards).minutes) * attempt,
    }
