# Where the images come from.
# Needs: an entry of config/datasets.yaml (or of the study's own datasets).
# Makes: results/datasets/<dataset>/: the archive, the arrays, dataset.json, preview.png.

DATASET = "results/datasets/{dataset}"
DRAWN = STUDY.dataset.format == "shapes"
ARRAYS = {
    "train_images": f"{DATASET}/train_images.npy",
    "train_labels": f"{DATASET}/train_labels.npy",
    "test_images": f"{DATASET}/test_images.npy",
    "test_labels": f"{DATASET}/test_labels.npy",
    # Last, and small enough for Snakemake to compare by content: the same arrays made again rebuild nothing.
    "dataset": f"{DATASET}/dataset.json",
}
OF_STUDY = {name: path.format(dataset=STUDY.dataset_name) for name, path in ARRAYS.items()}
"""The same of this study's dataset, for rules without that wildcard."""


if DRAWN:

    rule draw_shapes:
        output:
            **ARRAYS,
            train_factors=f"{DATASET}/train_factors.npz",
            test_factors=f"{DATASET}/test_factors.npz",
        log:
            "results/logs/datasets/{dataset}/draw_shapes.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/draw_shapes.tsv"
        resources:
            **needs("draw_shapes"),
        params:
            spec=as_params(STUDY.dataset),
            code=code_of("draw_shapes.py"),
        message:
            "Drawing the dataset {wildcards.dataset}"
        script:
            "../../scripts/draw_shapes.py"

else:

    # What it makes is fixed by a checksum. Neither its code nor another mirror has Snakemake delete it and get it anew.
    rule download:
        output:
            f"{DATASET}/{STUDY.dataset.archive}",
        log:
            "results/logs/datasets/{dataset}/download.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/download.tsv"
        localrule: True  # a cluster's nodes need not reach the internet
        resources:
            **needs("download"),
        params:
            spec={"sha256": STUDY.dataset.sha256},
            source=not_compared({"urls": STUDY.dataset.urls, "path": STUDY.dataset.path}),
        message:
            "Fetching the archive of {wildcards.dataset}"
        script:
            "../../scripts/download.py"

    rule prepare:
        input:
            archive=f"{DATASET}/{STUDY.dataset.archive}",
        output:
            **ARRAYS,
        log:
            "results/logs/datasets/{dataset}/prepare.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/prepare.tsv"
        resources:
            **needs("prepare"),
        params:
            spec=as_params(STUDY.dataset, "urls", "path"),
            code=code_of("prepare.py", f"easel.data.{STUDY.dataset.format}"),
        message:
            "Unpacking {wildcards.dataset} into arrays"
        script:
            "../../scripts/prepare.py"


rule preview:
    input:
        dataset=ARRAYS["dataset"],
        train_images=ancient(ARRAYS["train_images"]),
        train_labels=ancient(ARRAYS["train_labels"]),
    output:
        report(
            f"{DATASET}/preview.png",
            caption="../report/preview.rst",
            category="Data",
            labels={"figure": "training images by class"},
        ),
    log:
        "results/logs/datasets/{dataset}/preview.log",
    benchmark:
        "results/benchmarks/datasets/{dataset}/preview.tsv"
    resources:
        **needs("preview"),
    params:
        code=code_of("preview.py"),
    message:
        "Drawing a preview of {wildcards.dataset}"
    script:
        "../../scripts/preview.py"
