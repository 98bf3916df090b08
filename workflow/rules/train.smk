# Training, one job per run and seed.
# Needs: the dataset's arrays, the run's settings.
# Makes: results/<study>/<run>/seed-<k>/: generator.keras, encoder.keras (autoencoders), snapshots/, progress/,
#        history.csv, train.json; and, unknown to Snakemake, state/, from which a killed training goes on, and
#        tensorboard/, in which one can watch it.

TRAINING = "results/{study}/{run}/seed-{seed}"


rule train_run:
    input:
        dataset=f"results/datasets/{STUDY.dataset_name}/dataset.json",
        images=ancient(f"results/datasets/{STUDY.dataset_name}/train_images.npy"),
    output:
        generator=f"{TRAINING}/generator.keras",
        snapshots=directory(f"{TRAINING}/snapshots"),
        progress=directory(f"{TRAINING}/progress"),
        history=f"{TRAINING}/history.csv",
        record=f"{TRAINING}/train.json",
    log:
        "results/logs/{study}/{run}/seed-{seed}/train_run.log",
    benchmark:
        "results/benchmarks/{study}/{run}/seed-{seed}/train_run.tsv"
    wildcard_constraints:
        run=one_of(set(STUDY.runs) - set(AUTOENCODERS)),
        seed=one_of(map(str, STUDY.seeds)),
    threads: config["threads"]
    resources:
        **needs("train_run"),
        gpu=gpus_of,
        nodes=1,  # on which these GPUs are
    params:
        spec=training_spec,
        code=training_code,
    message:
        "Training {wildcards.run} with seed {wildcards.seed}"
    script:
        "../../scripts/train_run.py"


use rule train_run as train_autoencoder with:
    output:
        generator=f"{TRAINING}/generator.keras",
        encoder=f"{TRAINING}/encoder.keras",
        snapshots=directory(f"{TRAINING}/snapshots"),
        progress=directory(f"{TRAINING}/progress"),
        history=f"{TRAINING}/history.csv",
        record=f"{TRAINING}/train.json",
    wildcard_constraints:
        run=one_of(AUTOENCODERS),
        seed=one_of(map(str, STUDY.seeds)),
