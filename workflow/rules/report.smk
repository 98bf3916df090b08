# Reports: notebooks run by papermill and rendered to self-contained pages.
# Needs: what training, sampling and judging left.
# Makes: results/<study>/<run>/seed-<k>/report.{ipynb,html}, results/<study>/report.{ipynb,html}.

# What a page is made with. These files are among the code and not among the inputs: like code, they count by what
# they say, wherever the checkout lies and whenever it was made.
TEMPLATE = sorted(
    str(file.relative_to(HERE))
    for folder in ("notebooks/template/*", "workflow/easel/texts/*.yaml")
    for file in HERE.glob(folder)
)


rule report_run:
    input:
        training=f"{TRAINING}/train.json",
        history=f"{TRAINING}/history.csv",
        progress=ancient(f"{TRAINING}/progress"),  # made with train.json, whose content is compared; a folder's is not
        samples=f"{TRAINING}/samples.npz",
        picture=f"{TRAINING}/samples.png",
        judged=f"{TRAINING}/snapshots.json",
        nearest=f"{TRAINING}/nearest.png",
        interpolation=f"{TRAINING}/interpolation.png",
        plane=f"{TRAINING}/latent_plane.png",
        reconstructions=reconstructions_of,
        metrics=f"{TRAINING}/metrics.json",
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        preview=f"results/datasets/{STUDY.dataset_name}/preview.png",
    output:
        notebook=f"{TRAINING}/report.ipynb",
        html=report(
            f"{TRAINING}/report.html",
            caption="../report/run_page.rst",
            category="Pages",
            labels={"page": "one run", "run": "{run}", "seed": "{seed}"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/report_run.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/report_run.tsv"
    resources:
        **needs("report_run"),
    params:
        notebook=not_compared(HERE / "notebooks/run.ipynb"),
        code=code_of("report_run.py", "notebooks/run.ipynb", *TEMPLATE),
    message:
        "Reporting on {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/report_run.py"


rule report_study:
    input:
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        comparison="results/{study}/comparison.json",
        pages=of_every_training("report.html"),
        preview=f"results/datasets/{STUDY.dataset_name}/preview.png",
        trainings=of_every_training("train.json"),
        histories=of_every_training("history.csv"),
        samples=of_every_run("samples.png"),
        nearest=of_every_run("nearest.png"),
        judged=of_every_training("snapshots.json"),
        calibrations=of_every_judge("calibration.json", CALIBRATED),
    output:
        notebook="results/{study}/report.ipynb",
        html=report(
            "results/{study}/report.html",
            caption="../report/study_page.rst",
            category="Pages",
            labels={"page": "all runs: start here", "run": "all", "seed": "all"},
        ),
    log:
        "results/logs/{study}/report_study.log",
    benchmark:
        "results/benchmarks/{study}/report_study.tsv"
    resources:
        **needs("report_study"),
    params:
        notebook=not_compared(HERE / "notebooks/study.ipynb"),
        code=code_of("report_study.py", "notebooks/study.ipynb", *TEMPLATE),
    message:
        "Reporting on the study {wildcards.study}"
    script:
        "../../scripts/report_study.py"
