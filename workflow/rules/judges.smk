# Judges: the feature extractors behind FID, and what they know of the real images; shared by all studies.
# Needs: the dataset's arrays, an entry of config/judges.yaml (or of the study's own judges).
# Makes: results/judges/<dataset>/<judge>/: the judge's weights and record (classifier.keras, classifier.json),
#        reference.npz and train_features.npy, baselines-<n>.json, calibration.json; results/judges/: archives of judges.

JUDGE = "results/judges/{dataset}/{judge}"
KINDS = dict(sorted({judge.kind: type(judge) for judge in STUDY.judges.values()}.items()))


# What a judge is made of: a dataset, or an archive.
LEARNT_FROM = {
    "dataset": ARRAYS["dataset"],
    "arrays": ancient([path for name, path in ARRAYS.items() if name != "dataset"]),
}
CALIBRATED = [name for name, judge in STUDY.judges.items() if judge.known_answers]
FETCHED = {name: judge for name, judge in STUDY.judges.items() if not judge.learns}


if FETCHED:

    # As with a dataset's archive, neither its code nor another mirror has it fetched anew.
    rule fetch_judge:
        output:
            "results/judges/{archive}",
        log:
            "results/logs/judges/{archive}.log",
        benchmark:
            "results/benchmarks/judges/{archive}.tsv"
        wildcard_constraints:
            archive=one_of(judge.archive for judge in FETCHED.values()),
        localrule: True  # a cluster's nodes need not reach the internet
        resources:
            **needs("fetch_judge"),
        params:
            spec=lambda wildcards: {"sha256": archive_of(wildcards).sha256},
            settings=not_compared(lambda wildcards: as_params(archive_of(wildcards))),
        message:
            "Fetching {wildcards.archive}"
        script:
            "../../scripts/fetch_judge.py"


# One rule for each kind, as Snakemake wants to know a file's name from its rule.
for KIND, SETTINGS in KINDS.items():

    rule:
        name:
            f"make_{KIND}"
        input:
            unpack(source_of),
        output:
            weights=f"{JUDGE}/{SETTINGS.weights}",
            record=f"{JUDGE}/{KIND}.json",
        log:
            f"results/logs/judges/{{dataset}}/{{judge}}/make_{KIND}.log",
        benchmark:
            f"results/benchmarks/judges/{{dataset}}/{{judge}}/make_{KIND}.tsv"
        wildcard_constraints:
            judge=one_of(judges_of(KIND)),
        threads: config["threads"]
        resources:
            **needs(f"make_{KIND}"),
            gpu=1 if SETTINGS.learns else 0,
        params:
            spec=judge_spec,
            settings=not_compared(lambda wildcards: as_params(STUDY.judges[wildcards.judge])),
            code=code_of("make_judge.py", f"easel.judges.{KIND}"),
        message:
            "Making the judge {wildcards.judge} of {wildcards.dataset}"
        script:
            "../../scripts/make_judge.py"


rule compute_reference:
    input:
        dataset=ARRAYS["dataset"],
        arrays=ancient([path for name, path in ARRAYS.items() if name != "dataset"]),
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
    output:
        statistics=f"{JUDGE}/reference.npz",
        features=f"{JUDGE}/train_features.npy",
    log:
        "results/logs/judges/{dataset}/{judge}/compute_reference.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/compute_reference.tsv"
    threads: config["threads"]
    resources:
        **needs("compute_reference"),
    params:
        code=judge_code("compute_reference.py"),
    message:
        "Reference statistics of {wildcards.dataset} as {wildcards.judge} sees it"
    script:
        "../../scripts/compute_reference.py"


rule judge_baselines:
    input:
        dataset=ARRAYS["dataset"],
        labels=ancient(ARRAYS["train_labels"]),
        record=lambda wildcards: judge_files(wildcards.judge).record,
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
        statistics=f"{JUDGE}/reference.npz",
        features=ancient(f"{JUDGE}/train_features.npy"),  # made with reference.npz
    output:
        f"{JUDGE}/baselines-{{n}}.json",
    log:
        "results/logs/judges/{dataset}/{judge}/judge_baselines-{n}.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/judge_baselines-{n}.tsv"
    wildcard_constraints:
        n=r"[0-9]+",
    threads: config["threads"]
    resources:
        **needs("judge_baselines"),
    params:
        code=judge_code("judge_baselines.py"),
    message:
        "Judging {wildcards.n} real images of {wildcards.dataset} as if they were samples, by {wildcards.judge}"
    script:
        "../../scripts/judge_baselines.py"


rule calibrate:
    input:
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
        statistics=f"{JUDGE}/reference.npz",
    output:
        f"{JUDGE}/calibration.json",
    log:
        "results/logs/judges/{dataset}/{judge}/calibrate.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/calibrate.tsv"
    wildcard_constraints:
        judge=one_of(CALIBRATED),
    resources:
        **needs("calibrate"),
    params:
        spec={"sha256": getattr(STUDY.dataset, "sha256", "")},
        code=judge_code("calibrate.py"),
    message:
        "Comparing {wildcards.judge} on {wildcards.dataset} with what is published"
    script:
        "../../scripts/calibrate.py"
