# What the chapters share: paths of many files at once, and slices of the configuration.

from itertools import product
from types import SimpleNamespace


def of_every_training(file, runs=tuple(STUDY.runs)):
    """The paths of a file of every run (or of some) and seed."""
    return expand(
        f"results/{STUDY.name}/{{run}}/seed-{{seed}}/{file}",
        run=runs,
        seed=STUDY.seeds,
    )


def of_every_judge(file):
    """The paths of a file of every judge of the study."""
    return expand(f"results/judges/{STUDY.dataset_name}/{{judge}}/{file}", judge=STUDY.judges)


def not_compared(value):
    """A param that a job is given and that never makes it outdated: Snakemake compares no function of the input.

    value: it, or a function of wildcards.
    """
    return lambda wildcards, input: value(wildcards) if callable(value) else value


def training_spec(wildcards):
    """The slice of the configuration that a training depends on."""
    run = STUDY.runs[wildcards.run]
    return {"preset": run.preset, "settings": as_params(run.settings, "description", "source")}


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
    autoencodes = STUDY.runs[wildcards.run].autoencodes
    return [f"{TRAINING}/reconstructions.png"] if autoencodes else []


def wildcards_of(rule):
    """What the wildcards of the rule of that name can be in this study."""
    autoencoding = {
        "train_run": [run for run in STUDY.runs if run not in AUTOENCODERS],
        "train_autoencoder": AUTOENCODERS,
        "reconstruct": AUTOENCODERS,
    }
    return {
        "study": [STUDY.name],
        "dataset": [STUDY.dataset_name],
        "judge": list(STUDY.judges),
        "run": autoencoding.get(rule, list(STUDY.runs)),
        "seed": STUDY.seeds,
    }


def made_by(rule):
    """The files and folders of this study that a rule makes."""
    return expand(map(str, getattr(rules, rule).output), **wildcards_of(rule))


def executed_by(rule):
    """The code of a rule, file by file: of all runs together, where each has its own."""
    code = dict(getattr(rules, rule).params.items()).get("code", {})
    if not callable(code):
        return code
    names, values = zip(*wildcards_of(rule).items())
    jobs = [SimpleNamespace(**dict(zip(names, job))) for job in product(*values)]
    return {file: mark for job in jobs for file, mark in code(job).items()}


def made_and_executed(wildcards):
    """What each rule executes and makes."""
    return {rule: {"code": sorted(executed_by(rule)), "outputs": made_by(rule)} for rule in MAKERS}


def executed_by_all(wildcards):
    """The fingerprints of all that the rules execute, and the manifest's own."""
    found = {file: mark for rule in MAKERS for file, mark in executed_by(rule).items()}
    return dict(sorted((found | code_of("manifest.py")).items()))
