"""Tracking of changes that make a step outdated, and all knowledge about Snakemake.

fingerprint.py           the code that a step executes: file -> hash, package -> version
rerun_reasons.py         Snakemake's reasons for re-runs, in short
rule_jobs.py             the jobs of a rule in a study
changed_outputs.py       outputs that changed after their step had written them, or that a stopped job lost
snakemake_records.py     Snakemake's records, kept with the results, and its locks
snakemake_internals.py   every undocumented part of Snakemake that Easel uses
dry_run.py               the outdated jobs as JSON, from a dry run
study_states.py          whether the last Snakemake of a study is running, has finished or has failed
wildcards.py             names as a short regular expression

Each rule has two `params` that Snakemake compares, both mappings in sorted order: `spec`, its part of the
configuration, and `code`, what it executes: a hash for each of Easel's files, notebooks and template included, and
the version of each package that can change a result. Everything else that a job is given is `not_compared`. The
profiles leave Snakemake's own trigger `code`, which is the file times of scripts, out of `rerun-triggers`.
tests/workflow/test_outdated.py has a row for each kind of edit, with exactly the jobs that it makes outdated.

- A Python file counts by its syntax tree without docstrings, a notebook by its cells, a page's template by its text.
  None of them is an input file, so neither the checkout's place nor file times matter.
- A model is imported by name at run time, so its rule names it: editing the DCGAN's file retrains DCGAN runs and not
  the VAE's. A preset's `description` and `source` are not part of a training's `spec`. A download depends on the
  checksum, not on a mirror's URL or an archive's path. A folder of pictures counts by names and contents, not by its
  place.
- What a job prints, how it is stopped and which GPU it takes change no result: `fingerprint.WITHOUT_EFFECT` lists
  those files.
- Arrays are inputs marked `ancient`. The input that counts is `dataset.json`, which has their checksums and is
  compared by content. Snakemake compares the content of inputs up to 2 GB (`max-checksum-file-size`) if they are
  newer than the outputs, and the same network is always saved as the same bytes (`easel.keras_files`), so results can
  be copied without their times. Within one call, whatever follows a job that runs is run, too.
- `ancient` is only for inputs next to a compared one of the same job: Snakemake skips a job after an ancient input,
  even if it has other reasons to run, when anything before that input is outdated.

Snakemake's records of how each file was made are in `results/.snakemake/`, linked from `.snakemake/`. So results that
are moved or copied to a fresh clone are still known there, and later edits are seen.

Everybody who works on results, Snakemake or one of its jobs, holds two locks of the operating system in
`results/.snakemake/` (`easel.runtime.claims`), which are released with the process. From `in_use`, the next Snakemake
can tell whether one of Snakemake's own locks was left behind by a kill, and removes it, or whether somebody is working,
and names the process. `worked_on` keeps Snakemakes of different working folders apart, which do not see each other's
locks: the second exits and names the first.
"""
