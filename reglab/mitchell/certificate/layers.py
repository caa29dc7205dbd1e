"""The weights of a plain network on the plane, as its bounds need them."""

from typing import Any, NamedTuple, cast

import numpy as np
from flax import nnx

from reglab.nn import MLP, LinearClassifier
from reglab.words import Message, say

SLOPES = {"relu": 0.0, "leaky_relu": float(np.float32(0.01)), "identity": 1.0}
UNIT = 2.0**-23  # twice what rounding to the nearest float32 is off by, as a share
LEAST_NORMAL = 2.0**-126  # below it a number may be taken for 0


class Layer(NamedTuple):
    """A dense layer, all float64.

    Attributes:
        kernel: ``(m, n)``; of the output layer ``(m, 1)``, the second score minus the first.
        bias: ``(n,)``.
        size: ``(m, n)``, of what is multiplied in the program: of both scores, for the output.
        bias_size: ``(n,)``, likewise.
        slope: of the activation below 0, from 0 to 1; above 0 it is 1.
        adds: whether the input is added to the result.
        rounding: how far the program may be off, as a share of sizes.
        underflow: ``(n,)``, how far, at most, because small numbers are taken for 0.
        lost: ``(n,)``, how far the program may be off in all where all inputs are 0.
    """

    kernel: np.ndarray
    bias: np.ndarray
    size: np.ndarray
    bias_size: np.ndarray
    slope: float
    adds: bool
    rounding: float
    underflow: np.ndarray
    lost: np.ndarray


def layers_of(hypothesis: nnx.Module) -> list[Layer]:
    """The layers of a plain MLP or linear classifier of two inputs and two scores.

    Raises:
        ValueError: one line, for any other module.
    """
    reason = refusal(hypothesis)
    if reason:
        raise ValueError(reason)
    linears: list[Any]
    if isinstance(hypothesis, LinearClassifier):
        linears, slope, adds = [hypothesis.linear], 1.0, []
    else:
        mlp = cast(MLP, hypothesis)  # or there would be a reason against it
        linears, slope, adds = list(mlp.linears), SLOPES[mlp.activation], mlp.adds
    weights = [[np.asarray(part[...]) for part in (layer.kernel, layer.bias)] for layer in linears]
    return layers_from(weights, slope=slope, adds=adds)


def refusal(hypothesis: nnx.Module) -> str:
    """Why there are no bounds of a hypothesis; empty where there are."""
    kind = type(hypothesis)  # a subclass of the user's may compute anything
    if not isinstance(hypothesis, MLP | LinearClassifier) or kind not in (MLP, LinearClassifier):
        return say(
            "h: expected a dense network of the lab's own for a certificate, got {got}",
            got=kind.__name__,
        )
    if (hypothesis.in_features, hypothesis.out_features) != (2, 2):
        return say(
            "h: expected 2 inputs and 2 scores for a certificate, got {inputs} and {scores}",
            inputs=hypothesis.in_features,
            scores=hypothesis.out_features,
        )
    if isinstance(hypothesis, LinearClassifier):
        return ""
    if hypothesis.activation not in SLOPES:
        return say(
            "h: expected an activation out of {allowed} for a certificate, whose rounding is "
            "known, got {got}",
            allowed=", ".join(SLOPES),
            got=hypothesis.activation,
        )
    if hypothesis.batch_norm or any(float(drop.rate[...]) for drop in hypothesis.dropouts):
        return say("h: expected a plain network for a certificate; reglab.nn.fold(model) makes one")
    return ""


def layers_from(weights: Any, *, slope: float = 0.0, adds: Any = ()) -> list[Layer]:
    """Layers from kernels ``(m, n)`` and biases ``(n,)`` in float32, the last of two scores.

    Args:
        weights: pairs of kernel and bias.
        slope: of the activation below 0.
        adds: for each hidden layer, whether it adds its input; none of them where left out.

    Raises:
        ValueError: weights that are not float32, or not finite.
    """
    layers = []
    for i, (kernel, bias) in enumerate(weights):
        for part in (kernel, bias):
            if part.dtype != np.float32 or not np.isfinite(part).all():
                raise ValueError(_strange(part, i))
        is_last = i == len(weights) - 1
        layers.append(_layer(kernel, bias, slope, not is_last and any(adds[i : i + 1]), is_last))
    return layers


def _strange(part: np.ndarray, layer: int) -> Message:
    """What is wrong with the weights of a layer."""
    if np.isfinite(part).all():
        return say(
            "h: expected finite weights in float32 for a certificate, got {dtype} in layer {layer}",
            dtype=part.dtype,
            layer=layer,
        )
    return say(
        "h: expected finite weights in float32 for a certificate, got {dtype} in layer {layer} "
        "that are not finite",
        dtype=part.dtype,
        layer=layer,
    )


def _layer(kernel: np.ndarray, bias: np.ndarray, slope: float, adds: bool, is_last: bool) -> Layer:
    kernel, bias = kernel.astype(np.float64), bias.astype(np.float64)
    terms = len(kernel) + 4  # products, the bias, and what an activation and a sum may round
    rounding = terms * UNIT / (1 - terms * UNIT)
    size, bias_size = np.abs(kernel), np.abs(bias)
    underflow = LEAST_NORMAL * (2 * len(kernel) + 6 + size.sum(axis=0))
    lost = np.where(bias_size < LEAST_NORMAL, bias_size, 0)
    if slope not in (0.0, 1.0) and not is_last:
        lost = rounding * bias_size + underflow  # an activation that rounds
    # An input times a weight that may be taken for 0 is off by that weight's size.
    size = size + np.where((size > 0) & (size < LEAST_NORMAL), LEAST_NORMAL / rounding, 0)
    if is_last:
        kernel, bias = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]
        size, bias_size, underflow, lost = (
            part.sum(axis=-1, keepdims=True) for part in (size, bias_size, underflow, lost)
        )
    return Layer(kernel, bias, size, bias_size, slope, adds, rounding, underflow, lost)
