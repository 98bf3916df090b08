# What a study would cost here, before it is paid.
# Needs: the study's file; neither a dataset nor a network has to be there.
# Makes: results/<study>/plan.tsv and plan.html; results/benchmarks/recipes/: what each recipe was measured to cost;
#        and, unknown to Snakemake, results/benchmarks/<study>/plan.tsv: predictions, to be compared with what jobs took.

from datetime import datetime


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
        label=lambda wildcards, input: recipes.in_words(recipes_of_study()[wildcards.recipe]),
    message:
        "Measuring {params.label} for some seconds"
    script:
        "../../scripts/probe_recipe.py"


# What is outdated changes without any file of its own, so a plan is made whenever it is asked for. It has no benchmark
# file: where that would lie are the predictions.
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
