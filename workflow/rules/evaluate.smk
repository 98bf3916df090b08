# Judging samples.
# Needs: samples.npz, the dataset's arrays, an entry of config/judges.yaml (or of the study's own judges).
# Makes: results/judges/<dataset>/<judge>/: classifier.keras, classifier.json, reference.npz;
#        metrics.json of each run and seed; comparison.json and comparison.csv of the study.

JUDGE = "results/judges/{dataset}/{judge}"


rule train_classifier:
    input:
        dataset=ARRAYS["dataset"],
        arrays=ancient([path for name, path in ARRAYS.items() if name != "dataset"]),
    output:
        network=f"{JUDGE}/classifier.keras",
        record=f"{JUDGE}/classifier.json",
    log:
        "results/logs/judges/{dataset}/{judge}/train_classifier.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/train_classifier.tsv"
    threads: config["threads"]
    resources:
        **needs("train_classifier"),
        gpu=1,
    params:
        spec=lambda wildcards: as_params(STUDY.judges[wildcards.judge]),
        code=code_of("train_classifier.py"),
    message:
        "Training the judge {wildcards.judge} on {wildcards.dataset}"
    script:
        "../../scripts/train_classifier.py"


rule reference:
    input:
        dataset=ARRAYS["dataset"],
        arrays=ancient([path for name, path in ARRAYS.items() if name != "dataset"]),
        network=f"{JUDGE}/classifier.keras",
    output:
        f"{JUDGE}/reference.npz",
    log:
        "results/logs/judges/{dataset}/{judge}/reference.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/reference.tsv"
    threads: config["threads"]
    resources:
        **needs("reference"),
    params:
        code=code_of("reference.py", "easel.judges.classifier"),
    message:
        "Reference statistics of {wildcards.dataset} as {wildcards.judge} sees it"
    script:
        "../../scripts/reference.py"


rule evaluate:
    input:
        samples=f"{TRAINING}/samples.npz",
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        networks=of_every_judge("classifier.keras"),
        records=of_every_judge("classifier.json"),
        references=of_every_judge("reference.npz"),
    output:
        report(
            f"{TRAINING}/metrics.json",
            caption="../report/metrics.rst",
            category="Metrics",
            labels={"run": "{run}", "seed": "{seed}"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/evaluate.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/evaluate.tsv"
    resources:
        **needs("evaluate"),
    params:
        spec={"judges": list(STUDY.judges), "samples": STUDY.samples},
        code=code_of("evaluate.py", "easel.judges.classifier"),
    message:
        "Judging {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/evaluate.py"


rule compare:
    input:
        metrics=of_every_training("metrics.json"),
        training=of_every_training("train.json"),
    output:
        json="results/{study}/comparison.json",
        csv=report(
            "results/{study}/comparison.csv",
            caption="../report/comparison.rst",
            category="Metrics",
            labels={"run": "all", "seed": "all"},
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
