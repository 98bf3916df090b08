# Where the outputs come from. Included last: it speaks of every rule before it.
# Needs: the reports, which are made after everything else.
# Makes: results/<study>/manifest.json, and when it is asked for results/<study>/crate.zip.

import os
import shlex
from itertools import product
from types import SimpleNamespace

# Jobs are processes of their own, here as on a cluster, and inherit it.
if workflow.is_main_process:
    os.environ["EASEL_COMMAND"] = shlex.join(["snakemake", *sys.argv[1:]])

RUNS_OF = {
    "train_run": sorted(set(STUDY.runs) - set(AUTOENCODERS)),
    "train_autoencoder": AUTOENCODERS,
    "reconstruct": AUTOENCODERS,
}


def wildcards_of(rule):
    """What a rule's wildcards can be in this study."""
    return {
        "study": [STUDY.name],
        "dataset": [STUDY.dataset_name],
        "judge": list(STUDY.judges),
        "run": RUNS_OF.get(rule, list(STUDY.runs)),
        "seed": STUDY.seeds,
    }


def made_by(rule):
    """The files and folders of this study that a rule makes."""
    return expand(map(str, getattr(rules, rule).output), **wildcards_of(rule))


def executed_by(rule):
    """The code of a rule: of all runs together, where each has its own."""
    code = dict(getattr(rules, rule).params.items()).get("code", {})
    if not callable(code):
        return code
    names, values = zip(*wildcards_of(rule).items())
    jobs = [SimpleNamespace(**dict(zip(names, job))) for job in product(*values)]
    return {file: mark for job in jobs for file, mark in code(job).items()}


MAKERS = [rule.name for rule in workflow.rules if rule.output]


def makers(wildcards):
    """What each rule executes and makes."""
    return {rule: {"code": sorted(executed_by(rule)), "outputs": made_by(rule)} for rule in MAKERS}


def all_code(wildcards):
    """The fingerprints of all that the rules execute, with this one."""
    found = {file: mark for rule in MAKERS for file, mark in executed_by(rule).items()}
    return dict(sorted((found | code_of("manifest.py")).items()))


# Of the inputs that it hashes only the last ones are declared to Snakemake. All others lead to them; and what has
# been deleted to make room must not be made again, with all that follows from it, only to be hashed.
rule manifest:
    input:
        "results/{study}/report.html",
        of_every_training("report.html"),
    output:
        "results/{study}/manifest.json",
    log:
        "results/logs/{study}/manifest.log",
    benchmark:
        "results/benchmarks/{study}/manifest.tsv"
    params:
        rules=makers,
        code=all_code,
    message:
        "Noting where the results of {wildcards.study} come from"
    script:
        "../../scripts/manifest.py"


rule pack_crate:
    input:
        "results/{study}/manifest.json",
    output:
        "results/{study}/crate.zip",
    log:
        "results/logs/{study}/pack_crate.log",
    benchmark:
        "results/benchmarks/{study}/pack_crate.tsv"
    params:
        code=code_of("pack_crate.py"),
    message:
        "Packing {wildcards.study} as an RO-Crate"
    script:
        "../../scripts/pack_crate.py"
