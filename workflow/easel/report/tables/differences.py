"""The differences from the best run: wins, and the seeds that would settle what is inconclusive, with their cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from easel.planning.seed_cost import seconds_of_a_seed
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, fragment, sort_value, table
from easel.report.page.numbers import (
    format_device,
    format_duration,
    format_rounded,
    joined_with_and,
    joined_with_commas,
)
from easel.report.page.sampling_notes import sampling_details
from easel.report.tables.agreement import NAMED
from easel.report.tables.judge_notice import fids_of_samples
from easel.report.tables.metric_texts import metric_title
from easel.texts import Text, format_number, say

Difference = Mapping[str, Any]
"""Of a column in comparison.json."""


@dataclass(frozen=True)
class OneDifference:
    """The difference of a run from the one that a judge puts first, by FID."""

    study: StudyResults
    column: Mapping[str, Any]
    of: Difference
    seconds_of: Callable[[str], float | None]
    """The time of one more seed of a run; None if unknown."""

    @property
    def verdict(self) -> str:
        """`win`, `inconclusive`, or `one_seed`: inconclusive, because nothing is tested."""
        return "win" if self.of["real"] else "one_seed" if self.of["test"] is None else "inconclusive"

    @property
    def needed(self) -> Mapping[str, Any] | None:
        """The seeds that would settle it; None for a win, and where no sensible number exists."""
        return self.of["seeds_to_settle"]

    @property
    def seconds(self) -> float | None:
        """The time of the seeds that would settle it, of both runs, one after the other; None if unknown."""
        if self.needed is None:
            return None
        each = [self.seconds_of(run) for run in (self.of["run"], self.of["from"])]
        known = [seconds for seconds in each if seconds is not None]
        return self.needed["more"] * sum(known) if len(known) == len(each) else None


def differences(study: StudyResults) -> list[OneDifference]:
    """Every difference by FID, of each judge that passed its check."""

    @cache  # each run stands in several differences
    def seconds_of(run: str) -> float | None:
        return seconds_of_a_seed(study.folder.parent, study.folder.name, run)

    return [
        OneDifference(study, column, each, seconds_of)
        for column in fids_of_samples(study.summary)
        for each in column["differences"]
    ]


def differences_table(study: StudyResults) -> Html | None:
    """What would settle the differences that may be chance; and folded away, all differences with their tests."""
    found = differences(study)
    if not found:
        return None
    tests = list(found[0].of["tests"])  # the same of every difference
    names = ("judge_column", "images_column", "difference", "interval", "seeds")
    header = [metric_title("fid"), *(say(f"scores.{name}") for name in names)]
    header += [*(say(f"scores.p_{test}") for test in tests), *(say(f"settle.{name}") for name in COLUMNS)]
    body = [[*numbers_of(each), *cells_of(each)] for each in found]
    folded = details(say("scores.differences_from_best"), table(header, body, caption=say("scores.differences")))
    return fragment(what_would_settle(found), folded)


COLUMNS = ("verdict", "more", "time")


def numbers_of(found: OneDifference) -> list[Text | str]:
    """The difference with its interval and its tests."""
    column, each = found.column, found.of
    low, high = each["low"], each["high"]
    reach = None if low is None else (high - low) / 2
    p_values = [each["tests"][test]["corrected"] for test in each["tests"]]
    return [
        say("scores.pair", run=each["run"], best=each["from"]),
        column["judge"],
        joined_with_commas([f"{column['n']:,}", *sampling_details(column)]),
        format_rounded(each["difference"], reach, column["n"]),
        "" if reach is None else format_span(low, high, reach),
        str(each["seeds"]),
        *("" if p is None else f"{p:.2g}" for p in p_values),
    ]


def cells_of(found: OneDifference) -> list[Html | Text | str]:
    """The verdict, and the seeds and the time that would settle it."""
    more: Html | Text | str = ""
    if found.needed:
        more = sort_value(format_number(found.needed["more"]), found.needed["more"])
    elif found.of["p"] is not None and found.verdict == "inconclusive":
        more = say("settle.no_number")
    time = "" if found.seconds is None else sort_value(format_duration(found.seconds), found.seconds)
    return [say(f"settle.verdicts.{found.verdict}"), more, time]


def format_span(low: float, high: float, reach: float) -> Text:
    """An interval, rounded to half its width."""
    return say("scores.span", low=format_rounded(low, reach), high=format_rounded(high, reach))


# --- sentences -----------------------------------------------------------------------------------------


def what_would_settle(found: Sequence[OneDifference]) -> Html | None:
    """Sentences on the differences that were tested and may be chance, the ones that are soonest settled first."""
    pairs: dict[tuple[str, ...], OneDifference] = {}
    for each in found:
        if each.verdict == "inconclusive":
            pair = (each.of["run"], each.of["from"], str(each.column["n"]), *sampling_details(each.column))
            pairs[pair] = max(each, pairs.get(pair, each), key=seeds_left)  # of several judges, the least sure one
    soonest = sorted(pairs.values(), key=seeds_left)
    if not soonest:
        return None
    return element("ul", *(element("li", sentence(each)) for each in soonest[:NAMED]), class_="settle")


def seeds_left(found: OneDifference) -> float:
    """The seeds that would settle a difference; infinitely many where no number exists."""
    return found.needed["more"] if found.needed else float("inf")


def sentence(found: OneDifference) -> Text:
    """What would settle a difference that may be chance."""
    pair = {
        "pair": say("scores.pair", run=found.of["run"], best=found.of["from"]),
        "judge": say("scores.by_judge", judge=found.column["judge"]),
    }
    if found.needed is None:
        return say("settle.no_spread" if found.of["p"] is None else "settle.never", **pair)
    high = found.needed["high"]
    numbers = {
        "more": say("settle.more_seeds", n=found.needed["more"]),
        "total": found.needed["total"],
        "percent": f"{100 * found.needed['power']:.0f}",
        "range": say("settle.range" if high else "settle.range_open", low=found.needed["low"], high=high or ""),
    }
    if found.seconds is None:
        return say("settle.by_seeds", **pair, **numbers)
    devices = {
        format_device(seed["device"])
        for run in found.study.runs
        if run["run"] in (found.of["run"], found.of["from"])
        for seed in run["seeds"]
        if "device" in seed
    }
    return say(
        "settle.at_a_cost", **pair, **numbers, time=format_duration(found.seconds),
        device=joined_with_and(sorted(devices)),
    )  # fmt: skip
