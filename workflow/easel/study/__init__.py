"""Reading a study: its file, the presets, datasets and judges that it names, merged and checked before any job starts.

    load.py       load_study: from config/config.yaml to a `Study`, in which every name is resolved
    resolve.py    the runs of a study: sweeps written out, presets merged with overrides
    sweeps.py     a run with lists of values stands for a run per combination
    checks.py     what no single type can check: names, local paths, classes and labels
    files.py      YAML files, checked against the types of `easel.config`
    messages.py   any mistake as one `ConfigError`: file, key, what is wrong, and the likely fix

A run's mapping is merged with its preset's as plain mappings, and only the result becomes a type, so that a default of
the type never overrides a preset's value. A preset is also checked by itself, so that a mistake in it is reported for
its own file.
"""
