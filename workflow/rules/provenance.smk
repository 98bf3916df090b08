# Where the outputs come from. Included after the chapters that make them: it speaks of every rule before it.
# Needs: the reports, which are made after everything else.
# Makes: results/<study>/manifest.json, and when it is asked for results/<study>/crate.zip.

import os
import shlex

# Jobs are processes of their own, here as on a cluster, and inherit it. Not by the directive `envvars`, which writes
# it into the jobs' shell commands and quotes it as Python does.
if snakemake_internals.is_main_process(workflow):
    os.environ.update(EASEL_COMMAND=shlex.join(["snakemake", *sys.argv[1:]]))

# Every rule with outputs, but for those of this chapter.
MAKERS = snakemake_internals.rules_with_output(workflow)


# Of the inputs that it hashes only the last ones are declared to Snakemake. All others lead to them; and what has
# been deleted to make room must not be made again, with all that follows from it, only to be hashed.
rule write_manifest:
    input:
        "results/{study}/report.html",
        of_every_training("report.html"),
    output:
        report(
            "results/{study}/manifest.json",
            caption="../report/manifest.rst",
            category="Provenance",
            labels={"file": "manifest"},
        ),
    log:
        "results/logs/{study}/write_manifest.log",
    benchmark:
        "results/benchmarks/{study}/write_manifest.tsv"
    params:
        rules=not_compared(made_and_executed),
        code=executed_by_all,
    message:
        "Noting where the results of {wildcards.study} come from"
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
