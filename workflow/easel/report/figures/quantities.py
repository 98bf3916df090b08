"""Quantities that training logs: which columns of history.csv share a panel, and how its axis is scaled."""

from dataclasses import dataclass, replace

import numpy as np

from easel.report.load import History
from easel.texts import has_text, say

CLOCKS = ("epoch", "step", "images", "seconds")
NOT_PLOTTED = (*CLOCKS, "collapsed")  # hatches the other panels


@dataclass(frozen=True)
class Quantity:
    """Columns of history.csv that share a panel. Names and explanations are in the texts."""

    columns: tuple[str, ...]
    name: str = ""
    """Its key in the texts, curves.quantities.<name>; empty if the texts have none."""
    unit: str = ""
    """A key of curves.units in the texts, or empty."""
    share: bool = False
    """True for a proportion, with an axis from 0 to 100 %."""
    data: float | None = None
    """The value of the training images: a dotted line, with an axis that starts at 0."""
    repeated: bool = False
    """True if it is measured now and then and rows repeat the newest value, so that no mean is taken over rows."""

    @property
    def title(self) -> str:
        return say(f"curves.quantities.{self.name}.title") if self.name else column_label(self.columns[0])

    @property
    def meaning(self) -> str:
        return say(f"curves.quantities.{self.name}.meaning") if self.name else ""


QUANTITIES = (
    Quantity(("generator_loss", "discriminator_loss"), "adversarial", "loss"),
    Quantity(("real_accuracy", "fake_accuracy"), "accuracy", "accuracy", share=True),
    Quantity(("penalty",), "penalty", "loss"),
    Quantity(("classification",), "classification", "nats"),
    Quantity(("loss", "reconstruction"), "reconstruction", "nats"),
    Quantity(("kl",), "kl", "nats"),
    Quantity(("embedding",), "embedding"),
    Quantity(("quantisation",), "quantisation", "nats"),
    Quantity(("prior",), "prior", "nats"),
    Quantity(("perplexity",), "perplexity"),
    Quantity(("augment_probability",), "augmentation", "probability", share=True),
    Quantity(("diversity",), "diversity", "relative", data=1.0, repeated=True),
    Quantity(("near_copy_rate",), "near_copies", "samples", share=True, repeated=True),
    Quantity(("discriminator_gap",), "gap", repeated=True),
)


def quantities_in(history: History) -> list[Quantity]:
    """The quantities of a history, each reduced to the columns that the history has."""
    plotted, found = plotted_columns(history), []
    for quantity in QUANTITIES:
        if columns := tuple(name for name in quantity.columns if name in plotted):
            found.append(replace(quantity, columns=columns))
    known = {name for quantity in QUANTITIES for name in quantity.columns}
    return found + [quantity_of(name) for name in plotted if name not in known]


def plotted_columns(history: History) -> list[str]:
    """The columns of a history that get a panel; columns measured now and then only if they have a value."""
    return [
        name
        for name, values in history.items()
        if name not in NOT_PLOTTED and not (quantity_of(name).repeated and np.isnan(values).all())
    ]


def quantity_of(column: str) -> Quantity:
    """The quantity that a column belongs to; one of its own if none is known."""
    return next((quantity for quantity in QUANTITIES if column in quantity.columns), Quantity((column,)))


def column_label(column: str) -> str:
    """A column's label: `generator_loss` → `Generator loss`."""
    key = f"curves.columns.{column}"
    return say(key) if has_text(key) else column.replace("_", " ").capitalize()
