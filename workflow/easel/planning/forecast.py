"""The expected cost of each outdated job: from earlier jobs of its recipe, else from a probe of it, else the rule of
thumb in `costs.py`.
"""

from collections.abc import Callable

from easel.planning import judge_forecasts, run_forecasts
from easel.planning.jobs import Job
from easel.planning.knowledge import Forecast, Knowledge
from easel.planning.rules import Work, rule

FORECASTS: dict[Work, Callable[[Knowledge, Job], Forecast | None]] = {
    Work.TRAINING: run_forecasts.training,
    Work.SNAPSHOTS: run_forecasts.snapshots,
    Work.SAMPLING: run_forecasts.sampling,
    Work.RECONSTRUCTION: run_forecasts.reconstruction,
    Work.EVALUATION: run_forecasts.evaluation,
    Work.JUDGE: judge_forecasts.judge,
    Work.REFERENCE: judge_forecasts.reference,
    Work.BASELINES: judge_forecasts.baselines,
    Work.SENSITIVITY: judge_forecasts.sensitivity,
}
"""Kinds of work that are measured; any other costs what it cost before."""


def forecast(known: Knowledge, job: Job) -> Forecast:
    """The expected cost of a job."""
    measured = FORECASTS.get(rule(job.rule).work, Knowledge.as_before)
    return measured(known, job) or known.as_other_runs(job) or known.by_rule_of_thumb(job)
