# Projection: pictures of one's own in the latent space of the runs that name them.
# Needs: generator.keras, encoder.keras (autoencoders), samples.npz, train.json; the pictures, which may lie anywhere.
# Makes: results/<study>/<run>/seed-<k>/: projection.json, projection.npz, projection.png.


@cache
def pictures_of(run):
    """The pictures of a run, by name and content. Read once per process, for all seeds."""
    from easel.data.named_pictures import describe_or_recall  # which takes NumPy, and most studies have no pictures

    kept = RESULTS / ".snakemake" / "projected" / STUDY.name / f"{run}.json"
    return describe_or_recall(STUDY.runs[run].settings.project, kept)


def projection_spec(wildcards):
    """The pictures of a run, and how they become images of the dataset. Their paths are left out: they may be moved."""
    from easel.data.named_pictures import preparation

    return {"pictures": pictures_of(wildcards.run), "preparation": preparation(STUDY.dataset)}


rule project:
    input:
        training=f"{TRAINING}/train.json",
        generator=f"{TRAINING}/generator.keras",
        encoder=encoder_of,
        samples=f"{TRAINING}/samples.npz",
    output:
        record=f"{TRAINING}/projection.json",
        arrays=f"{TRAINING}/projection.npz",
        picture=pictured("projection", "projected pictures"),
    log:
        "results/logs/{study}/{run}/seed-{seed}/project.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/project.tsv"
    wildcard_constraints:
        run=one_of(STUDY.projected),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("project"),
    params:
        spec=projection_spec,
        paths=not_compared(lambda wildcards: STUDY.runs[wildcards.run].settings.project),
        code=code_of("project.py"),
    message:
        "Projecting pictures into the latent space of {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/project.py"
