# Sources: the files and folders outside results/ that jobs read, such as a folder of pictures on a disk of its own.
# Needs: every other chapter.
# Makes: nothing. Before Snakemake deletes the outputs of the jobs that it is about to run, their sources are checked.

SOURCES = {
    "prepare_folder": lambda wildcards: [STUDY.dataset.path],
    "download": lambda wildcards: [STUDY.dataset.archives[wildcards["archive"]].path],
    "fetch_judge": lambda wildcards: [
        judge.path for judge in FETCHED.values() if judge.archive == wildcards["archive"]
    ],
    "import_samples": lambda wildcards: [STUDY.external[wildcards["run"]].path],
}
"""Rule -> a function of a job's wildcards that gives its sources; "" is one that is not on this machine."""


def check_sources(record):
    """Exit before the first job if the source of any is out of reach."""
    if not snakemake_internals.is_count_of_jobs(record):
        return
    from easel.data.sources import out_of_reach

    for rule, wildcards in snakemake_internals.wildcards_of_jobs(workflow):
        for path in SOURCES[rule](wildcards) if rule in SOURCES else []:
            if path and (why := out_of_reach(path)):
                sys.exit(
                    f"{path} {why}, and {rule} has to read it again. Nothing has been run or deleted: bring it back, or "
                    f"name its new path, then repeat the command."
                )


snakemake_internals.see_log_records(check_sources)
