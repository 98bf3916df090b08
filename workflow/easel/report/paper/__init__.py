"""A study as a paper needs it: tables in LaTeX and CSV, methods in words, and the works to cite.

    records.py        the records that it is written from
    results.py        means with intervals, and differences from the best run
    setup.py          judges, compute and settings
    methods.py        paragraphs of methods
    tables.py         tables in LaTeX
    markup.py         running text in LaTeX and Markdown
    bibliography.py   references.yaml, BibTeX and CITATION.cff
    files.py          the names of the files
    folder.py         the files

Everything is in English. Rounded values are those of the study's page, by the same functions; CSV has all digits.
"""
