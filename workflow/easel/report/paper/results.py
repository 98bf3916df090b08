"""Tables of results: means with intervals, and differences from the best run; as CSV, every value unrounded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from easel.evaluation.comparison import Interval, mean_of
from easel.metrics.catalogue import BASELINES, COMPARABLE_KEYS, SAMPLING_KEYS
from easel.report.load import StudyResults
from easel.report.page.measurements import measured_texts
from easel.report.page.numbers import format_rounded, joined_sentences, joined_with_semicolons, rounded
from easel.report.page.plain import english
from easel.report.page.records import record_sentence
from easel.report.page.sampling_notes import format_image_count
from easel.report.paper.tables import DASH, Cell, Notes, PaperTable, label_of
from easel.report.tables.agreement import best_in
from easel.report.tables.collapse_notice import seeds_sentence
from easel.report.tables.comparison import (
    baselines_like,
    column_groups,
    ranked,
    references,
)
from easel.report.tables.differences import format_span
from easel.report.tables.judge_notice import fids_of_samples
from easel.report.tables.metric_rows import belongs_to, group_rows, judge_description, mean_with_interval
from easel.report.tables.metric_texts import FOLDED_TABLES, MAIN_TABLE, image_kind, metric_title, metric_with_arrow
from easel.report.tables.spread import deviation, percent
from easel.texts import Text, format_number, say

LABEL_KEYS = ("judge", "n", "likelihood", *SAMPLING_KEYS)
"""What tells the tables of one subject apart."""

PIXELS = "pixels"
"""Stands for the judge of metrics that compare pixels."""

# --- means ---------------------------------------------------------------------------------------------


def result_tables(study: StudyResults) -> list[PaperTable]:
    """The tables of the study's page, in its order: one for each judge and number of images, rounded like there."""
    return [
        result_table(study, subject, columns)
        for subject in (MAIN_TABLE, *FOLDED_TABLES)
        for columns in column_groups(study, subject)
    ]


def result_table(study: StudyResults, subject: str, columns: Sequence[dict]) -> PaperTable:
    """Some of the metrics by one judge with the same number of images. subject: of the tables in the catalogue."""
    by_run = {run["run"]: run for run in (*study.runs, *study.external)}
    means = [{run["run"]: run for run in column["runs"]} for column in columns]
    runs = [name for name in ranked(columns[0], by_run) if any(name in of_column for of_column in means)]
    baselines = baselines_like(study, columns)
    notes = Notes()
    usual = usual_interval(means)
    seeds = {name: max(each[name]["seeds"] for each in means if name in each) for name in runs}

    names = [Cell(name, collapse_mark(by_run[name], notes)) for name in runs]
    header, cells = [Cell(""), Cell(english(say("paper.columns.seeds")))], []
    for column, of_column in zip(columns, means, strict=True):
        texts = texts_by_run(column, of_column, by_run, seeds, usual)
        common = set.intersection(*map(set, texts.values()))
        header.append(Cell(english(metric_with_arrow(column["metric"])), letters(notes, common, texts)))
        values = [mean_with_interval(of_column[name], column["n"]) if name in of_column else None for name in runs]
        values += [of_baseline.get(column["metric"]) for of_baseline in baselines.values()]
        shown = measured_texts(values, leading=len(runs))
        cells.append(
            [
                Cell(
                    text or DASH,
                    letters(notes, set(texts.get(name, ())) - common, texts),
                    name == best_in(study, column),
                )
                for name, text in zip([*runs, *baselines], shown, strict=True)
            ]
        )
    counted = [Cell(str(seeds[name])) for name in runs] + [Cell("")] * len(baselines)
    first = [*names, *(Cell(english(image_kind(of))) for of in baselines)]
    caption = [
        say("paper.results", subject=say(f"paper.subjects.{subject}"), dataset=study.comparison["dataset"]),
        protocol_sentence(columns),
    ]
    if usual is not Interval.NONE:
        caption.append(say("paper.intervals", kind=say(f"intervals.{usual}")))
    if any(cell.bold for column_cells in cells for cell in column_cells):
        caption.append(say("paper.bold"))
    return PaperTable(
        label=label_of(study.comparison["study"], subject, *(columns[0][key] for key in LABEL_KEYS)),
        caption=english(joined_sentences(caption)),
        header=header,
        rows=[list(row) for row in zip(first, counted, *cells, strict=True)],
        align="lr" + "r" * len(columns),
        notes=notes,
        remarks=[english(say("paper.baselines"))] if baselines else [],
        apart=len(baselines),
    )  # fmt: skip


def usual_interval(means: Iterable[Mapping[str, Mapping]]) -> Interval:
    """The most frequent kind of interval; NONE if there is no other."""
    kinds = Counter(run["interval"] for of_column in means for run in of_column.values())
    kinds.pop(Interval.NONE, None)
    return Interval(kinds.most_common(1)[0][0]) if kinds else Interval.NONE


def texts_by_run(
    column: Mapping, of_column: Mapping[str, Mapping], by_run: Mapping[str, Mapping], seeds: Mapping[str, int],
    usual: Interval,
) -> dict[str, list[str]]:  # fmt: skip
    """What a reader must know about each run's value in a column: another interval, fewer seeds, caveats."""
    found: dict[str, list[str]] = {}
    for name, mean in of_column.items():
        texts = [] if mean["interval"] == usual else [note_of(say(f"intervals.{mean['interval']}"))]
        if mean["seeds"] != seeds[name]:
            texts.append(english(say("paper.fewer_seeds", n=mean["seeds"])))
        rows = [row for seed in by_run[name]["seeds"] for row in seed["metrics"] if belongs_to(row, column)]
        caveats = [record_sentence("caveats", caveat) for row in rows for caveat in row["caveats"]]
        texts += map(note_of, caveats)
        found[name] = list(dict.fromkeys(texts))
    return found


def note_of(text: str) -> str:
    """A text as a sentence."""
    sentence = english(say("paper.note", note=text))
    return sentence[:1].upper() + sentence[1:]


def letters(notes: Notes, wanted: Iterable[str], texts: Mapping[str, Sequence[str]]) -> str:
    """The letters of some of the texts, in their order."""
    wanted = set(wanted)
    order = dict.fromkeys(text for of_run in texts.values() for text in of_run)
    return ",".join(notes.letter(text) for text in order if text in wanted)


def collapse_mark(run: Mapping, notes: Notes) -> str:
    """The letter of a note on the seeds of a run that collapsed; empty if none did."""
    sentence = seeds_sentence(run)
    return notes.letter(english(sentence)) if sentence else ""


def protocol_sentence(columns: Sequence[dict]) -> str:
    """The judge, the number of images and the reference of some columns, as the page's captions say them."""
    against = references(columns)
    return say(
        "paper.protocol_against" if against else "paper.protocol",
        judge=judge_description(columns[0]),
        images=format_image_count(columns[0]),
        against=joined_with_semicolons(against),
    )


# --- differences ---------------------------------------------------------------------------------------


def difference_tables(study: StudyResults) -> list[PaperTable]:
    """The difference of every run from the best one, by FID: a table for each judge and kind of sampling."""
    return [difference_table(study, column) for column in fids_of_samples(study.summary) if column["differences"]]


def difference_table(study: StudyResults, column: dict) -> PaperTable:
    """One of them. Where nothing is tested, because a run has one seed, there are dashes and a note."""
    notes = Notes()
    tests = list(column["differences"][0]["tests"])  # the same of every difference
    powers = {each["seeds_to_settle"]["power"] for each in column["differences"] if each["seeds_to_settle"]}
    rows = []
    for each in column["differences"]:
        low, high = each["low"], each["high"]
        reach = None if low is None else (high - low) / 2
        untested = notes.letter(english(say("paper.untested"))) if each["test"] is None else ""
        p_values = [each["tests"][test]["corrected"] for test in tests]
        verdict = (
            DASH
            if each["test"] is None
            else english(say(f"settle.verdicts.{'win' if each['real'] else 'inconclusive'}"))
        )
        needed = each["seeds_to_settle"]
        settled = Cell(format_number(needed["total"]) if needed else DASH)
        rows.append(
            [
                Cell(each["run"]),
                Cell(format_rounded(each["difference"], reach, column["n"])),
                Cell(DASH if reach is None else english(format_span(low, high, reach))),
                Cell(str(each["seeds"])),
                *(Cell(DASH if p is None else f"{p:.2g}") for p in p_values),
                Cell(verdict, untested),
                *([settled] if powers else []),
            ]
        )
    caption = [
        say("paper.differences", metric=metric_title(column["metric"]), best=column["first"]),
        protocol_sentence([column]),
        say("paper.corrected"),
        *(say("paper.settled", percent=f"{100 * power:g}") for power in powers),
    ]
    names = ("difference", "interval", "seeds", *(f"p_{test}" for test in tests))
    header = [Cell(""), *(Cell(english(say(f"scores.{name}"))) for name in names), Cell(english(say("settle.verdict")))]
    if powers:
        header.append(Cell(english(say("paper.seeds_to_settle"))))
    return PaperTable(
        label=label_of(study.comparison["study"], "differences", *(column[key] for key in LABEL_KEYS)),
        caption=english(joined_sentences(caption)),
        header=header,
        rows=rows,
        align="l" + "r" * (len(header) - 1),
        notes=notes,
        remarks=[english(spread)] if (spread := spread_sentence(column)) else [],
    )


def spread_sentence(column: Mapping) -> Text | None:
    """How much values vary from seed to seed, and how much of this is training; None if unknown."""
    found = column["spread"]
    if found["share"] is None:
        return None
    deviations = {name: deviation(found[name]) for name in ("total", "training", "sampling")}
    return say("paper.spread", percent=percent(found["share"]), **deviations)


# --- agreement -----------------------------------------------------------------------------------------


def agreement_tables(study: StudyResults) -> list[PaperTable]:
    """How the ranks of runs agree between judges, a table for each number of images; none for one judge."""
    entries = [each for each in study.agreement if each["judges"] and each["tau"]]
    return [agreement_table(study, group) for group in group_rows(entries, "of", "n", "likelihood", *SAMPLING_KEYS)]


def agreement_table(study: StudyResults, entries: Sequence[Mapping]) -> PaperTable:
    """One of them: a row for each metric, a column for each pair of judges, and the best run by all."""
    notes = Notes()
    pairs = list(dict.fromkeys(tuple(each["judges"]) for entry in entries for each in entry["tau"]))
    rows = []
    for entry in entries:
        tau = {tuple(each["judges"]): each["tau"] for each in entry["tau"]}
        why = notes.letter(english(say(f"paper.undecided.{entry['reason']}"))) if entry["reason"] else ""
        rows.append(
            [
                Cell(english(metric_with_arrow(entry["metric"]))),
                *(Cell(DASH if tau.get(pair) is None else rounded(tau[pair], 2)) for pair in pairs),
                Cell(entry["best"] or DASH, why),
            ]
        )
    return PaperTable(
        label=label_of(
            study.comparison["study"], "agreement", *(entries[0][key] for key in LABEL_KEYS if key != "judge")
        ),
        caption=english(
            say("paper.agreement", dataset=study.comparison["dataset"], images=format_image_count(entries[0]))
        ),
        header=[
            Cell(""),
            *(Cell(english(say("paper.pair", first=first, second=second))) for first, second in pairs),
            Cell(english(say("paper.best"))),
        ],
        rows=rows,
        align="l" + "r" * len(pairs) + "l",
        notes=notes,
    )


def agreement_rows(study: StudyResults) -> list[dict[str, Any]]:
    """What each judge, and what all of them, say by each metric: ranks, Kendall's tau of each pair, the best run."""
    return [
        flat(
            {
                **{key: value for key, value in entry.items() if key not in ("judges", "tau", "opposed")},
                "by": {
                    each["judge"] or PIXELS: {key: each[key] for key in each if key != "judge"}
                    for each in entry["judges"]
                },
                "tau": {" ".join(each["judges"]): each["tau"] for each in entry["tau"]},
            }
        )
        for entry in study.agreement
    ]


# --- CSV -----------------------------------------------------------------------------------------------


def result_rows(study: StudyResults) -> list[dict[str, Any]]:
    """Each mean of the summary and each baseline, with everything that comparison.json has about it, unrounded.

    Keys of nested values are joined by dots; lists of caveats are their kinds, with commas between them.
    """
    rows = []
    for column in study.summary:
        about = {key: value for key, value in column.items() if key not in ("runs", "differences", "caveats", "spread")}
        about |= {"judge_facts": column["judge_facts"] or {}, "spread_of_runs": column["spread"]}
        differences = {each["run"]: each for each in column["differences"]}
        for run in column["runs"]:
            difference = {key: value for key, value in differences.get(run["run"], {}).items() if key != "run"}
            difference["seeds_to_settle"] = difference.get("seeds_to_settle") or {}
            judged = {"best": run["run"] == best_in(study, column), "caveats": kinds_of(column["caveats"])}
            rows.append(flat({**about, **run, **judged, "from_best": difference}))
    first = [*study.runs, *study.external][0]
    for row in first["seeds"][0]["metrics"]:
        if row["of"] in BASELINES and row["value"] is not None:
            about = {key: row.get(key) for key in COMPARABLE_KEYS}
            rows.append(flat({**about, **mean_of({0: row}), "seeds": None, "caveats": kinds_of(row["caveats"])}))
    return rows


def kinds_of(caveats: Iterable[Mapping]) -> str:
    """The kinds of caveats, with commas between them."""
    return ",".join(caveat["kind"] for caveat in caveats)


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested mapping as one, with dots in its keys; null is an empty cell, and a list one cell with commas."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            found[prefix + key] = ",".join(map(str, value))
        else:
            found[prefix + key] = "" if value is None else str(value).lower() if isinstance(value, bool) else value
    return found
