"""What h decides over a plane of inputs, as a map."""

from collections.abc import Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.distributions import AnyDistribution
from reglab.live.pictures.base import FRONT, Moment, Picture
from reglab.live.pictures.kept import Kept, sample_of
from reglab.nn import Network
from reglab.precision import jit
from reglab.views import BoundaryView

ROWS, COLS = 72, 96


@jit(static_argnames="network")
def _class_one(network: Network, state: nnx.State, points: jax.Array) -> jax.Array:
    scores = network.merge(state)(points)
    return jax.nn.softmax(scores.astype(jnp.float32))[:, 1]


class MapMaker:
    """Maps what hypotheses decide; None where inputs are no points of a plane, in two classes."""

    def __init__(self):
        self._keep = Kept()

    def __call__(self, moment: Moment) -> BoundaryView | None:
        """The map; undecided before there is a hypothesis."""
        run, what = moment.run, moment.what
        distribution: Any = run.distribution
        if tuple(distribution.input_shape) != (2,) or distribution.num_classes != 2:
            return None
        x, y = self._keep("sample", run.data_key, lambda: sample_of(run))
        # One region for all that is moved and trained on a distribution: points move, axes stay.
        kind: Hashable = (
            run.experiment.distribution, distribution.class_name, distribution.digest,
        )  # fmt: skip
        region = self._keep("region", kind, lambda: _region(distribution, x))
        grid = self._keep("grid", region, lambda: jnp.asarray(_grid(region)))
        chosen = moment.witness if what == "witness" else moment.h
        if chosen is None:  # the first picture must not wait for the Bayes boundary to compile
            return BoundaryView(region, np.full((ROWS, COLS), 128, np.uint8), None, x, y, what)
        bayes = self._keep("bayes", run.distribution_key, lambda: _bayes_shade(distribution, grid))
        shade = np.asarray(_class_one(*chosen, grid))
        if what == "disagreement" and moment.witness is not None:
            other = np.asarray(_class_one(*moment.witness, grid))
            shade = ((shade > 0.5) != (other > 0.5)).astype(np.float32)
        return BoundaryView(region, _bytes(shade).reshape(ROWS, COLS), bayes, x, y, what)


MAP = Picture("map", MapMaker, FRONT / "map.js", "reglab.figures.boundary:BoundaryDisplay")


def _bytes(share: np.ndarray) -> np.ndarray:
    """From 0 to 255; halfway, as undecided, where there is no share."""
    return np.round(255 * np.clip(np.nan_to_num(share, nan=0.5), 0, 1)).astype(np.uint8)


def _region(distribution: AnyDistribution, x: np.ndarray) -> tuple[float, float, float, float]:
    region = distribution.plot_region
    if region is None:
        least, most = x.min(axis=0), x.max(axis=0)
        room = 0.1 * (most - least) + 1e-3
        region = np.stack([least - room, most + room], axis=1).ravel()
    left, right, low, high = (float(v) for v in region)
    return left, right, low, high


def _grid(region: tuple[float, float, float, float]) -> np.ndarray:
    across = np.linspace(region[0], region[1], COLS)
    up = np.linspace(region[2], region[3], ROWS)
    return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2).astype(np.float32)


def _bayes_shade(distribution: AnyDistribution, grid: jax.Array) -> np.ndarray | None:
    try:
        posterior = distribution.posterior(grid)
    except ValueError:  # nobody knows it
        return None
    return _bytes(np.asarray(posterior)[:, 1]).reshape(ROWS, COLS)
