"""Bounds of what a network answers in float32, anywhere in a box.

Two enclosures are taken of the second score minus the first, and the tighter one is kept:

- intervals, layer by layer, that hold the values of the float32 program;
- the mean-value form: the value at the centre and an interval of the gradient, both in real
  numbers, and how far the program may be off them, carried from layer to layer.

A sum of n products and a bias in float32, in any order, fused or not, is off by at most
``g (|x| |w| + |b|)``, with ``g = n u / (1 - n u)`` and n the number of roundings, and by what small
numbers taken for 0 make of it. With u twice that of float32, half of ``g`` is left over for the
rounding of the float64 computed here, which is 2^-29 of it.

References:
    N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, sections 3.1 and 4.2.
    R. E. Moore, Interval Analysis, 1966 (the mean-value form).
"""

from typing import NamedTuple

import numpy as np

from reglab.mitchell.certificate.layers import LEAST_NORMAL, UNIT, Layer

CHUNK = 512  # boxes at once: what a layer takes stays in a core's cache
LARGEST = 2.0**126  # no number of the program may come near to infinity
GREATER = 1 + 2.0**-48


class _Values(NamedTuple):
    """What is known of the values of one layer on n boxes, each ``(n, units)``.

    Attributes:
        low: bound of the real values and of those of the program.
        high: likewise.
        centre: the real values at the centres, but for rounding in float64.
        off: how far the program may be off the real values.
        least: ``(2, n, units)``, bound of the gradient of the real values.
        greatest: likewise.
    """

    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    off: np.ndarray
    least: np.ndarray
    greatest: np.ndarray


def answers_in(layers: list[Layer], centre: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The class that the program answers all over each box, ``(n,)``; -1 where that is not sure.

    Equal scores answer class 0, as everywhere in the lab.

    Args:
        layers: of the network.
        centre: of boxes, ``(n, 2)``, which are squares of half-side ``radius``, ``(n,)``.
        radius: likewise. Where all edges are float32 numbers, the answers hold for any real point
            of a box, rounded to float32: rounding does not carry it across an edge.
    """
    low, high = bounds(layers, centre, radius)
    return np.where(low > 0, 1, np.where(high <= 0, 0, -1)).astype(np.int8)


def bounds(
    layers: list[Layer], centre: np.ndarray, radius: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the second score minus the first on boxes: two arrays ``(n,)``.

    They hold for the float32 program and for real numbers. Infinite where it may overflow.
    """
    ends = np.empty((2, len(centre)))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(centre), CHUNK):
            part = slice(start, start + CHUNK)
            ends[:, part] = _bounds(layers, centre[part], radius[part, None])
    return ends[0], ends[1]


def _bounds(layers: list[Layer], centre: np.ndarray, radius: np.ndarray) -> np.ndarray:
    eye = np.eye(2)[:, None]
    values = _Values(centre - radius, centre + radius, centre, np.zeros_like(centre), eye, eye)
    is_safe = np.ones(len(centre), bool)
    for layer in layers[:-1]:
        before = values
        values, fits = _affine(layer, values)
        is_safe &= fits
        values = _activated(values, layer.slope)
        if layer.adds:
            values = _added(values, before)
    values, fits = _affine(layers[-1], values)
    gradient = np.maximum(np.abs(values.least), np.abs(values.greatest)).sum(axis=0)
    reach = radius * gradient * GREATER + values.off
    ends = np.stack(
        [
            np.maximum(values.low, values.centre - reach),
            np.minimum(values.high, values.centre + reach),
        ]
    )[..., 0]
    is_safe &= fits & np.isfinite(ends).all(axis=0)
    return np.where(is_safe, ends, np.array([[-np.inf], [np.inf]]))


def _affine(layer: Layer, x: _Values) -> tuple[_Values, np.ndarray]:
    """The values after kernel and bias, and where nothing can overflow in the program."""
    middle, half = (x.low + x.high) / 2, (x.high - x.low) / 2
    rounded = (layer.rounding * (np.abs(middle) + half)) @ layer.size
    reach = np.abs(layer.kernel)
    fits = np.all(rounded + layer.rounding * layer.bias_size < layer.rounding * LARGEST, axis=1)
    more = layer.rounding * layer.bias_size + layer.underflow
    # Where all inputs are 0 the bias comes out as it is.
    rounded = np.where(rounded > 0, rounded + more, layer.lost)
    middle, half = middle @ layer.kernel + layer.bias, half @ reach + rounded
    off = x.off @ reach + rounded
    steep, spread = (x.least + x.greatest) / 2, (x.greatest - x.least) / 2
    spread = spread + (len(reach) + 8) * 2.0**-52 * (np.abs(steep) + spread)  # of float64 here
    steep, spread = steep @ layer.kernel, spread @ reach
    centre = x.centre @ layer.kernel + layer.bias
    ends = middle - half, middle + half, centre, off, steep - spread, steep + spread
    return _Values(*ends), fits


def _activated(x: _Values, slope: float) -> _Values:
    """The values after max(x, slope x)."""
    is_on, is_off = x.low > 0, x.high <= 0
    least_factor, greatest_factor = np.where(is_on, 1, slope), np.where(is_off, slope, 1)
    return _Values(
        np.maximum(x.low, slope * x.low),
        np.maximum(x.high, slope * x.high),
        np.maximum(x.centre, slope * x.centre),
        x.off * greatest_factor,
        np.minimum(x.least * least_factor, x.least * greatest_factor),
        np.maximum(x.greatest * least_factor, x.greatest * greatest_factor),
    )


def _added(x: _Values, before: _Values) -> _Values:
    """The values of a layer and of its input, added in float32."""
    low, high, centre, off, least, greatest = map(np.add, x, before)
    size = np.maximum(np.abs(low), np.abs(high))
    rounded = np.where(size > 0, UNIT * size + LEAST_NORMAL, 0)
    return _Values(low - rounded, high + rounded, centre, off + rounded, least, greatest)
