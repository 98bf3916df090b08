# The dataset: downloaded, drawn, or read from a folder of pictures.
# Needs: an entry of config/datasets.yaml, or of the study's own datasets.
# Makes: results/datasets/<dataset>/: archives, the arrays, dataset.json, preview.png; for a folder also files.tsv.

from easel.data.folder.contents import KEPT, describe, files_before
from easel.data.sources import out_of_reach

DATASET = "results/datasets/{dataset}"
ARRAYS = {
    "train_images": f"{DATASET}/train_images.npy",
    "train_labels": f"{DATASET}/train_labels.npy",
    "test_images": f"{DATASET}/test_images.npy",
    "test_labels": f"{DATASET}/test_labels.npy",
    # Last, and small enough for Snakemake to compare by content: arrays that are written again unchanged outdate nothing.
    "dataset": f"{DATASET}/dataset.json",
}
OF_STUDY = {name: path.format(dataset=STUDY.dataset_name) for name, path in ARRAYS.items()}
"""The same for this study's dataset, for rules without that wildcard."""
CONTENTS = Path(f"results/datasets/{STUDY.dataset_name}/{KEPT}")
"""The files of a folder of pictures, as they were when it was last within reach."""


@cache
def folder_contents():
    """The files of the folder that is the dataset. Listed once per process, because there may be many."""
    path = STUDY.dataset.path
    prepared = Path(OF_STUDY["dataset"]).exists() and snakemake_internals.is_main_process(workflow)
    if prepared and (why := out_of_reach(path, files_before(CONTENTS))):
        print(f"Easel: {path} {why}. What was prepared from it is used as it is.", file=sys.stderr)
    return describe(Path(path), as_params(STUDY.dataset), CONTENTS)


def folder_spec(wildcards):
    """The pictures of a folder and how they are prepared. The folder's path is left out: it may be moved."""
    return {"contents": folder_contents(), "settings": as_params(STUDY.dataset, Affects.OUTPUT)}


if STUDY.dataset.format == "shapes":

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

elif STUDY.dataset.format == "folder":

    rule prepare_folder:
        output:
            **ARRAYS,
            files=f"{DATASET}/files.tsv",
            near_duplicates=f"{DATASET}/near_duplicates.tsv",
        log:
            "results/logs/datasets/{dataset}/prepare_folder.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/prepare_folder.tsv"
        threads: max(config["threads"], snakemake_internals.cores(workflow))  # all of them
        resources:
            **needs("prepare_folder"),
        params:
            spec=folder_spec,
            path=not_compared(STUDY.dataset.path),
            code=code_of("prepare_folder.py"),
        message:
            "Reading the pictures of {wildcards.dataset} into arrays"
        script:
            "../../scripts/prepare_folder.py"

else:

    # A checksum fixes the file, so neither other code nor another mirror makes Snakemake delete and fetch it again.
    rule download:
        output:
            f"{DATASET}/{{archive}}",
        log:
            "results/logs/datasets/{dataset}/download/{archive}.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/download/{archive}.tsv"
        wildcard_constraints:
            archive=one_of(STUDY.dataset.archives),
        localrule: True  # a cluster's nodes need not reach the internet
        resources:
            **needs("download"),
        params:
            spec=lambda wildcards: {"sha256": STUDY.dataset.archives[wildcards.archive].sha256},
        message:
            "Fetching {wildcards.archive} of {wildcards.dataset}"
        script:
            "../../scripts/download.py"

    rule prepare:
        input:
            archives=expand(f"{DATASET}/{{archive}}", archive=STUDY.dataset.archives, allow_missing=True),
        output:
            **ARRAYS,
        log:
            "results/logs/datasets/{dataset}/prepare.log",
        benchmark:
            "results/benchmarks/datasets/{dataset}/prepare.tsv"
        resources:
            **needs("prepare"),
        params:
            spec=as_params(STUDY.dataset, Affects.OUTPUT),
            code=code_of("prepare.py", f"easel.data.{STUDY.dataset.format}"),
        message:
            "Unpacking {wildcards.dataset} into arrays"
        script:
            "../../scripts/prepare.py"


rule draw_preview:
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
        "results/logs/datasets/{dataset}/draw_preview.log",
    benchmark:
        "results/benchmarks/datasets/{dataset}/draw_preview.tsv"
    resources:
        **needs("draw_preview"),
    params:
        code=code_of("draw_preview.py"),
    message:
        "Drawing a preview of {wildcards.dataset}"
    script:
        "../../scripts/draw_preview.py"
