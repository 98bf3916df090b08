"""Snakemake's internals that Easel uses, against the installed Snakemake."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.common import get_report_id
from snakemake.io import PeriodicityDetector
from snakemake.jobs import Reason
from snakemake.persistence import ParamsChange
from snakemake.persistence.file import FilePersistence
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

from easel.config.base import repeated_end
from easel.tracking import snakemake_internals
from easel.tracking.rerun_reasons import describe_reason

ROOT = Path(__file__).parents[2]
SNAKEFILE = """\
import json, sys
from pathlib import Path
from easel.tracking import snakemake_internals as internals

sys.executable = str(Path("my python").resolve())
internals.allow_spaces_in_python()
internals.allow_spaces_in_python()  # a Snakefile may be read twice

def note(record):
    if internals.is_lock_exception(record):
        print("LOCKED", file=sys.stderr)
    if internals.is_count_of_jobs(record):
        print("JOBS", json.dumps(internals.wildcards_of_jobs(workflow)), file=sys.stderr)
        if config.get("stop"):
            sys.exit("stopped before any job")

internals.see_log_records(note)

onstart:
    print("RUN", json.dumps(internals.jobs_to_run(workflow)), file=sys.stderr)

rule all:
    input: "a/1.txt", "b", "c"

rule fill:
    output: directory("b")
    run: shell("mkdir -p b")

rule script:
    output: "c"
    script: "script.py"

rule make:
    output: "a/{n}.txt"
    benchmark: "a/{n}.tsv"
    threads: 2
    resources: gpu=1
    wildcard_constraints: n="[0-9]"
    params: code={"a.py": "01"}, late=lambda wildcards: wildcards.n
    run: shell("ls .snakemake/locks >{output}")  # `run` starts a process of its own

seen = {
    "main": internals.is_main_process(workflow),
    "cores": internals.cores(workflow),
    "rules": internals.rules_with_output(workflow),
    "wildcards": sorted(internals.wildcard_names(workflow, "make")),
    "constraints": internals.wildcard_constraints(workflow, "make"),
    "code": internals.params_of(workflow, "make")["code"],
    "cluster": internals.runs_on_cluster(workflow),
    "forbidden": [name for name in ("gpu", "mem_mb", "disk_mb") if internals.forbids(workflow, name)],
    "late": callable(internals.params_of(workflow, "make")["late"]),
}
internals.when_prepared(
    workflow, lambda: print("RECORDED", json.dumps(internals.recorded_params(workflow, "a/1.txt")), file=sys.stderr)
)
print("SEEN", json.dumps(seen), file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder with a small workflow."""
    monkeypatch.chdir(tmp_path)
    Path("Snakefile").write_text(SNAKEFILE)
    Path("script.py").write_text("open(snakemake.output[0], 'w').close()")
    Path("my python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"')
    Path("my python").chmod(0o755)
    return tmp_path


def python(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def test_a_snakefile_reads_the_workflow_and_leaves_records(folder):
    done = python("snakemake", "--cores", "3", "--resources", "gpu=0", "mem_mb=100")
    assert done.returncode == 0, done.stdout
    in_main, *in_jobs = [json.loads(line) for line in re.findall(r"^SEEN (.*)$", done.stdout, re.MULTILINE)]
    assert in_main == {
        "main": True, "cores": 3, "rules": ["fill", "script", "make"], "wildcards": ["n"],
        "constraints": {"n": "[0-9]"}, "code": {"a.py": "01"}, "late": True,
        "cluster": False, "forbidden": ["gpu"],
    }  # fmt: skip
    assert [job["main"] for job in in_jobs] == [False, False]
    (to_run,) = [dict(json.loads(line)) for line in re.findall(r"^RUN (.*)$", done.stdout, re.MULTILINE)]
    assert to_run == {"all": [], "fill": ["b"], "script": ["c"], "make": ["a/1.txt", "a/1.tsv"]}
    assert [path.name for path in Path("b").iterdir()] == [snakemake_internals.FOLDER_TIMESTAMP]
    for name in snakemake_internals.RECORDS:
        assert (snakemake_internals.OWN_FOLDER / name).is_dir()
    assert [path for path in (snakemake_internals.OWN_FOLDER / "metadata").rglob("*") if path.is_file()]
    assert ".lock" in Path("a/1.txt").read_text()
    assert "RECORDED []" in done.stdout
    again = python("snakemake", "--cores", "3", "--dry-run").stdout
    (recorded,) = re.findall(r"^RECORDED (.*)$", again, re.MULTILINE)
    assert sorted(json.loads(recorded), key=str) == ["1", {"a.py": "01"}]
    assert Path(".snakemake/locks") == snakemake_internals.LOCKS


@pytest.mark.parametrize(("executor", "submits"), [("local", False), ("dryrun", False), ("slurm", True)])
def test_a_cluster_is_where_jobs_are_submitted(executor, submits):
    workflow = SimpleNamespace(executor_plugin=ExecutorPluginRegistry().get_plugin(executor))
    assert snakemake_internals.submits_jobs(workflow) is submits
    assert not snakemake_internals.submits_jobs(SimpleNamespace(executor_plugin=None))  # the Snakefile is being read


@pytest.mark.parametrize("how", [["--dry-run"], ["--forceall", "--quiet", "all"]])
def test_jobs_are_known_before_outputs_are_deleted(folder, how):
    Path("a").mkdir()
    Path("a/1.txt").touch()
    done = python("snakemake", "--cores", "3", *how, "--config", "stop=1")
    assert done.returncode == 1
    assert done.stdout.rstrip().endswith("stopped before any job")
    (jobs,) = re.findall(r"^JOBS (.*)$", done.stdout, re.MULTILINE)
    assert ["fill", {}] in json.loads(jobs)
    assert (["make", {"n": "1"}] in json.loads(jobs)) == ("--forceall" in how)
    assert Path("a/1.txt").exists()
    assert not list(snakemake_internals.LOCKS.glob("*"))


def test_touching_runs_no_job(folder):
    Path("a").mkdir()
    Path("a/1.txt").touch()
    Path("b").mkdir()
    assert "JOBS []" in python("snakemake", "--cores", "3", "--forceall", "--touch", "--config", "stop=1").stdout


def test_a_lock_is_recognised(folder):
    snakemake_internals.LOCKS.mkdir(parents=True)
    (snakemake_internals.LOCKS / "0.output.lock").write_text("a/1.txt\n")
    done = python("snakemake", "--cores", "1")
    assert done.returncode == 1
    assert "LOCKED" in done.stdout


def test_the_jobs_of_a_dry_run_are_kept(folder):
    done = python("easel.tracking.dry_run", "jobs", "--cores", "3")
    assert done.returncode == 0, done.stdout
    assert "RUN" not in done.stdout  # a dry run starts nothing
    make = next(job for job in map(json.loads, Path("jobs").read_text().splitlines()) if job["rule"] == "make")
    assert make == {
        "rule": "make", "wildcards": {"n": "1"}, "reason": "Missing output files: a/1.txt", "inputs": [],
            "reasons": [{"kind": "missing_output", "file": "a/1.txt"}],
        "outputs": ["a/1.txt"], "benchmark": "a/1.tsv", "threads": 2, "gpus": 1,
    }  # fmt: skip
    assert not Path("a").exists()


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\xff", b"[1]", b"5", b'{"rule": {}}', b"[" * 100_000, b'{"ru'])
def test_a_damaged_record_reads_as_one_with_other_params(folder, content):
    workflow = SimpleNamespace(_prepare_dag=lambda: None, persistence=FilePersistence(), executor_plugin="local")
    snakemake_internals.read_records_with_care(workflow)
    workflow._prepare_dag()
    assert workflow.persistence._read_record("a/1.txt") is None
    workflow.persistence._clear_cache()
    Path(workflow.persistence._record_path(workflow.persistence._metadata_path, "a/1.txt")).write_bytes(content)
    record = workflow.persistence._read_record("a/1.txt")
    assert record.params == [snakemake_internals.DAMAGED_RECORD]
    workflow.executor_plugin = None  # as when Snakemake makes a report, which takes no record without a rule
    workflow.persistence._clear_cache()
    assert workflow.persistence._read_record("a/1.txt") is None


def reason(**parts) -> str:
    """The reason for a job as Snakemake prints it."""
    found = Reason()
    for name, value in parts.items():
        setattr(found, name, value)
    return str(found)


def test_changed_params_are_found_in_a_reason():
    change = ParamsChange({"{'a': 1}"}, {"{'a': 2}"})
    assert describe_reason(reason(params_changed=change)) == "a was 1, and is now 2"
    assert describe_reason(reason(params_changed=ParamsChange(set(), {"{'a': 2}"}))) == "a is now 2"
    both = reason(params_changed=change, software_stack_changed=True)
    assert describe_reason(both) == f"a was 1, and is now 2{snakemake_internals.REASON_ENDS[0]}"


@pytest.mark.parametrize("kind", ["missing_output", "updated_input", "incomplete_output", "updated_input_run"])
def test_files_are_found_in_a_reason(kind):
    said = reason(**{f"_{kind}": {f"results/{number}" for number in range(8)}})
    assert any(said.startswith(f"{known}: ") for known in snakemake_internals.REASONS_WITH_FILES)
    assert describe_reason(said).endswith("results/5 and 2 more")


def test_a_files_place_in_the_report_is_its_id():
    page = "results/s/a/seed-0/report.html"
    assert snakemake_internals.place_in_report(page) == f"{get_report_id(page)[:16]}/report.html"


def test_no_other_file_uses_internals():
    """`rules` and `workflow` have many attributes; a Snakefile may use those that Snakemake documents."""
    documented = r"workflow\.basedir\b"
    used = re.compile(
        r"\bworkflow\.(?!snakemake)[a-z_]+|snakemake\.(logging|persistence|jobs|cli)\b|\.snakemake(/locks|_timestamp)"
    )
    chapters = [ROOT / "Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]
    library = [path for path in (ROOT / "workflow/easel").rglob("*.py") if path.name != "snakemake_internals.py"]
    for path in [*chapters, *library, *(ROOT / "scripts").glob("*.py")]:
        code = re.sub(r'^report: ".*"$|#.*', "", path.read_text(), flags=re.MULTILINE)
        found = [match[0] for match in used.finditer(code) if not re.fullmatch(documented, match[0])]
        assert not found, f"{path}: {found}"


@pytest.mark.parametrize("part", ["a", "ab", "-1", "a.b", "x" * 5, "aab"])
@pytest.mark.parametrize("times", [1, 19, 20, 21, 40, 100])
def test_a_name_that_snakemake_takes_for_a_rule_that_feeds_itself_is_no_name(part, times):
    for name in (part * times, f"run-{part * times}", f"{part * times}-end", "b" + part * times):
        assert bool(repeated_end(name)) == bool(PeriodicityDetector().is_periodic(name)), name
