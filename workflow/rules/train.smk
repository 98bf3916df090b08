# Training, one job per run and seed.
# Needs: the dataset's arrays (those of the test split only to watch for overfitting), the run's settings, budget.json if
#        they have `minutes`, and what they start from.
# Makes: results/<study>/<run>/seed-<k>/: snapshots/, progress/, history.csv, train.json; and, not declared to
#        Snakemake, state/, from which a killed training resumes, and tensorboard/, for watching it.

from easel.study.flips import flip_caveats
from easel.study.starts import file_of_start

TRAINING = "results/{study}/{run}/seed-{seed}"


def training_spec(wildcards):
    """The settings that a training depends on."""
    run = STUDY.runs[wildcards.run]
    spec = {"preset": run.preset, "settings": as_params(run.settings, Affects.TRAINING)}
    caveats = flip_caveats(run.settings, STUDY.dataset, STUDY.dataset_name)
    return spec | ({"caveats": [caveat.as_json() for caveat in caveats]} if caveats else {})


def training_code(wildcards):
    """The code that a training executes: its own model and family, but no others."""
    settings = STUDY.runs[wildcards.run].settings
    return code_of(
        "train_run.py",
        f"easel.models.{settings.model}",
        f"easel.training.objectives.{settings.family}",
    )


def budget_of(wildcards):
    """The budget of a run in minutes; nothing for other runs."""
    return [budget_file(wildcards.run)] if wildcards.run in BUDGETED else []


def start_of(wildcards):
    """What a run starts from: the record of a training, which this study may make, or a file; nothing for other runs."""
    source = STUDY.runs[wildcards.run].settings.start_from
    return [file_of_start(source)] if source else []


rule train_run:
    input:
        dataset=OF_STUDY["dataset"],
        arrays=ancient([OF_STUDY[name] for name in ("train_images", "train_labels", "test_images", "test_labels")]),
        budget=budget_of,
        start=start_of,
    output:
        snapshots=directory(f"{TRAINING}/snapshots"),
        progress=directory(f"{TRAINING}/progress"),
        history=f"{TRAINING}/history.csv",
        record=f"{TRAINING}/train.json",
    log:
        "results/logs/{study}/{run}/seed-{seed}/train_run.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/train_run.tsv"
    wildcard_constraints:
        run=one_of(STUDY.runs),
        seed=one_of(map(str, STUDY.seeds)),
    threads: config["threads"]
    resources:
        **needs("train_run"),
        gpu=gpus_of,
        nodes=1,  # with all of these GPUs
    params:
        spec=training_spec,
        code=training_code,
    message:
        "Training {wildcards.run} with seed {wildcards.seed}"
    script:
        "../../scripts/train_run.py"
