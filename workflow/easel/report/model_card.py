"""The model card of an exported run: README.md in the form of the Hugging Face hub.

A YAML block for the hub, then Markdown in English: files, use, data, recipe, numbers with their protocol, limits,
provenance, licence.
"""

import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from easel.metrics.catalogue import METRICS
from easel.metrics.estimate import standard_error
from easel.report.page.numbers import (
    NBSP,
    format_device,
    format_duration,
    format_epoch,
    format_large_number,
    format_shape,
    joined_sentences,
    joined_with_and,
    plural,
)
from easel.report.page.plain import english, escaped_markdown
from easel.report.page.records import record_sentence
from easel.report.tables.metric_rows import format_row, judge_description, reference_images
from easel.report.tables.metric_texts import better_values, metric_title
from easel.report.tables.settings import NOT_COMPARED
from easel.report.tables.start import start_sentences
from easel.texts import say

TASK = "unconditional-image-generation"
"""The hub's name of the task; it has none for images of a class."""
OF_CLASSES = "image-generation"
NO_LICENSE = "unknown"
"""The hub's identifier where no licence is stated."""
PROGRAMS = {"keras": "Keras", "onnx": "ONNX Runtime", "litert": "LiteRT"}
"""By format, the program that runs it."""


class Card(NamedTuple):
    """What a card is made of: the records of a run."""

    trained: Mapping[str, Any]
    """train.json"""
    samples: Mapping[str, Any]
    """samples.json"""
    metrics: Mapping[str, Any]
    """metrics.json"""
    dataset: Mapping[str, Any]
    """dataset.json"""
    exported: Mapping[str, Any]
    """export.json"""
    description: str
    """Of the run; may be empty."""

    @property
    def classes(self) -> list[str]:
        """The names of a conditional network's classes; none of an unconditional one."""
        return (self.trained.get("classes") or {}).get("names", [])

    @property
    def judged(self) -> list[dict[str, Any]]:
        """The rows of metrics.json about the run's own images, in the order of the catalogue."""
        order = list(METRICS)
        own = [row for row in self.metrics["metrics"] if row["of"] in ("samples", "reconstructions")]
        return sorted(own, key=lambda row: order.index(row["metric"]) if row["metric"] in order else len(order))


def model_card(card: Card, folder: Path) -> str:
    """The text of README.md. folder: the exported files, of which the card states the sizes."""
    parts = [
        front_matter(card),
        f"# {card.trained['run']}",
        *introduction(card),
        picture(card),
        *section("files", *files(card, folder)),
        *section("use", *usage(card)),
        *section("data", *data(card)),
        *section("recipe", *recipe(card)),
        *section("numbers", *numbers(card)),
        *section("limits", *limits(card)),
        *section("provenance", *provenance(card)),
        *section("license", license_of(card)),
    ]
    return "\n\n".join(parts).replace(NBSP, " ") + "\n"


# --- Markdown ------------------------------------------------------------------------------------------


def sentence(key: str, **values: object) -> str:
    """A text of the card, in English."""
    return english(say(f"card.{key}", **values))


def section(name: str, *paragraphs: str) -> list[str]:
    """A section with its heading."""
    return [f"## {sentence(f'titles.{name}')}", *paragraphs]


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table."""
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(english, line))} |" for line in lines)


def code(text: str, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"


def yaml_of(value: Mapping[str, Any]) -> str:
    """A mapping as YAML."""
    buffer, yaml = io.StringIO(), YAML()
    yaml.width = 1_000  # characters of a line
    yaml.dump(value, buffer)
    return buffer.getvalue()


# --- the parts of a card, in their order ---------------------------------------------------------------


def front_matter(card: Card) -> str:
    """The block that the hub reads."""
    trained = card.trained
    family = trained["settings"]["family"].replace("_", "-")
    kinds = [each for each in PROGRAMS if each in card.exported["formats"]]
    rows = [row for row in card.judged if row["of"] == "samples" and row["value"] is not None]
    facts = {
        "license": card.exported["license"],
        "library_name": "keras",
        **({} if card.classes else {"pipeline_tag": TASK}),
        "tags": ["keras", *kinds, "image-generation", family, "easel"],
        "datasets": [trained["dataset"]],
        "metrics": list(dict.fromkeys(row["metric"] for row in card.judged)),
        "model-index": [
            {
                "name": trained["run"],
                "results": [
                    {
                        "task": {"type": OF_CLASSES if card.classes else TASK},
                        "dataset": {"name": trained["dataset"], "type": trained["dataset"]},
                        "metrics": [
                            {"type": row["metric"], "name": metric_name(row), "value": round(row["value"], 6)}
                            for row in rows
                        ],
                    }
                ],
            }
        ],
    }
    return f"---\n{yaml_of(facts)}---"


def metric_name(row: Mapping[str, Any]) -> str:
    """A metric with its judge and number of images, without which its value says nothing."""
    return sentence("metric", metric=metric_title(row["metric"]), n=row["n"], judge=row["judge"])


def introduction(card: Card) -> list[str]:
    """What the model is."""
    trained = card.trained
    facts = {
        "shape": format_shape(card.dataset["image_shape"]),
        "preset": escaped_markdown(trained["preset"]),
        "dataset": escaped_markdown(trained["dataset"]),
        "study": escaped_markdown(trained["study"]),
        "seed": str(trained["seed"]),
    }
    key = "introduction_of_classes" if card.classes else "introduction"
    described = [escaped_markdown(card.description)] if card.description else []
    return [*described, sentence(key, classes=len(card.classes), **facts)]


def picture(card: Card) -> str:
    """Samples, of a conditional run with a class in each row."""
    return f"![{sentence('samples')}](samples.png)"


def files(card: Card, folder: Path) -> list[str]:
    """Each file, its size, and how far its outputs are from those of Keras."""
    compared = {each["file"]: each for each in card.exported["files"]}
    rows = []
    for file in sorted(folder.iterdir()):
        if file.name == "README.md":
            continue
        if file.is_dir():
            count = plural(card.exported["pictures"], "picture")
            rows.append([f"`{file.name}/`", sentence("content.png", pictures=count), ""])
            continue
        network, _, form = file.name.partition(".")
        content = sentence(f"content.{'samples' if form == 'png' else network}")
        rows.append([f"`{file.name}`", content, f"{file.stat().st_size / 1e6:.2f} MB"])
    header = [sentence(f"columns.{name}") for name in ("file", "content", "size")]
    said = [comparison(each) for each in compared.values()]
    return [table(header, rows), *said]


def comparison(entry: Mapping[str, Any]) -> str:
    """How a converted file was compared with Keras."""
    facts = {
        "file": f"`{entry['file']}`",
        "n": entry["compared"],
        "difference": f"{entry['largest_difference']:.1e}",
        "limit": f"{entry['limit']:g}",
    }
    said = [sentence("compared", **facts)]
    if changed := entry["chose_differently"]:
        said.append(sentence("chose_differently", n=changed))
    return " ".join(said)


def usage(card: Card) -> list[str]:
    """How to sample with each of the files."""
    said = [sentence("inputs_of_classes" if card.classes else "inputs", latents=card.trained["settings"]["latent_dim"])]
    if card.classes:
        said.append(
            sentence(
                "classes", classes=", ".join(f"{i} {escaped_markdown(each)}" for i, each in enumerate(card.classes))
            )
        )
    if truncation := (card.samples.get("sampling") or {}).get("truncation"):
        said.append(sentence("truncated", truncation=f"{truncation:g}"))
    shown = ["keras", *(each for each in PROGRAMS if each in card.exported["formats"])]
    return [*said, *(part for each in shown for part in (f"{PROGRAMS[each]}:", code(program(card, each), "python")))]


def program(card: Card, form: str) -> str:
    """A program that samples with a file of a format."""
    names = ["latents", "labels"] if card.classes else ["latents"]
    feed = ", ".join(f'"{name}": {name}' for name in names)
    imported, calls = {
        "keras": (
            "import keras",
            'generator = keras.models.load_model("generator.keras", compile=False)\n'
            f"images = generator.predict({'[latents, labels]' if card.classes else 'latents'}, verbose=0)",
        ),
        "onnx": (
            "import onnxruntime",
            'session = onnxruntime.InferenceSession("generator.onnx")\n'
            f'(images,) = session.run(["images"], {{{feed}}})',
        ),
        "litert": (
            "from ai_edge_litert.interpreter import Interpreter",
            'run = Interpreter("generator.tflite").get_signature_runner()\n'
            f'images = run({", ".join(f"{each}={each}" for each in names)})["images"]',
        ),
    }[form]
    latent_dim = card.trained["settings"]["latent_dim"]
    labels = [f"labels = rng.integers({len(card.classes)}, size=16, dtype=np.int32)"] if card.classes else []
    lines = [
        imported,
        "import numpy as np",
        "",
        "rng = np.random.default_rng(0)",
        f"latents = rng.standard_normal((16, {latent_dim}), np.float32)",
        *labels,
        calls,
        "pictures = np.clip(np.rint((images + 1) * 127.5), 0, 255).astype(np.uint8)  # (16, height, width, 3)",
    ]
    return "\n".join(lines)


def data(card: Card) -> list[str]:
    """What the model was trained on, and what it was judged against."""
    splits = card.dataset["splits"]
    classes = [escaped_markdown(each) for each in card.dataset["classes"]]
    return [
        sentence(
            "data", dataset=escaped_markdown(card.dataset["name"]), training=splits["train"]["images"],
            test=splits["test"]["images"], shape=format_shape(card.dataset["image_shape"]), n=len(classes),
        ),
        *([sentence("data_classes", classes=joined_with_and(classes))] if 1 < len(classes) <= 100 else []),
        *(sentence("caveat", caveat=record_sentence("caveats", each)) for each in card.trained["caveats"]),
    ]  # fmt: skip


def recipe(card: Card) -> list[str]:
    """How the model was trained, with every setting."""
    trained = card.trained
    settings = {name: value for name, value in trained["settings"].items() if name not in NOT_COMPARED and value != ""}
    if (start := trained.get("start")) and "start_from" in settings:
        settings["start_from"] = start["from"]  # without the folder of a file
    facts = {
        "preset": escaped_markdown(trained["preset"]),
        "epochs": plural(round(trained["epochs"], 1), "epoch"),
        "steps": plural(trained["steps"], "step"),
        "time": format_duration(trained["seconds"]),
        "device": format_device(trained["device"]),
        "precision": trained["precision"],
        "parameters": format_large_number(trained["networks"][trained["sampler"]]["parameters"]),
    }
    return [
        sentence("recipe", **facts),
        *([english(joined_sentences(start_sentences(start)))] if start else []),
        sentence("snapshot", step=card.samples["step"], epoch=format_epoch(card.samples["epoch"])),
        sentence("settings"),
        code(yaml_of(settings), "yaml"),
    ]


def numbers(card: Card) -> list[str]:
    """Every number with its protocol, and the same of real images."""
    baselines = {(row["judge"], row["metric"]): row for row in card.metrics["metrics"] if row["of"] == "test_images"}
    rows = [
        [
            metric_title(row["metric"]),
            better_values(row["metric"]),
            format_row(row),
            format_row(real) if (real := baselines.get((row["judge"], row["metric"]))) else "",
            plural(row["n"], "sample" if row["of"] == "samples" else "real image"),
            reference_images(row),
            row["judge"] or "",
        ]
        for row in card.judged
    ]
    names = ("metric", "better", "value", "real", "n", "reference", "judge")
    judges = dict.fromkeys(english(judge_description(row)).strip(", ") for row in card.judged if row["judge"])
    uncertain = [
        (row["metric"], "uncertainties", row["uncertainty"])
        for row in card.judged
        if math.isfinite(standard_error(row["uncertainty"]))
    ]
    caveats = [(row["metric"], "caveats", each) for row in card.judged for each in row["caveats"]]
    return [
        table([sentence(f"columns.{name}") for name in names], rows),
        *([" ".join(f"{judge}." for judge in judges)] if judges else []),
        *notes("uncertainty", uncertain),
        *notes("caveat_of", caveats),
        sentence("protocol"),
    ]


def notes(key: str, records: Iterable[tuple[str, str, Mapping[str, Any]]]) -> list[str]:
    """A list of records' sentences, each once and with the metrics that it holds for; nothing without records.

    records: metric, family of the record, record.
    """
    metrics_of: dict[str, list[str]] = {}
    for metric, family, record in records:
        metrics_of.setdefault(english(record_sentence(family, record)), []).append(metric_title(metric))
    lines = [
        f"- {sentence(key, metrics=joined_with_and(list(dict.fromkeys(metrics))), record=said)}"
        for said, metrics in metrics_of.items()
    ]
    return ["\n".join(lines)] if lines else []


def limits(card: Card) -> list[str]:
    """What the model is for, and what it is not."""
    said = [sentence("intended"), sentence("not_intended", dataset=escaped_markdown(card.trained["dataset"]))]
    if collapse := card.trained["collapse"]:
        said.append(sentence("collapsed", epoch=format_epoch(collapse["first_epoch"])))
    return said


def provenance(card: Card) -> list[str]:
    """Which code and data the model is from."""
    trained = card.trained
    versions = trained["versions"] | card.exported["versions"]
    return [
        sentence(
            "provenance",
            study=escaped_markdown(trained["study"]),
            run=escaped_markdown(trained["run"]),
            seed=str(trained["seed"]),
        ),
        table(
            [sentence(f"columns.{name}") for name in ("what", "identifier")],
            [
                [sentence("identifiers.data"), f"`{trained['fingerprints']['data']}`"],
                [sentence("identifiers.state"), f"`{trained['fingerprints']['state']}`"],
                *([name, version] for name, version in sorted(versions.items())),
            ],
        ),
    ]


def license_of(card: Card) -> str:
    """The licence, or that none is stated."""
    if card.exported["license"] != NO_LICENSE:
        return sentence("license", license=f"`{card.exported['license']}`")
    return sentence("no_license", dataset=escaped_markdown(card.trained["dataset"]))
