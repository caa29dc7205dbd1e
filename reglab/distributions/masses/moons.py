"""Half circles with a Gaussian: Gauss-Legendre along the arc, whose remainder is bounded."""

import math
from functools import cache

import numpy as np

from reglab.distributions.masses.normal import ERROR, normal_cdf
from reglab.words import say

ORDER = 16  # nodes of a panel
REACH = 2.5  # half a panel, in standard deviations
LEAST_NOISE = (
    0.002  # 8,000 nodes; a smaller noise, but for none at all, takes more than it is worth
)
NUMBERS = 2**20  # of products at once
ROUNDING = 1 - 2.0**-40


def moons_masses(
    low: np.ndarray, high: np.ndarray, noise: float, inner_end: tuple[float, float]
) -> np.ndarray:
    """Of an arc, and of its copy turned by half a turn, which ends at ``inner_end`` minus it.

    Raises:
        ValueError: a noise above 0 and below 0.002.
    """
    if 0 < noise < LEAST_NOISE:
        raise ValueError(
            say(
                "noise: expected 0 or at least {least:g} for proved masses, got {got:g}",
                least=LEAST_NOISE,
                got=noise,
            )
        )
    turn = np.asarray(inner_end)
    boxes = (low, high), (turn - high, turn - low)
    arc = _on_arc if noise == 0 else _near_arc
    return np.stack([arc(*box, noise) for box in boxes], axis=1) / 2 * ROUNDING


def _near_arc(low: np.ndarray, high: np.ndarray, noise: float) -> np.ndarray:
    """With (cos t, sin t) plus a Gaussian: the mean over t of a product of two masses.

    On (-1, 1) n nodes are exact to degree 2n - 1, and weights add up to 2; so they miss an integral
    by at most 4 times what some polynomial of that degree misses f by. Where f is analytic and at
    most M in the ellipse of foci ±1 and semi-axes that add up to r, its Chebyshev series up to
    there misses it by at most 2 M r^(1 - 2n) / (r - 1).

    References:
        L. N. Trefethen, Approximation Theory and Approximation Practice, theorem 8.2.
    """
    t, weights, remainder = _nodes(noise)
    error = 2 * (ERROR + 2.0**-47 / noise)  # of a difference; the second part is of its arguments
    x1, x2 = (
        _between(low[:, axis], high[:, axis], centre, noise)
        for axis, centre in enumerate((np.cos(t), np.sin(t)))
    )
    means, count = np.empty(len(low)), max(1, NUMBERS // len(t))
    for start in range(0, len(low), count):
        part = slice(start, start + count)
        first, second = (np.maximum(side(part) - error, 0) for side in (x1, x2))
        means[part] = np.einsum("nk,nk,k->n", first, second, weights)
    reach = np.minimum((high - low) / (noise * math.sqrt(2 * math.pi)), 1).prod(axis=1)
    return np.maximum(means * ROUNDING - reach * remainder, 0)


@cache
def _nodes(noise: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Nodes t from 0 to pi, weights that sum to 1, and the remainder where both masses are 1.

    At p + iq the Gaussians of both coordinates grow by exp(v^2 / 2), and the two v^2 add up to
    (sinh q / noise)^2, as those of cos t and sin t do.
    """
    panels = math.ceil(math.pi / (2 * REACH * noise))
    half = math.pi / (2 * panels)
    x, weights = np.polynomial.legendre.leggauss(ORDER)
    t = half * (2 * np.arange(panels)[:, None] + 1 + x)
    sums = np.linspace(1.5, 12, 200)  # of the semi-axes; the best one is taken
    grown = np.exp(np.minimum((np.sinh(half * (sums - 1 / sums) / 2) / noise) ** 2 / 2, 700))
    remainder = 4 * grown * sums ** (1 - 2.0 * ORDER) / (sums - 1)
    return t.ravel(), np.tile(weights, panels) / (2 * panels), float(remainder.min()) * 1.001


def _between(low, high, centre, noise):
    """Masses of intervals about each centre, for a slice of them; equal edges are taken once."""
    edges, place = np.unique(np.concatenate([low, high]), return_inverse=True)
    table = normal_cdf((edges[:, None] - centre) / noise)
    start, stop = place[: len(low)], place[len(low) :]
    return lambda part: table[stop[part]] - table[start[part]]


def _on_arc(low: np.ndarray, high: np.ndarray, _: float) -> np.ndarray:
    """The share of t from 0 to pi with (cos t, sin t) in the box: two pieces, one a quarter."""
    (left, bottom), (right, top) = (np.clip(corner, -1, 1).T for corner in (low, high))
    start, stop = np.arccos(right), np.arccos(left)
    sines = np.arcsin(np.maximum(bottom, 0)), np.arcsin(np.maximum(top, 0))
    pieces = [
        np.maximum(np.minimum(stop, b) - np.maximum(start, a) - 2.0**-46, 0)
        for a, b in (sines, (np.pi - sines[1], np.pi - sines[0]))
    ]
    return (pieces[0] + pieces[1]) / np.pi
