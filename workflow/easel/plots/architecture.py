"""Networks as stacks of feature maps: one plate for every layer that changes the shape or holds weights."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from easel.plots.html import Html, details, element, figure, joined, side_by_side, table
from easel.plots.style import themed
from easel.plots.words import NBSP, count, listed, plural, shape_words

WIDEST, SLANT = 64, (0.30, 0.20)  # of a plate's front and of its depth, in screen pixels and as parts of the width


@dataclass
class Stage:
    """A layer and those behind it that keep its shape: normalisation, activation, dropout."""

    kind: str
    shape: list[int]
    detail: str = ""
    parameters: int = 0
    then: list[str] = field(default_factory=list)


def architecture(networks: Mapping[str, dict]) -> Html | None:
    """A figure of each network in train.json's `networks`, all on one scale, with a table of its layers."""
    shapes = [stage.shape for network in networks.values() for stage in stages(network)]
    finest = max((shape[0] for shape in shapes if len(shape) > 1), default=1)
    return side_by_side((drawn(name, network, finest) for name, network in networks.items()), 17)


def stages(network: dict) -> list[Stage]:
    """A network's input and its layers, in order; what only follows up on a layer is joined to it."""
    found = [Stage("Input", shape) for shape in network["inputs"]]
    for layer in network["layers"]:
        follows = found and layer["output_shape"] == found[-1].shape and found[-1].kind != "Input"
        if layer["type"] == "InputLayer":
            continue
        if follows and (layer["type"] == "BatchNormalization" or not layer["parameters"]):
            found[-1].then.append(short(layer))
            found[-1].parameters += layer["parameters"]
        else:
            found.append(Stage(layer["type"], layer["output_shape"], layer["detail"], layer["parameters"]))
    return found


def short(layer: dict) -> str:
    """A layer in a word or two: `tanh`, `LeakyReLU`, `Dropout (rate 0.3)`."""
    if layer["type"] == "Activation" and layer["detail"]:
        return layer["detail"]
    return layer["type"] + (f" ({layer['detail']})" if layer["detail"] else "")


def drawn(name: str, network: dict, finest: int) -> Html:
    """One network from its input at the top to its output at the bottom. finest: the highest resolution there is."""
    steps = stages(network)
    rows = element("ol", *(row(stage, finest) for stage in steps), class_="network", role="list", style="padding: 0")
    layers = table(
        ["layer", "output", "parameters", "detail"],
        [
            [layer["type"], shape_words(layer["output_shape"]), f"{layer['parameters']:,}", layer["detail"]]
            for layer in network["layers"]
        ],
    )
    caption = joined(f"{plural(network['parameters'], 'parameter')}.", details("Every layer", layers))
    return figure(rows, caption, name.replace("_", " ").capitalize())


def row(stage: Stage, finest: int) -> Html:
    """A plate, and in words what it is."""
    weights = f" · {count(stage.parameters)}{NBSP}parameters" if stage.parameters else ""
    words = [
        joined(element("strong", stage.kind), " ", stage.detail),
        shape_words(stage.shape) + weights,
        stage.then and f"then {listed(stage.then)}",
    ]
    return element(
        "li",
        plate(stage.shape, finest, series_of(stage.kind)),
        element("div", *(element("div", line) for line in words if line)),
        style="display: flex; align-items: center; gap: 0.75rem",
    )


def series_of(kind: str) -> int | None:
    """Which of the page's colours a layer has: one for convolutions, one for dense layers, none for the others."""
    return 0 if "Conv" in kind else 1 if "Dense" in kind else None


def plate(shape: Sequence[int], finest: int, series: int | None) -> Html:
    """A box as wide and deep as the feature map (square root of its resolution), as thick as its channels (log).

    A vector is a rod, one pixel wide. finest: the resolution that is drawn WIDEST. series: see `series_of`.
    """
    *resolution, channels = shape
    width = WIDEST * math.sqrt((resolution[0] if resolution else 1) / max(finest, 16))
    thick = 3 + 2.5 * math.log2(max(channels, 1))
    right, up = (slant * width for slant in SLANT)
    whole = WIDEST * (1 + SLANT[0]) + 2
    left, top = (whole - width - right) / 2, up + 1
    corners = {
        45: [(left, top), (left + right, top - up), (left + right + width, top - up), (left + width, top)],
        70: [(left, top), (left + width, top), (left + width, top + thick), (left, top + thick)],
        90: [
            (left + width, top), (left + width + right, top - up),
            (left + width + right, top - up + thick), (left + width, top + thick),
        ],
    }  # fmt: skip
    base = themed(series) if series is not None else "var(--muted, #777)"
    faces = [
        element(
            "polygon",
            points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
            style=f"fill: color-mix(in srgb, {base} {strength}%, var(--paper, #fff))",
        )
        for strength, points in corners.items()
    ]
    height = math.ceil(top + thick + 1)
    return element(
        "svg", *faces, viewBox=f"0 0 {whole:.0f} {height}", width=round(whole), height=height, aria_hidden="true",
        style="flex: none",
    )  # fmt: skip
