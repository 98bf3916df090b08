"""The functions that the notebooks call. Each returns HTML, or None if it has nothing to show."""

from easel.report.figures.curves import overlaid_curves, training_curves
from easel.report.figures.filmstrip import filmstrip
from easel.report.figures.gallery import more_samples, study_gallery
from easel.report.figures.latent_plane import latent_plane
from easel.report.figures.network_figures import architecture
from easel.report.figures.player import network_player
from easel.report.figures.projection import projected_pictures
from easel.report.figures.quality import quality_over_time, snapshot_curve
from easel.report.figures.samples import nearest_of_all_runs, run_opening, run_picture, samples_by_class
from easel.report.figures.score_panels import score_panels
from easel.report.figures.sensitivity import sensitivity_panels
from easel.report.figures.study_player import study_player
from easel.report.figures.training_images import training_examples
from easel.report.load import read_run, read_study
from easel.report.tables.calibration import calibration_table
from easel.report.tables.classes import classes_table, factors_table
from easel.report.tables.comparison import comparison_tables
from easel.report.tables.cost import cost_table
from easel.report.tables.dataset_files import file_problems
from easel.report.tables.differences import differences_table
from easel.report.tables.headers import run_header, study_header
from easel.report.tables.latents import latents_note
from easel.report.tables.metrics import metrics_table
from easel.report.tables.notes import run_notes, study_notes
from easel.report.tables.planned_vs_actual import planned_vs_actual_table
from easel.report.tables.provenance import provenance_table
from easel.report.tables.sensitivity import sensitivity_tables
from easel.report.tables.settings import differing_settings, settings_table
from easel.report.tables.spread import spread_table
from easel.report.tables.start import start_note

__all__ = [
    "architecture",
    "calibration_table",
    "classes_table",
    "comparison_tables",
    "cost_table",
    "differences_table",
    "differing_settings",
    "factors_table",
    "file_problems",
    "filmstrip",
    "latent_plane",
    "latents_note",
    "metrics_table",
    "more_samples",
    "nearest_of_all_runs",
    "network_player",
    "overlaid_curves",
    "planned_vs_actual_table",
    "projected_pictures",
    "provenance_table",
    "quality_over_time",
    "read_run",
    "read_study",
    "run_header",
    "run_notes",
    "run_opening",
    "run_picture",
    "samples_by_class",
    "score_panels",
    "sensitivity_panels",
    "sensitivity_tables",
    "settings_table",
    "snapshot_curve",
    "spread_table",
    "start_note",
    "study_gallery",
    "study_header",
    "study_notes",
    "study_player",
    "training_curves",
    "training_examples",
]
