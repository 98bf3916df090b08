# Samples: of a snapshot of each trained run, or external ones.
# Needs: snapshots/, the cheapest judge; for autoencoders encoder.keras, generator.keras and the test images.
# Makes: snapshots.json; samples.npz, samples.json, samples.png, interpolation.png, latent_plane.png;
#        reconstructions.png, reconstruction.json.

SNAPSHOT_JUDGE = STUDY.snapshot_judge


def sampling_spec(wildcards):
    """How a run is sampled: the number of images, the snapshot, and the sampling settings."""
    sampling = as_params(STUDY.runs[wildcards.run].settings.sampling)
    if sampling["seed"] is None:
        sampling["seed"] = int(wildcards.seed)
    return {"samples": STUDY.samples, "select": STUDY.select, "sampling": sampling}


def external_spec(wildcards):
    """The files of external samples, by name and size, and how many images are judged."""
    from easel.data.external import describe_or_recall

    known = RESULTS / ".snakemake" / "external" / f"{STUDY.name}-{wildcards.run}.json"
    return {
        "images": describe_or_recall(Path(STUDY.external[wildcards.run].path), known),
        "samples": STUDY.samples,
    }


rule judge_snapshots:
    input:
        generator=f"{TRAINING}/generator.keras",
        training=ancient(f"{TRAINING}/train.json"),  # written with generator.keras, like the snapshots
        snapshots=ancient(f"{TRAINING}/snapshots"),
        weights=judge_files(SNAPSHOT_JUDGE).weights,
        statistics=judge_files(SNAPSHOT_JUDGE).statistics,
        check=judge_files(SNAPSHOT_JUDGE).check,
    output:
        f"{TRAINING}/snapshots.json",
    log:
        "results/logs/{study}/{run}/seed-{seed}/judge_snapshots.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/judge_snapshots.tsv"
    wildcard_constraints:
        run=one_of(STUDY.runs),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("judge_snapshots"),
    params:
        spec={"judge": SNAPSHOT_JUDGE, "n": STUDY.snapshot_samples},
        code=code_of("judge_snapshots.py", f"easel.judges.{STUDY.judges[SNAPSHOT_JUDGE].kind}"),
    message:
        "Judging the snapshots of {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/judge_snapshots.py"


rule sample:
    input:
        snapshot_scores=f"{TRAINING}/snapshots.json",
        generator=f"{TRAINING}/generator.keras",
        training=ancient(f"{TRAINING}/train.json"),
        snapshots=ancient(f"{TRAINING}/snapshots"),
    output:
        samples=f"{TRAINING}/samples.npz",
        record=f"{TRAINING}/samples.json",
        picture=report(
            f"{TRAINING}/samples.png",
            caption="../report/samples.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "samples", "seed": "{seed}"},
        ),
        interpolation=report(
            f"{TRAINING}/interpolation.png",
            caption="../report/interpolation.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "interpolation", "seed": "{seed}"},
        ),
        plane=report(
            f"{TRAINING}/latent_plane.png",
            caption="../report/latent_plane.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "latent plane", "seed": "{seed}"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/sample.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/sample.tsv"
    wildcard_constraints:
        run=one_of(STUDY.runs),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("sample"),
    params:
        spec=sampling_spec,
        code=code_of("sample.py"),
    message:
        "Sampling {params.spec[samples]} images from {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/sample.py"


rule import_samples:
    input:
        dataset=OF_STUDY["dataset"],
    output:
        samples=f"{TRAINING}/samples.npz",
        record=f"{TRAINING}/samples.json",
        picture=report(
            f"{TRAINING}/samples.png",
            caption="../report/samples.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "samples", "seed": "{seed}"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/import_samples.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/import_samples.tsv"
    wildcard_constraints:
        run=one_of(STUDY.external),
        seed=str(EXTERNAL_SEED),
    localrule: True  # the images are on the machine that reads the study's file
    resources:
        **needs("import_samples"),
    params:
        spec=external_spec,
        path=not_compared(lambda wildcards: STUDY.external[wildcards.run].path),
        code=code_of("import_samples.py"),
    message:
        "Reading the external samples {wildcards.run}"
    script:
        "../../scripts/import_samples.py"


rule reconstruct:
    input:
        encoder=f"{TRAINING}/encoder.keras",
        generator=f"{TRAINING}/generator.keras",
        dataset=OF_STUDY["dataset"],
        arrays=ancient([OF_STUDY["test_images"], OF_STUDY["test_labels"]]),
    output:
        metrics=f"{TRAINING}/reconstruction.json",
        picture=report(
            f"{TRAINING}/reconstructions.png",
            caption="../report/reconstructions.rst",
            category="Samples",
            subcategory="{run}",
            labels={"figure": "reconstructions", "seed": "{seed}"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/reconstruct.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/reconstruct.tsv"
    wildcard_constraints:
        run=one_of(AUTOENCODERS),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("reconstruct"),
    params:
        spec=lambda wildcards: {"settings": training_spec(wildcards)["settings"]},
        code=code_of("reconstruct.py"),
    message:
        "Reconstructing test images with {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/reconstruct.py"
