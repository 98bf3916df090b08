# The list of studies. Included last: its handlers run when Snakemake has finished.
# Needs: nothing. Whatever is in results/ is listed.
# Makes: results/report.html, and results/.snakemake/studies/: how the last Snakemake of each study ended.
# Not by a rule: it shows every study, whichever one Snakemake works on, and no result depends on it.

from easel.tracking.study_states import RunState, note_run


def list_studies(state):
    """Note the state of this study, and write the list of all. Whatever fails here does not fail the study."""
    if STUDY.name not in AT_WORK:
        return
    try:
        from easel.report.studies_page import write_studies_page  # half a second, which a dry run should not take

        note_run(RESULTS, STUDY.name, state)
        write_studies_page(RESULTS)
    except Exception as error:
        print(f"Easel: {RESULTS}/report.html, the list of studies, was not written: {error}", file=sys.stderr)


onsuccess:
    list_studies(RunState.FINISHED)
    if (page := RESULTS / STUDY.name / "report.html") in PLANNED:
        print(f"Easel: the report is {page}", file=sys.stderr)


onerror:
    list_studies(RunState.FAILED)
