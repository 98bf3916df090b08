# Export: a run in the forms of other programs, for the runs that ask for it.
# Needs: generator.keras, encoder.keras (autoencoders), samples.npz, metrics.json and the records; the extra `export`.
# Makes: results/<study>/<run>/seed-<k>/: export/, a folder that can be uploaded as it is, and export.json.


def export_spec(wildcards):
    """What an export depends on besides its inputs."""
    settings = STUDY.runs[wildcards.run].settings
    return {"formats": settings.export, "license": STUDY.license, "description": settings.description}


rule export_run:
    input:
        training=f"{TRAINING}/train.json",
        generator=f"{TRAINING}/generator.keras",
        encoder=encoder_of,
        samples=f"{TRAINING}/samples.npz",
        samples_record=f"{TRAINING}/samples.json",
        picture=f"{TRAINING}/samples.png",
        metrics=f"{TRAINING}/metrics.json",
        dataset=OF_STUDY["dataset"],
    output:
        folder=directory(f"{TRAINING}/export"),
        record=f"{TRAINING}/export.json",
    log:
        "results/logs/{study}/{run}/seed-{seed}/export_run.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/export_run.tsv"
    wildcard_constraints:
        run=one_of(STUDY.exported),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("export_run"),
    params:
        spec=export_spec,
        code=code_of(
            "export_run.py",
            "easel.exporting.onnx_files",
            "easel.exporting.litert_files",
            "workflow/easel/texts/en.yaml",
        ),
    message:
        "Exporting {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/export_run.py"
