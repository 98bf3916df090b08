"""Quantities that training logs: which columns of history.csv share a panel, and how its axis is scaled."""

from dataclasses import dataclass, replace

import numpy as np

from easel.report.load import History
from easel.texts import has_text, say

CLOCKS = ("epoch", "step", "images", "seconds")


NOT_PLOTTED = (*CLOCKS, "collapsed")  # a column that hatches the others


@dataclass(frozen=True)
class Quantity:
    """Columns of history.csv that share a panel. Names and explanations are in the texts."""

    columns: tuple[str, ...]
    name: str = ""
    """Of the quantity in the texts: curves.quantities.<name>; that of one that no text knows is empty."""
    unit: str = ""
    """A key of the texts' curves.units, or empty."""
    share: bool = False
    """Whether it is a part of a whole: an axis from 0 to 100 %."""
    data: float | None = None
    """Where the training images are: a dotted line, and the axis then starts at 0."""
    repeated: bool = False
    """Whether it is measured now and then, and rows repeat the newest value: no mean is taken over rows."""

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
    Quantity(("diversity",), "diversity", "relative", data=1.0, repeated=True),
)


def quantities_in(history: History) -> list[Quantity]:
    """The quantities of a history, each reduced to the columns that the history has."""
    there, found = plotted_columns(history), []
    for quantity in QUANTITIES:
        if columns := tuple(name for name in quantity.columns if name in there):
            found.append(replace(quantity, columns=columns))
    known = {name for quantity in QUANTITIES for name in quantity.columns}
    return found + [quantity_of(name) for name in there if name not in known]


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
    known = f"curves.columns.{column}"
    return say(known) if has_text(known) else column.replace("_", " ").capitalize()
