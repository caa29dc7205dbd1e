"""A disc and a ring of even radius, whose labels say where a shaken point lies."""

import numpy as np

FINEST = 1 / 16  # side of the boxes that are looked at; larger ones are cut
MOST_CUTS = 16  # along a side
BOXES = 2**16  # at once
AREA_ERROR = 2.0**-42  # of what is taken from four corners, each of them 16 or less
LEAST_SHARE = 2.0**-10  # whose root is that much less sure than it: 2^6 times with all that follows
ROUNDING = 1 - 2.0**-48


def circle_masses(
    low: np.ndarray, high: np.ndarray, shake: float, radius: float, ring: tuple[float, float]
) -> np.ndarray:
    """Of points at U(0, radius) or U(*ring), of class 1 where a shaken one is within ``radius``.

    Args:
        low: least coordinates of the boxes, ``(n, 2)``.
        high: greatest coordinates.
        shake: half the side of the square from which the shaking is drawn.
        radius: of the disc.
        ring: inner and outer radius.
    """
    sums = np.zeros((len(low), 2))
    places = np.flatnonzero(np.hypot(*np.maximum(np.maximum(low, -high), 0).T) < ring[1])
    cuts = np.ceil((high - low).max(axis=1)[places] / FINEST).clip(1, MOST_CUTS).astype(int)
    for count in np.unique(cuts):
        steps = np.stack(np.meshgrid(*[np.arange(count)] * 2), axis=-1).reshape(-1, 2)
        chosen, size = places[cuts == count], max(1, BOXES // len(steps))
        for part in np.split(chosen, range(size, len(chosen), size)):
            a, b = low[part, None], high[part, None]
            starts = (a + (b - a) * (steps / count)).reshape(-1, 2)
            stops = (a + (b - a) * ((steps + 1) / count)).reshape(-1, 2)
            masses = _of_small(starts, stops, shake, radius, ring)
            sums[part] = masses.reshape(-1, len(steps), 2).sum(axis=1)
    return sums * ROUNDING


def _of_small(low, high, shake: float, radius: float, ring) -> np.ndarray:
    """Bounds whose gap is of second order in the size of the boxes, but across a circle's rim.

    The density falls with r, so a box holds an even part of its least density, and a rest. The
    square root of the share of the shaken square that lies in the disc is concave where it is
    above 0 (Brunn and Minkowski), and falls with each coordinate's size.
    """
    inner = _over_radius(low, high, radius) / radius
    outer = (_over_radius(low, high, ring[1]) - _over_radius(low, high, ring[0])) / np.ptp(ring)
    inner, outer = (np.maximum(part / (4 * np.pi) - AREA_ERROR, 0) for part in (inner, outer))
    if shake == 0:
        return np.stack([outer, inner], axis=1)
    held = inner + outer
    near = np.maximum(np.maximum(low, -high), 0)
    far = np.maximum(np.abs(low), np.abs(high))
    even = np.minimum(_least_density(near, far, radius, ring) * (high - low).prod(axis=1), held)
    least, most = _mean_shares(low, high, near, far, shake, radius)
    rest, error = held - even, 64 * AREA_ERROR / (4 * shake * shake)
    lowest, highest = (_share(at, shake, radius) for at in (far, near))
    in_disc = even * np.maximum(least - error, 0) + rest * np.maximum(lowest - error, 0)
    at_most = even * np.minimum(most + error, 1) + rest * np.minimum(highest + error, 1)
    return np.stack([np.maximum(held - at_most, 0), in_disc], axis=1)


def _mean_shares(low, high, near, far, shake: float, radius: float):
    """Bounds of the mean over a box of the share of the shaken square that is in the disc.

    A concave g is at least what its corners' values interpolate; and g(c + d) + g(c - d) is at
    most 2 g(c), so that the mean square is at most g(c)^2 and the square of half of g's range.
    """
    places = [np.stack([x, y], axis=1) for x in (low[:, 0], high[:, 0]) for y in low.T[1:]]
    places += [np.stack([x, y], axis=1) for x in (low[:, 0], high[:, 0]) for y in high.T[1:]]
    roots = np.sqrt([_share(place, shake, radius) for place in places])
    lowest, highest = (np.sqrt(_share(place, shake, radius)) for place in (far, near))
    centre = _share((low + high) / 2, shake, radius)
    is_concave = lowest**2 > LEAST_SHARE
    least = np.where(is_concave, roots.mean(axis=0) ** 2, 0)
    most = np.where(is_concave, centre + (highest - lowest) ** 2 / 4, highest**2)
    return least, most


def _least_density(near, far, radius: float, ring) -> np.ndarray:
    """The least of p(x) on a box that lies in the disc or in the ring, and 0 on any other."""
    nearest, farthest = np.hypot(*near.T), np.hypot(*far.T) * (1 + 2.0**-50)
    width = np.where(farthest < radius, radius, ring[1] - ring[0])
    is_even = (farthest < radius) | ((nearest > ring[0] * (1 + 2.0**-50)) & (farthest < ring[1]))
    return np.where(is_even, 1 / (4 * np.pi * width * np.maximum(farthest, 1e-300)), 0)


def _share(at: np.ndarray, half_side: float, radius: float) -> np.ndarray:
    """The share of the square about each point that lies in the disc."""
    area = _by_corners(at - half_side, at + half_side, radius, _area)
    return np.clip(area / (4 * half_side * half_side), 0, 1)


def _over_radius(low, high, radius: float) -> np.ndarray:
    """The integral of 1 / r over the part of each box that lies in the disc."""
    return _by_corners(low, high, radius, lambda a, b, r: _sector(a, b, r) + _sector(b, a, r))


def _by_corners(low, high, radius: float, integral) -> np.ndarray:
    """An integral over boxes from those over boxes with a corner at the origin."""

    def signed(x, y):
        return np.sign(x) * np.sign(y) * integral(np.abs(x), np.abs(y), radius)

    (a, b), (c, d) = low.T, high.T
    return signed(c, d) - signed(a, d) - signed(c, b) + signed(a, b)


def _sector(a, b, radius: float):
    """The part below the diagonal of the integral of 1 / r, up to a along and b across."""
    a = np.maximum(a, 1e-300)
    up = np.minimum(b, np.sqrt(np.maximum((radius - a) * (radius + a), 0)))
    return a * np.arcsinh(up / a) + radius * (np.arctan2(b, a) - np.arctan2(up, a))


def _area(a, b, radius: float):
    """The area of the disc within (0, a) x (0, b)."""
    a, b = np.minimum(a, radius), np.minimum(b, radius)
    flat = np.minimum(a, np.sqrt((radius - b) * (radius + b)))  # as far as the top lies in the disc
    return b * flat + _under(a, radius) - _under(flat, radius)


def _under(x, radius: float):
    """The area under the circle, from 0 to x."""
    half_chord = np.sqrt(np.maximum((radius - x) * (radius + x), 0))
    return (x * half_chord + radius**2 * np.arcsin(np.minimum(x / radius, 1))) / 2
