"""The types of every configuration key. No file here imports anything of easel outside config/ and runtime/.

    base.py       closed mappings, names, checksums, URLs
    affects.py    effects of settings: what re-runs, what starts over, what costs
    presets.py    a file of config/presets/: a type per family
    models.py     the models: their networks, and what each takes
    sampling.py   the key `sampling`
    exports.py    the key `export`
    budgets.py    budget.json: the epochs that a run's `minutes` have become
    datasets.py   an entry of config/datasets.yaml: a type per format
    judges/       an entry of config/judges.yaml: a file per kind
    panels.py     an entry that is several judges under one name
    studies.py    a file of config/studies/, and config/config.yaml
    schema.py     JSON schemas of all these for editors, written to workflow/schemas/

A setting's docstring is its description in the JSON schemas, in editors and in a run's report, so it is one short
sentence with the unit and the meaning of the default. Its annotation says what it affects.

Snakemake builds the types again in every job, so importing them loads neither TensorFlow nor NumPy. They are spread
over files because a step's fingerprint covers the files that it imports: changing the type of a judge retrains nothing.
`easel.study` reads the YAML files and checks what a single type cannot.
"""
