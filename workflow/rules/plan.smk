# The plan: the cost of a study's outdated jobs on this machine.
# Needs: the study's file, and no earlier results.
# Makes: results/<study>/plan.tsv and plan.html; results/benchmarks/recipes/: the measured cost of each recipe; and, not
#        declared to Snakemake, results/benchmarks/<study>/plan.tsv: predictions, for a comparison with the actual cost.

from datetime import datetime

from easel.data.sizes import sizes_of
from easel.planning import recipes
from easel.planning.earlier import known_recipes
from easel.planning.machine import CORES, this_machine


@cache
def recipes_of_study():
    """Every distinct recipe of the study, by name."""
    return recipes.of_study(STUDY, sizes_of(STUDY.dataset, Path(f"results/datasets/{STUDY.dataset_name}")))


def measurement_spec(wildcards):
    """The recipe, and the machine on which it is measured."""
    recipe = recipes_of_study()[wildcards.recipe]
    return {"machine": this_machine(), "recipe": recipe, "threads": min(config["threads"], CORES)}


def measurement_code(wildcards):
    """The code that a measurement executes."""
    recipe = recipes_of_study()[wildcards.recipe]
    return code_of("probe_recipe.py", *recipes.modules_of(recipe))


def measurements(wildcards):
    """The measurements that a plan needs: of recipes for which this machine has no finished job."""
    here = known_recipes(STUDY, Path("results"), this_machine(), min(config["threads"], CORES))
    return [f"results/benchmarks/recipes/{name}.json" for name in recipes_of_study() if name not in here]


rule probe_recipe:
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
        label=lambda wildcards, input: recipes.label_of(recipes_of_study()[wildcards.recipe]),
    message:
        "Measuring {params.label} for a few seconds"
    script:
        "../../scripts/probe_recipe.py"


# No file tells when a plan is outdated, so it is made on every request. It has no benchmark file: the predictions are
# in that place.
rule plan_study:
    input:
        probes=measurements,
    output:
        table=f"results/{STUDY.name}/plan.tsv",
        page=report(
            f"results/{STUDY.name}/plan.html",
            caption="../report/plan.rst",
            category="Pages",
            labels={"page": "plan", "run": "all", "seed": "all"},
        ),
    log:
        f"results/logs/{STUDY.name}/plan_study.log",
    localrule: True
    params:
        spec={"asked": str(datetime.now())},
        config=not_compared(dict(config)),
        snakefile=not_compared(HERE / "Snakefile"),
        template=not_compared(HERE / "notebooks/template"),
    message:
        f"Planning the study {STUDY.name}"
    script:
        "../../scripts/plan_study.py"
