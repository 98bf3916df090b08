"""The methods of a study in words, from its records: what was trained, judged and tested, and on what.

A paragraph is English text with marks of citations (bibliography.py), which becomes LaTeX or Markdown (markup.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from easel.evaluation.comparison import LEVEL
from easel.evaluation.judge_failures import has_failed
from easel.metrics.catalogue import BASELINES
from easel.report.page.numbers import (
    format_device,
    format_hours,
    format_shape,
    joined_sentences,
    joined_with_and,
    joined_with_semicolons,
    plural,
)
from easel.report.page.plain import english
from easel.report.page.records import record_sentence
from easel.report.paper.bibliography import Bibliography, Reference
from easel.report.paper.records import PaperRecords
from easel.report.tables.metric_rows import judging_devices, reference_images
from easel.report.tables.metric_texts import image_kind, metric_source, metric_title, metrics_in
from easel.report.tables.run_summaries import format_epochs
from easel.texts import say

DIGITS = 12
"""Digits of a checksum or a commit in a sentence."""
PROGRAMS = {
    "snakemake": ("Snakemake", "molder2021snakemake"),
    "tensorflow": ("TensorFlow", "abadi2016tensorflow"),
    "keras": ("Keras", "chollet2015keras"),
    "numpy": ("NumPy", ""),
    "scipy": ("SciPy", ""),
    "python": ("Python", ""),
}
"""By package, the programs whose version is stated: name, and key of the work to cite."""


@dataclass
class Methods:
    """The paragraphs of a study, and the works that they cite."""

    records: PaperRecords
    easel: Reference
    """The work to cite for Easel."""
    bibliography: Bibliography = field(default_factory=Bibliography)

    def paragraphs(self) -> list[tuple[str, str]]:
        """Heading and text of each paragraph."""
        parts = {
            "data": self.data(),
            "training": self.training(),
            "samples": self.samples(),
            "judges": self.judges(),
            "metrics": self.metrics(),
            "statistics": self.statistics(),
            "compute": self.compute(),
            "software": self.software(),
        }
        return [
            (english(say(f"paper.titles.{name}")), english(joined_sentences(sentences)))
            for name, sentences in parts.items()
            if sentences
        ]

    # --- data and training ---

    def data(self) -> Sequence[str]:
        """The dataset and where it is from."""
        dataset = self.records.dataset
        source, splits = dataset["source"], dataset["splits"]
        cited = self.bibliography.cite_for(dataset["format"]) or self.bibliography.cite_for(dataset["name"])
        files = [
            say("paper.file", file=file, digits=found[:DIGITS]) for file, found in source.get("sha256", {}).items()
        ]
        facts = {**source, "files": joined_with_and(files), "pictures": plural(source.get("pictures", 0), "picture")}
        return [
            say(
                "paper.data", dataset=dataset["name"], cited=spaced(cited), shape=format_shape(dataset["image_shape"]),
                training=plural(splits["train"]["images"], "training image"), test=splits["test"]["images"],
                n=len(dataset["classes"]),
            ),
            say(f"paper.sources.{source['kind']}", **{key: facts[key] for key in SOURCE_FACTS[source["kind"]]}),
            say("paper.training_images_only"),
        ]  # fmt: skip

    def training(self) -> Sequence[str]:
        """The runs, their presets and the sources of these."""
        runs, study = self.records.study.runs, self.records.study
        if not runs:
            return []
        seeds = joined_with_and([str(seed) for seed in study.comparison["seeds"]])
        sentences = [say("paper.runs", runs=plural(len(runs), "run"), n=len(study.comparison["seeds"]), seeds=seeds)]
        for run in runs:
            trained = self.records.trainings[run["run"]][0]
            sentences.append(
                say(
                    "paper.run", run=run["run"], preset=run["preset"], epochs=format_epochs(run),
                    steps=plural(trained["steps"], "step"), batch=plural(trained["settings"]["batch_size"], "image"),
                )
            )  # fmt: skip
            if source := self.source_of(run["run"]):
                sentences.append(say("paper.source", source=source))
        return [*sentences, say("paper.all_settings")]

    def source_of(self, run: str) -> str:
        """The source of a preset's settings, with citations; empty if it states none."""
        return self.bibliography.with_citations(self.records.manifest["configuration"]["runs"][run].get("source", ""))

    # --- samples and judges ---

    def samples(self) -> Sequence[str]:
        """How the snapshots were chosen, and how they were sampled."""
        study = self.records.study
        sampled = [each["samples"] for run in study.runs for each in run["seeds"]]
        sentences = [*self.selection(sampled)] if sampled else []
        n = sorted({column["n"] for column in study.summary if column["of"] == "samples"}, reverse=True)
        if sampled and n:
            sentences.append(say("paper.sampled", samples=plural(n[0], "image")))
            truncated = {
                run["run"]: truncation
                for run in study.runs
                if (truncation := (run["seeds"][0]["samples"].get("sampling") or {}).get("truncation")) is not None
            }
            sentences += [say("paper.truncated", run=run, truncation=f"{value:g}") for run, value in truncated.items()]
        if any(trained[0].get("classes") for trained in self.records.trainings.values()):
            sentences.append(say("paper.of_classes"))
        return [*sentences, *map(external_sentence, study.external)]

    def selection(self, sampled: Iterable[Mapping[str, Any]]) -> Sequence[str]:
        """How the snapshot of each training was chosen."""
        why = Counter(each["why"]["kind"] for each in sampled)
        first = self.records.study.runs[0]
        scores = self.records.study.snapshot_scores(first["run"], first["seeds"][0]["seed"])
        chosen = why["best"] + why["best_at_end"]
        sentences: list[str] = [say("paper.snapshots")]
        if chosen:
            sentences.append(
                say(
                    "paper.selected.best", n=scores["n"], judge=scores["judge"], reference=reference_images(scores),
                    trainings=plural(chosen, "training"), at_end=why["best_at_end"],
                )
            )  # fmt: skip
        for kind in ("last", "only", "judge_failed"):
            if why[kind]:
                sentences.append(say(f"paper.selected.{kind}", trainings=plural(why[kind], "training")))
        return sentences

    def judges(self) -> Sequence[str]:
        """The judges and what their checks found."""
        columns = {column["judge"]: column for column in self.records.study.summary if column["judge"]}
        described = [
            say(
                "paper.judge", judge=name, cited=spaced(self.bibliography.cite_for(judge.kind)),
                facts=record_sentence("judge_facts", columns[name]["judge_facts"]),
                features=judge.check["features"]["dimensions"],
            )
            for name, judge in self.records.judges.items()
            if name in columns
        ]  # fmt: skip
        if not described:
            return []
        failed = [
            say(
                "paper.failed", judge=name,
                caveats=joined_with_semicolons([record_sentence("caveats", each) for each in judge.check["caveats"]]),
            )
            for name, judge in self.records.judges.items()
            if judge.check["caveats"]
        ]  # fmt: skip
        return [
            say("paper.features_of", n=len(described), judges=joined_with_semicolons(described)),
            say("paper.checked"),
            *(failed or [say("paper.passed", n=len(described))]),
        ]

    # --- metrics and statistics ---

    def metrics(self) -> Sequence[str]:
        """The metrics and what they are relative to."""
        columns = {column["metric"]: column for column in self.records.study.summary}
        named = [self.metric(metric) for metric in METRIC_ORDER if metric in columns]
        references: dict[str, list[str]] = {}
        for metric in METRIC_ORDER:
            if metric in columns and (against := reference_images(columns[metric])):
                references.setdefault(english(against), []).append(metric_title(metric))
        relative = [
            say("paper.relative", metrics=joined_with_and(metrics), reference=reference)
            for reference, metrics in references.items()
        ]
        baselines = say("paper.judged_alike", test=image_kind("test_images"), noise=image_kind("pixel_gaussian"))
        uncertain = self.uncertainties()
        estimated = [say("paper.uncertainties", uncertainties=joined_with_semicolons(uncertain))] if uncertain else []
        return [say("paper.metrics", metrics=joined_with_and(named)), *relative, *estimated, baselines]

    def uncertainties(self) -> list[str]:
        """How the uncertainty of a single value is estimated: each kind once, with the metrics that have it."""
        first = [*self.records.study.runs, *self.records.study.external][0]
        metrics_of: dict[str, dict[str, None]] = {}
        for row in first["seeds"][0]["metrics"]:
            if row["uncertainty"] and row["of"] not in BASELINES:
                said = english(record_sentence("uncertainties", row["uncertainty"]))
                metrics_of.setdefault(said, {})[metric_title(row["metric"])] = None
        return [
            say("paper.uncertainty", metrics=joined_with_and(list(metrics)), kind=kind)
            for kind, metrics in metrics_of.items()
        ]

    def metric(self, metric: str) -> str:
        """A metric with the work that introduced it."""
        source = metric_source(metric)
        cited = self.bibliography.cite_named(english(source)) if source else ""
        return say("paper.metric", metric=metric_title(metric), cited=spaced(cited))

    def statistics(self) -> Sequence[str]:
        """Means, intervals, tests and corrections, as far as the study has them."""
        summary = self.records.study.summary
        differences = [each for column in summary for each in column["differences"]]
        tests = {each["test"] for each in differences}
        several = [run["seeds"] for column in summary for run in column["runs"] if run["seeds"] > 1]
        percent = f"{100 * LEVEL:g}"
        sentences = []
        if several:
            sentences.append(say("paper.statistics.over_seeds", seeds=plural(max(several), "seed"), percent=percent))
        if any(run["interval"] == "one_training" for column in summary for run in column["runs"]):
            sentences.append(say("paper.statistics.one_training", percent=percent))
        cite = self.bibliography.cite
        if "paired" in tests:
            sentences.append(say("paper.statistics.paired"))
        if "welch" in tests:
            sentences.append(say("paper.statistics.welch", cited=spaced(cite("welch1947"))))
        if tests - {None}:
            sentences += [
                say(
                    "paper.statistics.corrected", holm=spaced(cite("holm1979")), berger=spaced(cite("berger1982")),
                    intervals=spaced(cite("benjamini2005")), alpha=f"{1 - LEVEL:.2g}", percent=percent,
                ),
                say("paper.statistics.each_alone"),
            ]  # fmt: skip
        if None in tests:
            sentences.append(say("paper.statistics.untested"))
        if any(has_failed(column) for column in summary):
            sentences.append(say("paper.statistics.failed_judge"))
        return sentences

    # --- compute and software ---

    def compute(self) -> Sequence[str]:
        """The devices and the time of the trainings, and what judged their samples."""
        trained = [each for of_run in self.records.trainings.values() for each in of_run]
        by_device = Counter((format_device(each["device"]), each["precision"]) for each in trained)
        sentences = [
            say("paper.trained_on", trainings=plural(n, "training"), device=device, precision=precision)
            for (device, precision), n in by_device.items()
        ]
        if trained:
            sentences.append(say("paper.took", hours=format_hours(sum(each["seconds"] for each in trained))))
        if trained and all(each.get("cpu_seconds") is not None for each in trained):
            sentences.append(say("paper.took_cpu", hours=format_hours(sum(each["cpu_seconds"] for each in trained))))
        if trained:
            repeatable = sum(bool(each.get("deterministic")) for each in trained)
            sentences.append(say("paper.deterministic", n=repeatable, of=len(trained)))
        seeds = [seed for run in (*self.records.study.runs, *self.records.study.external) for seed in run["seeds"]]
        devices = judging_devices(
            (row for seed in seeds for row in seed["metrics"]), (seed["samples"] for seed in seeds)
        )
        return [*sentences, say("paper.judged_on", devices=joined_with_and(devices))] if devices else sentences

    def software(self) -> Sequence[str]:
        """Versions, commit and the checksum of the manifest."""
        manifest = self.records.manifest
        versions = [
            say("paper.version", name=name, version=version, cited=spaced(self.bibliography.cite(key) if key else ""))
            for package, (name, key) in PROGRAMS.items()
            if (version := self.version_of(package))
        ]
        git = manifest["git"]
        commit = say("paper.commit", commit=git["commit"][:DIGITS]) if git["commit"] else say("paper.no_commit")
        sentences = [
            say(
                "paper.software", easel=self.version_of("easel"), cited=spaced(self.bibliography.add(self.easel)),
                commit=commit, versions=joined_with_and(versions),
            )
        ]  # fmt: skip
        if git.get("dirty"):
            sentences.append(say("paper.changed_checkout", digits=git["diff_sha256"][:DIGITS]))
        return [*sentences, say("paper.manifest", sha256=self.records.manifest_sha256)]

    def version_of(self, package: str) -> str:
        """The version of a package: of the trainings, else of the manifest; several if trainings differ in it."""
        trained = [each for of_run in self.records.trainings.values() for each in of_run]
        found = {each["versions"][package] for each in trained if package in each["versions"]}
        found = found or {version for name, version in self.records.manifest["versions"].items() if name == package}
        return english(joined_with_and(sorted(found)))


METRIC_ORDER = [
    metric
    for table in ("samples", "distribution", "classes", "memorisation", "reconstructions")
    for metric in metrics_in(table)
]
"""The metrics in the order of the tables."""

SOURCE_FACTS = {"drawn": ("seed",), "archives": ("files",), "folder": ("pictures",)}
"""By kind of a dataset's source, the facts in its sentence."""


def spaced(cited: str) -> str:
    """A citation behind a word; empty for none."""
    return f" {cited}" if cited else ""


def external_sentence(run: Mapping[str, Any]) -> str:
    """External samples: their description and how many there are."""
    found = run["seeds"][0]["samples"]["found"]
    described = run["description"] or say("summary.external_images")
    return say("paper.external", run=run["run"], images=plural(found, "image"), description=described)
