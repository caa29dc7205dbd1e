"""Counts of floating point operations: by formula from the traced program, and XLA's own."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from reglab.precision import jit


class Flops(NamedTuple):
    """Floating point operations of the matrix products and convolutions of a program.

    A multiplication and an addition count as two; biases, activations, pooling and normalization
    are left out, as is customary.

    Attributes:
        naive: every tap of a convolution counts, also where it falls on the padding.
        in_image: only taps that fall on the input count, as XLA does it.
    """

    naive: int
    in_image: int


def count_flops(f: Callable[..., Any], *args: object) -> Flops:
    """Counts by formula what ``f(*args)`` computes; nothing is computed.

    A product of matrices ``(M, K)`` and ``(K, N)`` takes ``2 * M * N * K``; a convolution
    ``2 * B * Ho * Wo * Co * kh * kw * Ci / groups``, where for ``in_image`` ``Ho * kh`` is
    replaced by the number of taps on the input along that axis. A loop counts as often as it runs
    if that is known, and once otherwise.

    Args:
        f: any function that JAX can trace.
        *args: arrays, or ``jax.ShapeDtypeStruct`` in their place.

    >>> matrix = jax.ShapeDtypeStruct((10, 10), "float32")
    >>> count_flops(lambda a, b: a @ b, matrix, matrix)
    Flops(naive=2000, in_image=2000)
    """
    return _count(jax.make_jaxpr(f)(*args).jaxpr)


def xla_cost(f: Callable[..., Any], *args: object) -> dict[str, float]:
    """What XLA says of the compiled ``f(*args)``: ``flops``, ``bytes accessed`` and more.

    The numbers depend on version and device; elementwise operations count as well. It compiles,
    but allocates no argument given as a ``jax.ShapeDtypeStruct``.
    """
    return dict(jit(f, is_wide=True).lower(*args).compile().cost_analysis() or {})


def _count(jaxpr: Any) -> Flops:
    naive = in_image = 0
    for eqn in jaxpr.eqns:
        if eqn.primitive.name == "dot_general":
            counts = [_dot(eqn)]
        elif eqn.primitive.name == "conv_general_dilated":
            counts = [_conv(eqn)]
        else:
            counts = [_count(inner) for inner in _inner(eqn.params)]
        repeats = eqn.params.get("length", 1) if eqn.primitive.name == "scan" else 1
        naive += repeats * sum(flops.naive for flops in counts)
        in_image += repeats * sum(flops.in_image for flops in counts)
    return Flops(naive, in_image)


def _inner(params: dict[str, Any]) -> Iterator[Any]:
    for value in params.values():
        for item in value if isinstance(value, tuple | list) else (value,):
            item = getattr(item, "jaxpr", item)
            if hasattr(item, "eqns"):
                yield item


def _dot(eqn: Any) -> Flops:
    (contracted, _), _ = eqn.params["dimension_numbers"]
    shape = eqn.invars[0].aval.shape
    flops = 2 * eqn.outvars[0].aval.size * math.prod(shape[axis] for axis in contracted)
    return Flops(flops, flops)


def _conv(eqn: Any) -> Flops:
    numbers = eqn.params["dimension_numbers"]
    shapes = [var.aval.shape for var in (*eqn.invars, *eqn.outvars)]
    image, kernel, out = (
        [shape[axis] for axis in spec[2:]] for shape, spec in zip(shapes, numbers, strict=True)
    )
    batch, channels = (shapes[2][axis] for axis in numbers.out_spec[:2])
    # The kernel has the channels of one group alone.
    each = 2 * batch * channels * shapes[1][numbers.rhs_spec[1]]
    taps = [
        _taps(*axis)
        for axis in zip(
            image,
            kernel,
            out,
            eqn.params["window_strides"],
            eqn.params["padding"],
            eqn.params["lhs_dilation"],
            eqn.params["rhs_dilation"],
            strict=True,
        )
    ]
    return Flops(each * math.prod(out) * math.prod(kernel), each * math.prod(taps))


def _taps(
    size: int, kernel: int, out: int, stride: int, pads: Any, dilation: int, spread: int
) -> int:
    """Pairs of an output and an entry of the kernel that meet an entry of the input."""
    place = np.arange(out)[:, None] * stride + np.arange(kernel) * spread - pads[0]
    inside = (place >= 0) & (place <= (size - 1) * dilation) & (place % dilation == 0)
    return int(inside.sum())
