"""results/report.html: every study of a results folder, to find experiments again and to compare them.

`python -m easel.report.studies_page` writes it again, as Snakemake does whenever it has worked on a study.
"""

import fcntl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from easel.report.figures.thumbnails import thumbnail
from easel.report.overview import UNREADABLE, Leader, State, StudyOverview, read_overview
from easel.report.page.html import Html, element, fragment, paragraph, sort_value, table
from easel.report.page.numbers import format_value, joined_with_commas
from easel.report.page.sampling_notes import format_image_count
from easel.report.rendering import compose
from easel.report.tables.agreement import kind_of_verdict
from easel.runtime.files import atomic
from easel.texts import Text, say
from easel.tracking.fingerprint import ROOT

PAGE = "report.html"
TEMPLATE = ROOT / "notebooks" / "template"
MAX_PICTURES = 100  # of the studies that changed last; a page of more would be slow to open
MAX_RUNS = 6  # names of runs that are listed; of the rest only their number
MAX_DESCRIPTION = 200  # characters


def write_studies_page(results: Path) -> None:
    """Write the list of studies of a results folder. Raises OSError where it cannot be written."""
    with one_at_a_time(results):
        page = compose(say("studies.title"), "studies", {"": [studies_page(read_overview(results))]}, TEMPLATE)
        with atomic(results / PAGE) as partial:
            partial.write_text(page, encoding="utf-8")


@contextmanager
def one_at_a_time(results: Path) -> Iterator[None]:
    """Wait for another process that writes the page, so that the one that reads last also writes last."""
    folder = results / ".snakemake" / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "page.lock", "w", encoding="utf-8") as lock:
        with suppress(OSError):  # the file system has no locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def studies_page(studies: Sequence[StudyOverview]) -> Html:
    """The whole page: a header, and a row for each study."""
    now = format_time(datetime.now(UTC))
    if not studies:
        return header(say("studies.none", time=now))
    names = ("study", "samples", "score", "runs", "changed", "state")
    rows = [row_if_readable(study, with_picture=i < MAX_PICTURES) for i, study in enumerate(studies)]
    whole = table([say(f"studies.{name}") for name in names], rows, sortable=True)
    return fragment(header(say("studies.lead", time=now)), element("div", whole, class_="studies"))


def header(lead: Text) -> Html:
    """The title and what the page is."""
    return element("header", element("h1", say("studies.title")), paragraph(lead, class_="lead"))


def row_if_readable(study: StudyOverview, with_picture: bool) -> list[object]:
    """`row`; without numbers and picture, if they lack what another version of Easel would have written."""
    try:
        return row(study, with_picture)
    except UNREADABLE:
        return row(replace(study, leader=None, state=State.DAMAGED), with_picture=False)


def row(study: StudyOverview, with_picture: bool) -> list[object]:
    """The cells of a study's row."""
    picture = study.picture if with_picture else None
    alt = say("studies.samples_of", study=study.name)
    return [
        name_cell(study),
        (picture and thumbnail(picture.file, picture.columns, alt)) or "",
        score_cell(study.leader) if study.leader else "",
        runs_cell(study),
        sort_value(format_time(study.changed), study.changed.timestamp()),
        state_cell(study),
    ]


def name_cell(study: StudyOverview) -> Html:
    """The study's title with a link to its page, its name if that is another, and the start of its description."""
    title = study.title or study.name
    linked = element("a", title, href=f"{study.name}/{PAGE}") if study.has_page else title
    about = [] if title == study.name else [study.name]
    about += [study.dataset] if study.dataset else []
    text = study.description
    short = text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1]}…"
    return fragment(linked, *(element("div", line, class_="about") for line in (" · ".join(about), short) if line))


def score_cell(leader: Leader) -> Html:
    """The leading run's FID, and what it is of: run, judge, number of samples, and whether it is the best."""
    column, mean = leader.column, leader.mean
    value = sort_value(format_value(mean["mean"], leader.half_width), mean["mean"])
    of = say(
        "studies.score_of",
        run=leader.run,
        judge=column["judge"],
        samples=format_image_count(column, "sample"),
    )
    return fragment(value, element("div", of, class_="about"), element("div", rank(leader), class_="about"))


def rank(leader: Leader) -> Text:
    """Whether the leading run is significantly better than all others, as its study's page says it."""
    return say(f"studies.ranks.{kind_of_verdict(leader.agreed) if leader.agreed else 'alone'}")


def runs_cell(study: StudyOverview) -> Html | str:
    """The number of runs and of seeds, and the names of the first runs."""
    if not study.runs:
        return ""
    runs = say("studies.count_of_runs", n=len(study.runs))
    if study.seeds:
        number = say("studies.with_seeds", runs=runs, seeds=say("counted.seed", n=study.seeds))
    else:
        number = say("studies.with_trainings", runs=runs, trainings=say("counted.training", n=study.trainings))
    names: list[str] = list(study.runs[:MAX_RUNS])
    if len(study.runs) > MAX_RUNS:
        names.append(say("studies.more_runs", n=len(study.runs) - MAX_RUNS))
    return fragment(number, element("div", joined_with_commas(names), class_="about"))


def state_cell(study: StudyOverview) -> Html:
    """The state of a study, and where to look if it is not the best one."""
    name = element("span", say(f"studies.states.{study.state}.name"), class_=f"state {study.state}")
    if study.state is State.FINISHED:
        return name
    logs = element("code", f"logs/{study.name}/")
    return fragment(name, element("div", say(f"studies.states.{study.state}.meaning", logs=logs), class_="about"))


def format_time(time: datetime) -> str:
    """A time on this machine's clock, to the minute: `2026-11-30 14:05`."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def main(results: str = "results") -> int:
    """Write the list of a folder that is there. Returns the exit code."""
    if not Path(results).is_dir():
        print(f"there is no folder {results}: run this in the checkout, or name the folder of results", file=sys.stderr)
        return 1
    write_studies_page(Path(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
