# The player: a run's networks in the form in which its page draws with them.
# Needs: generator.keras, encoder.keras (autoencoders), samples.npz, train.json; for autoencoders the test images.
# Makes: results/<study>/<run>/seed-<k>/: player.json and player.bin.


def test_images_of(wildcards):
    """What an autoencoder's codes are measured on; nothing for other runs."""
    return [OF_STUDY["test_images"], OF_STUDY["test_labels"]] if wildcards.run in AUTOENCODERS else []


rule compile_player:
    input:
        training=f"{TRAINING}/train.json",
        generator=f"{TRAINING}/generator.keras",
        encoder=encoder_of,
        samples=f"{TRAINING}/samples.npz",
        dataset=OF_STUDY["dataset"],
        arrays=ancient(test_images_of),
    output:
        record=f"{TRAINING}/player.json",
        weights=f"{TRAINING}/player.bin",
    log:
        "results/logs/{study}/{run}/seed-{seed}/compile_player.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/compile_player.tsv"
    wildcard_constraints:
        run=one_of(STUDY.runs),
        seed=one_of(map(str, STUDY.seeds)),
    resources:
        **needs("compile_player"),
    params:
        code=code_of("compile_player.py"),
    message:
        "Compiling the networks of {wildcards.run}, seed {wildcards.seed}, for its page"
    script:
        "../../scripts/compile_player.py"
