"""What h decides, as arrays ready to draw: planar maps and sheets of images."""

import zlib
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab import distributions
from reglab.distributions import AnyDistribution
from reglab.live.pictures.tiles import Tiles, tile_shape
from reglab.mitchell import over_of
from reglab.nn import Network
from reglab.precision import jit
from reglab.training import in_blocks
from reglab.training.run import RunOnData
from reglab.views import BoundaryView, ImagesView

ROWS, COLS = 72, 96  # of a decision map
NUM_ERRORS = 24  # images shown of what h gets wrong over the whole distribution
MOST_PIXELS = 8000  # of them all: they go to the browser frame by frame
Hypothesis = tuple[Network, nnx.State]
T = TypeVar("T")


@jit(static_argnames="network")
def _class_one(network: Network, state: nnx.State, points: jax.Array) -> jax.Array:
    scores = network.merge(state)(points)
    return jax.nn.softmax(scores.astype(jnp.float32))[:, 1]


@jit(static_argnames="network")
def _predicted(network: Network, state: nnx.State, points: jax.Array) -> jax.Array:
    return distributions.answers_of(in_blocks(network.merge(state), points))


def fingerprint(state: nnx.State) -> int:
    """A number that tells the weights of one hypothesis from those of another."""
    digest = 0
    for leaf in jax.tree.leaves(state):
        digest = zlib.crc32(np.asarray(leaf).tobytes(), digest)
    return digest


class Pictures:
    """Draws the hypotheses of a board; keeps what does not change from frame to frame."""

    def __init__(self):
        self._kept: dict[str, tuple[Any, Any]] = {}

    def picture(
        self, run: RunOnData, h: Hypothesis | None, witness: Hypothesis | None, what: str
    ) -> BoundaryView | ImagesView | None:
        """The picture of hypotheses ``(network, state)``; None where inputs have no picture.

        Args:
            run: whose training sample is shown.
            h: the hypothesis, or None before there is one: then the map is undecided.
            witness: its witness, or None.
            what: ``h``, ``witness`` or ``disagreement``; without a witness it is ``h``.
        """
        what = "h" if witness is None else what
        distribution = run.distribution
        if tuple(distribution.input_shape) == (2,) and distribution.num_classes == 2:
            return self._boundary(run, h, witness, what)
        if h is not None and tile_shape(distribution) is not None:
            return self._images(run, witness if witness and what == "witness" else h, what)
        return None

    def _keep(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        if name not in self._kept or self._kept[name][0] != key:
            self._kept[name] = key, make()
        return self._kept[name][1]

    def _boundary(
        self, run: RunOnData, h: Hypothesis | None, witness: Hypothesis | None, what: str
    ) -> BoundaryView:
        distribution = run.distribution
        data_key = run.data_key
        x, y = self._keep("sample", data_key, lambda: _sample(run))
        # One region for all that is moved and trained on a distribution: points move, axes stay.
        kind = run.experiment.distribution, distribution.class_name, distribution.digest
        region = self._keep("region", kind, lambda: _region(distribution, x))
        grid = self._keep("grid", region, lambda: jnp.asarray(_grid(region)))
        chosen = witness if what == "witness" else h
        if chosen is None:  # the first picture must not wait for the Bayes boundary to compile
            return BoundaryView(region, np.full((ROWS, COLS), 128, np.uint8), None, x, y, what)
        bayes = self._keep("bayes", run.distribution_key, lambda: _bayes_shade(distribution, grid))
        shade = np.asarray(_class_one(*chosen, grid))
        if what == "disagreement" and witness is not None:
            other = np.asarray(_class_one(*witness, grid))
            shade = ((shade > 0.5) != (other > 0.5)).astype(np.float32)
        return BoundaryView(region, _bytes(shade).reshape(ROWS, COLS), bayes, x, y, what)

    def _images(self, run: RunOnData, chosen: Hypothesis, what: str) -> ImagesView:
        data_key, data = run.data_key, self._keep("data", run.data_key, lambda: run.data)
        x, y = self._keep("sample", data_key, lambda: _sample(run))
        clean = self._keep("clean", data_key, lambda: _clean_labels(run))
        height, width = tile_shape(run.distribution) or (1, 1)
        tiles = self._keep("tiles", data_key, lambda: Tiles(run.distribution, x))
        points, mass = data.points, np.asarray(data.mass)
        labels = self._keep("labels", data_key, lambda: mass.argmax(axis=1).astype(np.uint8))
        on_points, on_sample = self._keep(
            "predicted",
            (data_key, chosen[0], fingerprint(chosen[1])),
            lambda: [np.asarray(_predicted(*chosen, x)) for x in (points, data.x)],
        )
        predicted = on_points.astype(np.uint8)  # no answer, -1, becomes UNANSWERED
        wrong = np.flatnonzero(on_points != labels)
        order = np.random.default_rng(0).permutation(len(labels)).argsort()
        shown = max(1, min(NUM_ERRORS, MOST_PIXELS // (height * width)))
        wrong = wrong[np.argsort(order[wrong])][:shown]
        unseen = self._keep("unseen", data_key, lambda: _unseen(run, len(mass)))
        return ImagesView(
            images=self._keep("images", data_key, lambda: tiles(x)),
            labels=y,
            true_labels=clean,
            predicted=on_sample[: len(y)].astype(np.uint8),
            error_images=tiles(np.asarray(points)[wrong]),
            error_labels=labels[wrong],
            error_predicted=predicted[wrong],
            what=what,
            unseen_error=_error_on(unseen, mass, on_points),
            over=over_of(run.distribution),
        )


def _bytes(share: np.ndarray) -> np.ndarray:
    """From 0 to 255; halfway, as undecided, where there is no share."""
    return np.round(255 * np.clip(np.nan_to_num(share, nan=0.5), 0, 1)).astype(np.uint8)


def _sample(run: RunOnData) -> tuple[np.ndarray, np.ndarray]:
    x, y = run.sample()
    return np.asarray(x), np.asarray(y).astype(np.uint8)


def _clean_labels(run: RunOnData) -> np.ndarray:
    key = jax.random.key(run.experiment.draw)
    clean = run.distribution.clean_labels(key, run.experiment.max_train)
    return np.asarray(clean)[: run.hyper.num_train].astype(np.uint8)


def _unseen(run: RunOnData, size: int) -> np.ndarray | None:
    """Marks those of the ``size`` members of a finite population that are no training examples."""
    if run.distribution.method != "enumeration":
        return None
    key = jax.random.key(run.experiment.draw)
    drawn = run.distribution.members(key, run.experiment.max_train)
    if drawn is None:
        return None
    unseen = np.ones(size, bool)
    unseen[np.asarray(drawn)[: run.hyper.num_train]] = False
    return unseen


def _error_on(chosen: np.ndarray | None, mass: np.ndarray, predicted: np.ndarray) -> float | None:
    if chosen is None or not chosen.any():
        return None
    right = np.where(predicted < 0, 0, mass[np.arange(len(mass)), predicted])
    return float(1 - right[chosen].sum() / mass[chosen].sum())


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
