# Samples: of a snapshot of each trained run, or external ones.
# Needs: train.json and snapshots/, the study's first judge; for autoencoders the test images.
# Makes: snapshots.json; generator.keras, samples.npz, samples.json, samples.png, interpolation.png, latent_plane.png;
#        of autoencoders also encoder.keras, reconstructions.png and reconstruction.json.

SNAPSHOT_JUDGE = STUDY.snapshot_judge
SAMPLING_THREADS = 1  # networks that are trained here are small: several runs are sampled side by side


def sampling_spec(wildcards):
    """How a run is sampled: the number of images, the snapshot, and the sampling settings."""
    sampling = as_params(STUDY.runs[wildcards.run].settings.sampling)
    if sampling["seed"] is None:
        sampling["seed"] = int(wildcards.seed)
    return {"samples": STUDY.samples, "select": STUDY.select, "sampling": sampling}


def autoencoder_spec(wildcards):
    """How an autoencoder is sampled, and the settings that its reconstructions are judged by."""
    return sampling_spec(wildcards) | {"settings": training_spec(wildcards)["settings"]}


def external_spec(wildcards):
    """The files of external samples, by name and size, and how many images are judged."""
    from easel.data.external import describe_or_recall

    known = RESULTS / ".snakemake" / "external" / f"{STUDY.name}-{wildcards.run}.json"
    return {
        "images": describe_or_recall(Path(STUDY.external[wildcards.run].path), known),
        "samples": STUDY.samples,
    }


def pictured(file, figure):
    """A picture of a run, which Snakemake's own report shows. file: its name without the suffix."""
    return report(
        f"{TRAINING}/{file}.png",
        caption=f"../report/{file}.rst",
        category="Samples",
        subcategory="{run}",
        labels={"figure": figure, "seed": "{seed}"},
    )


# The snapshots are written with train.json; Snakemake does not compare the content of folders.
SNAPSHOTS = {"training": f"{TRAINING}/train.json", "snapshots": ancient(f"{TRAINING}/snapshots")}

SAMPLED = {
    "generator": f"{TRAINING}/generator.keras",
    "samples": f"{TRAINING}/samples.npz",
    "record": f"{TRAINING}/samples.json",
    "picture": pictured("samples", "samples"),
    "interpolation": pictured("interpolation", "interpolation"),
    "plane": pictured("latent_plane", "latent plane"),
}


rule judge_snapshots:
    input:
        **SNAPSHOTS,
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
    threads: cores_for([judge_files(SNAPSHOT_JUDGE).weights], config["threads"])
    resources:
        **needs("judge_snapshots"),
        gpu=GPUS_TO_JUDGE,
    params:
        spec={"judge": SNAPSHOT_JUDGE, "n": STUDY.snapshot_samples},
        code=code_of("judge_snapshots.py", f"easel.judges.{STUDY.judges[SNAPSHOT_JUDGE].kind}"),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Judging the snapshots of {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/judge_snapshots.py"


rule sample:
    input:
        **SNAPSHOTS,
        snapshot_scores=f"{TRAINING}/snapshots.json",
    output:
        **SAMPLED,
    log:
        "results/logs/{study}/{run}/seed-{seed}/sample.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/sample.tsv"
    wildcard_constraints:
        run=one_of(set(STUDY.runs) - set(AUTOENCODERS)),
        seed=one_of(map(str, STUDY.seeds)),
    threads: SAMPLING_THREADS
    resources:
        **needs("sample"),
        gpu=GPUS_TO_JUDGE,
    params:
        spec=sampling_spec,
        code=code_of("sample.py"),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Sampling {params.spec[samples]} images from {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/sample.py"


rule sample_autoencoder:
    input:
        **SNAPSHOTS,
        snapshot_scores=f"{TRAINING}/snapshots.json",
        dataset=OF_STUDY["dataset"],
        arrays=ancient([OF_STUDY["test_images"], OF_STUDY["test_labels"]]),
    output:
        **SAMPLED,
        encoder=f"{TRAINING}/encoder.keras",
        reconstructions=pictured("reconstructions", "reconstructions"),
        metrics=f"{TRAINING}/reconstruction.json",
    log:
        "results/logs/{study}/{run}/seed-{seed}/sample_autoencoder.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/sample_autoencoder.tsv"
    wildcard_constraints:
        run=one_of(AUTOENCODERS),
        seed=one_of(map(str, STUDY.seeds)),
    threads: SAMPLING_THREADS
    resources:
        **needs("sample_autoencoder"),
        gpu=GPUS_TO_JUDGE,
    params:
        spec=autoencoder_spec,
        code=code_of("sample_autoencoder.py"),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Sampling {params.spec[samples]} images from {wildcards.run}, seed {wildcards.seed}, and reconstructing test images"
    script:
        "../../scripts/sample_autoencoder.py"


rule import_samples:
    input:
        dataset=OF_STUDY["dataset"],
    output:
        samples=f"{TRAINING}/samples.npz",
        record=f"{TRAINING}/samples.json",
        picture=pictured("samples", "samples"),
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
