"""Easel: train small image generators, judge them, and report.

snakemake --cores all --resources gpu=1 --config study=cifar10
"""

import sys
from pathlib import Path

try:
    from easel.config.affects import Affects, as_params
    from easel.tracking import snakemake_internals
    from easel.tracking.fingerprint import PACKAGE, code_of
    from easel.tracking.wildcards import one_of
    from easel.judges.fetched import check_fetched
    from easel.study.load import EXTERNAL_SEED, ConfigError, load_study
    from easel.study.size_checks import check_sizes
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Install the checkout into this Python: pip install --no-deps --editable .")

HERE = Path(workflow.basedir)
if not PACKAGE.samefile(HERE / "workflow/easel"):
    sys.exit(
        f"This Python imports Easel from {PACKAGE}, not from this checkout. "
        "Install the checkout: pip install --no-deps --editable ."
    )


report: "workflow/report/workflow.rst"


configfile: HERE / "config/config.yaml"


try:
    STUDY = load_study(config, root=HERE)
    if snakemake_internals.is_main_process(workflow):
        check_sizes(STUDY, Path("results"), root=HERE)
        check_fetched(STUDY, Path("results"), root=HERE)
except ConfigError as error:
    sys.exit(str(error))  # not a WorkflowError, which would add lines about this file

SEEDS = sorted({*STUDY.seeds, *([EXTERNAL_SEED] if STUDY.external else [])})
AUTOENCODERS = [run.name for run in STUDY.runs.values() if run.autoencodes]
BUDGETED = [run.name for run in STUDY.runs.values() if run.settings.minutes is not None]


include: "workflow/rules/records.smk"
include: "workflow/rules/common.smk"


wildcard_constraints:
    study=one_of([STUDY.name]),
    dataset=one_of([STUDY.dataset_name]),
    judge=one_of(STUDY.judges),
    run=one_of([*STUDY.runs, *STUDY.external]),
    seed=one_of(map(str, SEEDS)),


include: "workflow/rules/data.smk"
include: "workflow/rules/judges.smk"
include: "workflow/rules/budget.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/sample.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/player.smk"
include: "workflow/rules/project.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/preview.smk"
include: "workflow/rules/export.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/plan.smk"
include: "workflow/rules/sources.smk"
include: "workflow/rules/studies.smk"


# The stages, by name: `snakemake metrics …` goes up to metrics.json and no further.
# `snakemake plan …` forecasts what the outdated ones would cost.


rule data:
    input:
        f"results/datasets/{STUDY.dataset_name}/dataset.json",
        f"results/datasets/{STUDY.dataset_name}/preview.png",


rule preview:
    input:
        f"results/datasets/{STUDY.dataset_name}/preview.html",


rule train:
    input:
        of_every_training("train.json"),


rule samples:
    input:
        of_every_run("samples.npz"),
        of_every_training("reconstructions.png", AUTOENCODERS),


rule calibration:
    input:
        of_every_judge("calibration.json", CALIBRATED),


rule sensitivity:
    input:
        of_every_judge("sensitivity.json"),


rule metrics:
    input:
        f"results/{STUDY.name}/comparison.json",


rule report:
    input:
        f"results/{STUDY.name}/report.html",
        of_every_training("report.html"),


rule export:
    input:
        of_every_training("export.json", STUDY.exported),


rule paper:
    input:
        f"results/{STUDY.name}/paper/paper.tex",


rule crate:
    input:
        f"results/{STUDY.name}/crate.zip",


rule plan:
    input:
        f"results/{STUDY.name}/plan.tsv",
        f"results/{STUDY.name}/plan.html",


rule all:
    default_target: True
    input:
        rules.report.input,
        f"results/{STUDY.name}/manifest.json",
