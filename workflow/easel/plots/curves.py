"""Curves of what training logged: one run's columns of history.csv, and several runs over each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from easel.plots.html import Html, figure, joined, side_by_side
from easel.plots.results import History, collapsed_spans
from easel.plots.style import INK, colour, dashes, key, panel, shade, styled, svg
from easel.plots.words import epoch_words, listed

CLOCKS = ("epoch", "step", "images", "seconds")
NOT_DRAWN = (*CLOCKS, "collapsed")  # a column that hatches the others
TICKS = [1, 2, 2.5, 5, 10]


@dataclass(frozen=True)
class Quantity:
    """What some columns of history.csv have in common."""

    title: str
    columns: tuple[str, ...]
    unit: str
    meaning: str
    data: float | None = None
    """Where the training images are: a dotted line, and the axis then starts at 0."""
    repeated: bool = False
    """Whether it is measured now and then, and rows repeat the newest value: no mean is taken over rows."""


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
    Quantity(
        "Diversity of the samples", ("diversity",), "relative to the data",
        "How different the samples are from each other, measured with every progress picture. At 1, the dotted line, "
        "they differ as much as training images do; near 0, the model draws much the same image again and again.",
        data=1.0, repeated=True,
    ),
)  # fmt: skip


def training_curves(history: History) -> Html | None:
    """A panel for every quantity that a run logged; a column that no quantity knows gets a panel of its own."""
    panels, collapsed = [], collapsed_spans(history)
    for quantity in quantities_in(history):
        columns = {name: history[name] for name in quantity.columns}
        drawn = curves(history["epoch"], columns, quantity.unit, collapsed)
        names = key([words(name) for name in columns], "collapsed" if collapsed else None)
        picture = joined(names, svg(drawn, alternative(columns, history["epoch"], collapsed)))
        panels.append(figure(picture, quantity.meaning, quantity.title))
    return side_by_side(panels, 21)


def overlaid_curves(histories: Mapping[str, Sequence[History]]) -> Html | None:
    """A panel for every column that two runs share (any column where there is one run): a line for each run.

    histories: of every run, one for each of its seeds. The line is the seeds' mean; each seed has a fainter one.
    """
    logged = {run: [history for history in seeds if history] for run, seeds in histories.items()}
    holders = {}
    for run, seeds in logged.items():
        for column in dict.fromkeys(column for history in seeds for column in drawn_columns(history)):
            holders.setdefault(column, []).append(run)
    shared = [column for column, runs in holders.items() if len(runs) >= min(2, len(logged))]
    panels = [
        figure(
            svg(
                overlay(logged, column, quantity_of(column).unit),
                f"{words(column)} of {listed(holders[column])} over the epochs of training",
            ),
            None if quantity_of(column).data is None else "Dotted: training images.",
            words(column),
        )
        for column in shared
    ]
    return joined(key(list(logged)), side_by_side(panels, 21)) if panels else None


def quantities_in(history: History) -> list[Quantity]:
    """The quantities of a history, each with only the columns that are there."""
    there, found = drawn_columns(history), []
    for quantity in QUANTITIES:
        if columns := tuple(name for name in quantity.columns if name in there):
            found.append(replace(quantity, columns=columns))
    known = {name for quantity in QUANTITIES for name in quantity.columns}
    return found + [quantity_of(name) for name in there if name not in known]


def drawn_columns(history: History) -> list[str]:
    """The columns of a history that have a panel; one that is measured now and then, if it ever was."""
    return [
        name
        for name, values in history.items()
        if name not in NOT_DRAWN and not (quantity_of(name).repeated and np.isnan(values).all())
    ]


def quantity_of(column: str) -> Quantity:
    """What there is to know about a column; of one that no quantity knows, its name."""
    unknown = Quantity(words(column), (column,), "", "")
    return next((quantity for quantity in QUANTITIES if column in quantity.columns), unknown)


@styled
def curves(
    epochs: np.ndarray, columns: Mapping[str, np.ndarray], unit: str, collapsed: Sequence[tuple[float, float]] = ()
) -> Figure:
    """Columns (rows,) over the epochs (rows,); a long one is drawn faintly, and its moving mean over it.

    collapsed: from which epoch to which the training counted as collapsed; hatched.
    """
    drawing, axes = panel()
    for start, end in collapsed:
        shade(axes, start, end)
    for i, (name, values) in enumerate(columns.items()):
        line(axes, epochs, values, i, smoothed=not quantity_of(name).repeated)
    finish(axes, quantity_of(next(iter(columns))), list(columns.values()), unit)
    return drawing


@styled
def overlay(histories: Mapping[str, Sequence[History]], column: str, unit: str) -> Figure:
    """One column of several runs, each in its own colour, whether the runs before it have the column or not."""
    drawing, axes = panel()
    drawn = []
    for i, seeds in enumerate(histories.values()):
        with_it = [history for history in seeds if column in history]
        for history in with_it if len(with_it) > 1 else []:
            drawstyle = "steps-post" if quantity_of(column).repeated else "default"
            axes.plot(history["epoch"], history[column], color=colour(i), alpha=0.3, linewidth=0.7, drawstyle=drawstyle)
        if with_it:
            epochs, mean = mean_over_seeds(with_it, column)
            line(axes, epochs, mean, i, smoothed=not quantity_of(column).repeated)
            drawn.append(mean)
    finish(axes, quantity_of(column), drawn, unit)
    return drawing


def line(axes: Axes, epochs: np.ndarray, values: np.ndarray, i: int, smoothed: bool = True) -> None:
    """The i-th series' line. Points that stand alone (one row, or between two NaN) are dots."""
    smooth = moving_mean(values) if smoothed else values
    if smooth is not values:
        axes.plot(epochs, values, color=colour(i), alpha=0.3, linewidth=0.7)
    axes.plot(epochs, smooth, color=colour(i), linestyle=dashes(i), drawstyle="default" if smoothed else "steps-post")
    finite = np.isfinite(np.concatenate([[np.nan], smooth, [np.nan]]))
    alone = finite[1:-1] & ~finite[:-2] & ~finite[2:]
    if alone.any():
        axes.plot(epochs[alone], smooth[alone], "o", color=colour(i), markersize=4)


def finish(axes: Axes, quantity: Quantity, columns: Sequence[np.ndarray], unit: str) -> None:
    """Axes, their labels, and a word on what cannot be drawn."""
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=TICKS))
    axes.set_xlim(left=0)
    axes.set_ylabel(unit)
    if unit == "recognised":
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    if quantity.data is not None:
        axes.axhline(quantity.data, color=INK, linewidth=1, linestyle=(0, (1, 2)), alpha=0.8)
        highest = max((values[np.isfinite(values)].max(initial=0) for values in columns), default=0)
        axes.set_ylim(0, 1.08 * max(quantity.data, highest))
    if quantity.repeated:  # what comes before the first measurement is not missing
        columns = [values[np.isfinite(values).argmax() :] for values in columns]
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


def words(column: str) -> str:
    """A column's name for people: `generator_loss` → `Generator loss`."""
    return "KL divergence" if column == "kl" else column.replace("_", " ").capitalize()


def alternative(
    columns: Mapping[str, np.ndarray], epochs: np.ndarray, collapsed: Sequence[tuple[float, float]] = ()
) -> str:
    """What a panel shows, for those who cannot see it: where each curve starts and ends, and what is hatched."""
    said = []
    for name, values in columns.items():
        finite = values[np.isfinite(values)]
        change = f"from {finite[0]:.4g} to {finite[-1]:.4g}" if finite.size else "never finite"
        said.append(f"{words(name)} {change}")
    spans = listed([f"from epoch {epoch_words(start)} to {epoch_words(end)}" for start, end in collapsed])
    return f"{listed(said)}, up to epoch {epochs[-1]:.3g}." + (f" Hatched as collapsed: {spans}." if spans else "")
