# Judges, the feature extractors behind FID, and their statistics of the real images. All studies share them.
# Needs: the dataset's arrays, an entry of config/judges.yaml, or of the study's own judges.
# Makes: results/judges/<dataset>/<judge>/: the judge's weights and record (classifier.keras, classifier.json),
#        reference.npz, train_features.npy and check.json, baselines-<n>.json, sensitivity.json, calibration.json; results/judges/: archives of judges.

from easel.judges import cores_for
from easel.planning.rules import rule_that_makes

JUDGE = "results/judges/{dataset}/{judge}"
STUDY_KINDS = dict(sorted({judge.kind: type(judge) for judge in STUDY.judges.values()}.items()))
IMAGES_AND_LABELS = ancient([path for name, path in ARRAYS.items() if name != "dataset"])
CALIBRATED = [name for name, judge in STUDY.judges.items() if judge.known_answers]
FETCHED = {name: judge for name, judge in STUDY.judges.items() if judge.is_fetched}


def judges_of(kind):
    """The judges of a kind, by name."""
    return [name for name, judge in STUDY.judges.items() if judge.kind == kind]


def archive_of(wildcards):
    """A judge that is unpacked from an archive."""
    return next(judge for judge in FETCHED.values() if judge.archive == wildcards.archive)


def source_of(wildcards):
    """The input of a judge: the dataset that it is made from, or its archive, whose classes may have to be those."""
    judge = STUDY.judges[wildcards.judge]
    if not judge.is_fetched:
        return {"dataset": ARRAYS["dataset"], "arrays": IMAGES_AND_LABELS}
    judged = {"judged": ARRAYS["dataset"]} if judge.knows_classes else {}
    return {"archive": f"results/judges/{judge.archive}", **judged}


def judge_spec(wildcards):
    """The settings that a judge depends on. The source of its archive is left out: a checksum fixes that."""
    return as_params(STUDY.judges[wildcards.judge], Affects.OUTPUT)


def threads_for_features(wildcards):
    """The CPU threads of a job that computes with a judge's features."""
    return cores_for([judge_files(wildcards.judge).weights], config["threads"])


def judge_code(script):
    """The code of a script that uses a judge, as a function of the wildcard `judge`."""
    return lambda wildcards: code_of(script, f"easel.judges.{STUDY.judges[wildcards.judge].kind}")


if FETCHED:

    # As with a dataset's archive, neither other code nor another mirror makes Snakemake fetch it again.
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
        message:
            "Fetching {wildcards.archive}"
        script:
            "../../scripts/fetch_judge.py"


# One rule for each kind, because Snakemake has to know the names of its files.
for KIND, SETTINGS in STUDY_KINDS.items():

    rule:
        name:
            rule_that_makes(KIND)
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
            **needs(rule_that_makes(KIND)),
            gpu=lambda wildcards: int(STUDY.judges[wildcards.judge].is_trained),
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
        arrays=IMAGES_AND_LABELS,
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
    output:
        statistics=f"{JUDGE}/reference.npz",
        features=f"{JUDGE}/train_features.npy",
        check=f"{JUDGE}/check.json",
    log:
        "results/logs/judges/{dataset}/{judge}/compute_reference.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/compute_reference.tsv"
    threads: config["threads"]
    resources:
        **needs("compute_reference"),
        gpu=GPUS_TO_JUDGE,
    params:
        code=judge_code("compute_reference.py"),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Computing reference statistics of {wildcards.dataset} with {wildcards.judge}"
    script:
        "../../scripts/compute_reference.py"


rule judge_baselines:
    input:
        dataset=ARRAYS["dataset"],
        labels=ancient(ARRAYS["train_labels"]),
        record=lambda wildcards: judge_files(wildcards.judge).record,
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
        statistics=f"{JUDGE}/reference.npz",
        features=ancient(f"{JUDGE}/train_features.npy"),  # written with reference.npz
        check=f"{JUDGE}/check.json",
    output:
        f"{JUDGE}/baselines-{{n}}.json",
    log:
        "results/logs/judges/{dataset}/{judge}/judge_baselines-{n}.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/judge_baselines-{n}.tsv"
    wildcard_constraints:
        n=r"[0-9]+",
    threads: threads_for_features
    resources:
        **needs("judge_baselines"),
    params:
        code=judge_code("judge_baselines.py"),
    message:
        "Judging baselines of {wildcards.n} images of {wildcards.dataset} with {wildcards.judge}"
    script:
        "../../scripts/judge_baselines.py"


rule measure_sensitivity:
    input:
        dataset=ARRAYS["dataset"],
        arrays=IMAGES_AND_LABELS,
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
        statistics=f"{JUDGE}/reference.npz",
        features=ancient(f"{JUDGE}/train_features.npy"),  # written with reference.npz
    output:
        f"{JUDGE}/sensitivity.json",
    log:
        "results/logs/judges/{dataset}/{judge}/measure_sensitivity.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/measure_sensitivity.tsv"
    threads: threads_for_features
    resources:
        **needs("measure_sensitivity"),
        gpu=GPUS_TO_JUDGE,
    params:
        spec={"mirrorable": STUDY.dataset.mirrorable},
        code=judge_code("measure_sensitivity.py"),
        free_gpu=not_compared(FREE_GPU_TO_JUDGE),
    message:
        "Measuring what {wildcards.judge} sees of damage to {wildcards.dataset}"
    script:
        "../../scripts/measure_sensitivity.py"


rule calibrate:
    input:
        weights=lambda wildcards: judge_files(wildcards.judge).weights,
        statistics=f"{JUDGE}/reference.npz",
        check=f"{JUDGE}/check.json",
    output:
        f"{JUDGE}/calibration.json",
    log:
        "results/logs/judges/{dataset}/{judge}/calibrate.log",
    benchmark:
        "results/benchmarks/judges/{dataset}/{judge}/calibrate.tsv"
    wildcard_constraints:
        judge=one_of(CALIBRATED),
    threads: threads_for_features
    resources:
        **needs("calibrate"),
    params:
        spec={"sha256": getattr(STUDY.dataset, "sha256", "")},
        code=judge_code("calibrate.py"),
    message:
        "Comparing {wildcards.judge} on {wildcards.dataset} with published values"
    script:
        "../../scripts/calibrate.py"
