"""Are the verdicts of a comparison right? Simulated studies, whose truth is known, compared as a study is.

    python benchmarks/verdicts.py            # all tables: half an hour on one core
    python benchmarks/verdicts.py promises   # one of equal, panel, spreads, promises

Prints tables: how often equal runs get a winner and intervals hold the truth, by one judge (equal) and by a panel of
three (panel); how well the spread of trainings is known (spreads); and whether the promised number of seeds is right
(promises).
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from easel.evaluation.agreement import agreement
from easel.evaluation.comparison import summary
from easel.metrics import best_of_several, intervals
from easel.metrics.seeds_to_settle import POWER, Seeds, seeds_to_settle, totals
from easel.metrics.spread import spread

FID = 50.0  # the true one of equal runs
SCENARIOS = {  # of trainings (run: 0 to 1), of samples, of what all runs of a seed have in common
    "trainings vary more": (lambda run: 2.0, 0.5, 0.0),
    "trainings vary less": (lambda run: 0.5, 2.0, 0.0),
    "runs vary unequally": (lambda run: 4.0**run, 0.5, 0.0),
    "seeds are correlated": (lambda run: 1.0, 0.5, 2.0),
}
RUNS, SEEDS = (2, 3, 10), (2, 3, 5, 10)
JUDGES, CORRELATION = ("classifier", "self_supervised", "random"), 0.7  # of the judges' values of one training
RESAMPLES = 20  # of the bootstrap that finds the standard error
TRAININGS = (0.3, 1.0, 3.0)
LEVEL = 0.05
PROMISES = {  # true means of runs, and the standard deviation of each
    "2 runs": ((0.0, 1.0), (1.0, 1.0)),
    "2 runs, close": ((0.0, 0.5), (1.0, 1.0)),
    "2 runs, unequal": ((0.0, 1.5), (0.5, 2.0)),
    "3 runs, both rivals close": ((0.0, 1.0, 1.0), (1.0,) * 3),
    "3 runs, one rival close": ((0.0, 1.0, 3.0), (1.0,) * 3),
    "5 runs, all rivals close": ((0.0, 0.8, 0.8, 0.8, 0.8), (1.0,) * 5),
    "5 runs, at distances": ((0.0, 0.7, 1.0, 1.5, 2.0), (1.0,) * 5),
}
PILOTS = (2, 3, 5)  # seeds
FACTS = {
    "of": "samples", "metric": "fid", "n": 2000, "judge_facts": None,
    "reference_split": "train", "reference_n": 10_000, "caveats": [],
}  # fmt: skip


# --- equal runs ----------------------------------------------------------------------------------------


def equal(studies: int) -> Iterator[str]:
    """Rows on studies of equal runs by one judge."""
    yield "| scenario | runs | seeds | best, % | any win, % | mean covered, % | lead covered, % |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for (name, scenario), runs, seeds in product(SCENARIOS.items(), RUNS, SEEDS):
        random = np.random.default_rng([runs, seeds])
        found = [summary(study_of_equals(random, runs, seeds, *scenario))[0] for _ in range(studies)]
        cells = (
            np.mean([each["is_best"] for each in found]),
            np.mean([any(lead["real"] for lead in each["differences"]) for each in found]),
            np.mean([run["low"] <= FID <= run["high"] for each in found for run in each["runs"]]),
            np.mean([lead["low"] <= 0.0 <= lead["high"] for each in found for lead in each["differences"]]),
        )
        yield f"| {name} | {runs} | {seeds} | {percent(cells)} |"


def panel(studies: int) -> Iterator[str]:
    """Rows on studies of equal runs by a panel of judges."""
    yield "| runs | seeds | best by some judge, % | best by all judges, % |"
    yield "| --- | --- | --- | --- |"
    for runs, seeds in product(RUNS[:2], SEEDS):
        random = np.random.default_rng([runs, seeds])
        columns = [
            summary(study_of_equals(random, runs, seeds, lambda run: 2.0, 0.5, 0.0, JUDGES)) for _ in range(studies)
        ]
        some = np.mean([any(column["is_best"] for column in study) for study in columns])
        everyone = np.mean([agreement(study)[0]["best"] is not None for study in columns])
        yield f"| {runs} | {seeds} | {percent((some, everyone))} |"


def study_of_equals(
    random: np.random.Generator,
    runs: int,
    seeds: int,
    training: Callable[[float], float],
    sampling: float,
    shared: float,
    judges: tuple[str, ...] = ("classifier",),
) -> list[dict]:
    """Runs, as `compare` gives them, with equal true FIDs."""
    of_runs = np.array([training(place) for place in places(runs)])[:, None, None]
    of_training = np.sqrt(CORRELATION) * random.normal(size=(runs, seeds, 1))
    of_training = of_training + np.sqrt(1.0 - CORRELATION) * random.normal(size=(runs, seeds, len(judges)))
    values = FID + of_runs * of_training + shared * random.normal(size=(seeds, len(judges)))
    values = values + sampling * random.normal(size=values.shape)
    errors = sampling * np.sqrt(random.chisquare(RESAMPLES - 1, size=values.shape) / (RESAMPLES - 1))
    return [
        {
            "run": str(run),
            "seeds": [
                {"seed": seed, "metrics": [row(*each) for each in zip(judges, of_seed, its_errors, strict=True)]}
                for seed, (of_seed, its_errors) in enumerate(zip(of_run, of_errors, strict=True))
            ],
        }
        for run, (of_run, of_errors) in enumerate(zip(values, errors, strict=True))
    ]


def row(judge: str, value: float, error: float) -> dict:
    """A row of metrics.json."""
    uncertainty = {"kind": "bootstrap", "value": float(error), "resamples": RESAMPLES}
    return FACTS | {"judge": judge, "value": float(value), "uncertainty": uncertainty}


def places(runs: int) -> np.ndarray:
    """The place of each run among all, from 0 to 1."""
    return np.linspace(0.0, 1.0, runs)


def percent(shares: tuple[float, ...]) -> str:
    return " | ".join(f"{100 * share:.1f}" for share in shares)


# --- the spread of trainings ---------------------------------------------------------------------------


def spreads(studies: int) -> Iterator[str]:
    """Rows on the spread of a run's trainings, whose samples vary by 1."""
    yield "| spread of trainings | seeds | variance found, mean | covered, % |"
    yield "| --- | --- | --- | --- |"
    for training, seeds in product(TRAININGS, SEEDS):
        random = np.random.default_rng(seeds)
        got = []
        for _ in range(10 * studies):
            errors = np.sqrt(random.chisquare(RESAMPLES - 1, size=seeds) / (RESAMPLES - 1))
            got.append(spread([random.normal(size=seeds) * np.hypot(1.0, training)], [errors]))
        variance = np.mean([each.total**2 - each.sampling**2 for each in got])
        covered = np.mean([each.low <= training <= each.high for each in got])
        yield f"| {training:g} | {seeds} | {variance:.2f} | {percent((covered,))} |"


# --- promised numbers of seeds -------------------------------------------------------------------------


def promises(studies: int) -> Iterator[str]:
    """Rows on the number of seeds for the first run's lead over the second."""
    yield "| runs | by simulation | at the true effects | pilot seeds | promised, median | off, % | range right, % |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, (means, deviations) in PROMISES.items():
        mean, deviation = np.array(means), np.array(deviations)
        random = np.random.default_rng(len(name))
        right = seeds_by_simulation(mean, deviation, 4 * studies, random)
        effects = np.abs(mean[:, None] - mean) / np.hypot(deviation[:, None], deviation)
        at_truth = totals(effects, 0, LEVEL)[1]
        for seeds in PILOTS:
            found = list(pilots(mean, deviation, seeds, studies, random))
            median = np.median([each.total or np.inf for each in found])
            held = np.mean([(each.low or np.inf) <= right <= (each.high or np.inf) for each in found])
            off = 100 * (median / right - 1)
            yield f"| {name} | {right} | {at_truth} | {seeds} | {median:g} | {off:+.0f} | {100 * held:.0f} |"


def pilots(
    mean: np.ndarray, deviation: np.ndarray, seeds: int, studies: int, random: np.random.Generator
) -> Iterator[Seeds]:
    """What studies of few seeds promise for the first two runs, if one of them leads; else nothing is promised."""
    for _ in range(studies):
        values = simulated(mean, deviation, seeds, random)
        best = int(values.mean(axis=1).argmin())
        if best < 2:
            yield seeds_to_settle(intervals.paired(values[:, None], values[None]), best)[1 - best]


def seeds_by_simulation(mean: np.ndarray, deviation: np.ndarray, studies: int, random: np.random.Generator) -> int:
    """The fewest seeds with which the first run's lead over the second is found with the probability POWER."""
    low, high = 2, 4
    while found(mean, deviation, high, studies, random) < POWER:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if found(mean, deviation, middle, studies, random) >= POWER else (middle, high)
    return high


def found(mean: np.ndarray, deviation: np.ndarray, seeds: int, studies: int, random: np.random.Generator) -> float:
    """The fraction of studies in which the first run is better than the second by more than chance."""
    wins = 0
    for _ in range(studies):
        values = simulated(mean, deviation, seeds, random)
        if values.mean(axis=1).argmin() == 0:
            wins += best_of_several.against_best(best_of_several.paired_p(values), 0)[1] <= LEVEL
    return wins / studies


def simulated(mean: np.ndarray, deviation: np.ndarray, seeds: int, random: np.random.Generator) -> np.ndarray:
    """Values (runs, seeds)."""
    return mean[:, None] + deviation[:, None] * random.normal(size=(len(mean), seeds))


TABLES = {"equal": equal, "panel": panel, "spreads": spreads, "promises": promises}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="default: all")
    parser.add_argument("--studies", type=int, default=1000, help="per row")
    options = parser.parse_args()
    for name in options.tables or TABLES:
        print(f"\n{name}\n", flush=True)
        for line in TABLES[name](options.studies):
            print(line, flush=True)
