# What a study would cost here, before it is paid.
# Needs: the study's file; neither a dataset nor a network has to be there.
# Makes: results/<study>/plan.tsv and plan.html; results/benchmarks/recipes/: what each recipe was measured to cost;
#        and, unknown to Snakemake, results/benchmarks/<study>/plan.tsv: predictions, to be compared with what jobs took.

from datetime import datetime
from functools import cache

from easel.data.sizes import sizes_of
from easel.planning import recipes
from easel.planning.earlier import known_recipes
from easel.planning.machine import CORES, this_machine


@cache
def recipes_of_study():
    """Every distinct recipe of the study, by its name."""
    return recipes.of_study(STUDY, sizes_of(STUDY.dataset, Path(f"results/datasets/{STUDY.dataset_name}")))


def measurement_spec(wildcards):
    """What a measurement depends on: the recipe, and the machine that it holds for."""
    recipe = recipes_of_study()[wildcards.recipe]
    return {"machine": this_machine(), "recipe": recipe, "threads": min(config["threads"], CORES)}


def measurement_code(wildcards):
    """The code that a measurement executes."""
    recipe = recipes_of_study()[wildcards.recipe]
    return code_of("probe.py", *recipes.modules_of(recipe))


def measurements(wildcards):
    """The measurements that a plan needs: of the recipes of which no job was done here before."""
    here = known_recipes(STUDY, Path("results"), this_machine(), min(config["threads"], CORES))
    return [f"results/benchmarks/recipes/{name}.json" for name in recipes_of_study() if name not in here]


rule probe:
    output:
        "results/benchmarks/recipes/{recipe}.json",
    log:
        "results/logs/recipes/{recipe}.log",
    benchmark:
        "results/benchmarks/recipes/{recipe}.tsv"
    wildcard_constraints:
        recipe="[0-9a-f]{12}",
    threads: config["threads"]
    resources:
        mem_mb=8000,
        runtime=15,
        gpu=lambda wildcards: recipes_of_study()[wildcards.recipe]["settings"].get("gpu", 1),
    params:
        spec=measurement_spec,
        code=measurement_code,
        label=lambda wildcards, input: recipes.in_words(recipes_of_study()[wildcards.recipe]),
    message:
        "Measuring {params.label} for some seconds"
    script:
        "../../scripts/probe.py"


# What is outdated changes without any file of its own, so a plan is made whenever it is asked for. It has no benchmark
# file: where that would lie are the predictions.
rule plan:
    input:
        probes=measurements,
    output:
        table=f"results/{STUDY.name}/plan.tsv",
        page=f"results/{STUDY.name}/plan.html",
    log:
        f"results/logs/{STUDY.name}/plan.log",
    localrule: True
    params:
        spec={"asked": str(datetime.now())},
        config=not_compared(dict(config)),
        snakefile=not_compared(HERE / "Snakefile"),
        template=not_compared(HERE / "notebooks/template"),
    message:
        f"Planning the study {STUDY.name}"
    script:
        "../../scripts/plan.py"
