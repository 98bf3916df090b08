"""The files of a judge."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class JudgeFiles:
    """The files of one judge of a dataset, all in `results/judges/<dataset>/<judge>/`."""

    judge: str
    """Its name in the study."""
    weights: Path
    """Its network: classifier.keras and its like. The stem is the judge's kind."""
    record: Path
    """`<kind>.json`: the record of how it was made."""
    statistics: Path
    """reference.npz: its features of the real images, summarised."""
    train_features: Path
    """train_features.npy: its features of every training image."""
    check: Path
    """check.json: whether it can judge the dataset."""
    baselines: Path
    """baselines-<n>.json: the metrics of n real images and of n pixel Gaussians."""

    @classmethod
    def at(cls, folder: Path | str, weights: str, n: int) -> "JudgeFiles":
        """The files in a judge's folder, which has the judge's name.

        weights: the file name of the network. n: the number of samples of each run.
        """
        folder = Path(folder)
        return cls(
            judge=folder.name,
            weights=folder / weights,
            record=(folder / weights).with_suffix(".json"),
            statistics=folder / "reference.npz",
            train_features=folder / "train_features.npy",
            check=folder / "check.json",
            baselines=folder / f"baselines-{n}.json",
        )
