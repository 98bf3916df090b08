# What the chapters share: paths of many files at once, and slices of the configuration.

from functools import cache
from itertools import product
from types import SimpleNamespace

from easel.evaluation.judge_files import JudgeFiles


def of_every_training(file, runs=tuple(STUDY.runs)):
    """The paths of a file of every run (or of some) and seed."""
    return expand(
        f"results/{STUDY.name}/{{run}}/seed-{{seed}}/{file}",
        run=runs,
        seed=STUDY.seeds,
    )


def of_every_run(file):
    """The paths of a file of every run and seed, and of all images made elsewhere."""
    external = expand(f"results/{STUDY.name}/{{run}}/seed-{EXTERNAL_SEED}/{file}", run=STUDY.external)
    return of_every_training(file) + external


def of_every_judge(file, judges=tuple(STUDY.judges)):
    """The paths of a file of every judge of the study (or of some)."""
    return expand(f"results/judges/{STUDY.dataset_name}/{{judge}}/{file}", judge=judges)


def not_compared(value):
    """A param that a job is given and that never makes it outdated: Snakemake compares no function of the input.

    value: it, or a function of wildcards.
    """
    return lambda wildcards, input: value(wildcards) if callable(value) else value


def training_spec(wildcards):
    """The slice of the configuration that a training depends on."""
    run = STUDY.runs[wildcards.run]
    return {"preset": run.preset, "settings": as_params(run.settings, Affects.TRAINING)}


def sampling_spec(wildcards):
    """What is drawn of a training: how many images, of which snapshot, and how."""
    sampling = as_params(STUDY.runs[wildcards.run].settings.sampling)
    if sampling["seed"] is None:
        sampling["seed"] = int(wildcards.seed)
    return {"samples": STUDY.samples, "select": STUDY.select, "sampling": sampling}


def training_code(wildcards):
    """The code that a training executes: its own model and family, and no others."""
    settings = STUDY.runs[wildcards.run].settings
    return code_of(
        "train_run.py",
        f"easel.models.{settings.model}",
        f"easel.training.objectives.{settings.family}",
    )


def reconstructions_of(wildcards):
    """The reconstructions of an autoencoder; nothing for other runs."""
    return [f"{TRAINING}/reconstructions.png"] if wildcards.run in AUTOENCODERS else []


def reconstruction_of(wildcards):
    """The numbers of an autoencoder's reconstructions; nothing for other runs."""
    return [f"{TRAINING}/reconstruction.json"] if wildcards.run in AUTOENCODERS else []


def source_of_archive(wildcards):
    """Where one file of the dataset comes from."""
    source = STUDY.dataset.archives[wildcards.archive]
    return {"urls": source.urls, "path": source.path}


@cache
def folder_contents():
    """What lies in the folder that is the dataset. Asked once by each Snakemake, as there may be many files."""
    from easel.data.folder.contents import describe

    known = Path(f"results/datasets/{STUDY.dataset_name}/.contents.json")
    return describe(Path(STUDY.dataset.path), as_params(STUDY.dataset), known)


def folder_spec(wildcards):
    """How the pictures of a folder are prepared, and which they are. Where they lie is none of it."""
    return {"contents": folder_contents(), "settings": as_params(STUDY.dataset, Affects.OUTPUT)}


def external_spec(wildcards):
    """What there is to read of images made elsewhere, by name and size, and how many are judged."""
    from easel.data.external import describe

    return {"images": describe(Path(STUDY.external[wildcards.run].path)), "samples": STUDY.samples}


def judges_of(kind):
    """The judges of a kind, by name."""
    return [name for name, judge in STUDY.judges.items() if judge.kind == kind]


def judge_spec(wildcards):
    """The slice of the configuration that a judge depends on. Where an archive comes from is none of it."""
    return as_params(STUDY.judges[wildcards.judge], Affects.OUTPUT)


def judge_code(script):
    """The code of a script that works with a judge, by the judge's wildcard."""
    return lambda wildcards: code_of(script, f"easel.judges.{STUDY.judges[wildcards.judge].kind}")


def judge_files(judge):
    """The files of a judge of the study."""
    folder = f"results/judges/{STUDY.dataset_name}/{judge}"
    return JudgeFiles.at(folder, STUDY.judges[judge].weights, STUDY.samples)


def archive_of(wildcards):
    """A judge that is made of an archive."""
    return next(judge for judge in FETCHED.values() if judge.archive == wildcards.archive)


def source_of(wildcards):
    """What a judge is made of."""
    judge = STUDY.judges[wildcards.judge]
    return LEARNT_FROM if judge.learns else {"archive": f"results/judges/{judge.archive}"}


def wildcards_of(rule):
    """The values of a rule's wildcards in this study, by name, once for each kind of run it works on."""
    runs = {
        "train_run": [run for run in STUDY.runs if run not in AUTOENCODERS],
        "train_autoencoder": AUTOENCODERS,
        "reconstruct": AUTOENCODERS,
        "import_samples": [],
    }
    makers = judges.rules()
    values = {
        "study": [STUDY.name],
        "dataset": [STUDY.dataset_name],
        "judge": (
            judges_of(makers[rule]) if rule in makers else CALIBRATED if rule == "calibrate" else list(STUDY.judges)
        ),
        "archive": (
            list(STUDY.dataset.archives) if rule == "download" else [judge.archive for judge in FETCHED.values()]
        ),
        "n": [STUDY.samples],
        "run": runs.get(rule, list(STUDY.runs)),
        "seed": STUDY.seeds,
    }
    of_external = {"run": list(STUDY.external), "seed": [EXTERNAL_SEED]}
    with_external = [{}, of_external] if rule in ("import_samples", "evaluate") else [{}]
    names = snakemake_internals.wildcard_names(workflow, rule)
    return [{name: (values | more)[name] for name in names} for more in with_external]


def made_by(rule):
    """The files and folders of this study that a rule makes."""
    outputs = list(map(str, getattr(rules, rule).output))
    return [file for wildcards in wildcards_of(rule) for file in expand(outputs, **wildcards)]


def executed_by(rule):
    """The code of a rule, file by file: of all runs together, where each has its own."""
    code = snakemake_internals.params_of(workflow, rule).get("code", {})
    if not callable(code):
        return code
    jobs = [
        SimpleNamespace(**dict(zip(wildcards, job)))
        for wildcards in wildcards_of(rule)
        for job in product(*wildcards.values())
    ]
    return {file: mark for job in jobs for file, mark in code(job).items()}


def made_and_executed(wildcards):
    """What each rule executes and makes."""
    return {rule: {"code": sorted(executed_by(rule)), "outputs": made_by(rule)} for rule in MAKERS}


def executed_by_all(wildcards):
    """The fingerprints of all that the rules execute, and the manifest's own."""
    found = {file: mark for rule in MAKERS for file, mark in executed_by(rule).items()}
    return dict(sorted((found | code_of("write_manifest.py")).items()))
