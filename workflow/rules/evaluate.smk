# Evaluation of samples, and the comparison of runs.
# Needs: samples.npz and samples.json, the dataset's arrays, the study's judges.
# Makes: metrics.json and nearest.png of each run and seed; comparison.json and comparison.csv of the study.


def files_read_of(judge):
    """The files of a judge that an evaluation reads."""
    files = judge_files(judge)
    features = ancient(files.train_features)  # written with reference.npz
    return [files.weights, files.record, files.statistics, features, files.check, files.baselines]


def reconstruction_of(wildcards):
    """The metrics of an autoencoder's reconstructions; nothing for other runs."""
    return [f"{TRAINING}/reconstruction.json"] if wildcards.run in AUTOENCODERS else []


rule evaluate:
    input:
        samples=f"{TRAINING}/samples.npz",
        samples_record=f"{TRAINING}/samples.json",
        dataset=OF_STUDY["dataset"],
        arrays=ancient([OF_STUDY["train_images"], OF_STUDY["train_labels"]]),
        judges=[files_read_of(judge) for judge in STUDY.judges],
        reconstruction=reconstruction_of,
    output:
        nearest=report(
            f"{TRAINING}/nearest.png",
            caption="../report/nearest.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "nearest training images", "seed": "{seed}"},
        ),
        metrics=report(
            f"{TRAINING}/metrics.json",
            caption="../report/metrics.rst",
            category="Metrics",
            labels={"run": "{run}", "seed": "{seed}", "form": "JSON"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/evaluate.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/evaluate.tsv"
    threads: cores_for([judge_files(judge).weights for judge in STUDY.judges], config["threads"])
    resources:
        **needs("evaluate"),
        gpu=GPUS_TO_JUDGE,
    params:
        spec={"judges": list(STUDY.judges)},
        judges=not_compared([judge_files(judge) for judge in STUDY.judges]),
        code=code_of("evaluate.py", *(f"easel.judges.{kind}" for kind in STUDY_KINDS)),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Evaluating the samples of {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/evaluate.py"


rule compare:
    input:
        metrics=of_every_run("metrics.json"),
        training=of_every_training("train.json"),
    output:
        json=report(
            "results/{study}/comparison.json",
            caption="../report/comparison_json.rst",
            category="Metrics",
            labels={"run": "all", "seed": "all", "form": "JSON"},
        ),
        csv=report(
            "results/{study}/comparison.csv",
            caption="../report/comparison.rst",
            category="Metrics",
            labels={"run": "all", "seed": "all", "form": "CSV"},
        ),
    log:
        "results/logs/{study}/compare.log",
    benchmark:
        "results/benchmarks/{study}/compare.tsv"
    resources:
        **needs("compare"),
    params:
        spec={
            "title": STUDY.title,
            "description": STUDY.description,
            "dataset": STUDY.dataset_name,
            "seeds": STUDY.seeds,
            "judges": list(STUDY.judges),
            "left_out": STUDY.left_out,
            "external": {name: {"description": run.description} for name, run in STUDY.external.items()},
            "runs": {
                run.name: {
                    "preset": run.preset,
                    "family": run.settings.family,
                    "description": run.settings.description,
                }
                for run in STUDY.runs.values()
            },
        },
        code=code_of("compare.py"),
    message:
        "Comparing the runs of {wildcards.study}"
    script:
        "../../scripts/compare.py"
