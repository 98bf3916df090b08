"""Reports: the pages of runs, of studies and of plans.

A page is a notebook that papermill has executed: its cells call the functions of cells.py, and a section without any
output is left out. The plan's page is composed of the same building blocks without a notebook. A page is one file that
loads nothing else. Nothing here imports TensorFlow. This file imports nothing, so that a module that draws nothing can
be imported without matplotlib.

    cells.py          the functions that the notebooks call
    load.py           results files of a run and of a study
    page/             building blocks: HTML, number formats, styles, SVG, legends
    figures/          figures and grids of images, one file a kind
    tables/           tables, page headers and sentences, one file a subject
    plan_page.py      the page of a plan
    preview_page.py   the page of a dataset before anything is trained
    model_card.py     README.md of an exported run
    paper/            tables and methods for a paper
    overview.py       all studies of a results folder
    studies_page.py   the list of them
    rendering.py      notebook to page: execution, sections in all languages, nbconvert template
    links.py          links between pages inside Snakemake's own report
    embedding.py      files inside a page, which its notebook only names

Curves are SVG, which inherits the page's fonts and colours and so follows light and dark mode. Grids of images are PNG
at one file pixel per image pixel, enlarged by the browser without smoothing.

Everything is readable without JavaScript and on paper: training progress as a row of pictures, the latent plane as a
grid, tables in their initial order. `notebooks/template/*.js` adds sliders, an explorable latent plane and sortable
columns, and lets a reader draw with the run's network, for mouse, touch and keyboard. tests/browser opens the pages in
Chromium without a connection and runs axe-core, an accessibility checker, on them.

Languages: a page holds every language and shows the reader's, so that one file can be passed on. `say("key", n=4)`
returns a `Text`: the English string, which carries its translations along. `element` and `svg` put all of them into
markup, attributes and figures. An f-string would lose them, so formatting a `Text` raises TypeError. Results files hold
data, and settings and dataset problems have their English text in the code; their sentences are made here, when a page
is rendered. To add a language, add `<tag>.yaml` to easel/texts/; keys that it lacks fall back to English, and a test
lists them. Numbers and units are the same in every language.

Series differ in dashes, markers and hatching as well as in colour. tests/report/page/test_style.py computes the
distances between the colours for each colour vision deficiency, and their contrast with the page, light and dark.
"""
