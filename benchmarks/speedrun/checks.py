"""Check that the results of an entry keep the rules: a finding for each of them."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.speedrun.rules import Attempt, write_study

from easel.config.affects import Affects, names_of
from easel.config.judges import KINDS
from easel.evaluation.snapshots import file_of
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, sha256
from easel.study.load import Study
from easel.tracking.fingerprint import code_of

FROM_ELSEWHERE = ("start_from", "weights")
"""Settings of a training that would bring in what was learnt before."""


class Finding(NamedTuple):
    """Whether one rule is kept."""

    rule: str
    kept: bool
    said: str
    """What was found, and what would be right."""


@dataclass(frozen=True)
class Found:
    """The records of one seed."""

    seed: int
    folder: Path
    train: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Found":
        seed = int(folder.name.removeprefix("seed-"))
        return cls(seed, folder, *(read_json(folder / name) for name in ("train.json", "metrics.json")))

    @property
    def judged(self) -> list[Mapping[str, Any]]:
        """The rows of the samples' FID, precision and recall."""
        kept = ("fid", "precision", "recall")
        return [row for row in self.metrics["metrics"] if row["of"] == "samples" and row["metric"] in kept]


def read_seeds(results: Path, run: str) -> list[Found]:
    """The finished seeds of a run. results: the folder of the study. Raises EaselError if there is none."""
    finished = sorted((results / run).glob("seed-*/metrics.json"))
    if not finished:
        raise EaselError(f"{results / run}: no metrics.json of any seed; run the entry first")
    return sorted((Found.read(file.parent) for file in finished), key=lambda found: found.seed)


def check(results: Path, attempt: Attempt) -> list[Finding]:
    """Every rule, kept or broken. results: results/<study>, next to results/datasets and results/judges."""
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(attempt.study, Path(folder) / f"{attempt.study_name}.yaml")
    seeds = read_seeds(results, attempt.name)
    return [
        check_seeds(seeds, study),
        check_budget(seeds, attempt),
        check_device(seeds),
        check_settings(seeds, attempt, study),
        check_code(seeds, attempt, study),
        check_start(seeds),
        check_dataset(seeds, attempt, study, results),
        check_samples(seeds, study),
        check_generator(seeds),
        check_judges(seeds, study, results),
        check_reference(seeds, attempt),
    ]


def check_seeds(seeds: list[Found], study: Study) -> Finding:
    found = [each.seed for each in seeds]
    return Finding("seeds", found == study.seeds, f"found {found}, the rules name {study.seeds}")


def check_budget(seeds: list[Found], attempt: Attempt) -> Finding:
    """Every training's CPU seconds, those of all its jobs, are within the budget."""
    most = attempt.rules.cpu_seconds(attempt.budget)
    used = [each.train.get("cpu_seconds") for each in seeds]
    said = ", ".join("unknown" if each is None else f"{each:,.0f}" for each in used)
    kept = all(each is not None and each <= most for each in used)
    fit = [each.train["epochs"] * most / seconds for each, seconds in zip(seeds, used, strict=True) if seconds]
    remedy = f"; about {min(fit):.3g} epochs fit" if fit and not kept else ""
    return Finding("budget", kept, f"{said} CPU seconds, at most {most:,}{remedy}")


def check_device(seeds: list[Found]) -> Finding:
    """The budget is in CPU seconds, so nothing else may have computed."""
    kinds = sorted({each.train["device"]["kind"] for each in seeds})
    return Finding("device", kinds == ["cpu"], f"trained on {', '.join(kinds)}; should be cpu alone")


def check_settings(seeds: list[Found], attempt: Attempt, study: Study) -> Finding:
    settings = study.runs[attempt.name].settings
    wanted = as_stored(settings.model_dump(include=set(names_of(type(settings), Affects.TRAINING))))
    differing = {key for each in seeds for key in differences(each.train["settings"], wanted)}
    return Finding("settings", not differing, listed(differing, "the entry's", "differ from the entry's"))


def check_code(seeds: list[Found], attempt: Attempt, study: Study) -> Finding:
    settings = study.runs[attempt.name].settings
    modules = f"easel.models.{settings.model}", f"easel.training.objectives.{settings.family}"
    wanted = code_of("train_run.py", *modules)
    differing = {file for each in seeds for file in differences(each.train["fingerprints"]["code"], wanted)}
    return Finding("code", not differing, listed(differing, "this checkout's", "differ from this checkout's"))


def check_start(seeds: list[Found]) -> Finding:
    given = {key for each in seeds for key in FROM_ELSEWHERE if each.train["settings"].get(key)}
    return Finding("start", not given, listed(given, "from random weights", "bring in weights from elsewhere"))


def check_dataset(seeds: list[Found], attempt: Attempt, study: Study, results: Path) -> Finding:
    """The trainings saw the training split, and the dataset is the rules' by format and number of images."""
    record = read_json(dataset_of(seeds, results))
    images = {split: record["splits"][split]["images"] for split in ("train", "test")}
    wanted = attempt.rules.images.model_dump()
    seen = {each.train["fingerprints"]["data"] for each in seeds}
    own = seen == {record["arrays"]["train_images.npy"]}
    kept = own and images == wanted and record["format"] == study.dataset.format
    said = f"{record['format']} with {images}, the rules name {study.dataset.format} with {wanted}"
    return Finding("dataset", kept, said if own else f"not trained on train_images.npy of {record['name']}")


def check_samples(seeds: list[Found], study: Study) -> Finding:
    """As many samples as the rules name, of the end of the training, from all of its distribution."""
    problems = []
    for each in seeds:
        origin, last = each.metrics["samples"], each.train["snapshots"][-1]
        sizes = {row["n"] for row in each.judged}
        if sizes != {study.samples}:
            problems.append(f"seed {each.seed}: judged {sorted(sizes)} samples, should be {study.samples}")
        if origin["kind"] != "snapshot" or origin["step"] != last["step"]:
            problems.append(f"seed {each.seed}: not sampled from the last snapshot")
        if any(origin.get("sampling", {}).get(key) for key in ("truncation", "label")):
            problems.append(f"seed {each.seed}: sampled with a truncation or a label")
    return Finding("samples", not problems, "; ".join(problems) or f"{study.samples:,} of the last snapshot")


def check_generator(seeds: list[Found]) -> Finding:
    """The network that was sampled is the one that the training left."""
    other = [
        f"seed {each.seed}"
        for each in seeds
        if sha256(each.folder / "generator.keras")
        != sha256(file_of(each.train["snapshots"][-1], each.folder / "train.json"))
    ]
    return Finding("generator", not other, listed(other, "the training's", "did not sample the training's"))


def check_judges(seeds: list[Found], study: Study, results: Path) -> Finding:
    """The whole panel has judged, each judge has the rules' settings, and has passed its own check."""
    problems = []
    for each in seeds:
        names = {row["judge"] for row in each.judged}
        if names != set(study.judges):
            problems.append(f"seed {each.seed}: judged by {sorted(names)}, should be {sorted(study.judges)}")
    for name, settings in study.judges.items():
        folder = judges_of(seeds, results) / name
        record = folder / f"{settings.kind}.json"
        if not record.is_file():
            problems.append(f"{name}: no {record.name} in {folder}")
            continue
        if differing := differences(read_json(record)["settings"], as_stored(settings.model_dump())):
            problems.append(f"{name}: {', '.join(sorted(differing))} differ from the rules'")
        if failed := [caveat["kind"] for caveat in read_json(folder / "check.json")["caveats"]]:
            problems.append(f"{name}: failed its check ({', '.join(failed)})")
    return Finding("judges", not problems, "; ".join(problems) or ", ".join(study.judges))


def check_reference(seeds: list[Found], attempt: Attempt) -> Finding:
    """All values are relative to the training split; FID to all of it."""
    rows = [row for each in seeds for row in each.judged]
    splits = {row["reference_split"] for row in rows}
    sizes = {row["reference_n"] for row in rows if row["metric"] == "fid"}
    wanted = attempt.rules.images.train
    said = f"FID against {sorted(sizes)} images of {sorted(splits)}, should be {wanted} of train"
    return Finding("reference", splits == {"train"} and sizes == {wanted}, said)


def dataset_of(seeds: list[Found], results: Path) -> Path:
    """dataset.json of the dataset that the seeds were trained on."""
    return results.parent / "datasets" / seeds[0].train["dataset"] / "dataset.json"


def judges_of(seeds: list[Found], results: Path) -> Path:
    """The folder of that dataset's judges."""
    return results.parent / "judges" / seeds[0].train["dataset"]


def weights_of(folder: Path) -> Path:
    """The network of the judge in a folder. Raises EaselError if there is no judge with its reference."""
    found = [folder / kind.weights for kind in KINDS.values() if (folder / kind.weights).is_file()]
    if len(found) != 1 or not (folder / "reference.npz").is_file():
        raise EaselError(
            f"{folder}: no judge with its reference.npz; `python -m benchmarks.speedrun panel` makes those of the panel"
        )
    return found[0]


def as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a JSON file gives them back."""
    return json.loads(json.dumps(values))


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> set[str]:
    """The keys whose values differ, or that one of two mappings lacks."""
    return {key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)}


def listed(names: set[str] | list[str], good: str, bad: str) -> str:
    """A finding's words: `good` if there are no names."""
    return f"{', '.join(sorted(names))} {bad}" if names else good
