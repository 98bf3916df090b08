# The preview of the dataset: what was taken and left out, and how crops look, before anything is trained.
# Needs: the dataset's arrays; of a folder of pictures also its tables, and the pictures, if they are within reach.
# Makes: results/datasets/<dataset>/preview.html.

IS_FOLDER = STUDY.dataset.format == "folder"


rule write_preview:
    input:
        **({"files": f"{DATASET}/files.tsv", "near_duplicates": f"{DATASET}/near_duplicates.tsv"} if IS_FOLDER else {}),
        dataset=ARRAYS["dataset"],
        arrays=ancient([path for name, path in ARRAYS.items() if name != "dataset"]),
    output:
        report(
            f"{DATASET}/preview.html",
            caption="../report/preview_page.rst",
            category="Data",
            labels={"figure": "what was taken and left out"},
        ),
    log:
        "results/logs/datasets/{dataset}/write_preview.log",
    benchmark:
        "results/benchmarks/datasets/{dataset}/write_preview.tsv"
    resources:
        **needs("write_preview"),
    params:
        spec={"settings": as_params(STUDY.dataset, Affects.OUTPUT)},
        path=not_compared(STUDY.dataset.path if IS_FOLDER else ""),
        template=not_compared(HERE / "notebooks/template"),
        code=code_of("write_preview.py", *TEMPLATE),
    message:
        "Writing a preview of {wildcards.dataset}"
    script:
        "../../scripts/write_preview.py"
