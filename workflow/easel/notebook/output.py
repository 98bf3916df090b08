"""What Snakemake prints, read for a notebook: steps done, jobs at work, and the error of a failed one."""

import re
from dataclasses import dataclass, field
from pathlib import Path

TIME = r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]"
JOB = re.compile(rf"^{TIME}\n(?:Job|localrule|rule) (?P<id>\d+): (?P<message>.+)$", re.MULTILINE)
FINISHED = re.compile(r"^Finished jobid: (?P<id>\d+)\b", re.MULTILINE)
FAILED = re.compile(r"^(?:Error in rule \w+|RuleException).*?^ +log: (?P<log>.+?) \(check", re.MULTILINE | re.DOTALL)
STEPS = re.compile(r"^(?P<done>\d+) of (?P<all>\d+) steps \(\d+%\) done$", re.MULTILINE)
COUNTED = re.compile(r"^total +(?P<all>\d+)$", re.MULTILINE)
NOTHING = re.compile(r"^Nothing to be done", re.MULTILINE)
PROGRESS = re.compile(
    r"^(?P<label>[^:\n]+): \d+ of \d+ \w+ \((?P<percent>\d+) %\), (?P<rate>\S+ \w+/s), (?P<left>[\d:]+) left",
    re.MULTILINE,
)
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", re.MULTILINE)
"""How a record of a job's log begins; it may go on over several lines."""
PREAMBLE = ("Using workflow specific profile", "Using profile", "Config file", "Assuming unrestricted shared")
"""Lines that Snakemake prints before it reads the study."""


@dataclass(frozen=True)
class Progress:
    """How far something with a label is, such as the training `dcgan seed 0`. said: its rate, and the time left."""

    percent: int
    said: str


@dataclass
class State:
    """What Snakemake has printed so far. nothing: was to be done. working: the messages of the jobs at work."""

    nothing: bool = False
    done: int = 0
    steps: int = 0
    working: list[str] = field(default_factory=list)
    progress: dict[str, Progress] = field(default_factory=dict)


def read(said: str) -> State:
    """Read Snakemake's output so far."""
    state = State(nothing=bool(NOTHING.search(said)))
    if steps := list(STEPS.finditer(said)):
        state.done, state.steps = int(steps[-1]["done"]), int(steps[-1]["all"])
    elif counted := COUNTED.search(said):
        state.steps = int(counted["all"])
    finished = {each["id"] for each in FINISHED.finditer(said)}
    state.working = [job["message"] for job in JOB.finditer(said) if job["id"] not in finished]
    for each in PROGRESS.finditer(said):
        state.progress[each["label"]] = Progress(int(each["percent"]), f"{each['rate']}, {each['left']} left")
    return state


def error(said: str, folder: Path) -> str:
    """Why Snakemake failed, in as few lines as that takes. folder: in which it ran."""
    if failed := FAILED.search(said):
        log = folder / failed["log"]
        return f"{last_record(log)}\nLog: {log}"
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(PREAMBLE)]
    return "\n".join(lines[-MOST_LINES:]) or "Snakemake ended without a message."


MOST_LINES = 12


def last_record(log: Path) -> str:
    """What a job's log ends with: its error; of a traceback the last line."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "A job failed, and its log cannot be read."
    *_, record = RECORD.split(text)
    if not record:
        return "A job ended without a message. Often it needed more memory than this machine has."
    if "Traceback (most recent call last)" in record:
        return record.splitlines()[-1]
    return "\n".join(record.splitlines()[:MOST_LINES])
