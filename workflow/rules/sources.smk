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
    "project": lambda wildcards: STUDY.runs[wildcards["run"]].settings.project,
}
"""Rule -> a function of a job's wildcards that gives its sources; "" is one that is not on this machine."""


def check_sources(record):
    """Exit before the first job if the source of any is out of reach."""
    if not snakemake_internals.is_count_of_jobs(record):
        return
    jobs = snakemake_internals.wildcards_of_jobs(workflow)
    needed = {path: rule for rule, wildcards in jobs if rule in SOURCES for path in SOURCES[rule](wildcards) if path}
    known = files_before(CONTENTS)
    problems = [
        f"{path} {why}, and {rule} has to read it."
        for path, rule in needed.items()
        if (why := out_of_reach(path, known if rule == "prepare_folder" else ()))
    ]
    if problems:
        less = " or take it out of the study" if "project" in needed.values() else ""
        remedy = f"Nothing has been run or deleted. Bring it back or name its new path{less}, then repeat the command."
        sys.exit("\n".join([*sorted(problems), remedy]))


snakemake_internals.see_log_records(check_sources)
