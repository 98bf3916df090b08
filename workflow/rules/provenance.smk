# Provenance of the outputs. Included after the chapters that make them, because it describes every rule before it.
# Needs: the reports, which come after everything else.
# Makes: results/<study>/manifest.json and manifest.sha256 and, on request, results/<study>/crate.zip.

import os

from easel.runtime.addresses import command_line
from easel.tracking.rule_jobs import code_of_jobs, jobs_of

# The user's command. Jobs are processes of their own, here as on a cluster, and inherit the variable. The directive
# `envvars` would write it into the jobs' shell commands, quoted as in Python.
if snakemake_internals.is_main_process(workflow):
    os.environ.update(EASEL_COMMAND=command_line(["snakemake", *sys.argv[1:]]))

# Every rule with outputs, except those of this chapter.
MAKERS = snakemake_internals.rules_with_output(workflow)

# Rules of which this study has only what somebody has asked for.
ON_REQUEST = ["write_preview", *([] if STUDY.sensitivity else ["measure_sensitivity"])]

# The values of wildcards in this study, once for its runs and once for external samples.
VALUES = {
    "study": [STUDY.name],
    "dataset": [STUDY.dataset_name],
    "archive": [*getattr(STUDY.dataset, "archives", ()), *(judge.archive for judge in FETCHED.values())],
    "judge": list(STUDY.judges),
    "n": [STUDY.samples],
}
TOGETHER = [
    VALUES | {"run": list(STUDY.runs), "seed": STUDY.seeds},
    VALUES | {"run": list(STUDY.external), "seed": [EXTERNAL_SEED]},
]


@cache
def jobs_of_rule(rule):
    """The wildcards of each job of a rule in this study."""
    names = snakemake_internals.wildcard_names(workflow, rule)
    return jobs_of(names, snakemake_internals.wildcard_constraints(workflow, rule), TOGETHER)


def outputs_of(rule):
    """The files and folders that a rule makes in this study."""
    outputs = list(map(str, getattr(rules, rule).output))
    made = [file for job in jobs_of_rule(rule) for file in expand(outputs, **job)]
    return [file for file in made if rule not in ON_REQUEST or os.path.exists(file)]


def code_of_rule(rule):
    """The code that all jobs of a rule execute together: file -> fingerprint."""
    code = snakemake_internals.params_of(workflow, rule).get("code", {})
    return code_of_jobs(code, jobs_of_rule(rule))


def code_and_outputs(wildcards):
    """The code and the outputs of every rule."""
    return {rule: {"code": sorted(code_of_rule(rule)), "outputs": outputs_of(rule)} for rule in MAKERS}


def code_of_all(wildcards):
    """The fingerprints of all code that the rules execute, and of the manifest's own."""
    found = {file: mark for rule in MAKERS for file, mark in code_of_rule(rule).items()}
    return dict(sorted((found | code_of("write_manifest.py")).items()))


# The manifest hashes every output, but only the last ones are declared to Snakemake. All others lead to them, and a
# file that was deleted to save space must not be made again, with everything that follows, only to be hashed. (The
# files of a stopped job are, as easel.tracking.changed_outputs describes.)
rule write_manifest:
    input:
        "results/{study}/report.html",
        of_every_training("report.html"),
        of_every_training("export.json", STUDY.exported),
    output:
        manifest=report(
            "results/{study}/manifest.json",
            caption="../report/manifest.rst",
            category="Provenance",
            labels={"file": "manifest"},
        ),
        checksum="results/{study}/manifest.sha256",
    log:
        "results/logs/{study}/write_manifest.log",
    benchmark:
        "results/benchmarks/{study}/write_manifest.tsv"
    params:
        rules=not_compared(code_and_outputs),
        code=code_of_all,
    message:
        "Writing the manifest of {wildcards.study}"
    script:
        "../../scripts/write_manifest.py"


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
