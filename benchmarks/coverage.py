"""How often the intervals of recorded rows hold, all rows of a pool at once.

    python benchmarks/coverage.py [--distributions moons xor] [--noises 0.1 0.3] [--seeds 1]
        [--pools 64-64 linear stripes] [--shifts 1]

A pool is the 151 rows of a run, or 151 hypotheses made at random; it has a miss where the truth
lies outside of the interval of any of its rows. *Before* are points of a shifted lattice, with
Student's t of eight strided sub-sets, which all rows once had; *after* are the points that runs
take, a scrambled net, with the rule for nets: see ``reglab/distributions/weighted.py``. The truth
is taken over four other nets of 2^14 points, and where a row is off by more than half of its
half-width, over four of 2^17: its own error is a few hundredths of a half-width then.
``--shifts`` takes that many sets of either kind, and so many times the pools.

Trained pools: three sizes of network, one that learns 20 examples by heart, and linear ones.
Jagged pools: networks of large random weights, and stripes that grow finer than the points.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from reglab import Experiment, distributions, fit
from reglab.config import LinearConfig, MLPConfig
from reglab.training.plan import EVALUATION_POINTS

ROWS, EVERY = 151, 12
COARSE, FINE = (4, 2**14), (4, 2**17)  # shifts and points of each
NAMES, NOISES, LABEL_NOISE = ("gauss", "xor", "circle", "spiral", "moons"), (0.1, 0.3, 0.5), 0.1
TRAINED = {
    "64-64": {},
    "64-64, 20 examples": {"num_train": 20},
    "32-32, 200 examples": {"model": MLPConfig((32, 32)), "num_train": 200},
    "12": {"model": MLPConfig((12,))},
    "linear": {"model": LinearConfig()},
}


class Hypotheses(NamedTuple):
    """A pool: one function, and what its rows differ in."""

    answers: Callable[[Any, jax.Array], jax.Array]  # of one row
    rows: Any  # stacked


class Found(NamedTuple):
    """Errors of rows beside the truth, and half-widths, by rule; each ``(rows,)``."""

    off: dict[str, np.ndarray]
    half: dict[str, np.ndarray]

    def worst(self, rule: str) -> float:
        """The largest miss, in half-widths."""
        return float((np.abs(self.off[rule]) / self.half[rule]).max())


def lattice(distribution: Any, seed: int) -> tuple[jax.Array, jax.Array]:
    """Points of a lattice and their masses, as ``evaluation`` once gave them."""
    n, free = EVALUATION_POINTS, distribution.num_free
    addends = {2: (0.2165283007,), 3: (0.5168349367, 0.3950129300)}[free]
    shift = np.random.default_rng(seed).random(free)
    points = (np.outer(np.arange(n), [1 / n, *addends]) + shift) % 1
    words = np.minimum(np.floor(points * 2**32), 2**32 - 1).astype(np.uint32)
    sample = distribution.place(np.pad(words, ((0, 0), (0, distribution.num_coordinates - free))))
    return sample.x, distribution.with_label_noise(distribution.mass_at(sample) / n)


@cache
def network_answers(network: Any) -> Callable:
    """The classes that a folded network answers."""
    return lambda state, x: distributions.answers_of(network.merge(state)(x))


def trained(name: str, noise: float, seed: int, **fields: Any) -> Hypotheses:
    """All rows of a run."""
    experiment = Experiment(distribution=name, num_steps=(ROWS - 1) * EVERY, eval_every=EVERY)
    fields = {"noise": noise, "label_noise": LABEL_NOISE, "seed": seed, "draw": seed, **fields}
    run = fit(experiment.replace(**fields)).hypotheses
    return Hypotheses(network_answers(run.network), jax.tree.map(jnp.asarray, run.states))


def jagged_answers(layers: list, x: jax.Array) -> jax.Array:
    """The classes of a network of tanh units."""
    *hidden, last = layers
    for kernel, bias in hidden:
        x = jnp.tanh(x @ kernel + bias[None])
    return (x @ last[0] + last[1][None])[:, 0] > 0


def jagged(size: float, seed: int) -> Hypotheses:
    """Networks 2-32-32-1 whose random weights grow from small to very large."""
    rng = np.random.default_rng(seed)
    scales = np.geomspace(1, 8, ROWS)[:, None, None]
    layers = []
    for wide, high in ((2, 32), (32, 32), (32, 1)):
        unit = 1 / size if wide == 2 else wide**-0.5
        kernel = rng.normal(size=(ROWS, wide, high)) * scales * unit
        bias = rng.normal(size=(ROWS, high)) * (scales[:, 0] if high > 1 else 0.3)
        layers.append((jnp.asarray(kernel, jnp.float32), jnp.asarray(bias, jnp.float32)))
    return Hypotheses(jagged_answers, layers)


def stripe_answers(stripes: tuple, x: jax.Array) -> jax.Array:
    """1 on every other stripe."""
    direction, frequency, phase = stripes
    return jnp.sin(frequency * (x @ direction) + phase) > 0


def stripes(size: float, seed: int) -> Hypotheses:
    """From one stripe over the region to as many as there are points from side to side."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, ROWS)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    frequency, phase = np.geomspace(1, 64, ROWS) * np.pi / size, rng.uniform(0, 2 * np.pi, ROWS)
    parts = (jnp.asarray(part, jnp.float32) for part in (direction, frequency, phase))
    return Hypotheses(stripe_answers, tuple(parts))


JAGGED = {"jagged": jagged, "stripes": stripes}
ALL = (*TRAINED, *JAGGED)


@partial(jax.jit, static_argnames=("answers", "net"))
def intervals(answers: Callable, rows: Any, x: jax.Array, mass: jax.Array, net: int | None):
    """Value, low and high ``(rows, 3)``."""

    def one(row):
        found = answers(row, x).astype(jnp.int32)
        return jnp.stack(
            distributions.weighted_error(found, mass, exact=False, net_coordinates=net)
        )

    return jax.lax.map(one, rows)


@partial(jax.jit, static_argnames="answers")
def right(answers: Callable, rows: Any, x: jax.Array, mass: jax.Array) -> jax.Array:
    """The mass ``(rows, parts)`` answered, of points in parts ``(parts, n, ...)``."""

    def of_part(row, part):
        points, weights = part
        found = answers(row, points).astype(jnp.int32)[:, None]
        taken = jnp.take_along_axis(weights, jnp.maximum(found, 0), axis=1)
        return jnp.where(found >= 0, taken, 0.0).sum()

    return jax.lax.map(lambda row: jax.lax.map(partial(of_part, row), (x, mass)), rows)


def truth(distribution: Any, pool: Hypotheses, shifts: int, points: int) -> np.ndarray:
    """Errors ``(rows,)`` over many points."""
    total = 0.0
    for shift in range(shifts):
        x, mass = distribution.evaluation(jax.random.key(1000 + shift), points)
        parts = (array.reshape(-1, EVALUATION_POINTS, 2) for array in (x, mass))
        answered = np.asarray(right(*pool, *parts), np.float64).sum(axis=1)
        total = total + 1 - answered / np.asarray(mass, np.float64).sum()
    return total / shifts


def measured(distribution: Any, pool: Hypotheses, shifts: int) -> Iterator[Found]:
    """Errors of a pool beside the truth, for each set of points."""
    coarse, fine = (
        truth(distribution, pool, *COARSE),
        np.full(len(jax.tree.leaves(pool.rows)[0]), np.nan),
    )
    for shift in range(shifts):
        net = distribution.evaluation(jax.random.key(shift), EVALUATION_POINTS)
        off, half = {}, {}
        for rule, points in (("before", lattice(distribution, shift)), ("after", net)):
            found = np.asarray(
                intervals(*pool, *points, net=distribution.num_free if rule == "after" else None),
                np.float64,
            )
            value, low, high = found.T
            half[rule] = np.maximum(high - value, value - low)  # ends are cut at 0 and 1
            doubtful = np.flatnonzero(np.abs(value - coarse) > 0.5 * half[rule])
            wanted = doubtful[np.isnan(fine[doubtful])]
            if len(wanted):
                chosen = np.resize(wanted, -(-len(wanted) // 16) * 16)  # few shapes to compile
                rows = jax.tree.map(lambda leaf, chosen=chosen: leaf[chosen], pool.rows)
                some = truth(distribution, Hypotheses(pool.answers, rows), *FINE)
                fine[wanted] = some[: len(wanted)]
            known = coarse.copy()
            known[doubtful] = fine[doubtful]
            off[rule] = value - known
        yield Found(off, half)


def pools(
    name: str, noise: float, seed: int, chosen: Sequence[str], shifts: int = 1
) -> Iterator[tuple[str, str, Found]]:
    """The chosen pools of one distribution: what kind, which, and what was found."""
    distribution: Any = distributions.get(name, noise=noise, label_noise=LABEL_NOISE)
    low, high, *_ = distribution.plot_region
    for title, fields in TRAINED.items():
        if title not in chosen:
            continue
        kind = "linear" if title == "linear" else "trained"
        pool = trained(name, noise, seed, **fields)
        for found in measured(distribution, pool, shifts):
            yield kind, title, found
    for title, make in JAGGED.items():
        if title in chosen:
            for found in measured(distribution, make((high - low) / 2, seed), shifts):
                yield "jagged", title, found


def line(title: str, found: list[Found]) -> str:
    """Pools, pools with a miss, the worst, and widths, before and after."""
    cells = [f"{title:34} {len(found):5}"]
    for rule in ("before", "after"):
        worst = np.array([one.worst(rule) for one in found])
        half = np.concatenate([one.half[rule] for one in found])
        middle, wide = 100 * np.quantile(half, [0.5, 0.95])
        rows = sum(int((np.abs(one.off[rule]) > one.half[rule]).sum()) for one in found)
        cells.append(f"{(worst > 1).sum():5} {rows:5} {worst.max():6.2f} {middle:7.3f} {wide:7.3f}")
    return "  |".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--distributions", nargs="+", default=NAMES)
    parser.add_argument("--noises", nargs="+", type=float, default=NOISES)
    parser.add_argument("--seeds", nargs="+", type=int, default=(11,))
    parser.add_argument("--shifts", type=int, default=1)
    parser.add_argument("--pools", nargs="+", default=ALL, choices=ALL)
    arguments = parser.parse_args()
    columns = "missed  rows  worst  median     95%"
    print(f"{'':34} {'pools':>5}  |{columns}  |{columns}  (before | after; widths in points)")
    by_kind: dict[str, list[Found]] = {}
    for noise in arguments.noises:
        for name in arguments.distributions:
            for seed in arguments.seeds:
                chosen = arguments.pools, arguments.shifts
                for (kind, title), group in groupby(
                    pools(name, noise, seed, *chosen), itemgetter(0, 1)
                ):
                    found = [one for *_, one in group]
                    by_kind.setdefault(kind, []).extend(found)
                    print(line(f"{name} {noise:g}, {title}", found), flush=True)
    for kind, found in by_kind.items():
        print(line(f"all {kind}", found))


if __name__ == "__main__":
    main()
