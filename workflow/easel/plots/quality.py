"""Quality against compute: the FID of each snapshot over the time that its training had taken."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from easel.plots.html import Html, figure, joined
from easel.plots.results import History, Run, Study
from easel.plots.style import INK, colour, dashes, key, panel, styled, svg
from easel.plots.words import duration, epoch_words, listed, plural


def quality_over_time(study: Study) -> Html | None:
    """The snapshots of all runs and seeds: FID over training time. A ring marks the snapshot that was sampled."""
    curves = {
        run["run"]: [
            curve
            for seed in run["seeds"]
            if (curve := curve_of(study.snapshots(run["run"], seed["seed"]), study.history(run["run"], seed["seed"])))
        ]
        for run in study.runs
    }
    curves = {run: seeds for run, seeds in curves.items() if seeds}
    if not curves:
        return None
    chosen = {
        run["run"]: [seed["samples"].get("step") for seed in run["seeds"] if study.snapshots(run["run"], seed["seed"])]
        for run in study.runs
    }
    record = next(study.snapshots(run["run"], seed["seed"]) for run in study.runs for seed in run["seeds"])
    drawing = draw(curves, chosen, fid_label(record))
    said = [f"{run} from {seeds[0]['fid'][0]:.4g} to {seeds[0]['fid'][-1]:.4g}" for run, seeds in curves.items()]
    caption = (
        f"FID of {plural(record['n'], 'image')} drawn from each snapshot, from the same latents, by the judge "
        f"{record['judge']} against {record['reference_n']:,} {record['reference_split']} images: lower is better. "
        "A ring marks the snapshot that was sampled. It compares with no FID of another number of images."
    )
    return figure(joined(key(list(curves)), svg(drawing, f"FID over training time: {listed(said)}.")), caption)


def snapshot_curve(run: Run) -> Html | None:
    """The snapshots of one training, and which of them was sampled and why."""
    if not run.snapshots:
        return None
    curve = curve_of(run.snapshots, run.history)
    step = run.judged.get("samples", {}).get("step")
    drawing = draw({run.name: [curve]}, {run.name: [step]}, fid_label(run.snapshots))
    said = f"FID of {len(curve['fid'])} snapshots, from {curve['fid'][0]:.4g} to {curve['fid'][-1]:.4g}."
    return figure(svg(drawing, said), sampled_words(run))


def sampled_words(run: Run) -> str:
    """Which snapshot the samples come from, and why."""
    origin = run.judged.get("samples", {})
    if "step" not in origin:
        return ""
    return (
        f"Sampled is the snapshot after step {origin['step']:,} (epoch {epoch_words(origin['epoch'])}): "
        f"{origin['why']}. "
        f"FID of {run.snapshots['n']:,} images, from other latents than the samples'. generator.keras and "
        "reconstructions are of the end."
    )


def curve_of(record: Mapping | None, history: History) -> dict[str, np.ndarray] | None:
    """A snapshots.json as arrays: step, seconds (of training until then), fid, uncertainty."""
    if not record:
        return None
    found = {
        name: np.array([each[name] for each in record["snapshots"]], float) for name in ("step", "fid", "uncertainty")
    }
    if history:
        found["seconds"] = np.interp(found["step"], [0, *history["step"]], [0, *history["seconds"]])
    else:
        found["seconds"] = np.full(len(found["step"]), np.nan)
    return found


def fid_label(record: Mapping) -> str:
    return f"FID, {record['n']:,} images, {record['judge']}"


@styled
def draw(
    curves: Mapping[str, Sequence[Mapping[str, np.ndarray]]], chosen: Mapping[str, Sequence[int | None]], label: str
) -> Figure:
    """A line for each seed of each run, with its uncertainties; a ring around the step that was chosen."""
    drawing, axes = panel(height=3.0)
    lowest, highest = np.inf, 0.0
    for i, (run, seeds) in enumerate(curves.items()):
        for curve, step in zip(seeds, chosen[run], strict=True):
            axes.errorbar(
                curve["seconds"], curve["fid"], 1.96 * curve["uncertainty"], color=colour(i), linestyle=dashes(i),
                marker="o", markersize=3.5, elinewidth=0.8,
            )  # fmt: skip
            ring = curve["step"] == step
            axes.plot(
                curve["seconds"][ring], curve["fid"][ring], "o", markersize=10, markerfacecolor="none",
                markeredgecolor=INK, markeredgewidth=1,
            )  # fmt: skip
            lowest, highest = min(lowest, curve["fid"].min()), max(highest, curve["fid"].max())
    if lowest > 0 and highest > 8 * lowest:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}") if highest < 30 * lowest else None
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MultipleLocator(tick(axes.get_xlim()[1])))
    axes.xaxis.set_major_formatter(lambda seconds, _: duration(seconds) if seconds else "0")
    axes.set_xlabel("time in training")
    axes.set_ylabel(label)
    return drawing


def tick(longest: float, most: int = 5) -> float:
    """Seconds between two marks of an axis that ends after `longest` seconds: whole times, at most so many marks."""
    times = [count * unit for unit in (1, 60, 3600, 86400) for count in (1, 2, 5, 10, 15, 30)]
    return next((time for time in sorted(times) if longest <= most * time), longest / most)
