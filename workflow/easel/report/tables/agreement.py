"""What all judges of a study say together: the verdict on its runs, their ranks, and how the judges' orders agree."""

from collections.abc import Mapping, Sequence

from easel.evaluation.agreement import METRIC_KEYS, Undecided
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, fragment, paragraph, table
from easel.report.page.numbers import joined_with_and, joined_with_commas, joined_with_semicolons, plural, rounded
from easel.report.page.sampling_notes import format_image_count, sampling_details
from easel.report.tables.judge_notice import fids_of_samples
from easel.report.tables.metric_texts import metric_title
from easel.texts import Text, say

NAMED = 3
"""Most runs that a verdict names."""


def on_fids(study: StudyResults) -> list[dict]:
    """The agreements on the FID of samples by at least one judge that passed its check."""
    return [
        agreed
        for agreed in study.agreement
        if agreed["metric"] == "fid" and agreed["of"] == "samples" and agreed["reason"] != Undecided.JUDGE_FAILED
    ]


def best_in(study: StudyResults, column: Mapping) -> str | None:
    """The run that all judges call the best by the metric of a column of the summary; None if there is none."""
    return next((agreed["best"] for agreed in study.agreement if is_about(agreed, column)), None)


def is_about(agreed: Mapping, column: Mapping) -> bool:
    """True if an agreement is about a column of the summary, which is one judge's."""
    return all(agreed[key] == column[key] for key in METRIC_KEYS)


def judges_with_a_say(agreed: Mapping) -> list[dict]:
    """The entries of the judges that passed their check."""
    return [judge for judge in agreed["judges"] if not judge["failed"]]


# --- the verdict ---------------------------------------------------------------------------------------


def verdicts(study: StudyResults) -> Html | None:
    """A sentence on the FIDs of each group of comparable samples: the best run by all judges, or why there is none."""
    columns = fids_of_samples(study.summary)
    found = [paragraph(verdict(agreed, alike(agreed, columns))) for agreed in on_fids(study)]
    return fragment(*found, left_out(study)) if found else left_out(study)


def alike(agreed: Mapping, columns: Sequence[Mapping]) -> list[Mapping]:
    """The columns that an agreement is about, one for each judge."""
    return [column for column in columns if is_about(agreed, column)]


def verdict(agreed: Mapping, columns: Sequence[Mapping]) -> Text:
    """The run with the lowest FID, and whether all judges call it the best.

    columns: of the judges that passed their check.
    """
    firsts = preferences(agreed)
    unsure = [column for column in columns if not column["is_best"]]
    as_good = dict.fromkeys(each["run"] for column in unsure for each in column["differences"] if not each["real"])
    return say(
        f"scores.verdicts.{kind_of_verdict(agreed)}{'' if len(firsts) == 1 else '_of_several'}",
        run=element("strong", next(iter(firsts))),
        fid=fid_by(agreed),
        metric=metric_as_sampled(agreed),
        others=joined_with_and(list(as_good)) if len(as_good) <= NAMED else plural(len(as_good), "other run"),
        preferences=joined_with_semicolons([preference(run, judges) for run, judges in firsts.items()]),
    )


def kind_of_verdict(agreed: Mapping) -> str:
    """`best`, `disagree`, `unknown` where a lead is not tested, because a run has a single seed, or `chance`."""
    kinds = {
        None: "best",
        Undecided.JUDGES_DISAGREE: "disagree",
        Undecided.ONE_SEED: "unknown",
        Undecided.INCONCLUSIVE: "chance",
    }
    return kinds[agreed["reason"]]


def preferences(agreed: Mapping) -> dict[str, list[str]]:
    """The runs that some judge puts first, each with the judges that do."""
    found: dict[str, list[str]] = {}
    for judge in judges_with_a_say(agreed):
        found.setdefault(judge["first"], []).append(judge["judge"])
    return found


def preference(run: str, judges: Sequence[str]) -> Text:
    """`classifier and random prefer gan`."""
    return say("scores.prefers", n=len(judges), judges=joined_with_and(judges), run=element("strong", run))


def fid_by(agreed: Mapping) -> Text:
    """`FID (judge classifier)`, or `FID by all 3 judges`, with the sampling settings that differ from the default."""
    judges = [judge["judge"] for judge in judges_with_a_say(agreed)]
    if len(judges) == 1:
        by = joined_with_commas([say("scores.by_judge", judge=judges[0]), *sampling_details(agreed)])
        return say("summary.in_brackets", first=metric_title("fid"), then=by)
    by_all = say("scores.both_judges") if len(judges) == 2 else say("scores.all_judges", n=len(judges))
    return say("scores.fid_by_all", fid=metric_as_sampled(agreed), judges=by_all)


def metric_as_sampled(agreed: Mapping) -> Text:
    """`FID`, or `FID (truncation 0.7)`: a metric with the sampling settings that differ from the default."""
    title, settings = metric_title(agreed["metric"]), sampling_details(agreed)
    return say("summary.in_brackets", first=title, then=joined_with_commas(settings)) if settings else title


def left_out(study: StudyResults) -> Html | None:
    """The judges of a panel that the dataset cannot have, and why."""
    entries = study.comparison["left_out"]
    if not entries:
        return None
    judges = joined_with_and([each["judge"] for each in entries])
    panels = joined_with_and(list(dict.fromkeys(each["panel"] for each in entries)))
    return paragraph(say("scores.left_out", n=len(entries), judges=judges, panels=panels), class_="note")


# --- ranks, and how orders agree -----------------------------------------------------------------------


def agreement_tables(study: StudyResults) -> Html | None:
    """The ranks of the runs by the FID of each judge; folded away, how the judges' orders agree by each metric.

    None for a study of one judge.
    """
    shown = [fragment(ranks_table(agreed), tau_note(agreed)) for agreed in on_fids(study) if agreed["tau"]]
    others = [agreed for agreed in study.agreement if agreed["tau"] and agreed["metric"] != "fid"]
    if not shown:
        return None
    folded = details(say("scores.agreement_of_metrics"), tau_table(others)) if others else None
    return element("section", *shown, folded, class_="agreement")


def ranks_table(agreed: Mapping) -> Html:
    """A row for each run, a column for each judge; in the order of the first judge."""
    judges = judges_with_a_say(agreed)
    runs = list(dict.fromkeys(run for judge in judges for run in sorted(judge["ranks"], key=judge["ranks"].get)))
    rows = [[run, *(format_rank(judge["ranks"].get(run)) for judge in judges)] for run in runs]
    caption = say("scores.ranks", fid=metric_title("fid"), images=format_image_count(agreed))
    return table(["", *(judge["judge"] for judge in judges)], rows, caption=caption, sortable=True, class_="ranks")


def format_rank(rank: float | None) -> str:
    """A rank: `2`, or `1.5` where two runs share one; empty for a run that a judge could not judge."""
    return "" if rank is None else f"{rank:g}"


def tau_note(agreed: Mapping) -> Html:
    """Kendall's τ of each two judges, and how to read it."""
    pairs = [say("scores.value", name=pair_of(each["judges"]), value=format_tau(each["tau"])) for each in agreed["tau"]]
    return paragraph(say("scores.tau", pairs=joined_with_semicolons(pairs)), class_="note")


def tau_table(agreements: Sequence[Mapping]) -> Html:
    """A row for each metric: Kendall's τ of each two judges, and the run that all judges call the best."""
    pairs = list(dict.fromkeys(tuple(each["judges"]) for agreed in agreements for each in agreed["tau"]))
    rows = []
    for agreed in agreements:
        found = {tuple(each["judges"]): each["tau"] for each in agreed["tau"]}
        cells = [format_tau(found[pair]) if pair in found else "" for pair in pairs]
        rows.append([metric_in_full(agreed), *cells, agreed["best"] or ""])
    header = ["", *map(pair_of, pairs), say("scores.best_by_all")]
    return table(header, rows, caption=say("scores.tau_by_metric"))


def metric_in_full(agreed: Mapping) -> Text:
    """A metric with its number of images, because a study may have several."""
    return say("summary.in_brackets", first=metric_title(agreed["metric"]), then=format_image_count(agreed))


def pair_of(judges: Sequence[str]) -> Text:
    """`classifier – random`: the names of two judges."""
    one, other = judges
    return say("scores.two_judges", one=one, other=other)


def format_tau(tau: float | None) -> str:
    """A τ with two decimals; a dash where it is undefined."""
    return say("scores.no_tau") if tau is None else rounded(tau, 2)
