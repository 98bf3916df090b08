# Drawing from trained runs.
# Needs: generator.keras; for autoencoders encoder.keras and the test images.
# Makes: samples.npz, samples.png, interpolation.png, reconstructions.png.


rule sample:
    input:
        generator=f"{TRAINING}/generator.keras",
    output:
        samples=f"{TRAINING}/samples.npz",
        picture=report(
            f"{TRAINING}/samples.png",
            caption="../report/samples.rst",
            category="Samples",
            labels={"run": "{run}", "seed": "{seed}", "figure": "samples"},
        ),
        interpolation=report(
            f"{TRAINING}/interpolation.png",
            caption="../report/interpolation.rst",
            category="Samples",
            labels={"run": "{run}", "seed": "{seed}", "figure": "interpolation"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/sample.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/sample.tsv"
    resources:
        **needs("sample"),
    params:
        spec={"samples": STUDY.samples},
        code=code_of("sample.py"),
    message:
        "Drawing {params.spec[samples]} samples from {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/sample.py"


rule reconstruct:
    input:
        encoder=f"{TRAINING}/encoder.keras",
        generator=f"{TRAINING}/generator.keras",
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        images=ancient(f"results/datasets/{STUDY.dataset_name}/test_images.npy"),
    output:
        report(
            f"{TRAINING}/reconstructions.png",
            caption="../report/reconstructions.rst",
            category="Samples",
            labels={"run": "{run}", "seed": "{seed}", "figure": "reconstructions"},
        ),
    log:
        "results/logs/{study}/{run}/seed-{seed}/reconstruct.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/reconstruct.tsv"
    wildcard_constraints:
        run=one_of(AUTOENCODERS),
    resources:
        **needs("reconstruct"),
    params:
        code=code_of("reconstruct.py"),
    message:
        "Reconstructing test images with {wildcards.run}, seed {wildcards.seed}"
    script:
        "../../scripts/reconstruct.py"
