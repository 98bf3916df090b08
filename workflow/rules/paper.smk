# The tables and the methods of a paper, on request. Included after provenance: a paper cites the manifest.
# Needs: the manifest, which comes after everything else, and the records that it lists.
# Makes: results/<study>/paper/: LaTeX, CSV, Markdown, BibTeX and CITATION.cff.

from easel.report.paper.files import FILES


rule write_paper:
    input:
        manifest="results/{study}/manifest.json",
        checksum="results/{study}/manifest.sha256",
        comparison="results/{study}/comparison.json",
        dataset=OF_STUDY["dataset"],
        trainings=of_every_training("train.json"),
        snapshot_scores=of_every_training("snapshots.json"),
        judges=[[judge_files(judge).record, judge_files(judge).check] for judge in STUDY.judges],
    output:
        [f"results/{{study}}/paper/{file}" for file in FILES],
    log:
        "results/logs/{study}/write_paper.log",
    benchmark:
        "results/benchmarks/{study}/write_paper.tsv"
    resources:
        **needs("write_paper"),
    params:
        judges=not_compared([judge_files(judge) for judge in STUDY.judges]),
        citation=not_compared(HERE / "CITATION.cff"),
        code=code_of(
            "write_paper.py",
            "workflow/easel/report/paper/references.yaml",
            "workflow/easel/texts/en.yaml",
            "CITATION.cff",
        ),
    message:
        "Writing tables and methods of {wildcards.study} for a paper"
    script:
        "../../scripts/write_paper.py"
