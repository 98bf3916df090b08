"""What a report says of a training that collapsed: the notice on a run's page, the words on a study's."""

from collections.abc import Mapping
from dataclasses import dataclass

from easel.plots.html import Html, element, joined, paragraph
from easel.plots.results import Run, collapsed_spans
from easel.plots.words import epoch_words, grouped, listed, plural


@dataclass(frozen=True)
class Kind:
    """A way to collapse: a heading, and a sentence on what it is, with a place for `when`."""

    title: str
    meaning: str


KINDS = {
    "diversity": Kind(
        "Mode collapse: the samples became nearly alike",
        "From {when} on, different latent points gave much the same image.",
    ),
    "posterior": Kind(
        "Posterior collapse: the samples became nearly alike",
        "From {when} on, different latent points gave much the same image: the decoder ignores its latents.",
    ),
    "discriminator": Kind(
        "The discriminator won",
        "By {when}, the discriminator had told practically all real images and samples apart for a whole epoch. The "
        "generator then learns little from it.",
    ),
}
BRIEFLY = {"diversity": "samples nearly alike", "discriminator": "discriminator won"}


# --- one run -------------------------------------------------------------------------------------------


def notice(run: Run) -> Html | None:
    """What happened, when, how it ended, and what one might do; nothing where the training did not collapse."""
    collapse = run.training.get("collapse")
    if not collapse:
        return None
    kind = KINDS["posterior" if is_posterior(run) else collapse["kind"]]
    return element(
        "aside",
        paragraph(element("strong", kind.title)),
        paragraph(*what_happened(run, collapse, kind)),
        paragraph("What one might try:"),
        element("ul", *(element("li", each) for each in advice(run, collapse))),
        role="note", aria_label="This training collapsed", class_="notice",
    )  # fmt: skip


def is_posterior(run: Run) -> bool:
    """Whether the run's collapse is that of a VAE, which has no adversary to fool."""
    return run.training["collapse"]["kind"] == "diversity" and run.settings["family"] == "vae"


def what_happened(run: Run, collapse: Mapping, kind: Kind) -> list[object]:
    """Since when and for how long, and how it ended."""
    when = f"step {collapse['first_step']:,} (epoch {epoch_words(collapse['first_epoch'])})"
    rows = f"{collapse['rows']:,} of {plural(collapse['of_rows'], 'logged row')} count as collapsed"
    said: list[object] = [f"{kind.meaning.format(when=when)} {rows}"]
    if collapse["stopped"]:
        said += [
            f". The training was stopped there, after {grouped(run.training['epochs'])} of "
            f"{plural(run.settings['epochs'], 'epoch')}, because the study says ",
            element("code", "on_collapse: stop"), ".",
        ]  # fmt: skip
    elif collapse["at_end"]:
        said.append(", and so does the last: the training did not recover.")
    else:
        said.append(", but the last does not: the training recovered.")
    if collapsed_spans(run.history):
        said += [" The ", element("a", "curves", href="#curves"), " are hatched there."]
    return said


def advice(run: Run, collapse: Mapping) -> list[Html]:
    """What may help, most useful first; a piece of a list each."""
    settings, found = run.settings, []
    if is_posterior(run):
        return [joined("a lower ", setting(run, "beta"), ", so that using the latents costs less")]
    if collapse["kind"] == "diversity":
        found += [*earlier_snapshot(run, collapse), joined("a lower ", setting(run, "learning_rate"))]
        if "reconstruction_weight" in settings:
            weight = setting(run, "reconstruction_weight")
            found.append(joined("a higher ", weight, ", which ties the decoder to its latents"))
        return found
    if "discriminator_learning_rate" in settings:
        found.append(joined("a lower ", setting(run, "discriminator_learning_rate")))
    if settings.get("n_dis", 1) > 1:
        found.append(joined("a lower ", setting(run, "n_dis"), ": fewer of its steps for each of the generator's"))
    if "equilibrium" in settings:
        found.append(joined("a higher ", setting(run, "equilibrium"), ", at which the discriminator pauses sooner"))
    return found or [joined("a lower ", setting(run, "learning_rate"))]


def earlier_snapshot(run: Run, collapse: Mapping) -> list[Html]:
    """The newest snapshot from before a collapse that lasted; none where there is none, or no need for one."""
    before = [each for each in run.training["snapshots"] if each["step"] < collapse["first_step"]]
    if not before or not collapse["at_end"] or sampled_before({**run.judged, "collapse": collapse}):
        return []
    file, epoch = element("code", before[-1]["file"]), epoch_words(before[-1]["epoch"])
    return [joined("an earlier snapshot, likely better than the end: ", file, f" (epoch {epoch})")]


def setting(run: Run, name: str) -> Html:
    """A setting and its value in this run: `learning_rate` (here 0.0002)."""
    value, note = run.settings[name], ""
    if name == "discriminator_learning_rate" and not value:
        value, note = run.settings["learning_rate"], ", the learning_rate"
    return joined(element("code", name), f" (here {value:g}{note})")


# --- a run of a study, with its seeds ------------------------------------------------------------------


def collapsed_seeds(run: Mapping) -> list[dict]:
    """The seeds of a run of comparison.json that collapsed."""
    return [each for each in run["seeds"] if each.get("collapse")]


def sentence(run: Mapping) -> str | None:
    """Which seeds of a run collapsed, when and how it ended: `1 of 2 seeds collapsed in epoch 3.1 (seed 0: …).`"""
    found = collapsed_seeds(run)
    if not found:
        return None
    alone = len(run["seeds"]) == 1
    who = "Collapsed" if alone else f"{len(found)} of {len(run['seeds'])} seeds collapsed"
    cases = [
        f"in epoch {epoch_words(each['collapse']['first_epoch'])} "
        f"({'' if alone else 'seed {}: '.format(each['seed'])}{briefly(each['collapse'])})"
        for each in found
    ]
    return f"{who} {listed(cases)}."


def sampled_before(seed: Mapping) -> bool:
    """Whether a training that collapsed was sampled at a snapshot from before that."""
    step = (seed.get("samples") or {}).get("step")
    return step is not None and step < seed["collapse"]["first_step"]


def of_first(run: Mapping) -> str | None:
    """That the first seed of a run, whose samples a study shows, collapsed and stayed so; None where it did not."""
    first, many = run["seeds"][0], len(run["seeds"]) > 1
    if not (first.get("collapse") or {}).get("at_end"):
        return None
    if sampled_before(first):
        return f"sampled at epoch {epoch_words(first['samples']['epoch'])}, before it collapsed"
    seed = f"seed {first['seed']}, shown here," if many else "this run"
    return f"{seed} collapsed in epoch {epoch_words(first['collapse']['first_epoch'])}"


def briefly(collapse: Mapping) -> str:
    """What kind of collapse, and how it ended, in a few words."""
    end = "stopped there" if collapse["stopped"] else "until the end" if collapse["at_end"] else "recovered"
    return f"{BRIEFLY[collapse['kind']]}, {end}"


def named(run: Mapping) -> object:
    """A run's name for a table, with a mark in words where seeds of it collapsed."""
    found = collapsed_seeds(run)
    if not found:
        return run["run"]
    recovered = "" if any(each["collapse"]["at_end"] for each in found) else " and recovered"
    seeds = f"seed{'s' if len(found) > 1 else ''} {listed([str(each['seed']) for each in found])}"
    which = "" if len(run["seeds"]) == 1 else f" ({seeds})"
    when = "later collapsed, sampled before" if all(map(sampled_before, found)) else f"collapsed{recovered}"
    return joined(run["run"], " ", element("small", f"{when}{which}"))
