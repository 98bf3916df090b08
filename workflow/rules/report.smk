# Reports: notebooks run by papermill and rendered to self-contained pages.
# Needs: the outputs of training, sampling and evaluation.
# Makes: results/<study>/<run>/seed-<k>/report.{ipynb,html}, results/<study>/report.{ipynb,html}, notes.json beside each.

# Template and texts of the pages. They count as code and not as inputs: by content, and not by path or time.
TEMPLATE = sorted(
    str(file.relative_to(HERE))
    for folder in ("notebooks/template/*", "workflow/easel/texts/*.yaml")
    for file in HERE.glob(folder)
)

# Of the runs that have any.
NOTES_OF_RUNS = {name: run.notes for name, run in (STUDY.runs | STUDY.external).items() if run.notes}


def reconstructions_of(wildcards):
    """The reconstructions of an autoencoder; nothing for other runs."""
    return [f"{TRAINING}/reconstructions.png"] if wildcards.run in AUTOENCODERS else []


def projection_of(wildcards):
    """The projected pictures of the runs that have any; nothing for other runs."""
    files = ("projection.json", "projection.npz", "projection.png")
    return [f"{TRAINING}/{file}" for file in files] if wildcards.run in STUDY.projected else []


def page_spec(wildcards):
    """What the page of a run depends on besides its inputs. A projection of earlier settings is not shown."""
    spec = {"notes": STUDY.runs[wildcards.run].notes}
    return spec | ({"projected": True} if wildcards.run in STUDY.projected else {})


def sensitivities(wildcards):
    """Those of all judges if the study asks for them, else those that `snakemake sensitivity` has measured."""
    return [file for file in of_every_judge("sensitivity.json") if STUDY.sensitivity or Path(file).is_file()]


rule report_run:
    input:
        training=f"{TRAINING}/train.json",
        history=f"{TRAINING}/history.csv",
        progress=ancient(f"{TRAINING}/progress"),  # written with train.json; Snakemake does not compare the content of folders
        samples=f"{TRAINING}/samples.npz",
        picture=f"{TRAINING}/samples.png",
        snapshot_scores=f"{TRAINING}/snapshots.json",
        nearest=f"{TRAINING}/nearest.png",
        interpolation=f"{TRAINING}/interpolation.png",
        plane=f"{TRAINING}/latent_plane.png",
        player=f"{TRAINING}/player.json",
        weights=f"{TRAINING}/player.bin",
        projection=projection_of,
        reconstructions=reconstructions_of,
        metrics=f"{TRAINING}/metrics.json",
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        preview=f"results/datasets/{STUDY.dataset_name}/preview.png",
    output:
        notes=f"{TRAINING}/notes.json",
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
    wildcard_constraints:
        run=one_of(STUDY.runs),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("report_run"),
    params:
        spec=page_spec,
        notebook=not_compared(HERE / "notebooks/run.ipynb"),
        code=code_of("report_run.py", "notebooks/run.ipynb", *TEMPLATE),
    message:
        "Rendering the report of {wildcards.run}, seed {wildcards.seed}"
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
        players=of_every_training("player.json"),
        weights=of_every_training("player.bin"),
        snapshot_scores=of_every_training("snapshots.json"),
        calibrations=of_every_judge("calibration.json", CALIBRATED),
        sensitivities=sensitivities,
    output:
        notes="results/{study}/notes.json",
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
        spec={"notes": STUDY.notes, "runs": NOTES_OF_RUNS},
        notebook=not_compared(HERE / "notebooks/study.ipynb"),
        code=code_of("report_study.py", "notebooks/study.ipynb", *TEMPLATE),
    message:
        "Rendering the report of the study {wildcards.study}"
    script:
        "../../scripts/report_study.py"
