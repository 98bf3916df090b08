"""The types of every configuration key, a file per kind of file under config/.

Building them imports nothing slow, because Snakemake builds them again in every job. A training depends on the types of
presets and not on those of judges: what is apart here is apart in what makes a step outdated. `easel.study` reads the
files; `workflow/schemas/` holds the JSON schemas made from these types.
"""
