"""Reports: the functions that the notebooks call. Each returns HTML, or None if it has nothing to show.

A page is a notebook that papermill has executed: its cells call the functions below, and a section without any output
is left out. The plan's page is composed of the same building blocks without a notebook. A page is one file that loads
nothing else. Nothing here imports TensorFlow.

    load.py           results files of a run and of a study
    page/             building blocks: HTML, number formats, styles, SVG, legends
    figures/          figures and grids of images, one file a kind
    tables/           tables, page headers and sentences, one file a subject
    plan_page.py      the page of a plan
    rendering.py      notebook to page: execution, sections in all languages, nbconvert template
    links.py          links between pages inside Snakemake's own report

Curves are SVG, which inherits the page's fonts and colours and so follows light and dark mode. Grids of images are PNG
at one file pixel per image pixel, enlarged by the browser without smoothing.

Everything is readable without JavaScript and on paper: training progress as a row of pictures, the latent plane as a
grid, tables in their initial order. `notebooks/template/*.js` adds sliders, an explorable latent plane and sortable
columns, for mouse, touch and keyboard. tests/browser opens the pages in Chromium without a network and runs axe-core,
an accessibility checker, on them.

Languages: a page holds every language and shows the reader's, so that one file can be passed on. `say("key", n=4)`
returns a `Text`: the English string, which carries its translations along. `element` and `svg` put all of them into
markup, attributes and figures. An f-string would lose them, so formatting a `Text` raises TypeError. Results files hold
data, and settings and dataset problems have their English text in the code; their sentences are made here, when a page
is rendered. To add a language, add `<tag>.yaml` to easel/texts/; keys that it lacks fall back to English, and a test
lists them. Numbers and units are the same in every language.

Series differ in dashes, markers and hatching as well as in colour. tests/report/page/test_style.py computes the
distances between the colours for each colour vision deficiency, and their contrast with the page, light and dark.
"""

from easel.report.figures.curves import overlaid_curves, training_curves
from easel.report.figures.filmstrip import filmstrip
from easel.report.figures.latent_plane import latent_plane
from easel.report.figures.network_figures import architecture
from easel.report.figures.quality import quality_over_time, snapshot_curve
from easel.report.figures.samples import nearest_of_all_runs, run_picture, samples_by_class, samples_of_all_runs
from easel.report.figures.score_panels import score_panels
from easel.report.figures.training_images import training_examples
from easel.report.load import read_run, read_study
from easel.report.tables.calibration import calibration_table
from easel.report.tables.classes import classes_table, factors_table
from easel.report.tables.comparison import comparison_tables, differences_table
from easel.report.tables.cost import cost_table
from easel.report.tables.dataset_files import file_problems
from easel.report.tables.headers import run_header, study_header
from easel.report.tables.latents import latents_note
from easel.report.tables.metrics import metrics_table
from easel.report.tables.planned_vs_actual import planned_vs_actual_table
from easel.report.tables.provenance import provenance_table
from easel.report.tables.run_summaries import run_summaries
from easel.report.tables.settings import differing_settings, settings_table

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
    "nearest_of_all_runs",
    "overlaid_curves",
    "planned_vs_actual_table",
    "provenance_table",
    "quality_over_time",
    "read_run",
    "read_study",
    "run_header",
    "run_picture",
    "run_summaries",
    "samples_by_class",
    "samples_of_all_runs",
    "score_panels",
    "settings_table",
    "snapshot_curve",
    "study_header",
    "training_curves",
    "training_examples",
]
