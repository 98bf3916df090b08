"""What the notebooks show: figures, tables and sentences, made from the files of a run or a study.

Every function gives HTML that a notebook displays, or None where there is nothing to show. Nothing here
imports TensorFlow.
"""

from easel.report.figures.curves import overlaid_curves, training_curves
from easel.report.figures.filmstrip import filmstrip
from easel.report.figures.latent_plane import latent_plane
from easel.report.figures.network_figures import architecture
from easel.report.figures.pictures import examples, run_picture, samples_by_class
from easel.report.figures.quality import quality_over_time, snapshot_curve
from easel.report.load import read_run, read_study
from easel.report.tables.dataset_files import file_problems
from easel.report.tables.planned_vs_actual import planned_and_taken
from easel.report.tables.scores import (
    calibration_table,
    classes_table,
    comparison_tables,
    differences_table,
    factors_table,
    metrics_table,
    score_panels,
)
from easel.report.tables.settings import differing_settings, latents_of_runs
from easel.report.tables.summary import (
    cost_table,
    nearest_of_runs,
    provenance,
    run_sentences,
    run_title,
    samples_of_runs,
    settings_table,
    study_title,
)

__all__ = [
    "architecture",
    "calibration_table",
    "classes_table",
    "comparison_tables",
    "cost_table",
    "differences_table",
    "differing_settings",
    "examples",
    "factors_table",
    "file_problems",
    "filmstrip",
    "latent_plane",
    "latents_of_runs",
    "metrics_table",
    "nearest_of_runs",
    "overlaid_curves",
    "planned_and_taken",
    "provenance",
    "quality_over_time",
    "read_run",
    "read_study",
    "run_picture",
    "run_sentences",
    "run_title",
    "samples_by_class",
    "samples_of_runs",
    "score_panels",
    "settings_table",
    "snapshot_curve",
    "study_title",
    "training_curves",
]
