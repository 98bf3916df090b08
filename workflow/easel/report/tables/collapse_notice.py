"""Collapsed trainings: the notice on a run's page, and notes on a study's page."""

from collections.abc import Mapping

from easel.report.load import RunResults, collapsed_spans
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.numbers import format_epoch, joined_sentences, joined_with_and, plural
from easel.texts import Text, say

# --- one run -------------------------------------------------------------------------------------------


def notice(run: RunResults) -> Html | None:
    """The kind of collapse, its time and outcome, and remedies; None if the training did not collapse."""
    collapse = run.training.get("collapse")
    if not collapse:
        return None
    kind = "posterior" if is_posterior(run) else collapse["kind"]
    return element(
        "aside",
        paragraph(element("strong", say(f"collapse.kinds.{kind}.title"))),
        paragraph(description(run, collapse, kind)),
        paragraph(say("collapse.try")),
        element("ul", *(element("li", each) for each in advice(run, collapse))),
        role="note", aria_label=say("collapse.collapsed"), class_="notice",
    )  # fmt: skip


def is_posterior(run: RunResults) -> bool:
    """True for the collapse of a VAE, which has no discriminator."""
    return run.training["collapse"]["kind"] == "diversity" and run.settings["family"] == "vae"


def description(run: RunResults, collapse: Mapping, kind: str) -> str:
    """When the training collapsed, for how long, and how it ended. kind: a key of `collapse.kinds` in the texts."""
    when = say("collapse.when", step=collapse["first_step"], epoch=format_epoch(collapse["first_epoch"]))
    counts = {"rows": collapse["rows"], "of_rows": plural(collapse["of_rows"], "logged row")}
    end = "stopped" if collapse["stopped"] else "at_end" if collapse["at_end"] else "recovered"
    sentences = [say(f"collapse.kinds.{kind}.meaning", when=when), say(f"collapse.rows_{end}", **counts)]
    if collapse["stopped"]:
        code = element("code", "on_collapse: stop")
        epochs = plural(run.settings["epochs"], "epoch")
        sentences.append(say("collapse.stopped", done=run.training["epochs"], epochs=epochs, setting=code))
    if collapsed_spans(run.history):
        sentences.append(say("collapse.hatched", curves=element("a", say("collapse.curves"), href="#training-curves")))
    return joined_sentences(sentences)


def advice(run: RunResults, collapse: Mapping) -> list[Text]:
    """Suggestions, the most useful first."""
    settings = run.settings
    found: list[Text] = []
    if is_posterior(run):
        return [say("collapse.lower_beta", setting=setting_with_value(run, "beta"))]
    if collapse["kind"] == "diversity":
        rate = setting_with_value(run, "learning_rate")
        found += [*earlier_snapshot(run, collapse), say("collapse.lower", setting=rate)]
        if "reconstruction_weight" in settings:
            found.append(say("collapse.higher_weight", setting=setting_with_value(run, "reconstruction_weight")))
        return found
    if "discriminator_learning_rate" in settings:
        found.append(say("collapse.lower", setting=setting_with_value(run, "discriminator_learning_rate")))
    if settings.get("n_dis", 1) > 1:
        found.append(say("collapse.lower_n_dis", setting=setting_with_value(run, "n_dis")))
    if "equilibrium" in settings:
        found.append(say("collapse.higher_equilibrium", setting=setting_with_value(run, "equilibrium")))
    return found or [say("collapse.lower", setting=setting_with_value(run, "learning_rate"))]


def earlier_snapshot(run: RunResults, collapse: Mapping) -> list[Text]:
    """The newest snapshot before a lasting collapse; none if there is none, or the samples already predate it."""
    before = [each for each in run.training["snapshots"] if each["step"] < collapse["first_step"]]
    if not before or not collapse["at_end"] or sampled_before({**run.metrics_record, "collapse": collapse}):
        return []
    file, epoch = element("code", before[-1]["generator"]), format_epoch(before[-1]["epoch"])
    return [say("collapse.earlier", file=file, epoch=epoch)]


def setting_with_value(run: RunResults, name: str) -> Text:
    """A setting with its value in this run: `learning_rate` (currently 0.0002)."""
    value, key = run.settings[name], "collapse.here"
    if name == "discriminator_learning_rate" and not value:
        value, key = run.settings["learning_rate"], "collapse.here_shared"
    return say(key, setting=element("code", name), value=f"{value:g}")


# --- a run of a study, with its seeds ------------------------------------------------------------------


def collapsed_seeds(run: Mapping) -> list[dict]:
    """The seeds of a run of comparison.json that collapsed."""
    return [each for each in run["seeds"] if each.get("collapse")]


def seeds_sentence(run: Mapping) -> Text | None:
    """The seeds of a run that collapsed, when, and the outcome: `1 of 2 seeds collapsed in epoch 3.1 (seed 0: …).`"""
    found = collapsed_seeds(run)
    if not found:
        return None
    alone = len(run["seeds"]) == 1
    cases = joined_with_and(
        [
            say(
                "collapse.case" if alone else "collapse.case_of_seed",
                epoch=format_epoch(each["collapse"]["first_epoch"]),
                seed=each["seed"],
                outcome=outcome(each["collapse"]),
            )
            for each in found
        ]
    )
    if alone:
        return say("collapse.sentence", cases=cases)
    seeds = plural(len(run["seeds"]), "seed")
    return say("collapse.sentence_of_seeds", n=len(found), seeds=seeds, cases=cases)


def sampled_before(seed: Mapping) -> bool:
    """True if a collapsed training was sampled from a snapshot before the collapse."""
    step = (seed.get("samples") or {}).get("step")
    return step is not None and step < seed["collapse"]["first_step"]


def first_seed_note(run: Mapping) -> Text | None:
    """A note if the first seed of several, whose samples the study shows, collapsed for good; None otherwise.

    Also of a single seed if it was sampled before.
    """
    first, many = run["seeds"][0], len(run["seeds"]) > 1
    if not (first.get("collapse") or {}).get("at_end"):
        return None
    if sampled_before(first):
        return say("collapse.sampled_before", epoch=format_epoch(first["samples"]["epoch"]))
    epoch = format_epoch(first["collapse"]["first_epoch"])
    return say("collapse.of_seed", seed=first["seed"], epoch=epoch) if many else None


def outcome(collapse: Mapping) -> Text:
    """The kind of collapse and how it ended."""
    end = "stopped" if collapse["stopped"] else "at_end" if collapse["at_end"] else "recovered"
    return say(f"collapse.outcomes.{end}", kind=say(f"collapse.kinds.{collapse['kind']}.brief"))


def mark(run: Mapping) -> Html | None:
    """A mark after a run's name if any of its seeds collapsed; None otherwise."""
    found = collapsed_seeds(run)
    if not found:
        return None
    when = "later" if all(map(sampled_before, found)) else "recovered"
    if when == "recovered" and any(each["collapse"]["at_end"] for each in found):
        when = "collapsed"
    text = say(f"collapse.marks.{when}")
    if len(run["seeds"]) > 1:
        seeds = joined_with_and([str(each["seed"]) for each in found])
        text = say("collapse.marks.of", n=len(found), mark=text, seeds=seeds)
    return fragment(" ", element("small", text))
