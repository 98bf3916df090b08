"""Network diagrams: a block for every layer that changes the shape, has weights or merges branches."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from easel.report.figures import diagram
from easel.report.figures.diagram import Block
from easel.report.page.html import Html, details, element, figure, fragment, table
from easel.report.page.numbers import format_large_number, format_shape, joined_sentences, joined_with_commas
from easel.texts import Text, has_text, say

KEEP_THE_SHAPE = ("Activation", "BatchNormalization", "Dropout", "LeakyReLU", "ReLU", "Rescaling")


@dataclass
class Stage:
    """A layer, with the shape-preserving layers after it: normalisation, activation, dropout."""

    kind: str
    """The layer's type, or `Input`."""
    shape: list[int]
    name: str = ""
    """The layer's name, if it was given one."""
    detail: str = ""
    parameters: int = 0
    then: list[str] = field(default_factory=list)
    after: tuple[int, ...] = ()
    """The stages that it reads, by position in the list."""
    layers: list[str] = field(default_factory=list)
    """The names of its layers."""


def architecture(networks: Mapping[str, dict]) -> Html | None:
    """A figure of each network in train.json's `networks`, all on one scale, with a table of its layers."""
    of_each = {name: stages(network) for name, network in networks.items()}
    finest = max((stage.shape[0] for found in of_each.values() for stage in found if len(stage.shape) > 2), default=1)
    figures = [network_figure(name, networks[name], found, finest) for name, found in of_each.items()]
    return element("div", *figures, class_="networks") if figures else None


def network_figure(name: str, network: dict, found: Sequence[Stage], finest: int) -> Html:
    """One network as a row of blocks, and as a column for narrow screens. finest: the highest resolution of all."""
    blocks = [Block(stage.shape, series_of(stage.kind), block_lines(stage), stage.then, stage.after) for stage in found]
    title = network_title(name)
    total = say("architecture.total", n=network["parameters"])
    alt = alt_text(title, network, found)
    figures = [
        element("div", diagram.row(blocks, title, total, alt, finest), class_="network-wide"),
        # Out of sight where no style sheet says when to show it.
        element("div", diagram.column(blocks, title, total, alt, finest), class_="network-tall", style="display: none"),
    ]
    return figure(fragment(*figures), details(say("architecture.layers"), layer_table(network)))


def network_title(name: str) -> str:
    """A network's title."""
    key = f"architecture.networks.{name}"
    return say(key) if has_text(key) else name.replace("_", " ").capitalize()


def layer_table(network: dict) -> Html:
    """Every layer, as Keras lists them."""
    columns = ("layer", "name", "output", "parameters", "detail")
    return table(
        [say(f"architecture.columns.{column}") for column in columns],
        [
            [
                layer["type"], layer["name"], format_shape(layer["output_shape"]), f"{layer['parameters']:,}",
                layer["detail"],
            ]
            for layer in network["layers"]
        ],
    )  # fmt: skip


# --- from layers to stages -------------------------------------------------------------------------------


def stages(network: dict) -> list[Stage]:
    """The stages of a network: its inputs and layers in order; shape-preserving layers are part of the one before."""
    names = network.get("input_names", [""] * len(network["inputs"]))
    found = [Stage("Input", shape, name) for name, shape in zip(names, network["inputs"], strict=True)]
    layers = with_modulations([layer for layer in network["layers"] if layer["type"] != "InputLayer"])
    taken = Counter(name for layer in layers for name in layer.get("after", ()))
    for layer in layers:
        after = inputs_of(layer, found)
        place = len(found) - 1
        last = found[place] if found else None
        if (
            last and last.kind != "Input" and layer["output_shape"] == last.shape and taken[last.layers[-1]] < 2
            and after == (place,)
            and (layer["type"] == "BatchNormalization" or "modulates" in layer or not layer["parameters"])
        ):  # fmt: skip
            last.then.append(layer_label(layer))
            last.parameters += layer["parameters"]
            last.layers += [*layer.get("with", ()), layer["name"]]
        else:
            kind, detail = (layer["detail"], "") if is_named_by_detail(layer) else (layer["type"], layer["detail"])
            of_stage = [*layer.get("with", ()), layer["name"]]
            found.append(
                Stage(kind, layer["output_shape"], custom_name(layer), detail, layer["parameters"], [], after, of_stage)
            )
    return found


def with_modulations(layers: Sequence[dict]) -> list[dict]:
    """The layers, with those that only compute a scale or shift of channels merged into the layer that applies it.

    That layer is a Multiply or an Add of a feature map and of numbers (1, 1, C). It names the map in `modulates`, the
    merged layers in `with`, and the inputs that these read in `detail`. Without this, the diagram of a generator with
    conditional normalisation in every block would consist mostly of such layers.
    """
    if not any("after" in layer for layer in layers):
        return list(layers)
    of = {layer["name"]: layer for layer in layers}
    takers = {name: [layer["name"] for layer in layers if name in layer.get("after", ())] for name in of}
    small = {name for name in of if of[name]["output_shape"][:2] == [1, 1]}
    numbers = {
        layer["name"]: small & set(layer["after"])
        for layer in layers
        if layer["type"] in ("Add", "Multiply") and len(set(layer["after"]) - small) == 1
    }
    part_of: dict[str, str] = {}  # a layer -> the first that it leads to
    for name in reversed(of):
        ends = [part_of.get(taker, taker if name in numbers.get(taker, ()) else "") for taker in takers[name]]
        if ends and all(ends):
            part_of[name] = min(ends, key=list(of).index)

    def roots(name: str) -> list[str]:
        return [name] if name not in part_of else [root for each in of[name]["after"] for root in roots(each)]

    found = []
    for name, layer in of.items():
        if name in part_of:
            continue
        if numbers.get(name) and numbers[name] <= part_of.keys():
            parts = [part for part, end in part_of.items() if end == name][::-1]
            (modulated,) = set(layer["after"]) - small
            sources = dict.fromkeys(root for each in sorted(numbers[name]) for root in roots(each) if root not in of)
            total = layer["parameters"] + sum(of[part]["parameters"] for part in parts)
            merged = {"modulates": modulated, "with": parts, "detail": ", ".join(sources), "parameters": total}
            found.append(layer | merged | {"after": [modulated]})
        else:
            found.append(layer)
    return found


def inputs_of(layer: dict, found: Sequence[Stage]) -> tuple[int, ...]:
    """The stages that a layer reads, from `after` if the record has it.

    Otherwise they are inferred from sizes: the newest stage that a layer of this size and number of parameters can
    read. Two heads of an encoder read the same stage, and the parameters of a Dense layer determine the length of its
    input.
    """
    places = range(len(found))
    if "after" in layer:
        names = [found[i].layers or [found[i].name] for i in places]
        return tuple(i for i in places if set(names[i]) & set(layer["after"])) or tuple(places[-1:])
    return tuple(([i for i in places if accepts(layer, found[i].shape)] or list(places))[-1:])


def accepts(layer: dict, shape: Sequence[int]) -> bool:
    """True if a layer's output and number of parameters allow an input of this shape, as far as can be told."""
    output, parameters = layer["output_shape"], layer["parameters"]
    if layer["type"] == "Dense":
        return len(shape) > 0 and parameters in (shape[-1] * output[-1], (shape[-1] + 1) * output[-1])
    return layer["type"] not in KEEP_THE_SHAPE or output == shape


def layer_label(layer: dict) -> str:
    """A short label of a layer: `tanh`, `LeakyReLU`, `Dropout (rate 0.3)`."""
    if is_named_by_detail(layer):
        return layer["detail"]
    return layer["type"] + (f" ({layer['detail']})" if layer["detail"] else "")


def is_named_by_detail(layer: dict) -> bool:
    """True for an activation layer, whose name is its detail."""
    return layer["type"] == "Activation" and bool(layer["detail"])


def custom_name(layer: dict) -> str:
    """The name given to a layer; empty if Keras derived it from the type, as in `conv2d_3`."""
    made = re.sub(r"_\d+$", "", layer["name"]).replace("_", "")
    return "" if made == layer["type"].lower() else layer["name"]


# --- text --------------------------------------------------------------------------------------------


def block_lines(stage: Stage) -> list[str]:
    """The lines next to a block: type, details, output shape and parameters."""
    kind = say("architecture.input") if stage.kind == "Input" else stage.kind
    details = ", ".join(filter(None, [stage.name, stage.detail]))
    weights = say("architecture.weights", n=format_large_number(stage.parameters)) if stage.parameters else ""
    return [kind, details, format_shape(stage.shape), weights]


def alt_text(title: str, network: dict, found: Sequence[Stage]) -> str:
    """Alternative text of the whole figure."""
    sentences = [stage_sentence(stage, i, found) for i, stage in enumerate(found)]
    total = say("architecture.total", n=network["parameters"])
    return joined_sentences([say("architecture.alt", network=title, total=total), *sentences])


def stage_sentence(stage: Stage, i: int, found: Sequence[Stage]) -> Text:
    """A stage as a sentence, with its inputs unless it reads the stage before it."""
    what = joined_with_commas([each for each in (*block_lines(stage), *stage.then) if each])
    if stage.kind == "Input" or stage.after == (i - 1,):
        return say("architecture.stage", what=what)
    takes = joined_with_commas([found[place].name or found[place].kind for place in stage.after])
    return say("architecture.stage_after", what=what, stages=takes)


def series_of(kind: str) -> int | None:
    """The series colour of a layer: one for convolutions, one for dense layers, None for others."""
    return 0 if "Conv" in kind else 1 if "Dense" in kind else None
