# The recipes of the study, of which each has to be measured only once before it is planned.

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
    return code_of("probe_recipe.py", *recipes.modules_of(recipe))


def measurements(wildcards):
    """The measurements that a plan needs: of the recipes of which no job was done here before."""
    here = known_recipes(STUDY, Path("results"), this_machine(), min(config["threads"], CORES))
    return [f"results/benchmarks/recipes/{name}.json" for name in recipes_of_study() if name not in here]
