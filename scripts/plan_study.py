"""Plan a study on this machine: plan.tsv and plan.html."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from easel.config.base import resolved_flip
from easel.data.sizes import sizes_of
from easel.planning import predictions
from easel.planning.earlier import trainings
from easel.planning.forecast import forecast
from easel.planning.jobs import outdated
from easel.planning.knowledge import Knowledge
from easel.planning.machine import CORES, this_machine
from easel.planning.plan import Plan
from easel.report import plan_page as pages
from easel.report.links import with_report_links
from easel.report.page.numbers import NBSP
from easel.report.rendering import compose
from easel.runtime.console import job, log
from easel.runtime.files import atomic, read_json
from easel.study.load import load_study
from easel.texts import say


def plan_study(
    config: Mapping[str, Any],  # of this machine, study and threads among it
    snakefile: Path,  # in the checkout, next to profiles/ and config/
    probes: Sequence[Path],  # measurements of recipes
    table: Path,  # plan.tsv
    page: Path,  # plan.html
    template: Path,  # of the page
    results: Path = Path("results"),
) -> None:
    """Forecast the cost of every outdated job, and log the total.

    The forecasts are kept, so that the study's page can compare them with the actual cost.
    """
    root, machine = snakefile.parent, this_machine()
    study = load_study(dict(config), root)
    measured = [read_json(file) for file in probes]
    jobs = outdated(snakefile, root / "profiles" / "default", config, CORES)
    known = Knowledge(
        study=study,
        sizes=sizes_of(study.dataset, results / "datasets" / study.dataset_name),
        results=results,
        probes={file.stem: found for file, found in zip(probes, measured, strict=True)},
        trainings=trainings(results, machine, min(config["threads"], CORES)),
    )
    planned = Plan(
        study=study.name,
        title=study.title,
        jobs=jobs,
        forecasts=[forecast(known, job) for job in jobs],
        machine=machine,
        flips={name: resolved_flip(run.settings.flip) for name, run in study.runs.items()},
    )
    rows = list(planned.rows())
    html = with_report_links(
        compose(say("plan.title", study=study.title), "plan", pages.sections(planned, measured), template), page
    )
    predictions.write(table, predictions.COLUMNS, rows)
    with atomic(page) as partial:
        partial.write_text(html, encoding="utf-8")
    predictions.keep(results, study.name, rows)
    log.info("%s", pages.sentence(planned).replace(NBSP, " "))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        plan_study(
            config=snakemake.params.config,
            snakefile=snakemake.params.snakefile,
            probes=[Path(file) for file in snakemake.input.probes],
            table=Path(snakemake.output.table),
            page=Path(snakemake.output.page),
            template=snakemake.params.template,
        )
