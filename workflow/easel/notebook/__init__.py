"""What the cells of notebooks/colab.ipynb call: `Session`.

It runs in the Python of the notebook, which has none of Easel's packages: it needs the standard library and IPython,
and on Colab google.colab. Easel itself runs in .venv, in processes of its own.

hosts.py       Colab, Kaggle or another Jupyter: Google Drive, uploads, downloads, and whether there is a GPU
places.py      where results are kept, and the folder in which Snakemake runs
commands.py    make and Snakemake, as processes that the notebook's stop button stops
studies.py     the study that a choice stands for, and its file
pictures.py    a folder or an archive of one's own pictures, as a study
output.py      what Snakemake prints: steps done, jobs at work, the error of a failed one
progress.py    pictures and progress bars while a study runs
pages.py       a study's report inside the notebook
archive.py     a study's results in one file
session.py     the cells
"""
