# A training's four jobs with the files and directives that they have in Easel, and nothing of Easel; `count` runs.

from pathlib import Path

RUNS, SEEDS = [f"run-{i}" for i in range(config["count"])], range(10)
FOLDER = "{run}/seed-{seed}"
HERE = f"results/{FOLDER}"
TEMPLATE = ["study.ipynb", "conf.json", "index.html.j2", "page.css"]
JUDGE = ["classifier.keras", "classifier.json", "reference.npz"]
DATA = ["dataset.json", "preview.png", "train_images.npy"]

for source in map(Path, TEMPLATE + JUDGE + DATA):
    if not source.exists():
        source.touch()


def every(file):
    return expand(f"{HERE}/{file}", run=RUNS, seed=SEEDS)


wildcard_constraints:
    run="run-[0-9]+",
    seed="[0-9]",


rule all:
    input:
        "results/report.html",
        every("report.html"),


rule train:
    input:
        "dataset.json",
        ancient("train_images.npy"),
    output:
        directory(f"{HERE}/snapshots"),
        directory(f"{HERE}/progress"),
        f"{HERE}/history.csv",
        f"{HERE}/train.json",
    log:
        f"logs/{FOLDER}/train.log",
    benchmark:
        f"benchmarks/{FOLDER}/train.tsv"
    params:
        n=10,
    message:
        "Training {wildcards.run} with seed {wildcards.seed}"
    script:
        "step.py"


use rule train as sample with:
    input:
        f"{HERE}/train.json",
    output:
        f"{HERE}/generator.keras",
        f"{HERE}/samples.npz",
        f"{HERE}/samples.png",
        f"{HERE}/interpolation.png",
    log:
        f"logs/{FOLDER}/sample.log",
    benchmark:
        f"benchmarks/{FOLDER}/sample.tsv"


use rule train as evaluate with:
    input:
        f"{HERE}/samples.npz",
        "dataset.json",
        JUDGE,
    output:
        f"{HERE}/metrics.json",
    log:
        f"logs/{FOLDER}/evaluate.log",
    benchmark:
        f"benchmarks/{FOLDER}/evaluate.tsv"


use rule train as report_run with:
    input:
        TEMPLATE,
        f"{HERE}/train.json",
        f"{HERE}/history.csv",
        f"{HERE}/progress",
        f"{HERE}/samples.png",
        f"{HERE}/interpolation.png",
        f"{HERE}/metrics.json",
        "dataset.json",
        "preview.png",
    output:
        f"{HERE}/report.ipynb",
        f"{HERE}/report.html",
    log:
        f"logs/{FOLDER}/report_run.log",
    benchmark:
        f"benchmarks/{FOLDER}/report_run.tsv"


rule compare:
    input:
        every("metrics.json"),
        every("train.json"),
    output:
        "results/comparison.json",
    script:
        "step.py"


rule report_study:
    input:
        TEMPLATE,
        "results/comparison.json",
        every("report.html"),
        every("history.csv"),
        every("samples.png"),
    output:
        "results/report.html",
    script:
        "step.py"
