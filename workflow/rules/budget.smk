# Budgets: the epochs that a run's `minutes` stand for on this machine, measured once.
# Needs: the run's settings, and dataset.json for the number of images.
# Makes: results/<study>/<run>/budget.json, which all seeds of the run share.

from easel.config.budgets import is_trained
from easel.data.sizes import sizes_of
from easel.planning import recipes
from easel.planning.machine import CORES, this_machine


def gpus_of(wildcards):
    """The number of GPUs that a training asks for; `--resources gpu=` must allow as many."""
    return STUDY.runs[wildcards.run].settings.gpu


def budget_file(run):
    """The budget of a run."""
    return f"results/{STUDY.name}/{run}/budget.json"


def timed_recipe(run):
    """What is measured: a run's recipe. Not cached, as the dataset may be prepared meanwhile."""
    sizes = sizes_of(STUDY.dataset, Path(f"results/datasets/{STUDY.dataset_name}"))
    return recipes.of_timed_training(STUDY.runs[run].settings, sizes)


@cache
def recorded_params(run):
    """The params of the measurement that the trainings of a run have used; none before the first.

    They stay, so that a budget is as fixed as a number of epochs, whatever changes.
    """
    if not is_trained(Path(f"results/{STUDY.name}/{run}")):
        return []
    return snakemake_internals.recorded_params(workflow, budget_file(run))


def budget_spec(wildcards):
    """The minutes, and what is measured where. Once something is trained, only other minutes measure again."""
    minutes = STUDY.runs[wildcards.run].settings.minutes
    before = [spec for spec in recorded_params(wildcards.run) if spec.get("minutes") == minutes]
    now = {
        "machine": this_machine(),
        "minutes": minutes,
        "recipe": timed_recipe(wildcards.run),
        "threads": min(config["threads"], CORES),
    }
    if not before:
        return now
    if changed := sorted(differences(before[0], now)):
        note_kept(wildcards.run, tuple(changed))
    return before[0]


def differences(before, now):
    """The names of the settings, or of `machine` and `threads`, in which two measurements differ."""
    settings = [spec["recipe"]["settings"] for spec in (before, now)]
    yield from (key for key in settings[0].keys() | settings[1].keys() if settings[0].get(key) != settings[1].get(key))
    yield from (key for key in ("machine", "threads") if before[key] != now[key])


@cache
def note_kept(run, changed):
    """Say, once, that the epochs of a run stay although their time may not."""
    if snakemake_internals.is_main_process(workflow):
        print(
            f"Easel: {run}: its epochs stay as measured for its minutes, although {', '.join(changed)} changed since. "
            "To measure again: --forcerun measure_budget",
            file=sys.stderr,
        )


def budget_code(wildcards):
    """The code that a measurement executes. Once something is trained, it does not measure again."""
    before = [code for code in recorded_params(wildcards.run) if "minutes" not in code]
    recipe = timed_recipe(wildcards.run)
    return before[0] if before else code_of("measure_budget.py", *recipes.modules_of(recipe))


rule measure_budget:
    input:
        dataset=ancient(OF_STUDY["dataset"]),  # other images of the same dataset leave the epochs as they are
    output:
        "results/{study}/{run}/budget.json",
    log:
        "results/logs/{study}/{run}/measure_budget.log",
    benchmark:
        "results/benchmarks/{study}/{run}/measure_budget.tsv"
    wildcard_constraints:
        run=one_of(BUDGETED),
    threads: config["threads"]
    resources:
        **needs("measure_budget"),
        gpu=gpus_of,
        nodes=1,
    params:
        spec=budget_spec,
        code=budget_code,
        settings=not_compared(lambda wildcards: as_params(STUDY.runs[wildcards.run].settings, Affects.TRAINING)),
    message:
        "Measuring how many epochs of {wildcards.run} fit into {params.settings[minutes]:g} minutes"
    script:
        "../../scripts/measure_budget.py"
