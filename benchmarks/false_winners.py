"""How often do equal runs get a winner, and how often do the intervals hold the truth?

    python benchmarks/false_winners.py

Simulates studies of 2 to 10 equal runs with 2 to 10 seeds, whose trainings vary more, or less, than their samples,
compares them as a study is compared, and prints a table. Takes a few minutes on one core.
"""

import argparse
from itertools import product

import numpy as np

from easel.evaluation.comparison import summary

RUNS, SEEDS = (2, 3, 5, 10), (1, 2, 3, 5, 10)
SPREADS = {"trainings vary more": (2.0, 0.5), "trainings vary less": (0.5, 2.0)}  # of trainings, of samples
FACTS = {
    "of": "samples", "metric": "fid", "n": 2000, "judge": "classifier", "judge_facts": None,
    "reference_split": "train", "reference_n": 10_000, "caveats": [],
}  # fmt: skip


def study(random: np.random.Generator, runs: int, seeds: int, training: float, sampling: float) -> dict:
    """The summary of one study of equal runs, whose true FID is 50."""
    values = 50.0 + training * random.normal(size=(runs, seeds)) + sampling * random.normal(size=(runs, seeds))
    uncertainty = {"kind": "bootstrap", "value": sampling, "resamples": 20}
    made = [
        {
            "run": str(run),
            "seeds": [
                {"seed": seed, "metrics": [FACTS | {"value": float(value), "uncertainty": uncertainty}]}
                for seed, value in enumerate(of_seeds)
            ],
        }
        for run, of_seeds in enumerate(values)
    ]
    return summary(made)[0]


def main(studies: int) -> None:
    """Print the table."""
    print("| spread | runs | seeds | best, % | any lead significant, % | mean covered, % | lead covered, % |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (name, spreads), runs, seeds in product(SPREADS.items(), RUNS, SEEDS):
        random = np.random.default_rng([runs, seeds])
        found = [study(random, runs, seeds, *spreads) for _ in range(studies)]
        best = np.mean([each["is_best"] for each in found])
        some = np.mean([any(lead["real"] for lead in each["differences"]) for each in found])
        means = np.mean([run["low"] <= 50.0 <= run["high"] for each in found for run in each["runs"]])
        leads = np.mean([lead["low"] <= 0.0 <= lead["high"] for each in found for lead in each["differences"]])
        cells = " | ".join(f"{100 * value:.1f}" for value in (best, some, means, leads))
        print(f"| {name} | {runs} | {seeds} | {cells} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000, help="per row")
    main(parser.parse_args().studies)
