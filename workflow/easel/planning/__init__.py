"""The plan of a study: the expected cost of its outdated jobs on this machine, and the finish time.

    rules.py            the table of the workflow's rules: stage and kind of work of each
    costs.py            rules of thumb for minutes, memory and disk; also what jobs ask of a cluster
    jobs.py             the outdated jobs and their order, from a dry run of Snakemake
    recipes.py          the settings that decide the cost of a step, and the name of each combination of them
    machine.py          the identity of this machine, for which a measurement holds
    probes.py           measurement of a recipe, by the engine's own functions, on images of noise
    training_time.py    the time of a training from that of its parts, and the steps that fit into a time
    budgets.py          the epochs that fit into a run's `minutes`
    benchmark_files.py  the cost of a job that ran, as Snakemake writes it
    earlier.py          earlier trainings of the same recipe on this machine
    progress.py         the step from which a training would resume
    knowledge.py        all of these measurements together
    forecast.py         the expected cost of a job: as before, else by a probe, else by a rule of thumb;
                        run_forecasts.py for a run's jobs, judge_forecasts.py for a judge's
    scheduling.py       a simulation of Snakemake's scheduler
    presets.py          the list of presets that `make presets` prints: what each is good for, and its cost here
    speed.py            the speed of this machine's CPU, from matrix products of half a second
    seed_cost.py        one more seed of a run, for the study's page
    plan.py             the jobs, their forecasts, and the finish times with 1, 2, 4 or 8 GPUs or nodes
    predictions.py      plan.tsv, and a log of predictions for a comparison with the actual cost

**A dry run finds the outdated jobs; there is no second set of rules for that.** Snakemake prints jobs as text, but the
log records behind the text have a field for each part, and `tracking/dry_run.py` keeps those. A dry run takes no lock,
and the rule `plan_study` has no file of the study among its inputs, so a study can be planned while it is trained.
Planning makes nothing outdated: Snakemake does not know of the log of predictions.

**Only `probes.py` imports TensorFlow.** The rule `probe_recipe` runs it once for each recipe for which this machine has
no finished job, and the rule `measure_budget` once for each run with `minutes`. A plan without probes takes a few
seconds. A probe reports the median over its steps, because the machine may be busy with something else now and then,
and it times on one core what jobs do on one core. Recipe and machine are params of the rule, so another machine
measures again. (A budget that was trained with is kept.)

**A training that would resume from a checkpoint is planned from there.** Totals of plan.tsv are in plan.html. MB are
10^6 bytes; Snakemake's benchmark files count in 2^20.

**The schedule starts every job that is ready and fits**, like Snakemake, which does not know durations either. On a
machine with a GPU, finish times are for more GPUs in it; without one, for more machines like it, each with one training
at a time. Waiting in a cluster's queue is not included.

The log keeps at most two predictions of a job, because a job that has run is in no later plan: the newest, and the
newest that is older than the job's benchmark file. The study's page compares the latter with the actual cost.
"""
