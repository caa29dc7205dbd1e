"""The planar distributions in plain NumPy, from their formulas, and hypotheses to judge."""

import functools
import warnings

import numpy as np
from scipy.spatial import cKDTree
from sklearn.neural_network import MLPClassifier

# A small, a middling and the largest noise of each.
NOISES = {
    "gauss": (0.02, 0.2, 0.5),
    "xor": (0.02, 0.2, 0.5),
    "circle": (0.02, 0.25, 0.5),
    "spiral": (0.02, 0.2, 0.5),
    "moons": (0.03, 0.2, 1.0),
}
SIZES = {"digits": 1797, "mnist5k": 5000}  # of the finite populations
HELD_OUT = {"mnist1d_frozen": 1000, "mnist1d_shuffled": 1000}  # examples to judge by
DRAWN = ("mnist1d",)  # errors are taken over fresh draws
CLASSES = (*NOISES, *SIZES, *DRAWN, *HELD_OUT)  # all but regression
CASES = [(name, noise) for name, noises in NOISES.items() for noise in noises]
BATCH = 250_000
MILLION = 1_000_000
QUICK = ("linear", "trained", "jagged")


def draw(name, noise, n, rng):
    """``n`` examples ``(x, y)``; classes in turn where the formula makes them apart."""
    return DRAWS[name](noise, n, np.arange(n) % 2 == 1, rng)


def _gauss(noise, n, y, rng):
    centre = np.where(y, 2.0, -2.0)[:, None]
    return centre + np.sqrt(0.5 + 7 * noise) * rng.standard_normal((n, 2)), y.astype(int)


def _xor(noise, n, _, rng):
    x = rng.uniform(-5, 5, (n, 2))
    x += np.where(x > 0, 0.3, -0.3)
    shaken = x + noise * rng.uniform(-5, 5, (n, 2))
    return x, (shaken[:, 0] * shaken[:, 1] >= 0).astype(int)


def _circle(noise, n, inner, rng):
    r = np.where(inner, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    x = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    shaken = x + noise * rng.uniform(-5, 5, (n, 2))
    return x, (np.hypot(shaken[:, 0], shaken[:, 1]) < 2.5).astype(int)


def _spiral(noise, n, y, rng):
    i = rng.uniform(0, 1, n)
    t = 1.75 * i * 2 * np.pi + np.where(y, 0, np.pi)
    x = np.stack([5 * i * np.sin(t), 5 * i * np.cos(t)], axis=1)
    return x + noise * rng.uniform(-1, 1, (n, 2)), y.astype(int)


def _moons(noise, n, y, rng):
    t = rng.uniform(0, np.pi, n)
    outer, inner = (np.cos(t), np.sin(t)), (1 - np.cos(t), 0.5 - np.sin(t))
    x = np.where(y[:, None], np.stack(inner, axis=1), np.stack(outer, axis=1))
    return x + noise * rng.standard_normal((n, 2)), y.astype(int)


DRAWS = {"gauss": _gauss, "xor": _xor, "circle": _circle, "spiral": _spiral, "moons": _moons}


@functools.cache
def hypotheses(name, noise):
    """Classifiers fitted on 300 draws, as functions from points to a bool for class 1."""
    rng = np.random.default_rng(5)
    x, y = draw(name, noise, 300, rng)
    scale = x.std()
    w = np.linalg.lstsq(np.c_[x, np.ones(300)], 2.0 * y - 1, rcond=None)[0]
    inner, outer = rng.standard_normal((2, 24)) * 4 / scale, rng.standard_normal(24)
    offset = 4 * rng.standard_normal(24)
    tree = cKDTree(x)
    return {
        "linear": lambda q: q @ w[:2] + w[2] > 0,
        "trained": _trained(x, y),
        "jagged": lambda q: np.tanh(q @ inner + offset) @ outer > 0,
        "nearest": lambda q: y[tree.query(q)[1]] > 0,
    }


def _trained(x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged after so few iterations: fine here
        net = MLPClassifier((16,), solver="lbfgs", max_iter=150, random_state=0).fit(x, y)
    (w1, w2), (b1, b2) = net.coefs_, net.intercepts_
    return lambda q: (np.maximum(q @ w1 + b1, 0) @ w2 + b2)[:, 0] > 0


def scores(is_one):
    """The class scores of such a function, as ``true_error`` asks for."""
    return lambda x: np.stack([~is_one(np.asarray(x)), is_one(np.asarray(x))], axis=1).astype(float)


@functools.cache
def monte_carlo(name, noise, labels, n):
    """Share of ``n`` independent draws that each of those hypotheses misses."""
    rng = np.random.default_rng(0)
    wrong = dict.fromkeys(labels, 0)
    for _ in range(n // BATCH):
        x, y = draw(name, noise, BATCH, rng)
        for key in labels:
            wrong[key] += int((hypotheses(name, noise)[key](x) != y).sum())
    return {key: count / n for key, count in wrong.items()}


def posterior(name, noise, x, **options):
    """p(1 | x) from the formulas, by dense sums; slow."""
    return POSTERIORS[name](noise, x, **options)


def _gauss_posterior(noise, x):
    near, far = (((x - centre) ** 2).sum(axis=1) for centre in (2, -2))
    return 1 / (1 + np.exp((near - far) / (2 * (0.5 + 7 * noise))))


def _xor_posterior(noise, x):
    p = np.clip((x + 5 * noise) / (10 * noise), 0, 1)
    return p[:, 0] * p[:, 1] + (1 - p[:, 0]) * (1 - p[:, 1])


def _circle_posterior(noise, x, num=4000):
    w = 5 * noise
    first = x[:, :1] + w * (2 * (np.arange(num) + 0.5) / num - 1)[None]
    chord = np.sqrt(np.maximum(2.5**2 - first**2, 0))
    inside = np.minimum(chord, x[:, 1:] + w) - np.maximum(-chord, x[:, 1:] - w)
    return np.maximum(inside, 0).mean(axis=1) / (2 * w)


def _spiral_posterior(noise, x, num=100_000):
    i = (np.arange(num) + 0.5) / num
    t = 3.5 * np.pi * i
    length = {}
    for sign in (-1, 1):
        away = [
            np.abs(sign * x[:, k : k + 1] - 5 * i * f(t)) for k, f in ((0, np.sin), (1, np.cos))
        ]
        length[sign] = (np.maximum(*away) <= noise).sum(axis=1)
    return length[1] / (length[1] + length[-1])


def _moons_posterior(noise, x):
    t = np.pi * (np.arange(num := 200 + int(20 / noise)) + 0.5) / num
    logs = []
    for centre in ((np.cos(t), np.sin(t)), (1 - np.cos(t), 0.5 - np.sin(t))):
        squares = (x[:, :1] - centre[0]) ** 2 + (x[:, 1:] - centre[1]) ** 2
        logs.append(np.logaddexp.reduce(-squares / (2 * noise**2), axis=1))
    return 1 / (1 + np.exp(np.clip(logs[0] - logs[1], -700, 700)))


POSTERIORS = {
    "gauss": _gauss_posterior,
    "xor": _xor_posterior,
    "circle": _circle_posterior,
    "spiral": _spiral_posterior,
    "moons": _moons_posterior,
}
