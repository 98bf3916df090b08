"""The speedrun's commands; README.md beside this file says what they are for."""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[0] = str(ROOT)  # `python benchmarks/speedrun` puts its own folder there

from easel.runtime.errors import EaselError  # noqa: E402


def run(asked: argparse.Namespace) -> int:
    """Train an entry at a budget, and judge it, by the workflow."""
    from benchmarks.speedrun import running

    results = running.run(attempt_asked(asked), place(asked), asked.seeds)
    print(f"\nResults: {results}\nNext: python -m benchmarks.speedrun check {results}")
    return 0


def panel(asked: argparse.Namespace) -> int:
    """Make the panel's judges, and train nothing."""
    from benchmarks.speedrun import rules, running

    print(f"\nJudges: {running.make_panel(rules.read_rules(asked.rules), place(asked))}")
    return 0


def check(asked: argparse.Namespace) -> int:
    """Check that results keep every rule; exit with code 1 if one is broken."""
    from benchmarks.speedrun import checks

    return report(checks.check(asked.results, attempt_of_results(asked)))


def add(asked: argparse.Namespace) -> int:
    """Check results, and add them to the records and to the tables of README.md."""
    from benchmarks.speedrun import checks, records

    attempt = attempt_of_results(asked)
    if code := report(checks.check(asked.results, attempt)):
        return code
    record = records.record_of(asked.results, attempt, records.clean_commit())
    records.write_tables(records.add(record, asked.records), asked.page)
    return 0


def level(asked: argparse.Namespace) -> int:
    """Print the smallest budget at which an entry reaches another's level by every judge."""
    from benchmarks.speedrun import records

    known = records.read(asked.records)
    goal = records.find(known, asked.of, asked.at)
    if goal is None:
        raise EaselError(f"{asked.records}: no record of '{asked.of}' at {asked.at}; run, check and add it first")
    print(records.level_table(known, asked.entry, goal))
    reached = records.smallest_budget(known, asked.entry, goal)
    print(f"\n{asked.entry} reaches the level of {asked.of} at {asked.at} by every judge: ", end="")
    print(f"at {reached} seconds of each core" if reached else "at none of its budgets")
    return 0 if reached else 1


def judge(asked: argparse.Namespace) -> int:
    """Print FID, precision and recall of any samples by every judge."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or TensorFlow notes that there is no GPU
    from benchmarks.speedrun import judging

    from easel.runtime.cpu import multiply_with
    from easel.runtime.files import write_json
    from easel.training.devices import use_devices

    use_devices(asked.threads, label="judging")
    multiply_with(asked.threads)
    folders = judging.judge_folders(asked.judges, asked.by)
    samples = {str(source): judging.images_of(source, asked.samples) for source in asked.sources}
    found = {name: judging.judged(folder, samples, asked.only_fid) for name, folder in folders.items()}
    print(judging.table(found))
    if asked.json:
        scores = {name: {of: each._asdict() for of, each in by.items()} for name, by in found.items()}
        write_json(asked.json, {"samples": asked.samples, "judges": scores})
    return 0


# --- what the commands share ---------------------------------------------------------------------------


def attempt_asked(asked: argparse.Namespace):
    """The entry at the budget that the command line names."""
    from benchmarks.speedrun import rules

    return rules.read_attempt(asked.entry, asked.budget, rules.read_rules(asked.rules), asked.entries)


def place(asked: argparse.Namespace):
    """Where Snakemake runs."""
    from benchmarks.speedrun import running

    return running.Place(asked.directory, asked.archive, asked.dry_run, asked.threads)


def attempt_of_results(asked: argparse.Namespace):
    """The entry and budget that the results on the command line are of."""
    from benchmarks.speedrun import rules

    return rules.attempt_of(asked.results, rules.read_rules(asked.rules), asked.entries)


def report(findings) -> int:
    """Print whether each rule is kept. Returns the exit code."""
    for finding in findings:
        print(f"{'kept  ' if finding.kept else 'BROKEN'} {finding.rule}: {finding.said}")
    broken = sum(not finding.kept for finding in findings)
    print(f"{broken} of {len(findings)} rules broken" if broken else f"All {len(findings)} rules kept")
    return int(broken > 0)


def command_line() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speedrun", description=__doc__.partition(";")[0])
    parser.add_argument("--rules", type=Path, default=HERE / "rules.yaml", help="by default rules.yaml beside this")
    parser.add_argument("--entries", type=Path, default=HERE / "entries", help="the folder of entries, likewise")
    parser.add_argument("--records", type=Path, default=HERE / "records.json", help="the file of records, likewise")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add_command(function, **defaults) -> argparse.ArgumentParser:
        command = commands.add_parser(function.__name__, help=function.__doc__, description=function.__doc__)
        command.set_defaults(command=function, **defaults)
        return command

    for function in (run, panel):
        command = add_command(function)
        if function is run:
            command.add_argument("entry", metavar="ENTRY", help="a file of entries/, without .yaml")
            command.add_argument("--budget", type=int, required=True, help="seconds of each core, such as 600")
            command.add_argument("--seeds", type=int, nargs="+", default=(), help="for a trial; records need them all")
        command.add_argument("--archive", type=Path, help="the dataset's archive; by default it is downloaded")
        command.add_argument("--directory", type=Path, default=ROOT, help="in which results/ lies")
        command.add_argument("--threads", type=int, help="of a training; by default all cores. 1: two side by side")
        command.add_argument("--dry-run", action="store_true", help="say which jobs would run, and run none")
    for function in (check, add):
        command = add_command(function)
        command.add_argument("results", type=Path, metavar="RESULTS", help="such as results/speedrun-fast_cpu-600")
        if function is add:
            command.add_argument("--page", type=Path, default=HERE / "README.md", help="the page with the tables")
    command = add_command(level)
    command.add_argument("entry", metavar="ENTRY")
    command.add_argument("--of", default="fast_cpu", metavar="ENTRY", help="whose record is the level")
    command.add_argument("--at", type=int, default=600, metavar="BUDGET", help="the budget of that record")

    command = add_command(judge)
    command.add_argument("sources", nargs="+", type=Path, metavar="SAMPLES", help=".npz files, or folders of trainings")
    command.add_argument("--judges", type=Path, default=ROOT / "results/judges/cifar10", help="the dataset's judges")
    command.add_argument(
        "--by", nargs="+", default=(), metavar="NAME", help="judges there; by default all but held_out"
    )
    command.add_argument("--samples", type=int, default=10_000, metavar="N", help="images that are judged of each")
    command.add_argument("--only-fid", action="store_true", help="leave out precision and recall, which take longer")
    command.add_argument("--threads", type=int, default=2)
    command.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    return parser


if __name__ == "__main__":
    asked = command_line().parse_args()
    try:
        sys.exit(asked.command(asked))
    except EaselError as error:
        sys.exit(str(error))
