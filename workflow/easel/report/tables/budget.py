"""Budgets in minutes: what was asked for, what a measurement made of it, and the truth."""

from collections.abc import Mapping
from typing import Any

from easel.report.page.numbers import format_device, format_duration, plural, signed
from easel.texts import Text, say


def budget_sentence(training: Mapping[str, Any]) -> Text | None:
    """The budget of a training, what became of it, and where it was measured; None for a training without one.

    training: train.json, maybe of an Easel that had no budgets.
    """
    budget = training.get("budget")
    if not budget:
        return None
    asked, took = 60 * budget["minutes"], training["seconds"]
    return say(
        "summary.asked_for",
        asked=format_duration(asked),
        epochs=plural(budget["epochs"], "epoch"),
        device=format_device(budget["device"]),
        taken=format_duration(took),
        difference=signed(f"{100 * (took / asked - 1):+.1f}\N{NO-BREAK SPACE}%"),
    )


def with_budget(length: Text, seed: Mapping[str, Any]) -> Text:
    """The length of a run with the minutes that it was given, if it has a budget. seed: of comparison.json."""
    minutes = seed.get("minutes")
    return say("cost.of_budget", epochs=length, asked=format_duration(60 * minutes)) if minutes else length
