"""Programs computed with NumPy: what a page's engine is compared with, and how the loss of its weights is measured."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, softmax

from easel.player.plan import Program, Step
from easel.training.priors import TAIL


def run(program: Program, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs of a program by name, for batches of inputs by name: float32 (N, ...)."""
    values = {value: np.asarray(inputs[name]) for name, (value, _) in program.inputs.items()}
    for step in program.steps:
        found = OPERATIONS[step.op](step, *(values[each] for each in step.inputs))
        values[step.output] = activated(found, step.activation).reshape(-1, *step.shape)
    return {name: values[value] for name, value in program.outputs.items()}


def activated(values: np.ndarray, activation: dict[str, Any] | None) -> np.ndarray:
    """Values after an activation."""
    if activation is None:
        return values
    return (
        np.tanh(values) if activation["kind"] == "tanh" else np.where(values > 0, values, activation["slope"] * values)
    )


def linear(step: Step, x: np.ndarray) -> np.ndarray:
    kernel, bias, settings = step.weights["kernel"], step.weights["bias"], step.settings["geometry"]
    (rows, columns, channels), (height, width, _) = settings["input"], settings["output"]
    x = x.reshape(-1, rows, columns, channels)
    out = np.tile(bias, (len(x), height, width, 1))
    every, row = settings["out_step"], 0
    for phase in settings["phases"]:
        (top, left), taps = phase["at"], phase["taps"]
        ys, xs = (settings["in_step"] * np.arange(len(range(start, size, every)))
                  for start, size in ((top, height), (left, width)))  # fmt: skip
        for dy, dx in taps:
            seen = taken(taken(x, ys + dy, 1), xs + dx, 2)
            out[:, top::every, left::every] += seen @ kernel[row : row + channels]
            row += channels
    return out


def taken(x: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    """The entries at places along an axis, and 0 where there is none."""
    is_inside = (places >= 0) & (places < x.shape[axis])
    found = np.take(x, np.where(is_inside, places, 0), axis)
    return found * is_inside.reshape([-1 if i == axis else 1 for i in range(x.ndim)])


def affine(step: Step, x: np.ndarray) -> np.ndarray:
    scale, shift = (step.weights[name] for name in ("scale", "shift"))
    return (x.reshape(-1, len(scale)) * scale + shift).reshape(x.shape)


def combined(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """An operation on values of which the smaller, one number for each channel, repeat over all positions."""

    def operation(step: Step, *values: np.ndarray) -> np.ndarray:
        count = len(values[0])
        found, *others = (
            each.reshape(count, *step.shape) if each[0].size == np.prod(step.shape)
            else each.reshape(count, *(len(step.shape) - 1) * [1], -1)
            for each in values
        )  # fmt: skip
        for each in others:
            found = function(found, each)
        return found

    return operation


def upsample(step: Step, x: np.ndarray) -> np.ndarray:
    x = x.reshape(-1, *step.settings["input"])
    for axis, factor in enumerate(step.settings["factors"], 1):
        size = x.shape[axis]
        if not step.settings["bilinear"]:
            x = np.repeat(x, factor, axis)
            continue
        at = (np.arange(size * factor) + 0.5) / factor - 0.5
        low = np.floor(at).astype(int)
        share = (at - low).astype(np.float32).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
        first, second = (np.take(x, np.clip(each, 0, size - 1), axis) for each in (low, low + 1))
        x = first * (1 - share) + second * share
    return x


def pool(step: Step, x: np.ndarray) -> np.ndarray:
    rows, columns, channels = step.settings["input"]
    size = step.settings["size"]
    return x.reshape(-1, rows // size, size, columns // size, size, channels).mean(axis=(2, 4))


def attention(step: Step, *inputs: np.ndarray) -> np.ndarray:
    shapes = (step.settings["queries"], step.settings["values"], (-1, step.settings["queries"][-1]))
    queries, values, keys = (each.reshape(len(each), *shape) for each, shape in zip(inputs, shapes, strict=True))
    return softmax(queries @ keys.swapaxes(1, 2), axis=-1) @ values


def mixture(step: Step, latents: np.ndarray) -> np.ndarray:
    starts, shares = np.array(step.settings["intervals"]).T
    u = ndtr(latents[:, 0].astype(np.float64))
    component = np.minimum((u[:, None] >= starts + shares).sum(axis=1), len(starts) - 1)
    own = ndtri(np.clip((u - starts[component]) / shares[component], TAIL, 1 - TAIL))
    noise = np.concatenate([own[:, None].astype(np.float32), latents[:, 1:]], axis=1)
    found = step.weights["means"][component]
    for k, factor in enumerate(step.weights["factors"].reshape(len(starts), *2 * noise.shape[1:])):
        found[component == k] += noise[component == k] @ factor.T
    return found


def codes(step: Step, latents: np.ndarray) -> np.ndarray:
    weights, side = step.weights, step.settings["side"]
    count, positions = latents.shape
    border = len(weights["left"]) - 1
    u, state = ndtr(latents.astype(np.float64)), np.zeros((count, len(weights["recurrent_kernel"])), np.float32)
    chosen = np.full((count, positions), border)
    for i in range(positions):
        left = chosen[:, i - 1] if i else np.full(count, border)
        above = chosen[:, i - side] if i >= side else np.full(count, border)
        x = weights["left"][left] + weights["above"][above] + weights["position"][i]
        inner = np.split(state @ weights["recurrent_kernel"] + weights["recurrent_bias"], 3, axis=1)
        outer = np.split(x @ weights["kernel"] + weights["bias"], 3, axis=1)
        update, reset = (1 / (1 + np.exp(-(a + b))) for a, b in zip(outer[:2], inner[:2], strict=True))
        state = update * state + (1 - update) * np.tanh(outer[2] + reset * inner[2])
        logits = state @ weights["logits_kernel"] + weights["logits_bias"]
        uniform = step.settings["uniform"]
        mass = (1 - uniform) * softmax(logits.astype(np.float64), axis=1) + uniform / logits.shape[1]
        chosen[:, i] = (np.cumsum(mass, axis=1)[:, :-1] < u[:, i, None]).sum(axis=1)
    return chosen


OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "linear": linear,
    "affine": affine,
    "activation": lambda step, x: x,
    "add": combined(np.add),
    "multiply": combined(np.multiply),
    "concatenate": lambda step, *values: np.concatenate([each.reshape(len(each), -1) for each in values], axis=1),
    "slice": lambda step, x: x.reshape(len(x), -1)[:, step.settings["start"] : step.settings["start"] + step.shape[0]],
    "embedding": lambda step, x: step.weights["table"][x.astype(int)],
    "upsample": upsample,
    "pool": pool,
    "attention": attention,
    "mixture": mixture,
    "codes": codes,
}
"""By the name of a step's operation: functions of the step and batches of its inputs."""
