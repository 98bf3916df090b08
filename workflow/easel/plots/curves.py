"""Curves of what training logged: one run's columns of history.csv, and several runs over each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from easel.plots.html import Html, figure, joined, side_by_side
from easel.plots.results import History
from easel.plots.style import colour, dashes, key, panel, styled, svg
from easel.plots.words import listed

CLOCKS = ("epoch", "step", "images", "seconds")
TICKS = [1, 2, 2.5, 5, 10]


@dataclass(frozen=True)
class Quantity:
    """What some columns of history.csv have in common."""

    title: str
    columns: tuple[str, ...]
    unit: str
    meaning: str


QUANTITIES = (
    Quantity(
        "Adversarial losses", ("generator_loss", "discriminator_loss"), "loss",
        "What each network tries to lower. They hold each other in balance, so neither needs to fall for the samples "
        "to improve; one that runs away means that the game is lost.",
    ),
    Quantity(
        "The discriminator's accuracy", ("real_accuracy", "fake_accuracy"), "recognised",
        "How many real images and how many samples the discriminator recognises for what they are. At 100 % of both, "
        "the generator learns little from it.",
    ),
    Quantity(
        "Reconstruction", ("loss", "reconstruction"), "nats per image",
        "How badly an image is rebuilt from its latents: lower is better. A VAE's loss is this and the KL "
        "divergence together.",
    ),
    Quantity(
        "KL divergence", ("kl",), "nats per image",
        "How much the latents tell about their image. At 0 they tell nothing, and the decoder ignores them.",
    ),
)  # fmt: skip


def training_curves(history: History) -> Html | None:
    """A panel for every quantity that a run logged; a column that no quantity knows gets a panel of its own."""
    panels = []
    for quantity in quantities_in(history):
        columns = {name: history[name] for name in quantity.columns}
        drawn = curves(history["epoch"], columns, quantity.unit)
        picture = joined(key([words(name) for name in columns]), svg(drawn, alternative(columns, history["epoch"])))
        panels.append(figure(picture, quantity.meaning, quantity.title))
    return side_by_side(panels, 21)


def overlaid_curves(histories: Mapping[str, Sequence[History]]) -> Html | None:
    """A panel for every column that two runs share (any column where there is one run): a line for each run.

    histories: of every run, one for each of its seeds. The line is the seeds' mean; each seed has a fainter one.
    """
    logged = {run: [history for history in seeds if history] for run, seeds in histories.items()}
    holders = {}
    for run, seeds in logged.items():
        for column in dict.fromkeys(column for history in seeds for column in history if column not in CLOCKS):
            holders.setdefault(column, []).append(run)
    shared = [column for column, runs in holders.items() if len(runs) >= min(2, len(logged))]
    panels = [
        figure(
            svg(
                overlay({run: logged[run] for run in logged}, column, unit_of(column)),
                f"{words(column)} of {listed(holders[column])} over the epochs of training",
            ),
            title=words(column),
        )
        for column in shared
    ]
    return joined(key(list(logged)), side_by_side(panels, 21)) if panels else None


def quantities_in(history: History) -> list[Quantity]:
    """The quantities of a history, each with only the columns that are there."""
    found = []
    for quantity in QUANTITIES:
        if columns := tuple(name for name in quantity.columns if name in history):
            found.append(Quantity(quantity.title, columns, quantity.unit, quantity.meaning))
    known = {name for quantity in QUANTITIES for name in quantity.columns}
    others = [name for name in history if name not in known and name not in CLOCKS]
    return found + [Quantity(words(name), (name,), "", "") for name in others]


@styled
def curves(epochs: np.ndarray, columns: Mapping[str, np.ndarray], unit: str) -> Figure:
    """Columns (rows,) over the epochs (rows,); a long one is drawn faintly, and its moving mean over it."""
    drawing, axes = panel()
    for i, values in enumerate(columns.values()):
        line(axes, epochs, values, i)
    finish(drawing, axes, list(columns.values()), unit)
    return drawing


@styled
def overlay(histories: Mapping[str, Sequence[History]], column: str, unit: str) -> Figure:
    """One column of several runs, each in its own colour, whether the runs before it have the column or not."""
    drawing, axes = panel()
    drawn = []
    for i, seeds in enumerate(histories.values()):
        with_it = [history for history in seeds if column in history]
        for history in with_it if len(with_it) > 1 else []:
            axes.plot(history["epoch"], history[column], color=colour(i), alpha=0.3, linewidth=0.7)
        if with_it:
            epochs, mean = mean_over_seeds(with_it, column)
            line(axes, epochs, mean, i)
            drawn.append(mean)
    finish(drawing, axes, drawn, unit)
    return drawing


def line(axes, epochs: np.ndarray, values: np.ndarray, i: int) -> None:
    """The i-th series' line. Points that stand alone (one row, or between two NaN) are dots."""
    smooth = moving_mean(values)
    if smooth is not values:
        axes.plot(epochs, values, color=colour(i), alpha=0.3, linewidth=0.7)
    axes.plot(epochs, smooth, color=colour(i), linestyle=dashes(i))
    finite = np.isfinite(np.concatenate([[np.nan], smooth, [np.nan]]))
    alone = finite[1:-1] & ~finite[:-2] & ~finite[2:]
    if alone.any():
        axes.plot(epochs[alone], smooth[alone], "o", color=colour(i), markersize=4)


def finish(drawing: Figure, axes, columns: Sequence[np.ndarray], unit: str) -> None:
    """Axes, their labels, and a word on what cannot be drawn."""
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=TICKS))
    axes.set_xlim(left=0)
    axes.set_ylabel(unit)
    if unit == "recognised":
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    missing = sum(int(np.sum(~np.isfinite(values))) for values in columns)
    if missing:
        total = sum(values.size for values in columns)
        axes.set_title(f"{missing} of {total} values are not finite", loc="right", fontsize=8, fontstyle="italic")


def moving_mean(values: np.ndarray, longest: int = 80) -> np.ndarray:
    """The mean over a window of 1/20 of the rows, NaN where the value is; `values` itself where the rows are few."""
    if len(values) <= longest:
        return values
    finite = np.isfinite(values)
    window = np.ones(len(values) // 20 | 1)
    total = np.convolve(np.where(finite, values, 0.0), window, "same")
    return np.where(finite, total / np.maximum(np.convolve(finite, window, "same"), 1), np.nan)


def mean_over_seeds(histories: Sequence[History], column: str) -> tuple[np.ndarray, np.ndarray]:
    """The epochs and the seeds' mean of a column, as far as all seeds have come. Every seed logs at the same epochs."""
    rows = min(len(history[column]) for history in histories)
    values = np.stack([history[column][:rows] for history in histories])
    return histories[0]["epoch"][:rows], values.mean(axis=0)


def unit_of(column: str) -> str:
    return next((quantity.unit for quantity in QUANTITIES if column in quantity.columns), "")


def words(column: str) -> str:
    """A column's name for people: `generator_loss` → `Generator loss`."""
    return "KL divergence" if column == "kl" else column.replace("_", " ").capitalize()


def alternative(columns: Mapping[str, np.ndarray], epochs: np.ndarray) -> str:
    """What a panel shows, for those who cannot see it: where each curve starts and ends."""
    said = []
    for name, values in columns.items():
        finite = values[np.isfinite(values)]
        change = f"from {finite[0]:.4g} to {finite[-1]:.4g}" if finite.size else "never finite"
        said.append(f"{words(name)} {change}")
    return f"{listed(said)}, up to epoch {epochs[-1]:.3g}."
