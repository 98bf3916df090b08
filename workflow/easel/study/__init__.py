"""Reading a study: its file, the presets, datasets and judges that it names, merged and checked before any job starts.

    load.py         load_study: from config/config.yaml to a `Study`, in which every name is resolved
    machine.py      config/config.yaml and `--config`: which study to run
    resolve.py      the runs of a study: sweeps written out, presets merged with overrides
    sweeps.py       a run with lists of values stands for a run per combination
    panels.py       the judges that stand behind a study's `judge`
    flips.py        `flip: auto` asks the dataset whether its images may be mirrored
    starts.py       the trained networks that runs start from
    projected.py    the pictures that runs project
    checks.py       what no single type can check: names, local paths, classes and labels
    folders.py      layout and pictures of a dataset that is a folder, from the names of its files
    size_checks.py  what only a job could fail at: too few images or latents, missing classes, odd samples
    external.py     external samples: their paths, and patterns that stand for a run per match
    files.py        YAML files, checked against the types of `easel.config`
    yaml_text.py    YAML as plain values, within bounds; what was probably meant where YAML reads something else
    characters.py   the characters that a text may contain
    messages.py     any mistake as one line of a `ConfigError`: file, key, what is wrong, and the likely fix
    schema_paths.py the keys of a mistake's place, and what a JSON schema allows there
    wording.py      the parts of a message: a value as written, the values that would be right

A run's mapping is merged with its preset's as plain mappings, and only the result becomes a type, so that a default of
the type never overrides a preset's value. A preset is also checked by itself, so that a mistake in it is reported for
its own file.
"""
