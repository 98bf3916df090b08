# What a job asks of a cluster; where there is none, only `gpu` counts (--resources gpu=).

from math import ceil

from easel.planning.costs import Costs

COSTS = Costs(STUDY)


def needs(rule):
    """The memory (MB) and time (minutes) of a rule's jobs: half as much again and twice as much as estimated.

    Both grow with each attempt. A training that ran out of time goes on in the next one.
    """

    def cost_of(wildcards):
        return COSTS.of(rule, getattr(wildcards, "run", ""), getattr(wildcards, "judge", ""))

    return {
        "mem_mb": lambda wildcards, attempt: ceil(1.5 * cost_of(wildcards).memory_mb) * attempt,
        "runtime": lambda wildcards, attempt: ceil(5 + 2 * cost_of(wildcards).minutes) * attempt,
    }


def gpus_of(wildcards):
    """The GPUs that a training asks for; `--resources gpu=` must allow as many."""
    return STUDY.runs[wildcards.run].settings.gpu
