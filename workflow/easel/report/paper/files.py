"""The names of the files of results/<study>/paper/, for the rule that makes them: it reads no tables and no methods."""

CHAPTERS = ("methods", "results", "differences", "judges", "compute", "settings")
"""The .tex files that paper.tex puts together, in its order."""
TABLES = ("results", "agreement", "judges", "compute", "settings")
"""The .csv files."""
FILES = (
    "paper.tex", *(f"{name}.tex" for name in CHAPTERS), *(f"{name}.csv" for name in TABLES), "methods.md",
    "references.bib", "CITATION.cff",
)  # fmt: skip
"""Everything that `write_paper` writes."""
