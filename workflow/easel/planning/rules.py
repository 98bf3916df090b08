"""The table of the workflow's rules: the stage of each, and the kind of work that its jobs do.

The kind of work decides how a job's cost is estimated (`costs.py`: a rule of thumb) and forecast (`forecast.py`: from
measurements on this machine). Nothing else in `planning` and `report` names rules. A new rule gets a line here; a test
compares the table with the Snakefile.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from easel.config.judges import KINDS


class Stage(StrEnum):
    """The parts of the plan's page, each with a colour. The value is a key of the texts' `plan.stages`."""

    DATA = "data"
    TRAINING = "training"
    JUDGES = "judges"
    SAMPLES = "samples"
    REPORTS = "reports"


class Work(Enum):
    """Kinds of work, each with an estimate in `costs.py`, and most that use a network with one in `forecast.py`."""

    DOWNLOAD = auto()
    """fetch an archive of the dataset"""
    FOLDER = auto()
    """decode a folder of pictures"""
    ARRAYS = auto()
    """unpack or draw a dataset"""
    BUDGET = auto()
    """measure how fast a run trains, for its budget in minutes"""
    TRAINING = auto()
    """train a run"""
    JUDGE_ARCHIVE = auto()
    """fetch the archive of a judge"""
    JUDGE = auto()
    """train a judge, or unpack one"""
    REFERENCE = auto()
    """compute a judge's features of all real images"""
    BASELINES = auto()
    """compute every metric of two baselines from a judge's features"""
    SENSITIVITY = auto()
    """judge damaged images"""
    SNAPSHOTS = auto()
    """sample from each snapshot of a run, and compute the FID"""
    SAMPLING = auto()
    """sample from a run"""
    EXTERNAL_SAMPLES = auto()
    """read external samples"""
    RECONSTRUCTION = auto()
    """sample from an autoencoder, and encode and decode the test images"""
    EVALUATION = auto()
    """compute every metric of a run's samples"""
    PLAYER = auto()
    """round the weights of a run's networks, and draw a few samples with them"""
    PROJECTION = auto()
    """search a generator for pictures, or encode them"""
    EXPORT = auto()
    """convert a run's networks, and compare their outputs"""
    LIGHT = auto()
    """anything of a few seconds"""


@dataclass(frozen=True)
class Rule:
    """A rule of the workflow."""

    stage: Stage
    work: Work = Work.LIGHT


def rule_that_makes(kind: str) -> str:
    """The rule that makes judges of a kind."""
    return f"make_{kind}"


RULES = {
    "download": Rule(Stage.DATA, Work.DOWNLOAD),
    "prepare": Rule(Stage.DATA, Work.ARRAYS),
    "prepare_folder": Rule(Stage.DATA, Work.FOLDER),
    "draw_shapes": Rule(Stage.DATA, Work.ARRAYS),
    "draw_preview": Rule(Stage.DATA),
    "write_preview": Rule(Stage.DATA),
    "measure_budget": Rule(Stage.TRAINING, Work.BUDGET),
    "train_run": Rule(Stage.TRAINING, Work.TRAINING),
    "fetch_judge": Rule(Stage.JUDGES, Work.JUDGE_ARCHIVE),
    **{rule_that_makes(kind): Rule(Stage.JUDGES, Work.JUDGE) for kind in KINDS},
    "compute_reference": Rule(Stage.JUDGES, Work.REFERENCE),
    "judge_baselines": Rule(Stage.JUDGES, Work.BASELINES),
    "measure_sensitivity": Rule(Stage.JUDGES, Work.SENSITIVITY),
    "calibrate": Rule(Stage.JUDGES),
    "judge_snapshots": Rule(Stage.SAMPLES, Work.SNAPSHOTS),
    "sample": Rule(Stage.SAMPLES, Work.SAMPLING),
    "sample_autoencoder": Rule(Stage.SAMPLES, Work.RECONSTRUCTION),
    "import_samples": Rule(Stage.SAMPLES, Work.EXTERNAL_SAMPLES),
    "evaluate": Rule(Stage.REPORTS, Work.EVALUATION),
    "compile_player": Rule(Stage.REPORTS, Work.PLAYER),
    "project": Rule(Stage.SAMPLES, Work.PROJECTION),
    "export_run": Rule(Stage.REPORTS, Work.EXPORT),
    "compare": Rule(Stage.REPORTS),
    "report_run": Rule(Stage.REPORTS),
    "report_study": Rule(Stage.REPORTS),
    "write_manifest": Rule(Stage.REPORTS),
    "pack_crate": Rule(Stage.REPORTS),
    "write_paper": Rule(Stage.REPORTS),
    "probe_recipe": Rule(Stage.REPORTS),
    "plan_study": Rule(Stage.REPORTS),
}
"""Every rule of the workflow that makes files, in the order of the plan's page."""

OTHER = Rule(Stage.REPORTS)
"""Assumed of a rule that somebody has added to their own copy of the workflow."""


def rule(name: str) -> Rule:
    """A rule by its name."""
    return RULES.get(name, OTHER)


def script_of(work: Work) -> str:
    """The script of all rules that do some kind of work; it is named after the first of them."""
    return f"{rules_of(work)[0]}.py"


def rules_of(work: Work) -> list[str]:
    """The names of the rules that do some kind of work."""
    return [name for name, rule in RULES.items() if rule.work is work]
