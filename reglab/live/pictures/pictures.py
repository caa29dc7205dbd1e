"""What h decides, as arrays ready to draw: planar maps and sheets of images."""

import zlib
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from reglab import distributions
from reglab.live.pictures.tiles import Tiles, tile_shape
from reglab.mitchell import over_of
from reglab.precision import jit
from reglab.training import Trainer, in_blocks
from reglab.views import BoundaryView, ImagesView

ROWS, COLS = 72, 96  # of a decision map
NUM_ERRORS = 24  # images shown of what h gets wrong over the whole distribution
MOST_PIXELS = 8000  # of them all: they go to the browser frame by frame


@jit(static_argnames="network")
def _class_one(network: Any, state: Any, points: jax.Array) -> jax.Array:
    scores = network.merge(state)(points)
    return jax.nn.softmax(scores.astype(jnp.float32))[:, 1]


@jit(static_argnames="network")
def _predicted(network: Any, state: Any, points: jax.Array) -> jax.Array:
    return distributions.answers_of(in_blocks(network.merge(state), points))


def fingerprint(state: Any) -> int:
    """A number that tells the weights of one hypothesis from those of another."""
    found = 0
    for leaf in jax.tree.leaves(state):
        found = zlib.crc32(np.asarray(leaf).tobytes(), found)
    return found


class Pictures:
    """Draws the hypotheses of a board; keeps what does not change from frame to frame."""

    def __init__(self):
        self._kept: dict[str, tuple[Any, Any]] = {}

    def picture(
        self, trainer: Trainer, h: Any, witness: Any, what: str
    ) -> BoundaryView | ImagesView | None:
        """The picture of hypotheses ``(network, state)``; None where inputs have no picture.

        Args:
            trainer: whose training sample is shown.
            h: the hypothesis, or None before there is one: then the map is undecided.
            witness: its witness, or None.
            what: ``h``, ``witness`` or ``disagreement``; without a witness it is ``h``.
        """
        what = "h" if witness is None else what
        if tuple(trainer.plan.input_shape) == (2,) and trainer.plan.num_classes == 2:
            return self._boundary(trainer, h, witness, what)
        if h is not None and tile_shape(trainer.distribution) is not None:
            return self._images(trainer, witness if what == "witness" else h, what)
        return None

    def _keep(self, name: str, key: Any, make) -> Any:
        if name not in self._kept or self._kept[name][0] != key:
            self._kept[name] = key, make()
        return self._kept[name][1]

    def _boundary(self, trainer: Trainer, h: Any, witness: Any, what: str) -> BoundaryView:
        distribution = trainer.distribution
        data_key = trainer.data_key
        x, y = self._keep("sample", data_key, lambda: _sample(trainer))
        region = self._keep("region", trainer.plan, lambda: _region(distribution, x))
        grid = self._keep("grid", region, lambda: jnp.asarray(_grid(region)))
        chosen = witness if what == "witness" else h
        if chosen is None:  # the first picture must not wait for the Bayes boundary to compile
            return BoundaryView(region, np.full((ROWS, COLS), 128, np.uint8), None, x, y, what)
        bayes = self._keep(
            "bayes", trainer.distribution_key, lambda: _bayes_shade(distribution, grid)
        )
        shade = np.asarray(_class_one(*chosen, grid))
        if what == "disagreement":
            other = np.asarray(_class_one(*witness, grid))
            shade = ((shade > 0.5) != (other > 0.5)).astype(np.float32)
        return BoundaryView(region, _bytes(shade).reshape(ROWS, COLS), bayes, x, y, what)

    def _images(self, trainer: Trainer, chosen: Any, what: str) -> ImagesView:
        data_key = trainer.data_key
        x, y = self._keep("sample", data_key, lambda: _sample(trainer))
        clean = self._keep("clean", data_key, lambda: _clean_labels(trainer))
        height, width = tile_shape(trainer.distribution) or (1, 1)
        tiles = self._keep("tiles", data_key, lambda: Tiles(trainer.distribution, x))
        points, mass = trainer.data.points, np.asarray(trainer.data.mass)
        labels = self._keep("labels", data_key, lambda: mass.argmax(axis=1).astype(np.uint8))
        on_points, on_sample = self._keep(
            "predicted",
            (data_key, chosen[0], fingerprint(chosen[1])),
            lambda: [np.asarray(_predicted(*chosen, x)) for x in (points, trainer.data.x)],
        )
        predicted = on_points.astype(np.uint8)  # no answer, -1, becomes UNANSWERED
        wrong = np.flatnonzero(on_points != labels)
        order = np.random.default_rng(0).permutation(len(labels)).argsort()
        shown = max(1, min(NUM_ERRORS, MOST_PIXELS // (height * width)))
        wrong = wrong[np.argsort(order[wrong])][:shown]
        unseen = self._keep("unseen", data_key, lambda: _unseen(trainer))
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
            over=over_of(trainer.distribution),
        )


def _bytes(share: np.ndarray) -> np.ndarray:
    """From 0 to 255; halfway, as undecided, where there is no share."""
    return np.round(255 * np.clip(np.nan_to_num(share, nan=0.5), 0, 1)).astype(np.uint8)


def _sample(trainer: Trainer) -> tuple[np.ndarray, np.ndarray]:
    x, y = trainer.sample()
    return x, y.astype(np.uint8)


def _clean_labels(trainer: Trainer) -> np.ndarray:
    key = jax.random.key(trainer.experiment.draw)
    clean = trainer.distribution.clean_labels(key, trainer.experiment.max_train)
    return np.asarray(clean)[: trainer.hyper.num_train].astype(np.uint8)


def _unseen(trainer: Trainer) -> np.ndarray | None:
    """Marks the members of a finite population that are no training examples."""
    if trainer.plan.method != "enumeration":
        return None
    key = jax.random.key(trainer.experiment.draw)
    drawn = trainer.distribution.members(key, trainer.experiment.max_train)
    if drawn is None:
        return None
    unseen = np.ones(len(trainer.data.mass), bool)
    unseen[np.asarray(drawn)[: trainer.hyper.num_train]] = False
    return unseen


def _error_on(chosen: np.ndarray | None, mass: np.ndarray, predicted: np.ndarray) -> float | None:
    if chosen is None or not chosen.any():
        return None
    right = np.where(predicted < 0, 0, mass[np.arange(len(mass)), predicted])
    return float(1 - right[chosen].sum() / mass[chosen].sum())


def _region(distribution: Any, x: np.ndarray) -> tuple[float, float, float, float]:
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


def _bayes_shade(distribution: Any, grid: jax.Array) -> np.ndarray | None:
    try:
        posterior = distribution.posterior(grid)
    except ValueError:  # nobody knows it
        return None
    return _bytes(np.asarray(posterior)[:, 1]).reshape(ROWS, COLS)
